/* SPDX-License-Identifier: ISC */
/*
 * Counting sorts and bit sets. Invariant: needs and dependents hold the same edges, no edge twice.
 */
#include "sched/dag.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static uint32_t *numbers(size_t n)
{
	return rv_alloc_array(n + 1, sizeof(uint32_t));
}

void rv_dag_release(struct rv_dag *d)
{
	free(d->needs);
	free(d->needs_at);
	free(d->dependents);
	free(d->dependents_at);
	free(d->sorted);
	free(d->weight);
	*d = (struct rv_dag){0};
}

/* Counts in at[1..] to where each group begins. */
static void sum_up(uint32_t *at, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		at[i + 1] += at[i];
}

static void drop_doubles(struct rv_dag *d)
{
	uint32_t *seen_by = numbers(d->n);
	uint32_t to = 0, from = 0;

	for (uint32_t node = 0; node < d->n; node++) {
		uint32_t end = d->needs_at[node + 1];

		for (; from < end; from++) {
			uint32_t need = d->needs[from];

			if (seen_by[need] == node + 1)
				continue;
			seen_by[need] = node + 1;
			d->needs[to++] = need;
		}
		d->needs_at[node + 1] = to;
	}
	free(seen_by);
}

static void turn_around(struct rv_dag *d)
{
	uint32_t *next = numbers(d->n);

	for (uint32_t i = 0; i < d->needs_at[d->n]; i++)
		d->dependents_at[d->needs[i] + 1]++;
	sum_up(d->dependents_at, d->n);
	memcpy(next, d->dependents_at, d->n * sizeof(*next));
	for (uint32_t node = 0; node < d->n; node++)
		rv_dag_each_need (d, node, need)
			d->dependents[next[*need]++] = node;
	free(next);
}

void rv_dag_make(struct rv_dag *out, uint32_t n, const struct rv_dag_edges *edges)
{
	uint32_t *next = numbers(n);
	struct rv_dag *d = out;

	*d = (struct rv_dag){.n = n};
	d->needs = numbers(edges->n);
	d->dependents = numbers(edges->n);
	d->needs_at = numbers(n);
	d->dependents_at = numbers(n);
	for (size_t i = 0; i < edges->n; i++)
		d->needs_at[edges->v[i].node + 1]++;
	sum_up(d->needs_at, n);
	memcpy(next, d->needs_at, n * sizeof(*next));
	for (size_t i = 0; i < edges->n; i++)
		d->needs[next[edges->v[i].node]++] = edges->v[i].need;
	free(next);
	drop_doubles(d);
	turn_around(d);
}

bool rv_dag_sort(struct rv_dag *d)
{
	uint32_t *open = numbers(d->n);

	free(d->sorted);
	d->sorted = numbers(d->n);
	d->n_sorted = 0;
	for (uint32_t i = 0; i < d->n; i++) {
		open[i] = d->needs_at[i + 1] - d->needs_at[i];
		if (!open[i])
			d->sorted[d->n_sorted++] = i;
	}
	for (uint32_t done = 0; done < d->n_sorted; done++)
		rv_dag_each_dependent (d, d->sorted[done], it)
			if (--open[*it] == 0)
				d->sorted[d->n_sorted++] = *it;
	free(open);
	return d->n_sorted == d->n;
}

/* --- cycles */

struct walk {
	const struct rv_dag *d;
	uint32_t *walk_of; /* 0: not visited; UINT32_MAX: in no cycle */
	uint32_t *step_of, *path;
};

#define SORTED UINT32_MAX

/* Every node outside `sorted` needs one outside it too: the walk meets a node seen before. */
static uint32_t next_need(const struct walk *w, uint32_t node)
{
	rv_dag_each_need (w->d, node, need)
		if (w->walk_of[*need] != SORTED)
			return *need;
	return node;
}

static void walk_from(
    struct walk *w, uint32_t start, uint32_t number, rv_dag_cycle_fn *told, void *ctx)
{
	uint32_t at = start, steps = 0;

	while (!w->walk_of[at]) {
		w->walk_of[at] = number;
		w->step_of[at] = steps;
		w->path[steps++] = at;
		at = next_need(w, at);
	}
	/* a node of an earlier walk leads to a cycle that was told */
	if (w->walk_of[at] == number)
		told(ctx, w->path + w->step_of[at], steps - w->step_of[at]);
}

void rv_dag_cycles(const struct rv_dag *d, rv_dag_cycle_fn *told, void *ctx)
{
	struct walk w = {d, numbers(d->n), numbers(d->n), numbers(d->n)};
	uint32_t number = 0;

	for (uint32_t i = 0; i < d->n_sorted; i++)
		w.walk_of[d->sorted[i]] = SORTED;
	for (uint32_t i = 0; i < d->n; i++)
		if (!w.walk_of[i])
			walk_from(&w, i, ++number, told, ctx);
	free(w.walk_of);
	free(w.step_of);
	free(w.path);
}

/* --- weights */

/* The dependents of each node as a set of bits, those furthest up first. */
void rv_dag_weigh(struct rv_dag *d)
{
	size_t words = ((size_t)d->n + 63) / 64;
	uint64_t *bits = rv_alloc_array(d->n * words + 1, sizeof(*bits));

	free(d->weight);
	d->weight = numbers(d->n);
	for (uint32_t i = d->n_sorted; i-- > 0;) {
		uint32_t node = d->sorted[i], count = 0;
		uint64_t *own = bits + node * words;

		rv_dag_each_dependent (d, node, it) {
			const uint64_t *its = bits + *it * words;

			own[*it / 64] |= (uint64_t)1 << (*it % 64);
			for (size_t w = 0; w < words; w++)
				own[w] |= its[w];
		}
		for (size_t w = 0; w < words; w++)
			count += (uint32_t)__builtin_popcountll(own[w]);
		d->weight[node] = count;
	}
	free(bits);
}

/* A counting sort: weights are below n, and equal ones keep the order of their numbers. */
void rv_dag_order(const struct rv_dag *d, uint32_t *out)
{
	uint32_t *at = numbers(d->n + 1);

	for (uint32_t i = 0; i < d->n; i++)
		at[d->n - d->weight[i]]++;
	sum_up(at, d->n);
	for (uint32_t i = 0; i < d->n; i++)
		out[at[d->n - 1 - d->weight[i]]++] = i;
	free(at);
}

void rv_dag_reach(const struct rv_dag *d, uint32_t node, bool reverse, bool *marks)
{
	const uint32_t *at = reverse ? d->dependents_at : d->needs_at;
	const uint32_t *next = reverse ? d->dependents : d->needs;
	uint32_t *queue = numbers(d->n), n = 0;

	if (!marks[node])
		queue[n++] = node;
	marks[node] = true;
	for (uint32_t done = 0; done < n; done++)
		for (uint32_t i = at[queue[done]]; i < at[queue[done] + 1]; i++) {
			uint32_t there = next[i];

			if (!marks[there])
				queue[n++] = there;
			marks[there] = true;
		}
	free(queue);
}
