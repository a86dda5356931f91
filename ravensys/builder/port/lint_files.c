/* SPDX-License-Identifier: ISC */
/* Rules about the files of a port: which of them stand for nothing, and which are not there. */
#include "port/lint_rules.h"

#include "os/file.h"
#include "port/check.h"
#include "port/distinfo.h"
#include "port/filelist.h"
#include "port/recipe.h"

/* --- subpackages and the files named after them */

/* Everybody knows what these hold. */
static bool explains_itself(const char *subpackage)
{
	static const char *const names[] = {
	    "set", "dev", "man", "docs", "nls", "info", "examples", "lang", "locale"};

	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (strcmp(names[i], subpackage) == 0)
			return true;
	return false;
}

static const struct rv_lint_text *find_text(
    struct rv_lint *l, enum rv_lint_folder folder, const char *path)
{
	rv_vec_each (&l->texts[folder], t)
		if (strcmp(t->path, path) == 0)
			return t;
	return NULL;
}

/* The file of a subpackage in a variant: its own one, else the one of all variants. */
static const struct rv_lint_text *text_of(struct rv_lint *l, enum rv_lint_folder folder,
    const char *before, const char *subpackage, const char *variant)
{
	const char *path = rv_arena_fmt(&l->arena, "%s.%s", before, subpackage);
	const struct rv_lint_text *own =
	    find_text(l, folder, rv_arena_fmt(&l->arena, "%s.%s", path, variant));

	return own ? own : find_text(l, folder, path);
}

int rv_lint_description_missing(struct rv_lint *l, struct rv_error *err)
{
	const struct rv_entries *all = &l->port->keys[RV_KEY_SPKGS];

	(void)err;
	for (size_t i = 0; i < all->n; i++)
		for (size_t j = 0; j < all->v[i].items.n; j++) {
			const struct rv_item *s = &all->v[i].items.v[j];

			if (!explains_itself(s->text) &&
			    !text_of(l, RV_LINT_DESCRIPTIONS, "descriptions/desc", s->text,
				all->v[i].index))
				rv_lint_say(l, RV_SPECIFICATION, s->line,
				    "SPKGS[%s]: subpackage %s has no descriptions/desc.%s",
				    all->v[i].index, s->text, s->text);
		}
	return 0;
}

/* Is "SUBPACKAGE" or "SUBPACKAGE.VARIANT" one of the port's? */
static bool is_subpackage_file(const struct rv_port *p, struct rv_span name)
{
	const struct rv_entries *all = &p->keys[RV_KEY_SPKGS];

	for (size_t i = 0; i < all->n; i++) {
		struct rv_span variant = rv_span_str(all->v[i].index);

		for (size_t j = 0; j < all->v[i].items.n; j++) {
			struct rv_span s = rv_span_str(all->v[i].items.v[j].text);

			if (!rv_span_starts(name, s))
				continue;
			if (name.n == s.n || (name.p[s.n] == '.' &&
						 rv_span_eq(rv_span_from(name, s.n + 1), variant)))
				return true;
		}
	}
	return false;
}

static void look_unused(struct rv_lint *l, enum rv_lint_folder folder, const char *before)
{
	rv_vec_each (&l->texts[folder], t) {
		struct rv_span path = rv_span_str(t->path), start = rv_span_str(before);

		if (!rv_span_starts(path, start) ||
		    !is_subpackage_file(l->port, rv_span_from(path, start.n)))
			rv_lint_say(l, t->path, 0,
			    "no variant has such a subpackage: the name is %sSUBPACKAGE[.VARIANT]",
			    before);
	}
}

int rv_lint_description_unused(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	look_unused(l, RV_LINT_DESCRIPTIONS, "descriptions/desc.");
	return 0;
}

int rv_lint_manifest_unused(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	look_unused(l, RV_LINT_MANIFESTS, "manifests/plist.");
	return 0;
}

/* --- manifests */

int rv_lint_manifest_unsorted(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	rv_vec_each (&l->texts[RV_LINT_MANIFESTS], t) {
		rv_auto(rv_buf) struct rv_buf sorted = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
		struct rv_span is = t->text, wanted, a, b;

		rv_filelist_sort(t->text, &sorted);
		wanted = rv_buf_span(&sorted);
		for (unsigned n = 1; rv_span_next(&is, '\n', &a); n++) {
			if (rv_span_next(&wanted, '\n', &b) && rv_span_eq(a, b))
				continue;
			/* blanks at the end are another rule's */
			if (rv_span_eq(rv_span_trim(a), b))
				continue;
			rv_lint_say(l, t->path, n, "not in order from here: `ravenadm dev sort`");
			break;
		}
	}
	return 0;
}

static void look_paths(struct rv_lint *l, const struct rv_lint_text *t, struct rv_map *paths)
{
	struct rv_span rest = t->text, line;

	for (unsigned n = 1; rv_span_next(&rest, '\n', &line); n++) {
		const struct rv_lint_text *other;

		line = rv_span_trim(line);
		if (!line.n || line.p[0] == '@' || line.p[0] == '%')
			continue;
		other = rv_map_get(paths, line);
		if (!other)
			rv_map_put(paths, line, (void *)(uintptr_t)t);
		else if (other != t)
			rv_lint_say(
			    l, t->path, n, "%s has %.*s too", other->path, RV_SPAN_ARG(line));
	}
}

int rv_lint_manifest_twice(struct rv_lint *l, struct rv_error *err)
{
	const struct rv_entries *all = &l->port->keys[RV_KEY_SPKGS];

	(void)err;
	for (size_t i = 0; i < all->n; i++) {
		struct rv_map paths = RV_MAP_INIT;

		for (size_t j = 0; j < all->v[i].items.n; j++) {
			const struct rv_lint_text *t = text_of(l, RV_LINT_MANIFESTS,
			    "manifests/plist", all->v[i].items.v[j].text, all->v[i].index);

			if (t)
				look_paths(l, t, &paths);
		}
		rv_map_release(&paths);
	}
	return 0;
}

/* --- distinfo */

static int read_distinfo(struct rv_lint *l, struct rv_distinfo *out, struct rv_error *err)
{
	return l->distinfo.text.p ? rv_distinfo_parse(l->distinfo.text, "distinfo", out, err) : 0;
}

int rv_lint_distinfo_form(struct rv_lint *l, struct rv_error *err)
{
	struct rv_distinfo d = {0};
	struct rv_error why = RV_ERROR_INIT;
	struct rv_span rest, file, number;
	uint64_t line = 0;

	(void)err;
	if (read_distinfo(l, &d, &why) < 0) {
		rest = rv_span_str(why.msg);
		rv_span_next(&rest, ':', &file);
		if (rv_span_next(&rest, ':', &number) && rv_span_to_u64(number, &line))
			rv_lint_say(
			    l, "distinfo", (unsigned)line, "%.*s", RV_SPAN_ARG(rv_span_trim(rest)));
		else
			rv_lint_say(l, "distinfo", 0, "%s", why.msg);
	}
	rv_distinfo_release(&d);
	return 0;
}

/* The distfiles of the port, of whatever variant; NULL: they cannot be told. */
static struct rv_recipe *recipe_of(struct rv_lint *l)
{
	const struct rv_platform platform = {.opsys = "linux", .arch = "x86_64"};
	const struct rv_defaults defaults = {.mk = l->place->context.mk};
	struct rv_error why = RV_ERROR_INIT;
	struct rv_recipe *r = NULL;

	if (!rv_port_variants(l->port)->n ||
	    rv_recipe_make(
		l->port, rv_port_variants(l->port)->v[0].text, &platform, &defaults, &r, &why) < 0)
		return NULL;
	return r;
}

static bool is_distfile(const struct rv_recipe *r, const char *path)
{
	for (size_t i = 0; i < r->distfiles.n; i++)
		if (strcmp(r->distfiles.v[i].path, path) == 0)
			return true;
	return false;
}

/*
 * A version that the mk folder says may be of another release than the recipe: then as many lines
 * are missing as are not used, and nothing is wrong with the port.
 */
static bool is_of_other_release(
    const struct rv_lint *l, const struct rv_recipe *r, const struct rv_distinfo *d)
{
	size_t missing = 0, unused = 0;

	if (rv_span_find_span(l->specification.text, RV_SPAN_LIT("\tEXTRACT_")) ==
	    l->specification.text.n)
		return false;
	for (size_t i = 0; i < r->distfiles.n; i++)
		missing += !r->distfiles.v[i].has_sum;
	for (size_t i = 0; i < d->n; i++)
		unused += !is_distfile(r, d->v[i].path);
	return missing == unused;
}

typedef void distinfo_fn(struct rv_lint *l, const struct rv_recipe *r, const struct rv_distinfo *d);

static void with_distinfo(struct rv_lint *l, distinfo_fn *look)
{
	rv_autofree(rv_recipe) struct rv_recipe *r = recipe_of(l);
	struct rv_distinfo d = {0};
	struct rv_error why = RV_ERROR_INIT;

	if (r && read_distinfo(l, &d, &why) == 0 && !is_of_other_release(l, r, &d))
		look(l, r, &d);
	rv_distinfo_release(&d);
}

static void look_missing(struct rv_lint *l, const struct rv_recipe *r, const struct rv_distinfo *d)
{
	const struct rv_entries *lines = &l->port->keys[RV_KEY_DISTFILE];

	(void)d;
	for (size_t i = 0; i < r->distfiles.n; i++)
		if (!r->distfiles.v[i].has_sum)
			rv_lint_say(l, RV_SPECIFICATION, i < lines->n ? lines->v[i].line : 0,
			    "DISTFILE[%u]: distinfo has no %s: `ravenadm dev distinfo`",
			    r->distfiles.v[i].index, r->distfiles.v[i].path);
}

int rv_lint_distinfo_missing(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	with_distinfo(l, look_missing);
	return 0;
}

static void look_unused_sums(
    struct rv_lint *l, const struct rv_recipe *r, const struct rv_distinfo *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (!is_distfile(r, d->v[i].path))
			rv_lint_say(
			    l, "distinfo", (unsigned)i + 1, "%s is no DISTFILE", d->v[i].path);
}

int rv_lint_distinfo_unused(struct rv_lint *l, struct rv_error *err)
{
	(void)err;
	with_distinfo(l, look_unused_sums);
	return 0;
}

/* --- patches and files */

int rv_lint_patch_unused(struct rv_lint *l, struct rv_error *err)
{
	struct rv_file_names names = {0};
	int rc = rv_port_files_list(l->files, "patches", &names, err);

	for (size_t i = 0; i < names.n && rc == 0; i++)
		if (strncmp(names.v[i], "patch-", 6) != 0)
			rv_lint_say(l, rv_arena_fmt(&l->arena, "patches/%s", names.v[i]), 0,
			    "only patch-* is applied from patches/");
	rv_file_names_release(&names);
	return rc;
}

/* Names that the tools look for by themselves. */
static bool is_known_file(const char *name)
{
	static const char *const starts[] = {
	    "messages-", "scripts-", "triggers-", "special.mk", "pkg-message-", "fontconfig-"};

	for (size_t i = 0; i < RV_COUNT(starts); i++)
		if (strncmp(name, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* RC_SUBR and SUB_FILES say NAME for NAME.in. Definitions are put in already. */
static bool is_listed(const struct rv_port *p, const char *name)
{
	static const enum rv_port_key keys[] = {
	    RV_KEY_SUB_FILES, RV_KEY_RC_SUBR, RV_KEY_EXTRA_PATCHES, RV_KEY_SMF_METHODS};
	struct rv_span stem = rv_span_str(name);

	if (rv_span_ends(stem, RV_SPAN_LIT(".in")))
		stem.n -= 3;
	for (size_t i = 0; i < RV_COUNT(keys); i++) {
		const struct rv_items *items = rv_port_list(p, keys[i]);

		for (size_t j = 0; j < items->n; j++) {
			struct rv_span s = rv_part_1(rv_span_str(items->v[j].text), ':');

			if (rv_span_eq(s, stem) || rv_span_is(s, name))
				return true;
		}
	}
	return false;
}

/* Any mention of the name in the specification: a target copies it, an option brings it. */
static bool is_mentioned(struct rv_span text, const char *name)
{
	struct rv_span s = rv_span_str(name);

	if (rv_span_ends(s, RV_SPAN_LIT(".in")))
		s.n -= 3;
	return rv_span_find_span(text, s) < text.n;
}

/* FILESDIR with a pattern or a variable behind it: any file may be meant. */
static bool takes_any_file(struct rv_span text)
{
	struct rv_span rest = text;

	for (;;) {
		size_t at = rv_span_find_span(rest, RV_SPAN_LIT("{FILESDIR}"));
		struct rv_span line;

		if (at == rest.n)
			return false;
		rest = rv_span_from(rest, at + 10);
		line = rv_span_sub(rest, 0, rv_span_find(rest, '\n'));
		line = rv_span_sub(line, 0, rv_span_find(line, ' '));
		if (!line.n || line.p[0] != '/')
			return true;
		for (size_t i = 0; i < line.n; i++)
			if (strchr("*?[$", line.p[i]))
				return true;
	}
}

/* A makefile or script of files/ that has its name. */
static bool is_named_by_other(struct rv_lint *l, const struct rv_file_names *names, size_t self)
{
	bool found = false;

	for (size_t i = 0; i < names->n && !found; i++) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)1024 * 1024);
		const char *path = rv_arena_fmt(&l->arena, "files/%s", names->v[i]);

		found = i != self && rv_port_files_read(l->files, path, &text, NULL) == 0 &&
			is_mentioned(rv_buf_span(&text), names->v[self]);
	}
	return found;
}

int rv_lint_file_unused(struct rv_lint *l, struct rv_error *err)
{
	struct rv_file_names names = {0};
	int rc = rv_port_files_list(l->files, "files", &names, err);

	for (size_t i = 0; i < names.n && rc == 0; i++)
		if (!is_known_file(names.v[i]) && !is_listed(l->port, names.v[i]) &&
		    !is_mentioned(l->specification.text, names.v[i]) &&
		    !takes_any_file(l->specification.text) && !is_named_by_other(l, &names, i))
			rv_lint_say(l, rv_arena_fmt(&l->arena, "files/%s", names.v[i]), 0,
			    "nothing in the specification names it");
	rv_file_names_release(&names);
	return rc;
}

/* --- what is no part of a port */

static bool is_part(const char *name)
{
	static const char *const names[] = {RV_SPECIFICATION, "distinfo", "descriptions",
	    "manifests", "patches", "files", "scripts"};

	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	/* what programs make specifications from, and lists that they read */
	if (strncmp(name, RV_SPECIFICATION ".", 14) == 0 || strcmp(name, "crates.list") == 0)
		return true;
	return rv_words_have(RV_WORDS_OPSYS, rv_span_str(name));
}

static int look_stray(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	(void)dirfd;
	(void)err;
	if (!is_part(entry->name))
		rv_lint_say(ctx, entry->name, 0, "no part of a port has that name");
	return 0;
}

int rv_lint_stray(struct rv_lint *l, struct rv_error *err)
{
	return rv_dir_each(l->files->tree_fd, l->files->folder, look_stray, l, err);
}
