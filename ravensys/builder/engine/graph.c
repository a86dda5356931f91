/* SPDX-License-Identifier: ISC */
/* Loads the ports of a run breadth first; every port variant once. */
#include "engine/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/file.h"

static void node_release(struct rv_node *n)
{
	rv_recipe_free(n->recipe);
	rv_port_free(n->port);
	rv_record_free(n->record);
	rv_inputs_release(&n->inputs);
	rv_vec_release(&n->needs);
	rv_vec_release(&n->deps);
	rv_vec_release(&n->host);
}

void rv_graph_release(struct rv_graph *g)
{
	rv_vec_each (&g->nodes, n)
		node_release(n);
	rv_vec_release(&g->nodes);
	rv_map_release(&g->by_key);
	rv_map_release(&g->by_package);
	rv_arena_release(&g->arena);
}

static uint32_t index_of(const struct rv_map *map, const char *key)
{
	return (uint32_t)(uintptr_t)rv_map_get(map, rv_span_str(key));
}

static void *index_value(size_t index)
{
	return (void *)(uintptr_t)(index + 1);
}

/* The node of namebase:variant, added unloaded when it is new. */
static uint32_t node_for(struct rv_graph *g, const char *namebase, const char *variant)
{
	const char *key = rv_arena_fmt(&g->arena, "%s:%s", namebase, variant);
	uint32_t at = index_of(&g->by_key, key);
	struct rv_node *n;

	if (at)
		return at - 1;
	n = rv_vec_add(&g->nodes);
	n->key = key;
	rv_map_put(&g->by_key, rv_span_str(key), index_value(g->nodes.n - 1));
	return (uint32_t)(g->nodes.n - 1);
}

static void add_need(struct rv_graph *g, uint32_t node, uint32_t need)
{
	rv_vec_each (&g->nodes.v[node].needs, it)
		if (*it == need)
			return;
	rv_vec_push(&g->nodes.v[node].needs, need);
}

static void add_deps(struct rv_graph *g, const struct rv_graph_env *env, uint32_t at,
    const struct rv_deps *deps, bool host_may)
{
	const char *package, *programs;
	uint32_t need;

	for (size_t i = 0; i < deps->n; i++) {
		const struct rv_dep *d = &deps->v[i];

		if (host_may && env->host && rv_host_provides(env->host, d, &programs)) {
			rv_vec_push(
			    &g->nodes.v[at].host, rv_arena_fmt(&g->arena, "%s:%s:%s", d->namebase,
						      d->subpackage, d->variant));
			continue;
		}
		need = node_for(g, d->namebase, d->variant);
		if (need == at)
			continue;
		package =
		    rv_arena_fmt(&g->arena, "%s~%s~%s", d->namebase, d->subpackage, d->variant);
		add_need(g, at, need);
		rv_vec_push(&g->nodes.v[at].deps,
		    (struct rv_node_dep){need, package, d->subpackage, host_may});
	}
}

static int load_node(struct rv_graph *g, const struct rv_graph_env *env, uint32_t at,
    struct rv_problems *problems, struct rv_error *err)
{
	struct rv_port_context context = {.mk = env->defaults->mk, .check_files = true};
	struct rv_node *n = &g->nodes.v[at];
	struct rv_origin origin;
	struct rv_recipe *r;

	if (rv_origin_parse(n->key, &origin, err) < 0)
		return -1;
	if (rv_trees_load(env->trees, origin.namebase, &context, problems, &n->port, err) < 0)
		return -1;
	if (rv_recipe_make(n->port, origin.variant, env->platform, env->defaults, &n->recipe, err) <
	    0)
		return -1;
	r = n->recipe;
	add_deps(g, env, at, &r->deps[RV_DEP_BUILD], true);
	add_deps(g, env, at, &r->deps[RV_DEP_BUILDRUN], false);
	add_deps(g, env, at, &r->deps[RV_DEP_RUN], false);
	rv_vec_each (&r->subpackages, s)
		add_deps(g, env, at, &s->needs, false);
	return 0;
}

static int load_all(struct rv_graph *g, const struct rv_graph_env *env,
    struct rv_problems *problems, struct rv_error *err)
{
	for (uint32_t at = 0; at < g->nodes.n; at++) {
		if (load_node(g, env, at, problems, err) == 0)
			continue;
		if (g->nodes.v[at].asked)
			return -1;
		for (uint32_t by = 0; by < at; by++)
			rv_vec_each (&g->nodes.v[by].needs, need)
				if (*need == at)
					return rv_context(err, "%s needs %s", g->nodes.v[by].key,
					    g->nodes.v[at].key);
		return -1;
	}
	return 0;
}

static int no_subpackage(const struct rv_node *by, const struct rv_node *maker,
    const char *subpackage, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(RV_ERROR_MSG_BYTES);

	rv_vec_each (&maker->recipe->subpackages, s)
		rv_buf_addf(&list, "%s%s", list.n ? ", " : "", s->name);
	return rv_fail(err, RV_INPUT, "%s needs %s:%s:%s: %s makes no subpackage %s, but %s",
	    by->key, maker->recipe->namebase, subpackage, maker->recipe->variant, maker->key,
	    subpackage, rv_buf_str(&list));
}

static bool makes(const struct rv_node *n, const char *subpackage)
{
	rv_vec_each (&n->recipe->subpackages, s)
		if (strcmp(s->name, subpackage) == 0)
			return true;
	return false;
}

static int check_deps(const struct rv_graph *g, struct rv_error *err)
{
	rv_vec_each (&g->nodes, n)
		rv_vec_each (&n->deps, d)
			if (!makes(&g->nodes.v[d->node], d->subpackage))
				return no_subpackage(n, &g->nodes.v[d->node], d->subpackage, err);
	return 0;
}

int rv_graph_load(const struct rv_graph_env *env, const char *const *origins, size_t n_origins,
    struct rv_graph *out, struct rv_problems *problems, struct rv_error *err)
{
	struct rv_origin origin;
	uint32_t at;

	*out = (struct rv_graph){0};
	for (size_t i = 0; i < n_origins; i++) {
		if (rv_origin_parse(origins[i], &origin, err) < 0)
			goto failed;
		at = node_for(out, origin.namebase, origin.variant); /* moves nodes.v */
		out->nodes.v[at].asked = true;
	}
	if (load_all(out, env, problems, err) < 0 || check_deps(out, err) < 0)
		goto failed;
	return 0;
failed:
	rv_graph_release(out);
	return -1;
}

void rv_graph_publish(struct rv_graph *g, struct rv_node *node)
{
	if (!node->record)
		return;
	rv_vec_each (&node->record->packages, p)
		rv_map_put(&g->by_package, rv_span_str(rv_arena_strdup(&g->arena, p->name)),
		    index_value((size_t)(node - g->nodes.v)));
}

static const struct rv_record_package *package_named(
    const struct rv_graph *g, const char *name, const struct rv_node **out_node)
{
	uint32_t at = index_of(&g->by_package, name);

	if (!at || !g->nodes.v[at - 1].record)
		return NULL;
	*out_node = &g->nodes.v[at - 1];
	rv_vec_each (&(*out_node)->record->packages, p)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct rv_slot_package *x = a, *y = b;

	return strcmp(x->package->name, y->package->name);
}

static int add_package(const struct rv_graph *g, struct rv_map *seen, const char *name,
    struct rv_slot_packages *out, struct rv_error *err)
{
	struct rv_slot_package found;

	if (rv_map_get(seen, rv_span_str(name)))
		return 0;
	found.package = package_named(g, name, &found.node);
	if (!found.package)
		return rv_fail(err, RV_BUILD, "package %s: not built", name);
	rv_map_put(seen, rv_span_str(found.package->name), index_value(0));
	rv_vec_push(out, found);
	return 0;
}

static int close_over(const struct rv_graph *g, const struct rv_node *node, struct rv_map *seen,
    struct rv_slot_packages *out, struct rv_error *err)
{
	rv_vec_each (&node->deps, d)
		if (add_package(g, seen, d->package, out, err) < 0)
			return -1;
	for (size_t i = 0; i < out->n; i++) {
		const struct rv_record_package *p = out->v[i].package;

		rv_vec_each (&p->requires, r)
			if (add_package(g, seen, *r, out, err) < 0)
				return rv_context(err, "required by %s", p->name);
	}
	return 0;
}

int rv_graph_slot_packages(const struct rv_graph *g, const struct rv_node *node,
    struct rv_slot_packages *out, struct rv_error *err)
{
	struct rv_map seen = RV_MAP_INIT;
	int r;

	*out = (struct rv_slot_packages){0};
	r = close_over(g, node, &seen, out, err);
	rv_map_release(&seen);
	if (r < 0) {
		rv_vec_release(out);
		return rv_context(err, "%s", node->key);
	}
	rv_vec_sort(out, by_name);
	return 0;
}
