/* SPDX-License-Identifier: ISC */
/*
 * Events: what a library tells about its progress. A producer fills a struct rv_event and hands it
 * to a bus; every listener on the bus sees it at once. Nothing here reads a clock: t_ms is the
 * emitter's.
 *
 * All strings are borrowed for the duration of the call and may be NULL (absent); a listener that
 * keeps one copies it. Numbers that are not known are 0. The set of members only grows;
 * RV_EVENT_VERSION changes when a member's meaning does.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/vec.h"

#define RV_EVENT_VERSION 1

enum rv_event_kind {
	RV_EVENT_RUN_BEGIN,	    /* .run */
	RV_EVENT_RUN_END,	    /* .run */
	RV_EVENT_PORT_QUEUED,	    /* .port */
	RV_EVENT_PORT_STARTED,	    /* .port */
	RV_EVENT_PHASE_BEGIN,	    /* .phase */
	RV_EVENT_PHASE_END,	    /* .phase */
	RV_EVENT_PORT_SUCCEEDED,    /* .port */
	RV_EVENT_PORT_FAILED,	    /* .port, reason */
	RV_EVENT_PORT_SKIPPED,	    /* .port, reason */
	RV_EVENT_PORT_IGNORED,	    /* .port, reason */
	RV_EVENT_PORT_UP_TO_DATE,   /* .port, reason */
	RV_EVENT_DOWNLOAD_BEGIN,    /* .download */
	RV_EVENT_DOWNLOAD_PROGRESS, /* .download */
	RV_EVENT_DOWNLOAD_END,	    /* .download */
	/* .download, reason; another address may follow for the same name */
	RV_EVENT_DOWNLOAD_FAILED,
	RV_EVENT_LOG_LINES, /* .phase: a worker's log has grown to .lines */
	RV_EVENT_TXN,	    /* .txn */
	RV_EVENT_WARNING,   /* .note */
	RV_EVENT_SUMMARY,   /* .run: the counts of the moment */
	RV_EVENT_KINDS,
};

/* Steps of an installation, in their order. */
enum rv_txn_step {
	RV_TXN_FETCH,
	RV_TXN_VERIFY,
	RV_TXN_CHECK,
	RV_TXN_STAGE,
	RV_TXN_APPLY,
	RV_TXN_SCRIPT,
	RV_TXN_STEPS,
};

struct rv_event_run {
	const char *id;	     /* names the run in logs and history */
	const char *profile; /* profile or repository or root that it is about */
	const char *outcome; /* run-end: "done", "failed", "cancelled" */
	int64_t slots, ports;
	int64_t built, failed, skipped, ignored, up_to_date, remaining;
	int64_t elapsed_ms;
};

struct rv_event_port {
	const char *port;   /* namebase:variant */
	const char *reason; /* why: "new", "option changed", "needs x:std, which failed" */
	const char *digest; /* input digest, hex */
	int64_t slot;	    /* 1.. */
	int64_t elapsed_ms; /* on ends */
};

struct rv_event_phase {
	const char *port;
	const char *phase;
	const char *outcome; /* on end: "ok", "failed", "timeout", "killed" */
	const char *reason;
	int64_t slot;
	int64_t lines;
	int64_t elapsed_ms;
};

struct rv_event_download {
	const char *name;   /* final file name, or package */
	const char *url;    /* where it comes from, without user and password */
	const char *source; /* "sites", "mirror", "apt", "repository" */
	const char *reason;
	int64_t done_bytes, total_bytes;
	int64_t files_done, files_total; /* of the whole queue */
	int64_t all_done_bytes, all_total_bytes;
	int64_t elapsed_ms;
};

struct rv_event_txn {
	enum rv_txn_step step;
	const char *item; /* package, path or script being worked on */
	int64_t done, total;
};

struct rv_event_note {
	const char *object;
	const char *text;
};

struct rv_event {
	enum rv_event_kind kind;
	int64_t t_ms; /* UTC, milliseconds since 1970 */
	union {
		struct rv_event_run run;
		struct rv_event_port port;
		struct rv_event_phase phase;
		struct rv_event_download download;
		struct rv_event_txn txn;
		struct rv_event_note note;
	};
};

/* "port-queued", "phase-begin" ...: the words of the journal. */
const char *rv_event_name(enum rv_event_kind kind);
const char *rv_txn_step_name(enum rv_txn_step step); /* "fetch", "verify" ... */

/*
 * A listener. Each function may be NULL. on_event and on_tick return 0, or < 0 with *err: the bus
 * then tells the other listeners by a warning, closes this one and goes on without it. close is
 * called once, with the bus's release or earlier; it owns what ctx points to.
 */
struct rv_listener {
	const char *name;
	int (*on_event)(void *ctx, const struct rv_event *event, struct rv_error *err);
	int (*on_tick)(void *ctx, int64_t now_ms, struct rv_error *err);
	void (*close)(void *ctx);
	void *ctx;
};

struct rv_event_bus {
	rv_vec(struct rv_listener) listeners;
	/* the first failure of a listener; .code RV_OK when there was none */
	struct rv_error failed;
};
#define RV_EVENT_BUS_INIT ((struct rv_event_bus){0})

/* closes the listeners, the last added first */
void rv_event_bus_release(struct rv_event_bus *bus);
void rv_event_bus_add(struct rv_event_bus *bus, const struct rv_listener *listener);
/* a NULL bus drops it */
void rv_event_emit(struct rv_event_bus *bus, const struct rv_event *event);
void rv_event_tick(struct rv_event_bus *bus, int64_t now_ms);

/* A .note warning in one call. */
void rv_event_warn(struct rv_event_bus *bus, int64_t t_ms, const char *object, const char *fmt, ...)
    RV_PRINTF(4, 5);
