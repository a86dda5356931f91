/* SPDX-License-Identifier: ISC */
/* Checks of modules (USES), run dependencies of subpackages (EXRUN), info pages and licences. */
#include "port/check.h"

#include <stdio.h>

static bool is_subpackage(struct rv_reader *r, struct rv_span name)
{
	char text[64];

	if (name.n >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", RV_SPAN_ARG(name));
	return rv_port_has_subpackage(r->port, text);
}

/*
 * Modules whose arguments are subpackages: all of them must be there. (fortran is one too, but
 * recipes in use name subpackages that they do not have.) Those from `schemas` on may go without
 * when an option brings them.
 */
static bool wants_subpackages(struct rv_span module, bool helper)
{
	static const char *const names[] = {"ada", "c++", "cclibs", "compiler", "schemas",
	    "mime-info", "gnome-icons", "desktop-utils", "rootca", "smf"};

	for (size_t i = 0; i < (helper ? 4 : RV_COUNT(names)); i++)
		if (rv_span_is(module, names[i]))
			return true;
	return false;
}

static void check_module(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), module = rv_part_1(s, ':'),
		       args = rv_part_2(s, ':');
	struct rv_span arg;
	const char *near;

	if (!rv_words_have(RV_WORDS_MODULES, module)) {
		near = rv_words_near(RV_WORDS_MODULES, module);
		rv_check_bad(r, c, "is not a module%s%s%s", near ? " (did you mean " : "",
		    near ? near : "", near ? "?)" : "");
		return;
	}
	if (!wants_subpackages(module, c->key == RV_KEY_COUNT))
		return;
	if (!args.n)
		rv_check_bad(r, c, "needs a subpackage as its argument");
	while (rv_span_next(&args, ',', &arg))
		if (!is_subpackage(r, arg))
			rv_check_bad(
			    r, c, "names a subpackage that there is not: %.*s", RV_SPAN_ARG(arg));
}

void rv_check_uses(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span module = rv_part_1(rv_span_str(c->text), ':');

	check_module(r, c);
	for (size_t i = 0; i < c->items->n; i++) {
		struct rv_span other = rv_part_1(rv_span_str(c->items->v[i].text), ':');

		if (c->key == RV_KEY_USES && rv_span_eq(other, module))
			rv_check_bad(r, c, "names a module for the second time");
		if ((rv_span_is(module, "macfix") && rv_span_is(other, "libtool")) ||
		    (rv_span_is(module, "libtool") && rv_span_is(other, "macfix")))
			rv_check_bad(r, c, "libtool brings macfix in: leave macfix out");
	}
}

void rv_check_conditional_uses(struct rv_reader *r, const struct rv_checked *c)
{
	if (!rv_words_have(RV_WORDS_OPSYS, rv_span_str(c->index)))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "%s: there is no system of that name", rv_check_where(r, c));
	check_module(r, c);
	rv_check_duplicate(r, c);
	if (rv_items_contain(rv_port_list(r->port, RV_KEY_USES), c->text))
		rv_check_bad(r, c, "stands in USES already");
}

static bool is_language(struct rv_span s)
{
	static const char *const names[] = {
	    "ssl", "python", "tcl", "perl", "ruby", "mysql", "pgsql"};

	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (rv_span_is(s, names[i]))
			return true;
	return false;
}

static void check_exrun_filter(
    struct rv_reader *r, const struct rv_checked *c, struct rv_span filter)
{
	struct rv_span variant = rv_part_1(filter, '/'), opsys = rv_part_2(filter, '/');
	char name[64] = "";

	if (variant.n < sizeof(name))
		snprintf(name, sizeof(name), "%.*s", RV_SPAN_ARG(variant));
	if (rv_span_find(filter, '/') < filter.n && !rv_words_have(RV_WORDS_OPSYS, opsys))
		rv_check_bad(r, c, "is limited to a system that is not known");
	if (variant.n ? !rv_port_has_variant(r->port, name) : rv_span_find(filter, '/') == filter.n)
		rv_check_bad(r, c, "is limited to a variant that there is not");
}

/* TRIPLET or SHORTHAND, with /VARIANT or /[VARIANT]/OPSYS behind it */
void rv_check_exrun(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), what = rv_part_1(s, '/');

	rv_check_duplicate(r, c);
	if (!rv_port_has_subpackage(r->port, c->index))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "EXRUN[%s]: there is no such subpackage", c->index);
	if (what.n < s.n)
		check_exrun_filter(r, c, rv_part_2(s, '/'));
	if (rv_span_find(what, ':') == what.n) {
		if (rv_span_is(what, c->index))
			rv_check_bad(r, c, "is the subpackage itself");
		else if (!is_subpackage(r, what) && !is_language(what))
			rv_check_bad(r, c,
			    "is neither a subpackage, a triplet, nor one of ssl "
			    "python tcl perl ruby mysql pgsql");
	} else if (!rv_is_triplet(what)) {
		rv_check_bad(r, c, "is not of the form namebase:subpackage:variant");
	}
}

/* Empty when the page lies in no subdirectory. */
static struct rv_span info_folder(struct rv_span page)
{
	size_t slash = rv_span_rfind(page, '/');

	return rv_span_sub(page, 0, slash < page.n ? slash : 0);
}

/* SUBPACKAGE:[SUBDIR/]PAGE; all share one SUBDIR */
void rv_check_info(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), page = rv_part_2(s, ':');
	const struct rv_items *all = rv_port_list(r->port, RV_KEY_INFO);
	struct rv_span first;

	rv_check_duplicate(r, c);
	if (!page.n || !is_subpackage(r, rv_part_1(s, ':'))) {
		rv_check_bad(r, c, "is not of the form subpackage:page");
		return;
	}
	if (!all->n)
		return;
	first = rv_part_2(rv_span_str(all->v[0].text), ':');
	if (!rv_span_eq(info_folder(first), info_folder(page)))
		rv_check_bad(r, c, "is in another subdirectory than the first page");
}

/* --- licences */

void rv_check_license_scheme(struct rv_reader *r, const struct rv_checked *c)
{
	if (strcmp(c->text, "solo") != 0 && strcmp(c->text, "dual") != 0 &&
	    strcmp(c->text, "multi") != 0)
		rv_check_bad(r, c, "is not one of solo, dual, multi");
}

void rv_check_license(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), name = rv_part_1(s, ':');

	if (!rv_license_find(name))
		rv_check_bad(r, c, "is not a known licence (CUSTOM1 to CUSTOM4 for others)");
	if (!is_subpackage(r, rv_part_2(s, ':')))
		rv_check_bad(r, c, "is not of the form LICENCE:subpackage");
	for (size_t i = 0; i < c->items->n; i++)
		if (rv_span_eq(rv_part_1(rv_span_str(c->items->v[i].text), ':'), name))
			rv_check_bad(r, c, "names a licence for the second time");
}

/* The licence before the colon must stand in LICENSE. */
static void want_license(struct rv_reader *r, const struct rv_checked *c, bool terms)
{
	struct rv_span name = rv_part_1(rv_span_str(c->text), ':');
	const struct rv_items *licenses = rv_port_list(r->port, RV_KEY_LICENSE);

	if (terms && rv_span_is(name, "TERMS"))
		return;
	for (size_t i = 0; i < licenses->n; i++)
		if (rv_span_eq(rv_part_1(rv_span_str(licenses->v[i].text), ':'), name))
			return;
	rv_check_bad(r, c, "names a licence that does not stand in LICENSE before it");
}

static bool is_quoted(struct rv_span s)
{
	return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
}

void rv_check_license_file(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span path = rv_part_2(rv_span_str(c->text), ':');

	if (!rv_span_is(path, "stock") && rv_span_find(path, '/') == path.n)
		rv_check_bad(r, c,
		    "is not of the form LICENCE:path, with a slash in the path, or "
		    "LICENCE:stock");
	want_license(r, c, false);
}

void rv_check_license_name(struct rv_reader *r, const struct rv_checked *c)
{
	if (strncmp(c->text, "CUSTOM", 6) != 0 || !is_quoted(rv_part_2(rv_span_str(c->text), ':')))
		rv_check_bad(r, c, "is not of the form CUSTOMn:\"name\"");
	want_license(r, c, false);
}

void rv_check_license_awk(struct rv_reader *r, const struct rv_checked *c)
{
	if (!is_quoted(rv_part_2(rv_span_str(c->text), ':')))
		rv_check_bad(r, c, "is not of the form LICENCE:\"regular expression\"");
	want_license(r, c, true);
}

void rv_check_license_source(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span path = rv_part_2(rv_span_str(c->text), ':');

	if (rv_span_find(path, '/') == path.n)
		rv_check_bad(r, c, "is not of the form LICENCE:path, with a slash in the path");
	want_license(r, c, true);
}

void rv_check_license_terms(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), path = rv_part_2(s, ':');

	if (!is_subpackage(r, rv_part_1(s, ':')) || rv_span_find(path, '/') == path.n)
		rv_check_bad(r, c, "is not of the form subpackage:path, with a slash in the path");
}
