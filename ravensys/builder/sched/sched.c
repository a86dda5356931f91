/* SPDX-License-Identifier: ISC */
/* Counters of open needs over a dag, and a scan in priority order for the next node. */
#include "sched/sched.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "sched/dag.h"

struct node {
	size_t open_needs;
	uint64_t memory_bytes;
	enum rv_sched_state state;
	bool held;
};

struct rv_sched {
	struct node *nodes;
	size_t n;
	struct rv_dag_edges edges; /* until the start */
	struct rv_dag dag;
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
	rv_vec_release(&s->edges);
	rv_dag_release(&s->dag);
	free(s->nodes);
	free(s->order);
	free(s);
}

void rv_sched_need(struct rv_sched *s, uint32_t node, uint32_t need)
{
	rv_vec_push(&s->edges, (struct rv_dag_edge){node, need});
}

void rv_sched_set_memory(struct rv_sched *s, uint32_t node, uint64_t bytes)
{
	s->nodes[node].memory_bytes = bytes;
}

void rv_sched_set_budget(struct rv_sched *s, uint64_t bytes)
{
	s->budget_bytes = bytes;
}

struct saying {
	const char *(*name_of)(void *ctx, uint32_t node);
	void *ctx;
	struct rv_buf path; /* of the first cycle */
};

static void say_cycle(void *ctx, const uint32_t *path, size_t n)
{
	struct saying *say = ctx;

	if (say->path.n)
		return;
	for (size_t i = 0; i < n; i++)
		rv_buf_addf(&say->path, "%s -> ", say->name_of(say->ctx, path[i]));
	rv_buf_add_str(&say->path, say->name_of(say->ctx, path[0]));
}

int rv_sched_start(struct rv_sched *s, const char *(*name_of)(void *ctx, uint32_t node), void *ctx,
    struct rv_error *err)
{
	struct saying say = {name_of, ctx, RV_BUF_INIT(700)};
	int r;

	rv_dag_make(&s->dag, (uint32_t)s->n, &s->edges);
	rv_vec_release(&s->edges);
	if (!rv_dag_sort(&s->dag)) {
		rv_dag_cycles(&s->dag, say_cycle, &say);
		r = rv_fail(err, RV_INPUT, "dependency cycle: %s", rv_buf_str(&say.path));
		rv_buf_release(&say.path);
		return r;
	}
	rv_dag_weigh(&s->dag);
	rv_dag_order(&s->dag, s->order);
	for (size_t i = 0; i < s->n; i++)
		s->nodes[i].open_needs = s->dag.needs_at[i + 1] - s->dag.needs_at[i];
	return 0;
}

const uint32_t *rv_sched_order(const struct rv_sched *s)
{
	return s->order;
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

		rv_dag_each_dependent (&s->dag, at, d) {
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
	rv_dag_each_dependent (&s->dag, node, d)
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
	return s->dag.weight[node];
}

bool rv_sched_finished(const struct rv_sched *s)
{
	return !s->counts[RV_SCHED_WAITING] && !s->counts[RV_SCHED_RUNNING];
}
