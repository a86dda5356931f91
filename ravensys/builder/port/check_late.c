/* SPDX-License-Identifier: ISC */
/*
 * Checks of the whole recipe, when every line was read. Their problems carry the line of the
 * keyword they are of.
 */
#include "port/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "port/make.h"

static void late(struct rv_reader *r, enum rv_port_key key, const char *text)
{
	r->line = r->key_line[key];
	rv_reader_problem(r, RV_PROBLEM_LATE, "%s", text);
}

static RV_PRINTF(3, 4) void latef(struct rv_reader *r, enum rv_port_key key, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	late(r, key, text);
}

static void want_vopt(struct rv_reader *r, const char *variant, const char *option)
{
	const struct rv_items *said = rv_port_array(r->port, RV_KEY_VOPTS, variant);

	for (size_t i = 0; i < said->n; i++)
		if (rv_span_is(rv_part_1(rv_span_str(said->v[i].text), '='), option))
			return;
	latef(r, RV_KEY_VOPTS, "VOPTS[%s] does not say %s=ON or %s=OFF", variant, option, option);
}

/* Every option of every variant but std is said ON or OFF. */
static void check_vopts(struct rv_reader *r, const char *variant)
{
	rv_vec_each (&r->port->options, option)
		want_vopt(r, variant, option->name);
	/* the one that stands for no options is no exception */
	if (rv_items_contain(rv_port_list(r->port, RV_KEY_OPTIONS_AVAILABLE), "none"))
		want_vopt(r, variant, "none");
}

static void check_variants(struct rv_reader *r)
{
	const struct rv_items *variants = rv_port_variants(r->port);

	for (size_t i = 0; i < variants->n; i++) {
		const char *name = variants->v[i].text;
		const struct rv_items *spkgs = rv_port_array(r->port, RV_KEY_SPKGS, name);

		if (!spkgs->n && r->stage_seen[RV_STAGE_SPKGS])
			latef(r, RV_KEY_SPKGS, "variant %s has no subpackages", name);
		if (rv_items_contain(spkgs, "core"))
			latef(r, RV_KEY_SPKGS,
			    "variant %s has a subpackage 'core', a name that is reserved", name);
		if (strcmp(name, "std") != 0)
			check_vopts(r, name);
	}
}

/*
 * PERL_540, PY313, RUBY34: options that only say a branch describe themselves. Without a mk folder
 * any digits do.
 */
static bool names_branch(const struct rv_reader *r, const char *option)
{
	static const struct {
		const char *prefix;
		enum rv_family family;
	} kinds[] = {{"PERL_", RV_FAMILY_PERL}, {"PY", RV_FAMILY_PYTHON}, {"RUBY", RV_FAMILY_RUBY}};
	const struct rv_mkdata *mk = r->context.mk;

	for (size_t i = 0; i < RV_COUNT(kinds); i++) {
		struct rv_span s = rv_span_str(option), prefix = rv_span_str(kinds[i].prefix);
		struct rv_span digits = rv_span_from(s, prefix.n);
		uint64_t number;

		if (!rv_span_starts(s, prefix) || !rv_span_to_u64(digits, &number))
			continue;
		return !mk || !mk->branches[kinds[i].family].n ||
		       rv_mkdata_branch(mk, kinds[i].family, digits) != NULL;
	}
	return false;
}

static void check_options(struct rv_reader *r)
{
	const struct rv_entries *groups = &r->port->keys[RV_KEY_OPTGROUP];

	rv_vec_each (&r->port->options, option)
		if (!option->helpers[RV_HELPER_DESCRIPTION].n &&
		    !rv_option_description(option->name) && !names_branch(r, option->name))
			latef(r, RV_KEY_OPTIONS_AVAILABLE,
			    "option %s has no description: add [%s].DESCRIPTION", option->name,
			    option->name);
	for (size_t i = 0; i < groups->n; i++)
		if (groups->v[i].items.n < 2)
			latef(r, RV_KEY_OPTGROUP, "option group %s has fewer than two members",
			    groups->v[i].index);
}

static bool uses(const struct rv_reader *r, const char *module, struct rv_span *args)
{
	const struct rv_items *items = rv_port_list(r->port, RV_KEY_USES);

	for (size_t i = 0; i < items->n; i++) {
		struct rv_span s = rv_span_str(items->v[i].text);

		if (rv_span_is(rv_part_1(s, ':'), module)) {
			*args = rv_part_2(s, ':');
			return true;
		}
	}
	return false;
}

static void check_bsd(struct rv_reader *r, struct rv_span args)
{
	struct rv_span arg;
	bool udev = false, gudev = false;

	if (!args.n)
		late(r, RV_KEY_USES, "module bsd needs an argument: epoll, inotify, udev, gudev");
	while (rv_span_next(&args, ',', &arg)) {
		udev |= rv_span_is(arg, "udev");
		gudev |= rv_span_is(arg, "gudev");
		if (!rv_span_is(arg, "epoll") && !rv_span_is(arg, "inotify") &&
		    !rv_span_is(arg, "udev") && !rv_span_is(arg, "gudev"))
			latef(r, RV_KEY_USES, "module bsd does not know the argument '%.*s'",
			    RV_SPAN_ARG(arg));
	}
	if (udev && gudev)
		late(r, RV_KEY_USES, "module bsd takes udev or gudev, not both");
}

static void check_modules(struct rv_reader *r)
{
	struct rv_span args, unused;
	int linkers = uses(r, "gold", &unused) + uses(r, "mold", &unused) + uses(r, "bfd", &unused);

	if (linkers > 1)
		late(r, RV_KEY_USES, "modules gold, mold and bfd exclude each other");
	if (uses(r, "fonts", &args) && args.n && !rv_span_is(args, "fc") &&
	    !rv_span_is(args, "fontsdir"))
		late(r, RV_KEY_USES, "module fonts takes one argument, fc or fontsdir");
	if (uses(r, "bsd", &args))
		check_bsd(r, args);
	if (rv_port_has(r->port, RV_KEY_CVE_FIXED) && !uses(r, "cpe", &unused))
		late(r, RV_KEY_CVE_FIXED, "CVE_FIXED needs USES= cpe");
	if (uses(r, "cargo", &unused)) {
		const char *subdir = rv_port_text(r->port, RV_KEY_DIST_SUBDIR);

		if (subdir && strcmp(subdir, RV_CARGO_SUBDIR) != 0)
			late(r, RV_KEY_DIST_SUBDIR, "module cargo sets DIST_SUBDIR by itself");
	}
}

static size_t count(const struct rv_reader *r, enum rv_port_key key)
{
	return rv_port_list(r->port, key)->n;
}

static size_t count_of(struct rv_reader *r, enum rv_port_key key, struct rv_span licence)
{
	const struct rv_items *items = rv_port_list(r->port, key);
	size_t n = 0;

	for (size_t i = 0; i < items->n; i++)
		n += rv_span_eq(rv_part_1(rv_span_str(items->v[i].text), ':'), licence);
	return n;
}

/* Each licence once, and CUSTOMn has its name. */
static void check_license_names(struct rv_reader *r)
{
	const struct rv_items *items = rv_port_list(r->port, RV_KEY_LICENSE);

	for (size_t i = 0; i < items->n; i++) {
		struct rv_span name = rv_part_1(rv_span_str(items->v[i].text), ':');

		if (count_of(r, RV_KEY_LICENSE, name) > 1)
			latef(r, RV_KEY_LICENSE, "LICENSE names %.*s twice", RV_SPAN_ARG(name));
		if (rv_span_starts(name, RV_SPAN_LIT("CUSTOM")) &&
		    count_of(r, RV_KEY_LICENSE_NAME, name) != 1)
			latef(r, RV_KEY_LICENSE, "LICENSE of %.*s needs one LICENSE_NAME",
			    RV_SPAN_ARG(name));
	}
}

static void check_license_awks(struct rv_reader *r)
{
	const struct rv_items *items = rv_port_list(r->port, RV_KEY_LICENSE_AWK);

	if (items->n != count(r, RV_KEY_LICENSE_SOURCE))
		late(r, items->n ? RV_KEY_LICENSE_AWK : RV_KEY_LICENSE_SOURCE,
		    "LICENSE_AWK and LICENSE_SOURCE must have one entry for each other");
	for (size_t i = 0; i < items->n; i++) {
		struct rv_span name = rv_part_1(rv_span_str(items->v[i].text), ':');

		if (!count_of(r, RV_KEY_LICENSE_SOURCE, name))
			latef(r, RV_KEY_LICENSE_AWK, "LICENSE_AWK of %.*s needs one LICENSE_SOURCE",
			    RV_SPAN_ARG(name));
	}
}

static void check_license_scheme(struct rv_reader *r)
{
	size_t n = count(r, RV_KEY_LICENSE);
	const char *scheme = rv_port_text(r->port, RV_KEY_LICENSE_SCHEME);
	bool solo = scheme && strcmp(scheme, "solo") == 0;

	if (n && !scheme)
		late(r, RV_KEY_LICENSE, "LICENSE needs LICENSE_SCHEME");
	if (n == 1 && scheme && !solo)
		late(r, RV_KEY_LICENSE_SCHEME, "LICENSE_SCHEME must be solo for one licence");
	if (n > 1 && solo)
		late(
		    r, RV_KEY_LICENSE_SCHEME, "LICENSE_SCHEME cannot be solo for several licences");
	if (!n && scheme && !solo)
		late(r, RV_KEY_LICENSE_SCHEME, "LICENSE_SCHEME without LICENSE");
}

static void check_licenses(struct rv_reader *r)
{
	static const enum rv_port_key others[] = {
	    RV_KEY_LICENSE_NAME, RV_KEY_LICENSE_AWK, RV_KEY_LICENSE_SOURCE};
	size_t n = count(r, RV_KEY_LICENSE);

	check_license_scheme(r);
	if (count(r, RV_KEY_LICENSE_FILE) != n)
		late(r, RV_KEY_LICENSE_FILE, "LICENSE_FILE must have one entry for each licence");
	for (size_t i = 0; i < RV_COUNT(others) && !n; i++)
		if (count(r, others[i]))
			latef(r, others[i], "%s without LICENSE", rv_keys[others[i]].name);
	check_license_names(r);
	check_license_awks(r);
}

void rv_check_late(struct rv_reader *r)
{
	struct rv_port *p = r->port;
	bool users = rv_port_has(p, RV_KEY_USERS) || rv_port_has(p, RV_KEY_GROUPS);

	check_variants(r);
	check_options(r);
	check_modules(r);
	check_licenses(r);
	if (users && !rv_port_has(p, RV_KEY_USERGROUP_SPKG))
		late(r, rv_port_has(p, RV_KEY_USERS) ? RV_KEY_USERS : RV_KEY_GROUPS,
		    "USERS and GROUPS need USERGROUP_SPKG");
	if (rv_port_has(p, RV_KEY_DEPRECATED) != rv_port_has(p, RV_KEY_EXPIRATION_DATE))
		late(r,
		    rv_port_has(p, RV_KEY_DEPRECATED) ? RV_KEY_DEPRECATED : RV_KEY_EXPIRATION_DATE,
		    "DEPRECATED and EXPIRATION_DATE go together");
}
