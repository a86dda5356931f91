/* SPDX-License-Identifier: ISC */
/* builder/sched/dag: doubles, cycles as paths, weights against a plain count, order, reach. */
#include "sched/dag.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "tests/tap.h"

static void add(struct rv_dag_edges *edges, uint32_t node, uint32_t need)
{
	rv_vec_push(edges, (struct rv_dag_edge){node, need});
}

static void make(struct rv_dag *d, uint32_t n, struct rv_dag_edges *edges)
{
	rv_dag_make(d, n, edges);
	rv_vec_release(edges);
}

static void test_edges(void)
{
	struct rv_dag_edges edges = {0};
	struct rv_dag d;

	add(&edges, 3, 2);
	add(&edges, 3, 1);
	add(&edges, 3, 2);
	add(&edges, 2, 0);
	make(&d, 4, &edges);
	tap_int(d.needs_at[4], 3, "an edge that comes twice is one");
	tap_ok(d.needs[d.needs_at[3]] == 2 && d.needs[d.needs_at[3] + 1] == 1,
	    "needs keep their order");
	tap_int(d.dependents_at[1] - d.dependents_at[0], 1, "and are seen from the other end");
	tap_ok(rv_dag_sort(&d), "no cycle");
	rv_dag_release(&d);
	rv_dag_make(&d, 0, &edges);
	tap_ok(rv_dag_sort(&d), "nothing at all is no cycle either");
	rv_dag_weigh(&d);
	rv_dag_release(&d);
}

struct told {
	char text[200];
	int n;
};

static void tell(void *ctx, const uint32_t *path, size_t n)
{
	struct told *t = ctx;
	size_t at = strlen(t->text);

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(t->text + at, sizeof(t->text) - at, "%u", path[i]);
	snprintf(t->text + at, sizeof(t->text) - at, ";");
	t->n++;
}

/* 0 -> 1 -> 2 -> 0; 3 above them; 4 -> 5 -> 4; 6 -> 6; 7 below and 8 beside all */
static void test_cycles(void)
{
	struct rv_dag_edges edges = {0};
	struct told told = {0};
	struct rv_dag d;

	add(&edges, 0, 7);
	add(&edges, 0, 1);
	add(&edges, 1, 2);
	add(&edges, 2, 0);
	add(&edges, 3, 0);
	add(&edges, 5, 4);
	add(&edges, 4, 5);
	add(&edges, 6, 6);
	make(&d, 9, &edges);
	tap_ok(!rv_dag_sort(&d), "cycles are seen");
	tap_int(d.n_sorted, 2, "what is in or above none of them is sorted");
	rv_dag_cycles(&d, tell, &told);
	tap_str(told.text, "012;45;6;", "each is told as its path, once");
	rv_dag_weigh(&d);
	tap_int(d.weight[0], 0, "in a cycle nothing is weighed");
	rv_dag_release(&d);
}

/* A pseudo-random dag, node needs lower numbers only. */
static void fill(struct rv_dag_edges *edges, uint32_t n)
{
	uint32_t seed = 12345;

	for (uint32_t node = 1; node < n; node++)
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245u + 12345u;
			if (seed >> 30)
				add(edges, node, (seed >> 8) % node);
		}
}

static uint32_t count_by_reach(const struct rv_dag *d, uint32_t node)
{
	bool *marks = rv_alloc_array(d->n + 1, sizeof(*marks));
	uint32_t count = 0;

	rv_dag_reach(d, node, true, marks);
	for (uint32_t i = 0; i < d->n; i++)
		count += marks[i] && i != node;
	free(marks);
	return count;
}

static void test_weights(void)
{
	enum { N = 500 };
	struct rv_dag_edges edges = {0};
	uint32_t order[N], place[N];
	bool equal = true, falling = true, before = true;
	struct rv_dag d;

	fill(&edges, N);
	make(&d, N, &edges);
	tap_ok(rv_dag_sort(&d), "no cycle");
	rv_dag_weigh(&d);
	for (uint32_t i = 0; i < N; i++)
		equal = equal && d.weight[i] == count_by_reach(&d, i);
	tap_ok(equal, "a weight is the number of transitive dependents");
	rv_dag_order(&d, order);
	for (uint32_t i = 1; i < N; i++) {
		uint32_t a = order[i - 1], b = order[i];

		falling =
		    falling && (d.weight[a] > d.weight[b] || (d.weight[a] == d.weight[b] && a < b));
	}
	tap_ok(falling, "heaviest first, then by number");
	for (uint32_t i = 0; i < N; i++)
		place[order[i]] = i;
	for (uint32_t i = 0; i < N; i++)
		rv_dag_each_need (&d, i, need)
			before = before && place[*need] < place[i];
	tap_ok(before, "so what is needed comes before what needs it");
	rv_dag_release(&d);
}

int main(void)
{
	test_edges();
	test_cycles();
	test_weights();
	return tap_done();
}
