/* SPDX-License-Identifier: ISC */
/* Dependencies: from keywords and EXRUN to triplets, and to the subpackage that they are of. */
#include "port/check.h"
#include "port/make.h"
#include "port/reader.h"

static struct rv_dep dep_of(struct rv_arena *arena, const char *triplet)
{
	struct rv_span s = rv_span_str(triplet), rest = rv_part_2(s, ':');
	struct rv_span a = rv_part_1(s, ':'), b = rv_part_1(rest, ':'), c = rv_part_2(rest, ':');

	return (struct rv_dep){
	    .namebase = rv_arena_strndup(arena, a.p, a.n),
	    .subpackage = rv_arena_strndup(arena, b.p, b.n),
	    .variant = rv_arena_strndup(arena, c.p, c.n),
	};
}

static bool dep_eq(const struct rv_dep *a, const struct rv_dep *b)
{
	return strcmp(a->namebase, b->namebase) == 0 && strcmp(a->subpackage, b->subpackage) == 0 &&
	       strcmp(a->variant, b->variant) == 0;
}

static void add_dep(struct rv_deps *deps, struct rv_dep dep)
{
	rv_vec_each (deps, it)
		if (dep_eq(it, &dep))
			return;
	rv_vec_push(deps, dep);
}

static void need_at(struct rv_recipe *r, enum rv_dep_kind kind, const char *triplet, unsigned line)
{
	struct rv_dep dep = dep_of(&r->arena, triplet);

	dep.line = line;
	dep.cause = r->cause;
	add_dep(&r->deps[kind], dep);
}

void rv_recipe_need(struct rv_recipe *r, enum rv_dep_kind kind, const char *triplet)
{
	need_at(r, kind, triplet, 0);
}

void rv_recipe_exrun(struct rv_recipe *r, const char *subpackage, const char *triplet)
{
	struct rv_entry *entry = rv_entries_want(&r->keys[RV_KEY_EXRUN], subpackage, 0);

	if (!rv_items_contain(&entry->items, triplet))
		rv_items_push(&entry->items, triplet, 0);
}

static void from_list(struct rv_recipe *r, const struct rv_items *items, enum rv_dep_kind kind)
{
	for (size_t i = 0; i < items->n; i++)
		need_at(r, kind, items->v[i].text, items->v[i].line);
}

void rv_recipe_depends(struct rv_recipe *r)
{
	const char *opsys = r->platform.opsys;
	const struct rv_items *uses = rv_recipe_array(r, RV_KEY_C_USES, opsys);

	from_list(r, rv_recipe_list(r, RV_KEY_BUILD_DEPENDS), RV_DEP_BUILD);
	from_list(r, rv_recipe_list(r, RV_KEY_BUILDRUN_DEPENDS), RV_DEP_BUILDRUN);
	from_list(r, rv_recipe_list(r, RV_KEY_RUN_DEPENDS), RV_DEP_RUN);
	if (rv_recipe_list(r, RV_KEY_EXTRACT_WITH_7Z)->n)
		rv_recipe_need(r, RV_DEP_BUILD, "p7zip:primary:std");
	from_list(r, rv_recipe_array(r, RV_KEY_B_DEPS, opsys), RV_DEP_BUILD);
	from_list(r, rv_recipe_array(r, RV_KEY_R_DEPS, opsys), RV_DEP_RUN);
	from_list(r, rv_recipe_array(r, RV_KEY_BR_DEPS, opsys), RV_DEP_BUILDRUN);
	for (size_t i = 0; i < uses->n; i++)
		rv_recipe_add(r, RV_KEY_USES, uses->v[i].text, uses->v[i].line);
}

/* --- EXRUN */

/* The branch that the port runs with, else the default. */
static const char *used_in_run(struct rv_recipe *r, const char *prefix, const char *subpackage,
    const struct rv_defaults *d, enum rv_family family)
{
	const struct rv_branches *b = d && d->mk ? &d->mk->branches[family] : NULL;
	const char *chosen = rv_default_of(d, family);

	for (size_t i = 0; b && i < b->n; i++) {
		const char *port =
		    rv_arena_fmt(&r->arena, "%s%s", prefix, rv_without_dots(&r->arena, b->v[i]));

		rv_vec_each (&r->deps[RV_DEP_BUILDRUN], it)
			if (strcmp(it->namebase, port) == 0 &&
			    strcmp(it->subpackage, subpackage) == 0)
				chosen = b->v[i];
	}
	return rv_arena_fmt(
	    &r->arena, "%s%s:%s:std", prefix, rv_without_dots(&r->arena, chosen), subpackage);
}

static const char *shorthand(struct rv_recipe *r, struct rv_span s, const struct rv_defaults *d)
{
	struct rv_arena *a = &r->arena;

	if (rv_span_is(s, "ssl"))
		return rv_arena_fmt(a, "%s:primary:std", rv_default_of(d, RV_FAMILY_SSL));
	if (rv_span_is(s, "python"))
		return used_in_run(r, "python", "primary", d, RV_FAMILY_PYTHON);
	if (rv_span_is(s, "tcl"))
		return used_in_run(r, "tcl", "tools", d, RV_FAMILY_TCL);
	if (rv_span_is(s, "perl"))
		return rv_arena_fmt(a, "perl-%s:primary:std", rv_default_of(d, RV_FAMILY_PERL));
	if (rv_span_is(s, "ruby"))
		return rv_arena_fmt(
		    a, "ruby%s:primary:std", rv_without_dots(a, rv_default_of(d, RV_FAMILY_RUBY)));
	if (rv_span_is(s, "mysql"))
		return rv_arena_fmt(a, "%s:client:std", rv_default_mysql_port(r, d));
	return rv_arena_fmt(a, "postgresql%s:client:std", rv_default_of(d, RV_FAMILY_PGSQL));
}

static void add_own(struct rv_subpackage *s, const char *other)
{
	if (strcmp(s->name, other) != 0 && !rv_items_contain(&s->own, other))
		rv_items_push(&s->own, other, 0);
}

/* namebase:subpackage:python_used and the like */
static void settle_one(struct rv_recipe *r, struct rv_dep *dep, const struct rv_defaults *d)
{
	struct rv_arena *a = &r->arena;
	const char *ruby = rv_default_of(d, RV_FAMILY_RUBY);
	const char *python = rv_default_of(d, RV_FAMILY_PYTHON);
	const char *const words[][2] = {
	    {"python_used", r->used_python ? r->used_python : rv_python_variant(r, python)},
	    {"perl_used", r->used_perl},
	    {"lua_used", r->used_lua},
	    {"ruby_used", r->used_ruby},
	    {"python_default", rv_python_variant(r, python)},
	    {"perl_default", rv_without_dots(a, rv_default_of(d, RV_FAMILY_PERL))},
	    {"lua_default",
		rv_arena_fmt(a, "lua%s", rv_without_dots(a, rv_default_of(d, RV_FAMILY_LUA)))},
	    {"ruby_default", rv_arena_fmt(a, "v%s", rv_without_dots(a, ruby))},
	};

	for (size_t i = 0; i < RV_COUNT(words); i++)
		if (words[i][1] && strcmp(dep->variant, words[i][0]) == 0)
			dep->variant = words[i][1];
}

/* What two words meant may be the same now. */
static void settle(struct rv_recipe *r, struct rv_deps *deps, const struct rv_defaults *d)
{
	struct rv_deps settled = {0};

	rv_vec_each (deps, it) {
		if (strchr(it->variant, '_'))
			settle_one(r, it, d);
		add_dep(&settled, *it);
	}
	rv_vec_release(deps);
	*deps = settled;
}

/* The triplet of an item; false when it is not for this variant or system. */
static bool resolve_exrun(
    struct rv_recipe *r, const char *item, const struct rv_defaults *defaults, struct rv_dep *out)
{
	struct rv_span text = rv_span_str(item), what = rv_part_1(text, '/');
	struct rv_span filter = rv_part_2(text, '/'), variant = rv_part_1(filter, '/');
	struct rv_span opsys = rv_part_2(filter, '/');
	const char *word = rv_arena_strndup(&r->arena, what.p, what.n);

	if ((variant.n && !rv_span_is(variant, r->variant)) ||
	    (opsys.n && !rv_span_is(opsys, r->platform.opsys)))
		return false;
	if (rv_port_has_subpackage(r->port, word)) {
		*out = (struct rv_dep){
		    .namebase = r->namebase, .subpackage = word, .variant = r->variant};
		return true;
	}
	*out = dep_of(&r->arena, strchr(word, ':') ? word : shorthand(r, what, defaults));
	settle_one(r, out, defaults);
	return true;
}

static void exrun_item(struct rv_recipe *r, const char *subpackage, const struct rv_item *item,
    const struct rv_defaults *defaults)
{
	struct rv_entry *entry = rv_entries_want(&r->exrun, subpackage, 0);
	struct rv_dep dep;

	if (!resolve_exrun(r, item->text, defaults, &dep))
		return;
	dep.line = item->line;
	rv_items_push(&entry->items,
	    rv_arena_fmt(&r->arena, "%s:%s:%s", dep.namebase, dep.subpackage, dep.variant), 0);
	rv_vec_each (&r->subpackages, s) {
		if (strcmp(s->name, subpackage) != 0)
			continue;
		if (strcmp(dep.namebase, r->namebase) == 0 && strcmp(dep.variant, r->variant) == 0)
			add_own(s, dep.subpackage);
		else
			add_dep(&s->needs, dep);
	}
}

bool rv_subpackage_is_side(const char *name)
{
	static const char *const names[] = {"set", "examples", "nls", "info", "man", "dev", "docs"};

	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void rv_recipe_find_prime(struct rv_recipe *r)
{
	for (size_t i = 0; i < r->subpackages.n; i++)
		if (!rv_subpackage_is_side(r->subpackages.v[i].name)) {
			r->prime = i;
			return;
		}
}

void rv_recipe_exruns(struct rv_recipe *r, const struct rv_defaults *defaults)
{
	struct rv_subpackage *prime;

	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		settle(r, &r->deps[k], defaults);
	rv_vec_each (&r->keys[RV_KEY_EXRUN], entry)
		for (size_t i = 0; i < entry->items.n; i++)
			exrun_item(r, entry->index, &entry->items.v[i], defaults);
	rv_vec_each (&r->subpackages, s) {
		s->n_exrun = s->needs.n;
		if (strcmp(s->name, "set") == 0)
			rv_vec_each (&r->subpackages, other)
				add_own(s, other->name);
	}
	rv_recipe_find_prime(r);
	if (!r->subpackages.n)
		return;
	prime = &r->subpackages.v[r->prime];
	rv_vec_each (&r->deps[RV_DEP_BUILDRUN], it)
		add_dep(&prime->needs, *it);
	rv_vec_each (&r->deps[RV_DEP_RUN], it)
		add_dep(&prime->needs, *it);
}

void rv_recipe_slot_deps(const struct rv_recipe *r, struct rv_deps *out)
{
	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		for (size_t i = 0; i < r->deps[k].n; i++)
			add_dep(out, r->deps[k].v[i]);
	for (size_t s = 0; s < r->subpackages.n; s++)
		for (size_t i = 0; i < r->subpackages.v[s].needs.n; i++)
			add_dep(out, r->subpackages.v[s].needs.v[i]);
}

static int by_index(const void *a, const void *b)
{
	const struct rv_entry *const *x = a, *const *y = b;

	return strcmp((*x)->index, (*y)->index);
}

void rv_recipe_dependencies(const struct rv_recipe *r, struct rv_buf *out)
{
	static const char *const names[RV_DEP_KINDS] = {"BUILD", "BUILDRUN", "RUN"};
	rv_vec(const struct rv_entry *) sorted = {0};

	for (size_t k = 0; k < RV_DEP_KINDS; k++)
		for (size_t i = 0; i < r->deps[k].n; i++) {
			const struct rv_dep *d = &r->deps[k].v[i];

			rv_buf_addf(
			    out, "%s %s:%s:%s\n", names[k], d->namebase, d->subpackage, d->variant);
		}
	for (size_t i = 0; i < r->exrun.n; i++)
		rv_vec_push(&sorted, &r->exrun.v[i]);
	rv_vec_sort(&sorted, by_index);
	rv_vec_each (&sorted, it)
		for (size_t i = 0; i < (*it)->items.n; i++)
			rv_buf_addf(out, "EXRUN[%s] %s\n", (*it)->index, (*it)->items.v[i].text);
	rv_vec_release(&sorted);
}
