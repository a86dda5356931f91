/* SPDX-License-Identifier: ISC */
/* From the scan's dependencies to edges, faults and states; all by arrays. */
#include "engine/wholetree.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

/* Its packages are in the system root, whatever builds it: what it needs cannot wait for it. */
#define COMPILER "ravensys-gcc"

/* --- dependencies of one node */
const char *rv_need_keyword(unsigned kind)
{
	static const char *const keywords[] = {
	    [RV_DEP_BUILD] = "BUILD_DEPENDS",
	    [RV_DEP_BUILDRUN] = "BUILDRUN_DEPENDS",
	    [RV_DEP_RUN] = "RUN_DEPENDS",
	    [RV_NEED_EXRUN] = "EXRUN",
	};

	return keywords[kind];
}

const char *rv_wholetree_key(const struct rv_wholetree *t, uint32_t node)
{
	struct rv_scan_variant v;

	rv_scan_variant(t->how.scan, node, &v);
	return v.key;
}

struct telling {
	const struct rv_wholetree *t;
	uint32_t node;
	rv_need_fn *told;
	void *ctx;
};

static void tell(const struct telling *to, unsigned kind, struct rv_scan_dep dep, const char *by)
{
	struct rv_need need = {kind, dep, by, false};
	struct rv_dep wanted = {
	    .namebase = dep.namebase, .subpackage = dep.subpackage, .variant = dep.variant};

	if (kind == RV_DEP_BUILD && to->t->how.host)
		need.host = rv_host_provides(to->t->how.host, &wanted, NULL);
	to->told(to->ctx, to->node, &need);
}

static void tell_all(const struct telling *to, const struct rv_scan_variant *v)
{
	for (unsigned kind = 0; kind < RV_DEP_KINDS; kind++)
		for (uint32_t i = 0; i < v->deps[kind].n; i++)
			tell(to, kind, rv_scan_dep(&v->deps[kind], i), NULL);
	for (uint32_t s = 0; s < v->subpackages.n; s++) {
		struct rv_scan_subpackage sub;

		rv_scan_subpackage(v, s, &sub);
		for (uint32_t i = 0; i < sub.n_exrun; i++)
			tell(to, RV_NEED_EXRUN, rv_scan_dep(&sub.needs, i), sub.name);
	}
}

void rv_wholetree_needs(const struct rv_wholetree *t, uint32_t node, rv_need_fn *told, void *ctx)
{
	const struct telling to = {t, node, told, ctx};
	struct rv_scan_variant v;

	rv_scan_variant(t->how.scan, node, &v);
	tell_all(&to, &v);
}

/* --- faults */
static void add_fault(struct rv_wholetree *t, uint32_t node, const char *text, const char *culprit)
{
	rv_vec_push(&t->faults, (struct rv_plan_fault){node, text, culprit});
}

static void blame(struct rv_wholetree *t, uint32_t node)
{
	t->nodes[node] = (struct rv_plan_node){RV_PLAN_FAULTY, node};
}

static bool recipe_has_faults(const struct rv_scan *scan, const char *namebase)
{
	struct rv_scan_fault fault;

	for (uint32_t i = 0; i < rv_scan_fault_count(scan); i++) {
		rv_scan_fault(scan, i, &fault);
		if (strcmp(fault.namebase, namebase) == 0)
			return true;
	}
	return false;
}

static const char *list_of(struct rv_arena *arena, const struct rv_scan_list *names)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ERROR_MSG_BYTES);

	for (uint32_t i = 0; i < names->n; i++)
		rv_buf_addf(&text, "%s%s", i ? ", " : "", rv_scan_at(names, i));
	return rv_arena_strdup(arena, rv_buf_str(&text));
}

static const char *variants_of(struct rv_wholetree *t, uint32_t port)
{
	const char *text = "";
	struct rv_scan_port p;

	rv_scan_port(t->how.scan, port, &p);
	for (uint32_t i = 0; i < p.n_variants; i++) {
		struct rv_scan_variant v;

		rv_scan_variant(t->how.scan, p.first_variant + i, &v);
		text = rv_arena_fmt(&t->arena, "%s%s%s", text, i ? ", " : "", v.name);
	}
	return text;
}

static void add_missing(
    struct rv_wholetree *t, uint32_t node, const struct rv_need *need, const char *why)
{
	const struct rv_scan_dep *dep = &need->dep;
	const char *word = rv_need_keyword(need->kind);
	bool faulty = dep->target == RV_SCAN_NONE && recipe_has_faults(t->how.scan, dep->namebase);

	if (need->by)
		word = rv_arena_fmt(&t->arena, "%s[%s]", word, need->by);
	blame(t, node);
	add_fault(t, node,
	    rv_arena_fmt(&t->arena, "%s needs %s:%s:%s: %s (%s)", rv_wholetree_key(t, node),
		dep->namebase, dep->subpackage, dep->variant,
		faulty ? "its recipe has faults" : why, word),
	    faulty ? dep->namebase : NULL);
}

static void add_without_target(struct rv_wholetree *t, uint32_t node, const struct rv_need *need)
{
	const struct rv_scan_dep *dep = &need->dep;
	uint32_t port = rv_scan_find(t->how.scan, dep->namebase);

	add_missing(t, node, need,
	    port == RV_SCAN_NONE ? rv_arena_fmt(&t->arena, "there is no port %s", dep->namebase)
				 : rv_arena_fmt(&t->arena, "%s has no variant %s, but %s",
				       dep->namebase, dep->variant, variants_of(t, port)));
}

/* --- edges */
struct making {
	struct rv_wholetree *t;
	struct rv_scan_list *subpackages; /* one a node */
	struct rv_dag_edges edges, to_compiler;
};

static void add_edge(void *ctx, uint32_t node, const struct rv_need *need)
{
	struct making *m = ctx;
	uint32_t target = need->dep.target;
	const struct rv_scan_list *made;

	if (need->host || (target == node && need->kind == RV_NEED_EXRUN))
		return;
	if (target == RV_SCAN_NONE) {
		add_without_target(m->t, node, need);
		return;
	}
	made = &m->subpackages[target];
	if (!rv_scan_has(made, need->dep.subpackage))
		add_missing(m->t, node, need,
		    rv_arena_fmt(&m->t->arena, "%s makes no subpackage %s, but %s",
			rv_wholetree_key(m->t, target), need->dep.subpackage,
			list_of(&m->t->arena, made)));
	if (strcmp(need->dep.namebase, COMPILER) == 0)
		rv_vec_push(&m->to_compiler, (struct rv_dag_edge){node, target});
	else
		rv_vec_push(&m->edges, (struct rv_dag_edge){node, target});
}

/* The compiler comes before all but what it needs itself; the original: before nothing. */
static void add_compiler_edges(struct making *m)
{
	struct rv_wholetree *t = m->t;
	bool *below;

	if (t->how.as_original || !m->to_compiler.n)
		return;
	below = rv_alloc_array(t->n + 1, sizeof(*below));
	rv_vec_each (&m->to_compiler, e)
		rv_dag_reach(&t->dag, e->need, false, below);
	rv_vec_each (&m->to_compiler, e)
		if (!below[e->node])
			rv_vec_push(&m->edges, *e);
	free(below);
	rv_dag_release(&t->dag);
	rv_dag_make(&t->dag, t->n, &m->edges);
}

static void make_edges(struct rv_wholetree *t)
{
	struct making m = {.t = t};

	m.subpackages = rv_alloc_array(t->n + 1, sizeof(*m.subpackages));
	for (uint32_t i = 0; i < t->n; i++) {
		struct rv_scan_variant v;

		rv_scan_variant(t->how.scan, i, &v);
		m.subpackages[i] = v.subpackages;
		if (v.ignore)
			t->nodes[i] = (struct rv_plan_node){RV_PLAN_IGNORED, i};
	}
	for (uint32_t i = 0; i < t->n; i++)
		rv_wholetree_needs(t, i, add_edge, &m);
	rv_dag_make(&t->dag, t->n, &m.edges);
	add_compiler_edges(&m);
	rv_vec_release(&m.edges);
	rv_vec_release(&m.to_compiler);
	free(m.subpackages);
}

static void add_cycle(void *ctx, const uint32_t *path, size_t n)
{
	struct rv_wholetree *t = ctx;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)1024 * 1024);

	for (size_t i = 0; i < n; i++)
		rv_buf_addf(&text, "%s -> ", rv_wholetree_key(t, path[i]));
	add_fault(t, path[0],
	    rv_arena_fmt(&t->arena, "dependency cycle: %s%s", rv_buf_str(&text),
		rv_wholetree_key(t, path[0])),
	    NULL);
}

/* --- states and order */

/* The worse state of what it needs is its own too; needs first. */
static void inherit(struct rv_wholetree *t)
{
	for (uint32_t i = 0; i < t->dag.n_sorted; i++) {
		uint32_t node = t->dag.sorted[i];

		rv_dag_each_need (&t->dag, node, need)
			if (t->nodes[*need].state > t->nodes[node].state)
				t->nodes[node] = (struct rv_plan_node){
				    t->nodes[*need].state, t->nodes[*need].culprit};
	}
}

static bool *in_sorted(const struct rv_dag *d)
{
	bool *marks = rv_alloc_array(d->n + 1, sizeof(*marks));

	for (uint32_t i = 0; i < d->n_sorted; i++)
		marks[d->sorted[i]] = true;
	return marks;
}

static void find_cycles(struct rv_wholetree *t)
{
	bool *good;

	if (rv_dag_sort(&t->dag))
		return;
	rv_dag_cycles(&t->dag, add_cycle, t);
	good = in_sorted(&t->dag);
	for (uint32_t i = 0; i < t->n; i++)
		if (!good[i])
			blame(t, i);
	free(good);
}

static int customs_last(const void *a, const void *b, void *ctx)
{
	const struct rv_wholetree *t = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	struct rv_scan_variant v, w;
	struct rv_scan_port p, q;

	if (t->dag.weight[x] != t->dag.weight[y])
		return t->dag.weight[x] > t->dag.weight[y] ? -1 : 1;
	rv_scan_variant(t->how.scan, x, &v);
	rv_scan_variant(t->how.scan, y, &w);
	rv_scan_port(t->how.scan, v.port, &p);
	rv_scan_port(t->how.scan, w.port, &q);
	if (p.tree != q.tree)
		return p.tree > q.tree ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void put_in_order(struct rv_wholetree *t)
{
	rv_dag_weigh(&t->dag);
	t->order = rv_alloc_array(t->n + 1, sizeof(*t->order));
	rv_dag_order(&t->dag, t->order);
	if (t->how.as_original && t->how.customs)
		qsort_r(t->order, t->n, sizeof(*t->order), customs_last, t);
}

void rv_wholetree_make(const struct rv_wholetree_how *how, struct rv_wholetree *out)
{
	*out = (struct rv_wholetree){.how = *how, .n = rv_scan_variant_count(how->scan)};
	out->nodes = rv_alloc_array(out->n + 1, sizeof(*out->nodes));
	make_edges(out);
	find_cycles(out);
	inherit(out);
	if (!how->unordered)
		put_in_order(out);
}

bool rv_wholetree_waits(const struct rv_wholetree *t, uint32_t node, uint32_t need)
{
	rv_dag_each_need (&t->dag, node, it)
		if (*it == need)
			return true;
	return false;
}

void rv_wholetree_release(struct rv_wholetree *t)
{
	rv_dag_release(&t->dag);
	free(t->nodes);
	free(t->order);
	rv_vec_release(&t->faults);
	rv_arena_release(&t->arena);
	*t = (struct rv_wholetree){0};
}
