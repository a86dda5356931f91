/* SPDX-License-Identifier: ISC */
/*
 * Workers: the same program re-executed as `ravenadm --worker KIND`, one socketpair as its
 * descriptor 3, framed JSON.
 *
 * A request is {"v":1,"kind":KIND,"id":N,"body":{...}}; the body names each input by digest, never
 * by trust in a path. The answer is any number of {"id":N,"event":{...}} (event/event_json.h) and
 * {"id":N,"note":{...}} (progress of the kind's own), then exactly one {"id":N,"result":{...}} or
 * {"id":N,"error":{"code":WORD,"sys":ERRNO,"msg":TEXT}}. The same request, written to a file, runs
 * by `ravenadm --worker KIND --request FILE`: the answers are lines of JSON on standard output, and
 * the exit status is 0 when the last is a result.
 *
 * A worker dies with the engine, and ends by itself when its socket is closed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "event/event.h"
#include "os/loop.h"
#include "os/socket.h"

#define RV_WORKER_VERSION 1
#define RV_WORKER_FD 3

/* --- the worker's side */
struct rv_worker_ctx; /* the connection to the engine, for the duration of one request */

/*
 * 0 with *out (owned by the caller, may stay NULL = {}), or < 0. fds are those that came with the
 * request.
 */
typedef int rv_worker_fn(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err);

struct rv_worker_kind {
	const char *name; /* "slot", "fetch", "pack", "scan" */
	rv_worker_fn *run;
};

/* Sends an event, or a note of the kind's own (not taken over), to the engine. */
int rv_worker_event(struct rv_worker_ctx *ctx, const struct rv_event *event, struct rv_error *err)
    RV_MUST_CHECK;
int rv_worker_note(struct rv_worker_ctx *ctx, const struct rv_json *note, struct rv_error *err)
    RV_MUST_CHECK;
/* A listener that sends every event to the engine; give it to a bus of the worker. */
struct rv_listener rv_worker_listener(struct rv_worker_ctx *ctx);

/*
 * The whole life of a worker process. kinds ends with a NULL name. request: path of a file, NULL:
 * descriptor 3. Returns the exit status; what could not be sent is written to standard error.
 */
int rv_worker_main(const struct rv_worker_kind *kinds, const char *kind, const char *request);

/* --- the engine's side */
struct rv_worker;

/*
 * Exactly one of on_result and on_failed is called for each request; on_failed too when the worker
 * ends before its answer. on_exit once at the end. All may free the worker. NULL members are
 * skipped.
 */
struct rv_worker_hooks {
	void (*on_event)(void *ctx, const struct rv_event *event);
	void (*on_note)(void *ctx, int64_t id, const struct rv_json *note);
	void (*on_result)(void *ctx, int64_t id, const struct rv_json *result);
	void (*on_failed)(void *ctx, int64_t id, const struct rv_error *why);
	void (*on_exit)(void *ctx, const struct rv_exit *end);
};

struct rv_worker_start {
	const char *program; /* NULL: the running one */
	const char *kind;
	/* NULL: a small fixed one with PATH, and the proxy variables for "fetch" */
	const char *const *env;
	int stderr_fd; /* 0: the engine's own; < 0: /dev/null */
};

int rv_worker_start(struct rv_loop *loop, const struct rv_worker_start *how,
    const struct rv_worker_hooks *hooks, void *ctx, struct rv_worker **out, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * body is borrowed. Requests to one worker are answered one after another. *out_id names it in the
 * hooks.
 */
int rv_worker_ask(struct rv_worker *w, const struct rv_json *body, const struct rv_fds *fds,
    int64_t *out_id, struct rv_error *err) RV_MUST_CHECK;
void rv_worker_close(struct rv_worker *w); /* no more requests: it ends after the last answer */
void rv_worker_free(struct rv_worker *w);  /* kills its process group when still running */
RV_DEFINE_FREEP(rv_worker)

/* The request as a document, for a file; owned by the caller. */
struct rv_json *rv_worker_request(const char *kind, int64_t id, const struct rv_json *body)
    RV_MUST_CHECK;
