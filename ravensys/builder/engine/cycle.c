/* SPDX-License-Identifier: ISC */
/*
 * One run. The scheduler says which port may begin; before a slot is taken its inputs, now that all
 * it needs is settled, are compared with the record. Signals stop the run in the loop; nothing is
 * retried silently.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/internal.h"
#include "os/clock.h"

struct cycle {
	struct rv_engine *e;
	struct rv_loop *loop;
	struct rv_supply *supply;
	struct rv_job **jobs; /* one a slot, NULL: free */
	bool *decided;	      /* one a node: it is to be built */
	const char **digests; /* one a node, set when its slot is begun */
	bool *supplied;
	const char **unsupplied; /* one a node: why its distfiles cannot be had */
	bool forced, stopping;
	int64_t started_ms;
	struct rv_error supply_error;
};

static int64_t now_ms(void)
{
	return rv_clock_now_ms();
}

static const char *key_of(const struct cycle *c, uint32_t node)
{
	return c->e->graph.nodes.v[node].key;
}

/* --- outcomes */
static void emit_port(
    struct cycle *c, enum rv_event_kind kind, uint32_t node, const char *reason, unsigned slot)
{
	struct rv_event event = {
	    .kind = kind,
	    .t_ms = now_ms(),
	    .port =
		{
		    .port = key_of(c, node),
		    .reason = reason,
		    .digest = c->digests[node],
		    .slot = slot,
		    .elapsed_ms = c->e->results[node].elapsed_ms,
		},
	};

	rv_event_emit(c->e->bus, &event);
}

static void set_result(struct cycle *c, uint32_t node, enum rv_outcome outcome, const char *reason)
{
	struct rv_port_result *r = &c->e->results[node];

	r->outcome = outcome;
	r->reason = reason ? rv_arena_strdup(&c->e->graph.arena, reason) : NULL;
}

static void lost(void *ctx, uint32_t node, enum rv_sched_state state, uint32_t culprit)
{
	struct cycle *c = ctx;
	bool ignored = state == RV_SCHED_IGNORED;
	const char *reason =
	    rv_arena_fmt(&c->e->graph.arena, "needs %s, which %s", key_of(c, culprit),
		ignored							  ? "is ignored"
		: rv_sched_state(c->e->sched, culprit) == RV_SCHED_FAILED ? "failed"
									  : "was skipped");

	set_result(c, node, ignored ? RV_OUTCOME_IGNORED : RV_OUTCOME_SKIPPED, reason);
	emit_port(c, ignored ? RV_EVENT_PORT_IGNORED : RV_EVENT_PORT_SKIPPED, node, reason, 0);
}

static void end_node(
    struct cycle *c, uint32_t node, enum rv_outcome outcome, const char *reason, unsigned slot)
{
	static const struct {
		enum rv_sched_state state;
		enum rv_event_kind kind;
	} map[] = {
	    [RV_OUTCOME_BUILT] = {RV_SCHED_BUILT, RV_EVENT_PORT_SUCCEEDED},
	    [RV_OUTCOME_FAILED] = {RV_SCHED_FAILED, RV_EVENT_PORT_FAILED},
	    [RV_OUTCOME_SKIPPED] = {RV_SCHED_SKIPPED, RV_EVENT_PORT_SKIPPED},
	    [RV_OUTCOME_IGNORED] = {RV_SCHED_IGNORED, RV_EVENT_PORT_IGNORED},
	    [RV_OUTCOME_UP_TO_DATE] = {RV_SCHED_UP_TO_DATE, RV_EVENT_PORT_UP_TO_DATE},
	};

	set_result(c, node, outcome, reason);
	emit_port(c, map[outcome].kind, node, c->e->results[node].reason, slot);
	rv_graph_close_node(&c->e->graph.nodes.v[node]);
	rv_inputs_release(&c->e->graph.nodes.v[node].inputs);
	rv_sched_done(c->e->sched, node, map[outcome].state, lost, c);
}

/* --- decisions */
static int decide(struct cycle *c, uint32_t node, bool *out_changed, struct rv_error *err)
{
	struct rv_node *n = &c->e->graph.nodes.v[node];
	struct rv_verdict v = {0};
	struct rv_error why = RV_ERROR_INIT;
	bool forced = c->forced && n->asked;

	*out_changed = true;
	if (rv_verdict_settled(&c->e->graph, n, &v, &why) < 0) {
		end_node(c, node, RV_OUTCOME_FAILED, why.msg, 0);
		return 0;
	}
	rv_verdict_release(&v);
	if (v.action == RV_ACTION_NONE && rv_recall_keep(c->e, n, err) < 0)
		return -1;
	*out_changed = false;
	if (v.action == RV_ACTION_IGNORE)
		end_node(c, node, RV_OUTCOME_IGNORED, v.reason, 0);
	else if (v.action == RV_ACTION_NONE && !forced)
		end_node(c, node, RV_OUTCOME_UP_TO_DATE, v.reason, 0);
	else {
		c->decided[node] = true;
		set_result(c, node, RV_OUTCOME_UNDECIDED, forced ? "forced" : v.reason);
		rv_sched_hold(c->e->sched, node, !c->supplied[node]);
		if (!c->unsupplied[node])
			return 0;
		end_node(c, node, RV_OUTCOME_FAILED, c->unsupplied[node], 0);
	}
	*out_changed = true;
	return 0;
}

/* Decides every node that is ready, and those that become ready by it. */
static int decide_ready(struct cycle *c, struct rv_error *err)
{
	bool again = true, changed;

	while (again) {
		again = false;
		for (uint32_t i = 0; i < c->e->graph.nodes.n; i++) {
			if (c->decided[i] || !rv_sched_is_ready(c->e->sched, i))
				continue;
			if (decide(c, i, &changed, err) < 0)
				return -1;
			again = again || changed;
		}
	}
	return 0;
}

/* --- slots */
static unsigned free_slot(const struct cycle *c)
{
	for (unsigned i = 0; i < c->e->config->builders; i++)
		if (!c->jobs[i])
			return i + 1;
	return 0;
}

static int pump(struct cycle *c, struct rv_error *err);

/* After a callback of a worker there is no caller to return an error to: it stops the run. */
static void pump_or_stop(struct cycle *c)
{
	struct rv_error err = RV_ERROR_INIT;

	if (pump(c, &err) < 0) {
		c->supply_error = err;
		c->stopping = true;
		rv_loop_stop(c->loop);
	}
}

static void job_done(
    void *ctx, struct rv_job *job, struct rv_record *record, const struct rv_error *why)
{
	struct cycle *c = ctx;
	uint32_t node = rv_job_node(job);
	struct rv_node *n = &c->e->graph.nodes.v[node];
	unsigned slot = rv_job_slot(job);
	struct rv_error kept = why ? *why : RV_ERROR_INIT;

	c->e->results[node].elapsed_ms = rv_job_elapsed_ms(job);
	c->jobs[slot - 1] = NULL;
	rv_job_free(job);
	if (record) {
		rv_record_free(n->record);
		n->record = record;
		n->packages_there = true;
		rv_graph_publish(&c->e->graph, n);
		end_node(c, node, RV_OUTCOME_BUILT, c->e->results[node].reason, slot);
	} else {
		end_node(c, node, RV_OUTCOME_FAILED, kept.msg, slot);
	}
	pump_or_stop(c);
}

/* The recipe and its inputs as they are now, for the slot and the record. */
static int begin_node(struct cycle *c, uint32_t node, const char **out_digest, struct rv_error *err)
{
	struct rv_node *n = &c->e->graph.nodes.v[node];

	if (rv_graph_open_node(&c->e->graph, n, err) < 0 ||
	    rv_inputs_of_node(&c->e->inputs, n, err) < 0 ||
	    rv_verdict_digest(&c->e->graph, n, &c->digests[node], err) < 0)
		return -1;
	*out_digest = c->digests[node];
	return 0;
}

static void start_job(struct cycle *c, uint32_t node, unsigned slot)
{
	struct rv_job_start how = {
	    .node = node,
	    .slot = slot,
	    .done = job_done,
	    .ctx = c,
	};
	struct rv_error err = RV_ERROR_INIT;

	if (begin_node(c, node, &how.digest, &err) < 0) {
		end_node(c, node, RV_OUTCOME_FAILED, err.msg, slot);
		return;
	}
	emit_port(c, RV_EVENT_PORT_STARTED, node, c->e->results[node].reason, slot);
	if (rv_job_start(c->e, c->loop, &how, &c->jobs[slot - 1], &err) < 0)
		end_node(c, node, RV_OUTCOME_FAILED, err.msg, slot);
}

static int pump(struct cycle *c, struct rv_error *err)
{
	unsigned slot;
	uint32_t node;

	if (c->stopping)
		return 0;
	do {
		if (decide_ready(c, err) < 0)
			return -1;
		slot = free_slot(c);
		if (!slot || !rv_sched_next(c->e->sched, &node))
			break;
		start_job(c, node, slot);
	} while (true);
	if (rv_sched_finished(c->e->sched))
		rv_loop_stop(c->loop);
	return 0;
}

/* --- distfiles */
static void supplied(void *ctx, uint32_t node, const struct rv_error *why)
{
	struct cycle *c = ctx;

	/*
	 * a port that turns out to be up to date needs no distfiles: their want fails it only when
	 * it is to be built
	 */
	if (why)
		c->unsupplied[node] = rv_arena_strdup(&c->e->graph.arena, why->msg);
	c->supplied[node] = !why;
	if (!why)
		rv_sched_hold(c->e->sched, node, false);
	else if (c->decided[node] && rv_sched_state(c->e->sched, node) == RV_SCHED_WAITING)
		end_node(c, node, RV_OUTCOME_FAILED, why->msg, 0);
	if (c->supply)
		pump_or_stop(c);
}

static int start_supply(struct cycle *c, struct rv_error *err)
{
	bool *wanted = rv_alloc_array(c->e->graph.nodes.n + 1, sizeof(*wanted));
	const struct rv_verdict *verdicts;
	struct rv_supply *supply = NULL;
	int r = rv_engine_status(c->e, c->forced, &verdicts, err);

	for (uint32_t i = 0; r == 0 && i < c->e->graph.nodes.n; i++) {
		wanted[i] =
		    verdicts[i].action == RV_ACTION_BUILD || verdicts[i].action == RV_ACTION_MAYBE;
		if (wanted[i])
			emit_port(c, RV_EVENT_PORT_QUEUED, i, verdicts[i].reason, 0);
	}
	if (r == 0)
		r = rv_supply_start(c->e, c->loop, wanted, supplied, c, &supply, err);
	c->supply = supply;
	free(wanted);
	return r;
}

/* --- the run */
static int stop_signal(void *ctx, int signo RV_UNUSED, struct rv_error *err RV_UNUSED)
{
	struct cycle *c = ctx;

	c->stopping = true;
	rv_loop_stop(c->loop);
	return 0;
}

static int tick(void *ctx, struct rv_error *err RV_UNUSED)
{
	struct cycle *c = ctx;

	rv_event_tick(c->e->bus, now_ms());
	return 0;
}

static void emit_run(
    struct cycle *c, enum rv_event_kind kind, const struct rv_run_result *r, const char *outcome)
{
	struct rv_event event = {
	    .kind = kind,
	    .t_ms = now_ms(),
	    .run =
		{
		    .profile = c->e->config->profile,
		    .outcome = outcome,
		    .slots = c->e->config->builders,
		    .ports = (int64_t)c->e->graph.nodes.n,
		},
	};

	if (r) {
		event.run.built = (int64_t)r->counts[RV_OUTCOME_BUILT];
		event.run.failed = (int64_t)r->counts[RV_OUTCOME_FAILED];
		event.run.skipped = (int64_t)r->counts[RV_OUTCOME_SKIPPED];
		event.run.ignored = (int64_t)r->counts[RV_OUTCOME_IGNORED];
		event.run.up_to_date = (int64_t)r->counts[RV_OUTCOME_UP_TO_DATE];
		event.run.remaining = (int64_t)r->counts[RV_OUTCOME_UNDECIDED];
		event.run.elapsed_ms = r->elapsed_ms;
	}
	rv_event_emit(c->e->bus, &event);
}

static int run_loop(struct cycle *c, struct rv_error *err)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < RV_COUNT(signals); i++)
		if (rv_loop_signal(c->loop, signals[i], stop_signal, c, err) < 0)
			return -1;
	rv_loop_timer(c->loop, 250, true, tick, c);
	if (start_supply(c, err) < 0 || pump(c, err) < 0)
		return -1;
	if (!rv_sched_finished(c->e->sched) && rv_loop_run(c->loop, err) < 0)
		return -1;
	if (c->supply_error.code != RV_OK) {
		*err = c->supply_error;
		return -1;
	}
	return 0;
}

static void fill_result(struct cycle *c, struct rv_run_result *out)
{
	*out = (struct rv_run_result){
	    .ports = c->e->results,
	    .n_ports = c->e->graph.nodes.n,
	    .elapsed_ms = rv_clock_mono_ms() - c->started_ms,
	    .cancelled = c->stopping,
	};
	for (size_t i = 0; i < out->n_ports; i++)
		out->counts[c->e->results[i].outcome]++;
}

static void cycle_release(struct cycle *c)
{
	for (unsigned i = 0; c->jobs && i < c->e->config->builders; i++)
		rv_job_free(c->jobs[i]);
	rv_supply_free(c->supply);
	rv_loop_free(c->loop);
	free(c->jobs);
	free(c->decided);
	free(c->digests);
	free(c->supplied);
	free(c->unsupplied);
}

int rv_engine_build(
    struct rv_engine *e, bool forced, struct rv_run_result *out, struct rv_error *err)
{
	size_t n = e->graph.nodes.n;
	struct cycle c = {.e = e, .forced = forced, .started_ms = rv_clock_mono_ms()};
	struct rv_error trouble;
	int r;

	c.jobs = rv_alloc_array(e->config->builders, sizeof(struct rv_job *));
	c.decided = rv_alloc_array(n + 1, sizeof(*c.decided));
	c.digests = rv_alloc_array(n + 1, sizeof(char *));
	c.supplied = rv_alloc_array(n + 1, sizeof(*c.supplied));
	c.unsupplied = rv_alloc_array(n + 1, sizeof(char *));
	free(e->results);
	e->results = rv_alloc_array(n + 1, sizeof(*e->results));
	for (size_t i = 0; i < n; i++)
		e->results[i] = (struct rv_port_result){
		    .port = e->graph.nodes.v[i].key, .outcome = RV_OUTCOME_UNDECIDED};
	emit_run(&c, RV_EVENT_RUN_BEGIN, NULL, NULL);
	if (e->history_lost.code != RV_OK)
		rv_event_warn(
		    e->bus, now_ms(), "build history", "begun anew: %s", e->history_lost.msg);
	r = rv_loop_new(&c.loop, err);
	if (r == 0)
		r = run_loop(&c, err);
	fill_result(&c, out);
	cycle_release(&c);
	if (r == 0 && !c.stopping && rv_clean_trees(e, &trouble) < 0)
		rv_event_warn(e->bus, now_ms(), "package trees", "%s", trouble.msg);
	emit_run(&c, RV_EVENT_RUN_END, out, r < 0 ? "failed" : c.stopping ? "cancelled" : "done");
	return r;
}
