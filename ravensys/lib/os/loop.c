/* SPDX-License-Identifier: ISC */
/*
 * The poll loop. A watch that is removed is only marked; its memory goes when no callback runs, so
 * a callback may remove any watch. A watch added during a round is first looked at in the next one.
 */
#include "os/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/clock.h"
#include "os/internal.h"

enum watch_kind { WATCH_FD, WATCH_TIMER, WATCH_CHILD, WATCH_SIGNAL };

struct rv_watch {
	struct rv_loop *loop;
	enum watch_kind kind;
	bool dead;
	void *ctx;
	union {
		rv_fd_fn *fd;
		rv_timer_fn *timer;
		rv_child_fn *child;
		rv_signal_fn *signal;
	} fn;
	int fd, events; /* WATCH_FD, and the pidfd of WATCH_CHILD */
	int64_t due_ms, every_ms;
	struct rv_child *child;
	int signo;
};

struct rv_loop {
	rv_vec(struct rv_watch *) watches;
	rv_vec(struct pollfd)
	    polled; /* one a watch, fd -1 where there is nothing to poll; the signal pipe last */
	int signal_fd;
	bool running, stopped;
};

#define CHILD_NAP_MS 20 /* between looks at a child without a pidfd */

int rv_loop_new(struct rv_loop **out, struct rv_error *err)
{
	(void)err;
	*out = rv_alloc(sizeof(**out));
	(*out)->signal_fd = -1;
	return 0;
}

void rv_loop_free(struct rv_loop *loop)
{
	if (!loop)
		return;
	if (loop->signal_fd >= 0)
		rv_os_signal_release();
	rv_vec_each (&loop->watches, it)
		free(*it);
	rv_vec_release(&loop->watches);
	rv_vec_release(&loop->polled);
	free(loop);
}

static struct rv_watch *add(struct rv_loop *loop, enum watch_kind kind, void *ctx)
{
	struct rv_watch *w = rv_alloc(sizeof(*w));

	*w = (struct rv_watch){.loop = loop, .kind = kind, .ctx = ctx, .fd = -1};
	rv_vec_push(&loop->watches, w);
	return w;
}

struct rv_watch *rv_loop_fd(struct rv_loop *loop, int fd, int events, rv_fd_fn *fn, void *ctx)
{
	struct rv_watch *w = add(loop, WATCH_FD, ctx);

	w->fd = fd;
	w->events = events;
	w->fn.fd = fn;
	return w;
}

void rv_watch_set_events(struct rv_watch *w, int events)
{
	w->events = events;
}

struct rv_watch *rv_loop_timer(
    struct rv_loop *loop, int64_t after_ms, bool repeat, rv_timer_fn *fn, void *ctx)
{
	struct rv_watch *w = add(loop, WATCH_TIMER, ctx);

	w->due_ms = rv_clock_mono_ms() + after_ms;
	w->every_ms = repeat ? (after_ms > 0 ? after_ms : 1) : 0;
	w->fn.timer = fn;
	return w;
}

struct rv_watch *rv_loop_child(
    struct rv_loop *loop, struct rv_child *child, rv_child_fn *fn, void *ctx)
{
	struct rv_watch *w = add(loop, WATCH_CHILD, ctx);

	w->child = child;
	w->fd = child->fd;
	w->events = RV_READABLE;
	w->fn.child = fn;
	return w;
}

int rv_loop_signal(
    struct rv_loop *loop, int signo, rv_signal_fn *fn, void *ctx, struct rv_error *err)
{
	struct rv_watch *w;

	if (loop->signal_fd < 0 && rv_os_signal_open(&loop->signal_fd) < 0)
		return rv_fail_sys(err, "watch signals");
	if (rv_os_signal_catch(signo) < 0)
		return rv_fail_sys(err, "watch signal %d", signo);
	w = add(loop, WATCH_SIGNAL, ctx);
	w->signo = signo;
	w->fn.signal = fn;
	return 0;
}

void rv_watch_remove(struct rv_watch *w)
{
	if (w)
		w->dead = true;
}

/* --- one round */

static void sweep(struct rv_loop *loop)
{
	size_t kept = 0;

	for (size_t i = 0; i < loop->watches.n; i++) {
		if (loop->watches.v[i]->dead)
			free(loop->watches.v[i]);
		else
			loop->watches.v[kept++] = loop->watches.v[i];
	}
	loop->watches.n = kept;
}

static short poll_events(int events)
{
	return (short)((events & RV_READABLE ? POLLIN : 0) | (events & RV_WRITABLE ? POLLOUT : 0));
}

static int loop_events(short revents)
{
	return (revents & (POLLIN | POLLPRI) ? RV_READABLE : 0) |
	       (revents & POLLOUT ? RV_WRITABLE : 0) |
	       (revents & (POLLHUP | POLLERR | POLLNVAL) ? RV_HANGUP : 0);
}

/* Fills the poll set; returns the sleep in ms, or -2 when nothing is left to wait for. */
static int prepare(struct rv_loop *loop)
{
	int64_t now = rv_clock_mono_ms(), sleep_ms = INT_MAX;
	bool any = false;

	loop->polled.n = 0;
	rv_vec_each (&loop->watches, it) {
		struct rv_watch *w = *it;
		int64_t left = INT_MAX;

		rv_vec_push(
		    &loop->polled, (struct pollfd){.fd = w->fd, .events = poll_events(w->events)});
		any = any || w->kind != WATCH_SIGNAL;
		if (w->kind == WATCH_TIMER)
			left = w->due_ms > now ? w->due_ms - now : 0;
		else if (w->kind == WATCH_CHILD && w->fd < 0)
			left = CHILD_NAP_MS;
		if (left < sleep_ms)
			sleep_ms = left;
	}
	rv_vec_push(&loop->polled, (struct pollfd){.fd = loop->signal_fd, .events = POLLIN});
	return !any ? -2 : (int)sleep_ms;
}

static int child_ended(struct rv_watch *w, struct rv_error *err)
{
	struct rv_exit end;
	int rc = rv_spawn_poll(w->child, &end, err);

	if (rc == RV_RUNNING)
		return 0;
	w->dead = true;
	return rc < 0 ? -1 : w->fn.child(w->ctx, &end, err);
}

static int timer_due(struct rv_watch *w, struct rv_error *err)
{
	int64_t now = rv_clock_mono_ms();

	if (now < w->due_ms)
		return 0;
	if (w->every_ms == 0)
		w->dead = true;
	/* a late timer does not run twice to catch up */
	w->due_ms = now + w->every_ms;
	return w->fn.timer(w->ctx, err);
}

static int dispatch_one(struct rv_watch *w, short revents, struct rv_error *err)
{
	switch (w->kind) {
	case WATCH_FD:
		return revents ? w->fn.fd(w->ctx, loop_events(revents), err) : 0;
	case WATCH_TIMER:
		return timer_due(w, err);
	case WATCH_CHILD:
		return revents || w->fd < 0 ? child_ended(w, err) : 0;
	case WATCH_SIGNAL:
		return rv_os_signal_take(w->signo) ? w->fn.signal(w->ctx, w->signo, err) : 0;
	default:
		return 0;
	}
}

static void drain(int fd)
{
	char piece[64];

	while (read(fd, piece, sizeof(piece)) > 0)
		;
}

static int round_once(struct rv_loop *loop, struct rv_error *err)
{
	int sleep_ms = prepare(loop);
	size_t n = loop->watches.n;

	if (sleep_ms == -2) {
		loop->stopped = true;
		return 0;
	}
	if (poll(loop->polled.v, loop->polled.n, sleep_ms == INT_MAX ? -1 : sleep_ms) < 0) {
		if (errno != EINTR)
			return rv_fail_sys(err, "poll");
		for (size_t i = 0; i < loop->polled.n; i++)
			loop->polled.v[i].revents = 0;
	}
	if (loop->signal_fd >= 0)
		drain(loop->signal_fd);
	for (size_t i = 0; i < n && !loop->stopped; i++) {
		struct rv_watch *w = loop->watches.v[i];

		if (!w->dead && dispatch_one(w, loop->polled.v[i].revents, err) < 0)
			return -1;
	}
	return 0;
}

int rv_loop_run(struct rv_loop *loop, struct rv_error *err)
{
	int rc = 0;

	if (loop->running)
		return rv_fail(err, RV_BUG, "the loop runs already");
	loop->running = true;
	loop->stopped = false;
	while (rc == 0 && !loop->stopped) {
		sweep(loop);
		rc = round_once(loop, err);
	}
	sweep(loop);
	loop->running = false;
	return rc;
}

void rv_loop_stop(struct rv_loop *loop)
{
	loop->stopped = true;
}
