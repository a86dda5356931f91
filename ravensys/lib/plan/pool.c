/* SPDX-License-Identifier: ISC */
/*
 * Packages into the solver's pool. The order of solvables depends on names and versions only, never
 * on the order of the input: equal requests give equal plans.
 */
#include "plan/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "pkg/version.h"

static int compare_versions(const char *a, const char *b)
{
	return rv_version_cmp(rv_span_str(a), rv_span_str(b));
}

static int compare_ranked(const void *pa, const void *pb)
{
	const struct rv_ranked *a = pa, *b = pb;
	int c = strcmp(a->package->name, b->package->name);

	if (c == 0)
		c = compare_versions(a->package->version, b->package->version);
	if (c == 0 && a->installed != b->installed)
		c = a->installed ? -1 : 1;
	return c ? c : strcmp(a->package->content_id, b->package->content_id);
}

static void collect(struct rv_plan_pool *pp, const struct rv_plan_request *rq)
{
	pp->n = rq->n_installed + rq->n_offered;
	pp->ranked = rv_arena_alloc(&pp->arena, (pp->n + 1) * sizeof(*pp->ranked));
	for (size_t i = 0; i < pp->n; i++) {
		pp->ranked[i].installed = i < rq->n_installed;
		pp->ranked[i].package =
		    i < rq->n_installed ? &rq->installed[i] : &rq->offered[i - rq->n_installed];
	}
	if (pp->n > 1)
		qsort(pp->ranked, pp->n, sizeof(*pp->ranked), compare_ranked);
}

/* Of a name only the repositories of the highest priority count. */
static void skip_lower_priority(struct rv_plan_group *g)
{
	int64_t best = INT64_MIN;

	for (size_t i = 0; i < g->n; i++)
		if (!g->first[i].installed && g->first[i].package->priority > best)
			best = g->first[i].package->priority;
	for (size_t i = 0; i < g->n; i++)
		if (!g->first[i].installed && g->first[i].package->priority < best)
			g->first[i].skipped = true;
}

static void rank(struct rv_plan_group *g, bool force)
{
	const struct rv_ranked *installed = NULL;

	for (size_t i = 0; i < g->n; i++) {
		struct rv_ranked *r = &g->first[i];

		if (i == 0 ||
		    compare_versions(g->first[i - 1].package->version, r->package->version) != 0)
			g->classes++;
		r->class = g->classes;
		r->sub = 1;
		if (r->installed)
			installed = r;
	}
	for (size_t i = 0; installed && i < g->n; i++) {
		struct rv_ranked *r = &g->first[i];
		bool same = strcmp(r->package->content_id, installed->package->content_id) == 0;

		if (r->installed || r->class != installed->class)
			continue;
		if (same && !force)
			r->skipped = true;
		else
			r->sub = 2;
	}
}

static bool named(const struct rv_plan_request *rq, const char *name)
{
	for (size_t i = 0; i < rq->n_names; i++)
		if (strcmp(rq->names[i], name) == 0)
			return true;
	return false;
}

static void make_groups(struct rv_plan_pool *pp, const struct rv_plan_request *rq)
{
	for (size_t i = 0, n; i < pp->n; i += n) {
		struct rv_plan_group *g = rv_arena_alloc(&pp->arena, sizeof(*g));

		g->first = &pp->ranked[i];
		g->name = g->first->package->name;
		for (n = 1; i + n < pp->n && strcmp(pp->ranked[i + n].package->name, g->name) == 0;)
			n++;
		g->n = n;
		skip_lower_priority(g);
		rank(g, rq->force && named(rq, g->name));
		rv_map_put(&pp->groups, rv_span_str(g->name), g);
	}
}

static const struct rv_plan_group *group_of(const struct rv_plan_pool *pp, const char *name)
{
	return rv_map_get(&pp->groups, rv_span_str(name));
}

const struct rv_ranked *rv_plan_installed(const struct rv_plan_pool *pp, const char *name)
{
	const struct rv_plan_group *g = group_of(pp, name);

	for (size_t i = 0; g && i < g->n; i++)
		if (g->first[i].installed)
			return &g->first[i];
	return NULL;
}

const struct rv_ranked *rv_plan_best(const struct rv_plan_pool *pp, const char *name)
{
	const struct rv_plan_group *g = group_of(pp, name);

	for (size_t i = g ? g->n : 0; i > 0; i--)
		if (!g->first[i - 1].installed && !g->first[i - 1].skipped)
			return &g->first[i - 1];
	return NULL;
}

/* --- dependencies */
static Id remember(struct rv_plan_pool *pp, Id dep, const char *text)
{
	rv_vec_push(&pp->relations, (struct rv_plan_relation){dep, text});
	return dep;
}

static Id class_id(struct rv_plan_pool *pp, uint32_t class)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", class);
	return pool_str2id(pp->pool, text, 1);
}

/*
 * The class of a version among those of a name: of the first that is not lower; one past the last:
 * none.
 */
static uint32_t class_from(const struct rv_plan_group *g, const char *version, bool exact)
{
	for (size_t i = 0; g && i < g->n; i++) {
		int c = compare_versions(g->first[i].package->version, version);

		if (c == 0 || (c > 0 && !exact))
			return g->first[i].class;
	}
	return (g ? g->classes : 0) + 1;
}

static Id require_id(
    struct rv_plan_pool *pp, const struct rv_plan_package *owner, const struct rv_require *r)
{
	const struct rv_plan_group *g = group_of(pp, r->name);
	Id name = pool_str2id(pp->pool, r->name, 1), evr;

	switch (r->kind) {
	case RV_REQUIRE_ANY:
		break;
	case RV_REQUIRE_AT_LEAST:
		evr = class_id(pp, class_from(g, r->version, false));
		return remember(pp, pool_rel2id(pp->pool, name, evr, REL_GT | REL_EQ, 1),
		    rv_arena_fmt(&pp->arena, "%s >= %s", r->name, r->version));
	case RV_REQUIRE_SAME:
		evr = class_id(pp, class_from(g, owner->version, true));
		return remember(pp, pool_rel2id(pp->pool, name, evr, REL_EQ, 1),
		    rv_arena_fmt(&pp->arena, "%s = %s", r->name, owner->version));
	}
	return remember(pp, name, r->name);
}

/* Sonames get a prefix: a library may be called as a package is. */
static Id soname_id(struct rv_plan_pool *pp, const char *soname)
{
	const char *text = rv_arena_fmt(&pp->arena, "soname:%s", soname);

	return remember(
	    pp, pool_str2id(pp->pool, text, 1), rv_arena_fmt(&pp->arena, "library %s", soname));
}

static void add_solvable(struct rv_plan_pool *pp, struct rv_ranked *r, Repo *repo)
{
	const struct rv_plan_package *p = r->package;
	Id self;
	char evr[32];
	Solvable *s;

	r->id = repo_add_solvable(repo);
	snprintf(evr, sizeof(evr), "%u-%u", r->class, r->sub);
	s = pool_id2solvable(pp->pool, r->id);
	s->name = pool_str2id(pp->pool, p->name, 1);
	s->evr = pool_str2id(pp->pool, evr, 1);
	s->arch = ARCH_NOARCH;
	self = pool_rel2id(pp->pool, s->name, s->evr, REL_EQ, 1);
	s->provides = repo_addid_dep(repo, s->provides, self, 0);
	for (size_t i = 0; i < p->n_provides_sonames; i++)
		s->provides =
		    repo_addid_dep(repo, s->provides, soname_id(pp, p->provides_sonames[i]), 0);
	for (size_t i = 0; i < p->n_requires; i++)
	s->requires = repo_addid_dep(repo, s->requires, require_id(pp, p, &p->requires[i]), 0);
	for (size_t i = 0; i < p->n_requires_sonames; i++)
	s->requires = repo_addid_dep(repo, s->requires, soname_id(pp, p->requires_sonames[i]), 0);
}

void rv_plan_pool_make(struct rv_plan_pool *pp, const struct rv_plan_request *request)
{
	Repo *installed, *offered;

	*pp = (struct rv_plan_pool){.pool = pool_create()};
	pool_setdisttype(pp->pool, DISTTYPE_RPM);
	collect(pp, request);
	make_groups(pp, request);
	installed = repo_create(pp->pool, "installed");
	offered = repo_create(pp->pool, "offered");
	pool_set_installed(pp->pool, installed);
	/* A repository's solvables must lie together. */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < pp->n; i++)
			if (!pp->ranked[i].skipped && pp->ranked[i].installed == (round == 0))
				add_solvable(pp, &pp->ranked[i], round == 0 ? installed : offered);
	pool_createwhatprovides(pp->pool);
	pp->n_ids = (size_t)pp->pool->nsolvables;
	pp->by_id = rv_arena_alloc(&pp->arena, (pp->n_ids + 1) * sizeof(*pp->by_id));
	for (size_t i = 0; i < pp->n; i++)
		if (pp->ranked[i].id)
			pp->by_id[pp->ranked[i].id] = &pp->ranked[i];
}

void rv_plan_pool_release(struct rv_plan_pool *pp)
{
	if (pp->pool)
		pool_free(pp->pool);
	rv_map_release(&pp->groups);
	rv_vec_release(&pp->relations);
	rv_arena_release(&pp->arena);
	*pp = (struct rv_plan_pool){0};
}
