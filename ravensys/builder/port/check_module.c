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

static bool is_among(struct rv_span word, const char *const *words)
{
	for (; *words; words++)
		if (rv_span_is(word, *words))
			return true;
	return false;
}

/*
 * Modules whose arguments are subpackages: all of them must be there. (fortran is one too, but
 * recipes in use name subpackages that they do not have.)
 */
static const char *const of_subpackages[] = {"ada", "c++", "cclibs", "compiler", NULL};
/* Modules whose one argument is a subpackage; when an option brings them they may go without. */
static const char *const of_one_subpackage[] = {
    "schemas", "mime-info", "gnome-icons", "desktop-utils", "rootca", "smf", NULL};

static void check_module_args(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), module = rv_part_1(s, ':');
	struct rv_span args = rv_part_2(s, ':'), arg = args;
	bool many = is_among(module, of_subpackages);

	if (!many && (c->key == RV_KEY_COUNT || !is_among(module, of_one_subpackage)))
		return;
	if (!args.n)
		rv_check_bad(r, c, "needs a subpackage as its argument");
	else if (!many && !is_subpackage(r, args))
		rv_check_bad(r, c, "names a subpackage that there is not: %.*s", RV_SPAN_ARG(args));
	while (many && rv_span_next(&args, ',', &arg))
		if (!is_subpackage(r, arg))
			rv_check_bad(
			    r, c, "names a subpackage that there is not: %.*s", RV_SPAN_ARG(arg));
}

static bool uses_has(struct rv_reader *r, const char *module)
{
	const struct rv_items *items = rv_port_list(r->port, RV_KEY_USES);

	for (size_t i = 0; i < items->n; i++)
		if (rv_span_is(rv_part_1(rv_span_str(items->v[i].text), ':'), module))
			return true;
	return false;
}

static void check_module(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span module = rv_part_1(rv_span_str(c->text), ':');
	const char *near;

	if (!rv_words_have(RV_WORDS_MODULES, module)) {
		near = rv_words_near(RV_WORDS_MODULES, module);
		rv_check_bad(r, c, "is not a module%s%s%s", near ? " (did you mean " : "",
		    near ? near : "", near ? "?)" : "");
		return;
	}
	check_module_args(r, c);
	if ((rv_span_is(module, "macfix") && uses_has(r, "libtool")) ||
	    (rv_span_is(module, "libtool") && uses_has(r, "macfix")))
		rv_check_bad(r, c, "libtool brings macfix in: leave macfix out");
}

void rv_check_uses(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span module = rv_part_1(rv_span_str(c->text), ':');

	check_module(r, c);
	for (size_t i = 0; i < c->items->n && c->key == RV_KEY_USES; i++)
		if (rv_span_eq(rv_part_1(rv_span_str(c->items->v[i].text), ':'), module))
			rv_check_bad(r, c, "names a module for the second time");
}

void rv_check_conditional_uses(struct rv_reader *r, const struct rv_checked *c)
{
	check_module(r, c);
	rv_check_duplicate(r, c);
	if (rv_items_contain(rv_port_list(r->port, RV_KEY_USES), c->text))
		rv_check_bad(r, c, "stands in USES already");
	rv_check_system(r, c);
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

static void check_exrun_what(struct rv_reader *r, const struct rv_checked *c, struct rv_span what)
{
	const char *own = rv_port_text(r->port, RV_KEY_NAMEBASE);
	struct rv_span spkg = rv_part_1(rv_part_2(what, ':'), ':');

	if (rv_span_find(what, ':') == what.n) {
		if (rv_span_is(what, c->index))
			rv_check_bad(r, c, "is the subpackage itself");
		else if (!is_subpackage(r, what) && !is_language(what))
			rv_check_bad(r, c,
			    "is neither a subpackage, a triplet, nor one of ssl "
			    "python tcl perl ruby mysql pgsql");
	} else if (!rv_is_triplet(what)) {
		rv_check_bad(r, c, "is not of the form namebase:subpackage:variant");
	} else if (own && rv_span_is(rv_part_1(what, ':'), own) && rv_span_is(spkg, c->index)) {
		rv_check_bad(r, c, "is the subpackage itself");
	}
}

/* TRIPLET or SHORTHAND, with /VARIANT or /[VARIANT]/OPSYS behind it */
void rv_check_exrun(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), what = rv_part_1(s, '/');

	if (!rv_port_has_subpackage(r->port, c->index))
		rv_reader_problem(
		    r, RV_PROBLEM_KEY, "EXRUN[%s]: there is no such subpackage", c->index);
	if (what.n < s.n)
		check_exrun_filter(r, c, rv_part_2(s, '/'));
	check_exrun_what(r, c, what);
	rv_check_duplicate(r, c);
}

/*
 * What lies before the last slash, "." when there is none: the subpackage counts, because the
 * folder is handed on together with it.
 */
static const char *info_folder(struct rv_reader *r, struct rv_span entry)
{
	size_t slash = rv_span_rfind(entry, '/');

	return slash < entry.n ? rv_arena_strndup(&r->port->arena, entry.p, slash) : ".";
}

/* SUBPACKAGE:[SUBDIR/]PAGE; all share one SUBDIR, those that options bring too */
void rv_check_info(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_span s = rv_span_str(c->text), page = rv_part_2(s, ':');
	const char *folder;

	if (c->key != RV_KEY_COUNT)
		rv_check_duplicate(r, c);
	if (!page.n || rv_span_find(page, ':') < page.n || !is_subpackage(r, rv_part_1(s, ':'))) {
		rv_check_bad(r, c, "is not of the form subpackage:page");
		return;
	}
	folder = info_folder(r, s);
	if (!r->info_folder)
		r->info_folder = folder;
	else if (strcmp(r->info_folder, folder) != 0)
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
