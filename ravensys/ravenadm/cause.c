/* SPDX-License-Identifier: ISC */
/* Finds a dependency of the scan again in the recipe that it is from. */
#include "ravenadm/cause.h"

void rv_cause_release(struct rv_cause *c)
{
	rv_recipe_free(c->recipe);
	rv_port_free(c->port);
	*c = (struct rv_cause){0};
}

void rv_cause_open(const struct rv_adm *a, const char *key, struct rv_cause *out)
{
	struct rv_port_context context = {.mk = a->recipes.defaults.mk};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_origin origin;
	struct rv_error ignored;

	*out = (struct rv_cause){0};
	if (rv_origin_parse(key, &origin, &ignored) < 0 ||
	    rv_trees_load(
		&a->recipes.trees, origin.namebase, &context, &problems, &out->port, &ignored) < 0)
		return;
	if (rv_recipe_make(out->port, origin.variant, &a->recipes.platform, &a->recipes.defaults,
		&out->recipe, &ignored) < 0)
		rv_cause_release(out);
}

static const struct rv_dep *find(const struct rv_deps *deps, const struct rv_scan_dep *wanted)
{
	rv_vec_each (deps, d)
		if (rv_scan_dep_is(wanted, d))
			return d;
	return NULL;
}

const char *rv_cause_of(const struct rv_cause *c, const struct rv_need *need, unsigned *out_line)
{
	const struct rv_subpackage *s;
	const struct rv_dep *d = NULL;

	*out_line = 0;
	if (!c->recipe)
		return NULL;
	if (need->kind != RV_NEED_EXRUN) {
		d = find(&c->recipe->deps[need->kind], &need->dep);
	} else {
		s = rv_recipe_subpackage(c->recipe, need->by);
		d = s ? find(&s->needs, &need->dep) : NULL;
	}
	if (!d)
		return NULL;
	*out_line = d->line;
	return d->cause;
}
