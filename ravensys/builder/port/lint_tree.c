/* SPDX-License-Identifier: ISC */
/* Rules that compare a port with the tree that it belongs to. */
#include <stdio.h>

#include "os/file.h"
#include "pkg/version.h"
#include "port/check.h"
#include "port/lint_rules.h"

/* What there is of a port: "\nVARIANT:SUBPACKAGE" for each, and a line feed; "" for no such port. */
static const char *parts_of(struct rv_arena *arena, const struct rv_port *p)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)4 * 1024 * 1024);
	const struct rv_entries *all = &p->keys[RV_KEY_SPKGS];

	for (size_t i = 0; i < all->n; i++)
		for (size_t j = 0; j < all->v[i].items.n; j++)
			rv_buf_addf(&text, "\n%s:%s", all->v[i].index, all->v[i].items.v[j].text);
	rv_buf_add_char(&text, '\n');
	return rv_arena_strdup(arena, rv_buf_str(&text));
}

/* Parts of a port of the trees, read once. NULL: it is there, but not readable. */
static const char *known(struct rv_lint *l, const char *namebase)
{
	struct rv_lint_place *place = l->place;
	const char *parts = rv_map_get(&place->known, rv_span_str(namebase));
	struct rv_port_context context = {.mk = place->context.mk};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *p = NULL;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_found_port at;

	if (parts)
		return strcmp(parts, "?") == 0 ? NULL : parts;
	if (rv_trees_find(place->trees, namebase, &at, &err) < 0)
		parts = "";
	else if (rv_trees_load(place->trees, namebase, &context, &problems, &p, &err) < 0)
		parts = "?";
	else
		parts = parts_of(&place->arena, p);
	rv_map_put(&place->known, rv_span_str(rv_arena_strdup(&place->arena, namebase)),
	    rv_arena_strdup(&place->arena, parts));
	return strcmp(parts, "?") == 0 ? NULL : parts;
}

/* python_default and its like stand for the variants of that language. */
static bool is_floating(struct rv_span variant)
{
	return rv_span_ends(variant, RV_SPAN_LIT("_default")) ||
	       rv_span_ends(variant, RV_SPAN_LIT("_used"));
}

static bool has_part(const char *parts, struct rv_span variant, struct rv_span subpackage)
{
	struct rv_span rest = rv_span_str(parts), line;

	while (rv_span_next(&rest, '\n', &line)) {
		struct rv_span v = rv_part_1(line, ':'), s = rv_part_2(line, ':');

		if ((!subpackage.n || rv_span_eq(s, subpackage)) &&
		    (is_floating(variant) || rv_span_eq(v, variant)))
			return true;
	}
	return false;
}

/* The mk folder's host-provides: "NAMEBASE[:SUBPACKAGE]<tab>...", build tools that need no port. */
static bool host_provides(struct rv_lint *l, struct rv_span name, struct rv_span subpackage)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)1024 * 1024);
	struct rv_span rest, line;

	if (l->place->mk_fd < 0 || rv_file_read(l->place->mk_fd, "host-provides", &text, NULL) != 0)
		return false;
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line)) {
		struct rv_span what = rv_part_1(line, '\t'), part = rv_part_2(what, ':');

		if (rv_span_eq(rv_part_1(what, ':'), name) &&
		    (!part.n || rv_span_eq(part, subpackage)))
			return true;
	}
	return false;
}

static void look_dependency(struct rv_lint *l, const char *where, const struct rv_item *item)
{
	struct rv_span s = rv_part_1(rv_span_str(item->text), '/'), rest = rv_part_2(s, ':');
	struct rv_span name = rv_part_1(s, ':'), subpackage = rv_part_1(rest, ':'),
		       variant = rv_part_2(rest, ':');
	const char *namebase = rv_arena_strndup(&l->arena, name.p, name.n), *parts;

	if (!rv_is_triplet(s))
		return; /* a subpackage of its own, or a language */
	parts = strcmp(namebase, l->port->namebase) == 0 ? parts_of(&l->arena, l->port)
							 : known(l, namebase);
	if (!parts || has_part(parts, variant, subpackage) || host_provides(l, name, subpackage))
		return;
	if (!*parts)
		rv_lint_say(l, RV_SPECIFICATION, item->line, "%s: the tree has no port %s", where,
		    namebase);
	else if (!has_part(parts, variant, RV_SPAN_NULL))
		rv_lint_say(l, RV_SPECIFICATION, item->line, "%s: %s has no variant %.*s", where,
		    namebase, RV_SPAN_ARG(variant));
	else
		rv_lint_say(l, RV_SPECIFICATION, item->line, "%s: %s:%.*s has no subpackage %.*s",
		    where, namebase, RV_SPAN_ARG(variant), RV_SPAN_ARG(subpackage));
}

static void look_items(struct rv_lint *l, const char *where, const struct rv_items *items)
{
	for (size_t i = 0; i < items->n; i++)
		look_dependency(l, where, &items->v[i]);
}

static void look_helpers(struct rv_lint *l)
{
	static const enum rv_helper helpers[] = {RV_HELPER_BUILD_DEPENDS_ON,
	    RV_HELPER_BUILD_DEPENDS_OFF, RV_HELPER_BUILDRUN_DEPENDS_ON,
	    RV_HELPER_BUILDRUN_DEPENDS_OFF, RV_HELPER_RUN_DEPENDS_ON, RV_HELPER_RUN_DEPENDS_OFF};

	rv_vec_each (&l->port->options, option)
		for (size_t i = 0; i < RV_COUNT(helpers); i++)
			look_items(l,
			    rv_arena_fmt(
				&l->arena, "[%s].%s", option->name, rv_helpers[helpers[i]].name),
			    &option->helpers[helpers[i]]);
}

int rv_lint_dependency(struct rv_lint *l, struct rv_error *err)
{
	static const enum rv_port_key keys[] = {RV_KEY_BUILD_DEPENDS, RV_KEY_BUILDRUN_DEPENDS,
	    RV_KEY_RUN_DEPENDS, RV_KEY_B_DEPS, RV_KEY_BR_DEPS, RV_KEY_R_DEPS, RV_KEY_EXRUN};

	(void)err;
	if (!l->place->trees || !l->place->trees->n)
		return 0;
	for (size_t i = 0; i < RV_COUNT(keys); i++) {
		const struct rv_entries *all = &l->port->keys[keys[i]];

		for (size_t j = 0; j < all->n; j++)
			look_items(l,
			    *all->v[j].index ? rv_arena_fmt(&l->arena, "%s[%s]",
						   rv_keys[keys[i]].name, all->v[j].index)
					     : rv_keys[keys[i]].name,
			    &all->v[j].items);
	}
	look_helpers(l);
	return 0;
}

/* The same file, so that there is nothing to compare. */
static bool is_itself(const struct rv_lint *l, const struct rv_port_files *other)
{
	char name[256];
	struct rv_stat a, b;

	snprintf(name, sizeof(name), "%s/" RV_SPECIFICATION, other->folder);
	if (rv_file_stat(other->tree_fd, name, &b, NULL) != 0)
		return false;
	snprintf(name, sizeof(name), "%s/" RV_SPECIFICATION, l->files->folder);
	return rv_file_stat(l->files->tree_fd, name, &a, NULL) == 0 && a.dev == b.dev &&
	       a.ino == b.ino;
}

int rv_lint_version_backwards(struct rv_lint *l, struct rv_error *err)
{
	struct rv_port_context context = {.mk = l->place->context.mk};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *older = NULL;
	struct rv_error why = RV_ERROR_INIT;
	struct rv_found_port at;

	(void)err;
	if (!l->place->trees || !l->place->trees->n ||
	    rv_trees_find(l->place->trees, l->port->namebase, &at, &why) < 0 ||
	    is_itself(l, &(struct rv_port_files){.tree_fd = at.tree->fd, .folder = at.folder}) ||
	    rv_trees_load(l->place->trees, l->port->namebase, &context, &problems, &older, &why) <
		0)
		return 0;
	if (rv_version_cmp(rv_span_str(l->port->pkgversion), rv_span_str(older->pkgversion)) < 0)
		rv_lint_say(l, RV_SPECIFICATION, l->port->keys[RV_KEY_VERSION].v[0].line,
		    "%s comes before %s, which %s has: raise EPOCH", l->port->pkgversion,
		    older->pkgversion, at.tree->path);
	return 0;
}
