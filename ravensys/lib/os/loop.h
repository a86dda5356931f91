/* SPDX-License-Identifier: ISC */
/*
 * One poll loop per process: descriptors, timers, child ends and signals. Callbacks run inside
 * rv_loop_run, one at a time, and may add and remove watches freely, their own too. A callback's
 * negative result ends the run with its error.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "os/spawn.h"

struct rv_loop;
struct rv_watch;

enum { RV_READABLE = 1, RV_WRITABLE = 2, RV_HANGUP = 4 };

int rv_loop_new(struct rv_loop **out, struct rv_error *err) RV_MUST_CHECK;
void rv_loop_free(struct rv_loop *loop);
RV_DEFINE_FREEP(rv_loop)

typedef int rv_fd_fn(void *ctx, int events, struct rv_error *err);
typedef int rv_timer_fn(void *ctx, struct rv_error *err);
typedef int rv_child_fn(void *ctx, const struct rv_exit *end, struct rv_error *err);
typedef int rv_signal_fn(void *ctx, int signo, struct rv_error *err);

/* Watches belong to the loop; rv_watch_remove ends one (NULL allowed). fds stay the caller's. */
struct rv_watch *rv_loop_fd(struct rv_loop *loop, int fd, int events, rv_fd_fn *fn, void *ctx);
void rv_watch_set_events(struct rv_watch *w, int events);
struct rv_watch *rv_loop_timer(
    struct rv_loop *loop, int64_t after_ms, bool repeat, rv_timer_fn *fn, void *ctx);
/* The child is reaped by the loop; child->pid is -1 when fn is called. The watch ends by itself. */
struct rv_watch *rv_loop_child(
    struct rv_loop *loop, struct rv_child *child, rv_child_fn *fn, void *ctx);
/*
 * Signals are delivered in the loop, not in the handler; the old disposition returns with the
 * loop's end.
 */
int rv_loop_signal(struct rv_loop *loop, int signo, rv_signal_fn *fn, void *ctx,
    struct rv_error *err) RV_MUST_CHECK;
void rv_watch_remove(struct rv_watch *w);

/*
 * Until rv_loop_stop, an error, or no watch is left (signals do not count). Never called inside a
 * callback.
 */
int rv_loop_run(struct rv_loop *loop, struct rv_error *err) RV_MUST_CHECK;
void rv_loop_stop(struct rv_loop *loop);
