/* SPDX-License-Identifier: ISC */
/*
 * Thread pool: the only threads of the system, never in the engine. Jobs run in any order; the
 * first error cancels those that have not begun and is what rv_pool_finish returns. All signals are
 * blocked in pool threads.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

struct rv_pool;
typedef int rv_job_fn(void *job, struct rv_error *err);

/*
 * threads 0: one per processor. The queue holds at most `queued` waiting jobs (0: no bound); then
 * add blocks.
 */
int rv_pool_new(unsigned threads, unsigned queued, struct rv_pool **out, struct rv_error *err)
    RV_MUST_CHECK;
/* job stays the caller's until finish. After a failure new jobs are dropped silently. */
void rv_pool_add(struct rv_pool *pool, rv_job_fn *fn, void *job);
/* Waits for all; 0 or the first error. The pool can be used again afterwards. */
int rv_pool_finish(struct rv_pool *pool, struct rv_error *err) RV_MUST_CHECK;
void rv_pool_free(struct rv_pool *pool); /* waits for running jobs */
RV_DEFINE_FREEP(rv_pool)
