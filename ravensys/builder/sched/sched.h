/* SPDX-License-Identifier: ISC */
/*
 * Which port next: the build graph of one run as values. Pure: no processes, no clock, no I/O.
 * Nodes are numbers from 0.
 *
 *	rv_sched_new(n)
 *	rv_sched_need for every edge
 *	rv_sched_start finds cycles and counts dependents
 *	while slots are free: rv_sched_next -> node, now running
 *	rv_sched_done(node, outcome) frees or skips its dependents
 *
 * Order of ready nodes: most transitive dependents first, then the lower number. Held nodes
 * (distfiles not there yet) stay behind; memory_bytes of running nodes may not pass the budget,
 * except that one node may always run.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/vec.h"

enum rv_sched_state {
	RV_SCHED_WAITING,
	RV_SCHED_RUNNING,
	RV_SCHED_BUILT,
	RV_SCHED_UP_TO_DATE,
	RV_SCHED_FAILED,
	RV_SCHED_SKIPPED, /* something that it needs failed or was skipped */
	RV_SCHED_IGNORED, /* itself, or something that it needs, is not for this platform */
	RV_SCHED_STATES
};

struct rv_sched;
struct rv_sched *rv_sched_new(size_t nodes) RV_MUST_CHECK;
void rv_sched_free(struct rv_sched *s);
RV_DEFINE_FREEP(rv_sched)

/* node needs need; doubles are allowed. Before start only. */
void rv_sched_need(struct rv_sched *s, uint32_t node, uint32_t need);
/* estimate, 0 unknown */
void rv_sched_set_memory(struct rv_sched *s, uint32_t node, uint64_t bytes);
void rv_sched_set_budget(struct rv_sched *s, uint64_t bytes); /* 0: no bound */

/* RV_INPUT naming the path of a cycle; name_of gives a node's name. */
int rv_sched_start(struct rv_sched *s, const char *(*name_of)(void *ctx, uint32_t node), void *ctx,
    struct rv_error *err) RV_MUST_CHECK;

/* All nodes in the order in which they are preferred, borrowed. */
const uint32_t *rv_sched_order(const struct rv_sched *s);

/* A held node is not given out by next. */
void rv_sched_hold(struct rv_sched *s, uint32_t node, bool held);
/* The next node to run, now RUNNING; false when none can begin now. */
bool rv_sched_next(struct rv_sched *s, uint32_t *out);

/* What was decided without running, too: up to date, ignored. */
typedef void rv_sched_lost_fn(
    void *ctx, uint32_t node, enum rv_sched_state state, uint32_t culprit);
/*
 * Ends a node with BUILT, UP_TO_DATE, FAILED or IGNORED. After the last two every transitive
 * dependent ends as SKIPPED or IGNORED; lost is called for each, dependents after what they need.
 */
void rv_sched_done(struct rv_sched *s, uint32_t node, enum rv_sched_state outcome,
    rv_sched_lost_fn *lost, void *ctx);

enum rv_sched_state rv_sched_state(const struct rv_sched *s, uint32_t node);
size_t rv_sched_count(const struct rv_sched *s, enum rv_sched_state state);
size_t rv_sched_dependents(const struct rv_sched *s, uint32_t node); /* transitive */
/* waiting, and all that it needs is there */
bool rv_sched_is_ready(const struct rv_sched *s, uint32_t node);
bool rv_sched_finished(const struct rv_sched *s); /* nothing waits or runs */
