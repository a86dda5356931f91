/* SPDX-License-Identifier: ISC */
/* Counters of open needs, and a scan in priority order for the next node. */
#include "sched/sched.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

struct node {
	rv_vec(uint32_t) needs;
	rv_vec(uint32_t) dependents;
	size_t open_needs, weight;
	uint64_t memory_bytes;
	enum rv_sched_state state;
	bool held;
};

struct rv_sched {
	struct node *nodes;
	size_t n;
	uint32_t *order; /* all nodes, heaviest first */
	uint64_t budget_bytes, used_bytes;
	size_t counts[RV_SCHED_STATES];
};

struct rv_sched *rv_sched_new(size_t nodes)
{
	struct rv_sched *s = rv_alloc(sizeof(*s));

	s->nodes = rv_alloc_array(nodes + 1, sizeof(*s->nodes));
	s->order = rv_alloc_array(nodes + 1, sizeof(*s->order));
	s->n = nodes;
	s->counts[RV_SCHED_WAITING] = nodes;
	return s;
}

void rv_sched_free(struct rv_sched *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		rv_vec_release(&s->nodes[i].needs);
		rv_vec_release(&s->nodes[i].dependents);
	}
	free(s->nodes);
	free(s->order);
	free(s);
}

void rv_sched_need(struct rv_sched *s, uint32_t node, uint32_t need)
{
	rv_vec_each (&s->nodes[node].needs, it)
		if (*it == need)
			return;
	rv_vec_push(&s->nodes[node].needs, need);
	rv_vec_push(&s->nodes[need].dependents, node);
	s->nodes[node].open_needs++;
}

void rv_sched_set_memory(struct rv_sched *s, uint32_t node, uint64_t bytes)
{
	s->nodes[node].memory_bytes = bytes;
}

void rv_sched_set_budget(struct rv_sched *s, uint64_t bytes)
{
	s->budget_bytes = bytes;
}

/*
 * Fills out with the nodes in an order where needs come first; the count is short of n when there
 * is a cycle.
 */
static size_t topological(const struct rv_sched *s, uint32_t *out)
{
	size_t *open = rv_alloc_array(s->n + 1, sizeof(*open));
	size_t done = 0, tail = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		open[i] = s->nodes[i].needs.n;
		if (!open[i])
			out[tail++] = i;
	}
	while (done < tail) {
		uint32_t at = out[done++];

		rv_vec_each (&s->nodes[at].dependents, d)
			if (--open[*d] == 0)
				out[tail++] = *d;
	}
	free(open);
	return tail;
}

/*
 * Every node outside `sorted` has a need outside it too: walking those must come back to a node
 * seen before.
 */
static int say_cycle(const struct rv_sched *s, const uint32_t *sorted, size_t n_sorted,
    const char *(*name_of)(void *ctx, uint32_t node), void *ctx, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(700);
	size_t *seen = rv_alloc_array(s->n + 1, sizeof(*seen));
	bool *good = rv_alloc_array(s->n + 1, sizeof(*good));
	uint32_t *walk = rv_alloc_array(s->n + 1, sizeof(*walk));
	uint32_t at = 0;
	size_t steps = 0;

	for (size_t i = 0; i < n_sorted; i++)
		good[sorted[i]] = true;
	while (good[at])
		at++;
	while (!seen[at]) {
		walk[steps] = at;
		seen[at] = ++steps;
		rv_vec_each (&s->nodes[at].needs, need)
			if (!good[*need]) {
				at = *need;
				break;
			}
	}
	for (size_t i = seen[at] - 1; i < steps; i++)
		rv_buf_addf(&path, "%s needs ", name_of(ctx, walk[i]));
	rv_buf_addf(&path, "%s", name_of(ctx, at));
	free(seen);
	free(good);
	free(walk);
	return rv_fail(err, RV_INPUT, "dependency cycle: %s", rv_buf_str(&path));
}

/* Transitive dependents of every node by bit sets, dependents first. */
static void weigh(struct rv_sched *s, const uint32_t *sorted)
{
	size_t words = (s->n + 63) / 64;
	uint64_t *bits = rv_alloc_array(s->n * words + 1, sizeof(*bits));

	for (size_t i = s->n; i-- > 0;) {
		uint64_t *own = bits + sorted[i] * words;

		rv_vec_each (&s->nodes[sorted[i]].dependents, d) {
			own[*d / 64] |= (uint64_t)1 << (*d % 64);
			for (size_t w = 0; w < words; w++)
				own[w] |= bits[*d * words + w];
		}
		for (size_t w = 0; w < words; w++)
			s->nodes[sorted[i]].weight += (size_t)__builtin_popcountll(own[w]);
	}
	free(bits);
}

static int by_weight(const void *a, const void *b, void *ctx)
{
	const struct rv_sched *s = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (s->nodes[x].weight != s->nodes[y].weight)
		return s->nodes[x].weight > s->nodes[y].weight ? -1 : 1;
	return x < y ? -1 : x > y;
}

int rv_sched_start(struct rv_sched *s, const char *(*name_of)(void *ctx, uint32_t node), void *ctx,
    struct rv_error *err)
{
	size_t sorted = topological(s, s->order);

	if (sorted < s->n)
		return say_cycle(s, s->order, sorted, name_of, ctx, err);
	weigh(s, s->order);
	qsort_r(s->order, s->n, sizeof(*s->order), by_weight, s);
	return 0;
}

void rv_sched_hold(struct rv_sched *s, uint32_t node, bool held)
{
	s->nodes[node].held = held;
}

static void set_state(struct rv_sched *s, uint32_t node, enum rv_sched_state state)
{
	struct node *n = &s->nodes[node];

	if (n->state == RV_SCHED_RUNNING)
		s->used_bytes -= n->memory_bytes;
	if (state == RV_SCHED_RUNNING)
		s->used_bytes += n->memory_bytes;
	s->counts[n->state]--;
	s->counts[state]++;
	n->state = state;
}

static bool fits(const struct rv_sched *s, const struct node *n)
{
	if (!s->budget_bytes || !s->counts[RV_SCHED_RUNNING])
		return true;
	return s->used_bytes + n->memory_bytes <= s->budget_bytes;
}

bool rv_sched_is_ready(const struct rv_sched *s, uint32_t node)
{
	return s->nodes[node].state == RV_SCHED_WAITING && !s->nodes[node].open_needs;
}

bool rv_sched_next(struct rv_sched *s, uint32_t *out)
{
	for (size_t i = 0; i < s->n; i++) {
		uint32_t at = s->order[i];

		if (!rv_sched_is_ready(s, at) || s->nodes[at].held || !fits(s, &s->nodes[at]))
			continue;
		set_state(s, at, RV_SCHED_RUNNING);
		*out = at;
		return true;
	}
	return false;
}

static void lose_dependents(struct rv_sched *s, uint32_t culprit, enum rv_sched_state outcome,
    rv_sched_lost_fn *lost, void *ctx)
{
	enum rv_sched_state state =
	    outcome == RV_SCHED_IGNORED ? RV_SCHED_IGNORED : RV_SCHED_SKIPPED;
	rv_vec(uint32_t) queue = {0};

	rv_vec_push(&queue, culprit);
	for (size_t i = 0; i < queue.n; i++) {
		uint32_t at = queue.v[i];

		rv_vec_each (&s->nodes[at].dependents, d) {
			if (s->nodes[*d].state != RV_SCHED_WAITING)
				continue;
			set_state(s, *d, state);
			if (lost)
				lost(ctx, *d, state, at);
			rv_vec_push(&queue, *d);
		}
	}
	rv_vec_release(&queue);
}

void rv_sched_done(struct rv_sched *s, uint32_t node, enum rv_sched_state outcome,
    rv_sched_lost_fn *lost, void *ctx)
{
	set_state(s, node, outcome);
	if (outcome == RV_SCHED_FAILED || outcome == RV_SCHED_IGNORED) {
		lose_dependents(s, node, outcome, lost, ctx);
		return;
	}
	rv_vec_each (&s->nodes[node].dependents, d)
		s->nodes[*d].open_needs--;
}

enum rv_sched_state rv_sched_state(const struct rv_sched *s, uint32_t node)
{
	return s->nodes[node].state;
}

size_t rv_sched_count(const struct rv_sched *s, enum rv_sched_state state)
{
	return s->counts[state];
}

size_t rv_sched_dependents(const struct rv_sched *s, uint32_t node)
{
	return s->nodes[node].weight;
}

bool rv_sched_finished(const struct rv_sched *s)
{
	return !s->counts[RV_SCHED_WAITING] && !s->counts[RV_SCHED_RUNNING];
}
