/* SPDX-License-Identifier: ISC */
/* The part of the whole tree that a run is about, and what of it was read again. */
#include "engine/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "pkg/ident.h"

static void node_release(struct rv_node *n)
{
	rv_graph_close_node(n);
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

/* --- a recipe, when it is wanted */
void rv_graph_close_node(struct rv_node *node)
{
	rv_recipe_free(node->recipe);
	rv_port_free(node->port);
	node->recipe = NULL;
	node->port = NULL;
}

static int load_recipe(const struct rv_graph_env *env, const char *namebase, const char *variant,
    struct rv_problems *problems, struct rv_port **port, struct rv_recipe **recipe,
    struct rv_error *err)
{
	struct rv_port_context context = {.mk = env->defaults->mk, .check_files = true};

	if (rv_trees_load(env->trees, namebase, &context, problems, port, err) < 0)
		return -1;
	return rv_recipe_make(*port, variant, env->platform, env->defaults, recipe, err);
}

static bool same_deps(const struct rv_scan_deps *then, const struct rv_deps *now)
{
	if (then->n != now->n)
		return false;
	for (uint32_t i = 0; i < then->n; i++) {
		const struct rv_scan_dep dep = rv_scan_dep(then, i);

		if (!rv_scan_dep_is(&dep, &now->v[i]))
			return false;
	}
	return true;
}

static bool as_planned(const struct rv_graph *g, const struct rv_node *node)
{
	const struct rv_recipe *r = node->recipe;
	struct rv_scan_variant v;

	rv_scan_variant(g->env.whole->how.scan, node->in_tree, &v);
	for (int kind = 0; kind < RV_DEP_KINDS; kind++)
		if (!same_deps(&v.deps[kind], &r->deps[kind]))
			return false;
	if (v.subpackages.n != r->subpackages.n || strcmp(node->pkgversion, r->pkgversion) != 0)
		return false;
	for (uint32_t i = 0; i < v.subpackages.n; i++) {
		struct rv_scan_subpackage sub;

		rv_scan_subpackage(&v, i, &sub);
		if (strcmp(sub.name, r->subpackages.v[i].name) != 0 ||
		    !same_deps(&sub.needs, &r->subpackages.v[i].needs))
			return false;
	}
	return true;
}

static int first_problem(struct rv_problems *problems, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)4 * 1024 * 1024);
	struct rv_span rest, line;

	rv_problems_print(problems, &text);
	rest = rv_buf_span(&text);
	(void)rv_span_next(&rest, '\n', &line);
	return rv_fail(err, RV_INPUT, "%.*s", RV_SPAN_ARG(line));
}

static int open_node(
    struct rv_graph *g, struct rv_node *node, struct rv_problems *problems, struct rv_error *err)
{
	if (node->recipe)
		return 0;
	if (load_recipe(&g->env, node->namebase, node->variant, problems, &node->port,
		&node->recipe, err) < 0)
		return -1;
	if (as_planned(g, node))
		return 0;
	return rv_fail(
	    err, RV_INPUT, "the recipe was changed since the run was planned: start it again");
}

int rv_graph_open_node(struct rv_graph *g, struct rv_node *node, struct rv_error *err)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	int r = open_node(g, node, &problems, err);

	return r < 0 && problems.count ? first_problem(&problems, err) : r;
}

/* --- loading */

/* So many ports that were named are read at once: what the scan does not look at is said before. */
#define READ_AT_ONCE 32

struct loading {
	struct rv_graph *g;
	const struct rv_graph_env *env;
	bool *wanted;	    /* one a node of the whole tree */
	uint32_t *index_of; /* its number in the graph */
	struct rv_problems *problems;
};

/* The scan does not have it: reading it says why, with all faults. */
static int say_why_not(
    const struct loading *l, const char *namebase, const char *variant, struct rv_error *err)
{
	struct rv_port *port = NULL;
	struct rv_recipe *recipe = NULL;
	int r = load_recipe(l->env, namebase, variant, l->problems, &port, &recipe, err);

	rv_recipe_free(recipe);
	rv_port_free(port);
	if (r < 0)
		return -1;
	return rv_fail(
	    err, RV_INPUT, "%s:%s: its recipe is being changed: try again", namebase, variant);
}

static int want_origin(struct loading *l, const char *text, uint32_t *out, struct rv_error *err)
{
	const struct rv_scan *scan = l->env->whole->how.scan;
	struct rv_origin origin;
	uint32_t port;

	if (rv_origin_parse(text, &origin, err) < 0)
		return -1;
	port = rv_scan_find(scan, origin.namebase);
	*out = port == RV_SCAN_NONE ? port : rv_scan_find_variant(scan, port, origin.variant);
	if (*out == RV_SCAN_NONE)
		return say_why_not(l, origin.namebase, origin.variant, err);
	rv_dag_reach(&l->env->whole->dag, *out, false, l->wanted);
	return 0;
}

/* The first fault among the wanted; the faults of a recipe that is needed go to problems. */
static int check_wanted(const struct loading *l, struct rv_error *err)
{
	struct rv_error ignored;

	rv_vec_each (&l->env->whole->faults, f) {
		if (!l->wanted[f->node])
			continue;
		if (f->culprit)
			(void)!say_why_not(l, f->culprit, "std", &ignored);
		return rv_fail(err, RV_INPUT, "%s", f->text);
	}
	return 0;
}

static void want_all(const struct loading *l)
{
	const struct rv_wholetree *w = l->env->whole;

	for (uint32_t i = 0; i < w->n; i++)
		l->wanted[i] = w->nodes[i].state != RV_PLAN_FAULTY;
}

static void add_node(struct loading *l, uint32_t in_tree)
{
	const struct rv_scan *scan = l->env->whole->how.scan;
	struct rv_node *n = rv_vec_add(&l->g->nodes);
	struct rv_scan_variant v;
	struct rv_scan_port p;

	rv_scan_variant(scan, in_tree, &v);
	rv_scan_port(scan, v.port, &p);
	n->key = v.key;
	n->namebase = p.namebase;
	n->variant = v.name;
	n->pkgversion = p.pkgversion;
	n->ignore = v.ignore;
	n->subpackages = v.subpackages;
	n->in_tree = in_tree;
	l->index_of[in_tree] = (uint32_t)l->g->nodes.n - 1;
}

static void add_dep(void *ctx, uint32_t node, const struct rv_need *need)
{
	struct loading *l = ctx;
	struct rv_node *n = &l->g->nodes.v[l->index_of[node]];

	if (need->host)
		rv_vec_push(&n->host, rv_arena_fmt(&l->g->arena, "%s:%s:%s", need->dep.namebase,
					  need->dep.subpackage, need->dep.variant));
	else if (rv_wholetree_waits(l->env->whole, node, need->dep.target))
		rv_vec_push(&n->deps, (struct rv_node_dep){l->index_of[need->dep.target],
					  need->dep.subpackage, need->kind == RV_DEP_BUILD});
}

static void add_nodes(struct loading *l)
{
	const struct rv_wholetree *w = l->env->whole;

	for (uint32_t i = 0; i < w->n; i++)
		if (l->wanted[i])
			add_node(l, i);
	rv_vec_each (&l->g->nodes, n) {
		rv_wholetree_needs(w, n->in_tree, add_dep, l);
		rv_dag_each_need (&w->dag, n->in_tree, need)
			rv_vec_push(&n->needs, l->index_of[*need]);
	}
}

static int load(struct loading *l, const char *const *origins, size_t n, struct rv_error *err)
{
	uint32_t *asked = rv_alloc_array(n + 1, sizeof(*asked));
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = want_origin(l, origins[i], &asked[i], err);
	if (r == 0)
		r = check_wanted(l, err);
	if (!n)
		want_all(l);
	if (r == 0)
		add_nodes(l);
	for (size_t i = 0; i < n && r == 0; i++) {
		struct rv_node *node = &l->g->nodes.v[l->index_of[asked[i]]];

		node->asked = true;
		if (n <= READ_AT_ONCE)
			r = open_node(l->g, node, l->problems, err);
	}
	free(asked);
	return r;
}

int rv_graph_load(const struct rv_graph_env *env, const char *const *origins, size_t n_origins,
    struct rv_graph *out, struct rv_problems *problems, struct rv_error *err)
{
	struct loading l = {.g = out, .env = env, .problems = problems};
	int r;

	*out = (struct rv_graph){.env = *env};
	l.wanted = rv_alloc_array(env->whole->n + 1, sizeof(*l.wanted));
	l.index_of = rv_alloc_array(env->whole->n + 1, sizeof(*l.index_of));
	r = load(&l, origins, n_origins, err);
	free(l.wanted);
	free(l.index_of);
	if (r < 0)
		rv_graph_release(out);
	return r;
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
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_IDENT_MAX_BYTES);

	rv_vec_each (&node->deps, d) {
		const struct rv_node *maker = &g->nodes.v[d->node];

		rv_buf_reset(&name);
		rv_buf_addf(&name, "%s~%s~%s", maker->namebase, d->subpackage, maker->variant);
		if (add_package(g, seen, rv_buf_str(&name), out, err) < 0)
			return -1;
	}
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
