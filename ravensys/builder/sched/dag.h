/* SPDX-License-Identifier: ISC */
/*
 * Who needs whom, as numbers in flat arrays: nodes from 0, every edge stored at both ends, each
 * once. Pure, and cheap enough for every port of a tree at once.
 *
 *	rv_dag_make	from a list of edges
 *	rv_dag_sort	needs before what needs them; tells whether there are cycles
 *	rv_dag_weigh	transitive dependents of every node: the more, the sooner it is built
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct rv_dag_edge {
	uint32_t node, need;
};

struct rv_dag_edges {
	struct rv_dag_edge *v;
	size_t n, cap;
};

struct rv_dag {
	uint32_t n;
	uint32_t *needs, *needs_at; /* those of node i: needs[needs_at[i] .. needs_at[i + 1]] */
	uint32_t *dependents, *dependents_at; /* likewise */
	uint32_t *sorted, n_sorted; /* after rv_dag_sort: all that is in or above no cycle */
	uint32_t *weight;	    /* after rv_dag_weigh */
};

/* Doubles are dropped; the needs of a node keep their order. */
void rv_dag_make(struct rv_dag *out, uint32_t n, const struct rv_dag_edges *edges);
void rv_dag_release(struct rv_dag *d);

#define rv_dag_each_need(d, node, it)                                                              \
	for (const uint32_t *it = (d)->needs + (d)->needs_at[node];                                \
	     it < (d)->needs + (d)->needs_at[(node) + 1]; it++)
#define rv_dag_each_dependent(d, node, it)                                                         \
	for (const uint32_t *it = (d)->dependents + (d)->dependents_at[node];                      \
	     it < (d)->dependents + (d)->dependents_at[(node) + 1]; it++)

/* Fills sorted; false when there is a cycle: then the nodes in and above cycles are missing. */
bool rv_dag_sort(struct rv_dag *d);

/*
 * After a rv_dag_sort that returned false. told is called at least once; no two of the cycles told
 * share a node. path holds n nodes, each needing the next and the last the first.
 */
typedef void rv_dag_cycle_fn(void *ctx, const uint32_t *path, size_t n);
void rv_dag_cycles(const struct rv_dag *d, rv_dag_cycle_fn *told, void *ctx);

/* After rv_dag_sort. A node in or above a cycle weighs 0. */
void rv_dag_weigh(struct rv_dag *d);
/* After rv_dag_weigh: all nodes, heaviest first, then by number; out holds n. */
void rv_dag_order(const struct rv_dag *d, uint32_t *out);

/* Marks node and all that it transitively needs; reverse: all that needs it. Marks add up. */
void rv_dag_reach(const struct rv_dag *d, uint32_t node, bool reverse, bool *marks);
