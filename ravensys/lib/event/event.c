/* SPDX-License-Identifier: ISC */
/*
 * The bus. Invariant: a listener is closed exactly once, and one that failed is never called again.
 */
#include "event/event.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[RV_EVENT_KINDS] = {
    [RV_EVENT_RUN_BEGIN] = "run-begin",
    [RV_EVENT_RUN_END] = "run-end",
    [RV_EVENT_PORT_QUEUED] = "port-queued",
    [RV_EVENT_PORT_STARTED] = "port-started",
    [RV_EVENT_PHASE_BEGIN] = "phase-begin",
    [RV_EVENT_PHASE_END] = "phase-end",
    [RV_EVENT_PORT_SUCCEEDED] = "port-succeeded",
    [RV_EVENT_PORT_FAILED] = "port-failed",
    [RV_EVENT_PORT_SKIPPED] = "port-skipped",
    [RV_EVENT_PORT_IGNORED] = "port-ignored",
    [RV_EVENT_PORT_UP_TO_DATE] = "port-up-to-date",
    [RV_EVENT_DOWNLOAD_BEGIN] = "download-begin",
    [RV_EVENT_DOWNLOAD_PROGRESS] = "download-progress",
    [RV_EVENT_DOWNLOAD_END] = "download-end",
    [RV_EVENT_DOWNLOAD_FAILED] = "download-failed",
    [RV_EVENT_LOG_LINES] = "log-lines",
    [RV_EVENT_TXN] = "txn",
    [RV_EVENT_WARNING] = "warning",
    [RV_EVENT_SUMMARY] = "summary",
};

static const char *const step_names[RV_TXN_STEPS] = {
    [RV_TXN_FETCH] = "fetch",
    [RV_TXN_VERIFY] = "verify",
    [RV_TXN_CHECK] = "check",
    [RV_TXN_STAGE] = "stage",
    [RV_TXN_APPLY] = "apply",
    [RV_TXN_SCRIPT] = "script",
};

const char *rv_event_name(enum rv_event_kind kind)
{
	return kind < RV_EVENT_KINDS ? kind_names[kind] : "unknown";
}

const char *rv_txn_step_name(enum rv_txn_step step)
{
	return step < RV_TXN_STEPS ? step_names[step] : "unknown";
}

void rv_event_bus_release(struct rv_event_bus *bus)
{
	while (bus->listeners.n > 0) {
		struct rv_listener l = bus->listeners.v[--bus->listeners.n];

		if (l.close)
			l.close(l.ctx);
	}
	rv_vec_release(&bus->listeners);
}

void rv_event_bus_add(struct rv_event_bus *bus, const struct rv_listener *listener)
{
	rv_vec_push(&bus->listeners, *listener);
}

/* Takes listener i off the bus, which does not fail for it, and tells the others. */
static void drop_listener(struct rv_event_bus *bus, size_t i, int64_t t_ms, struct rv_error *why)
{
	struct rv_listener l = bus->listeners.v[i];

	memmove(&bus->listeners.v[i], &bus->listeners.v[i + 1],
	    (bus->listeners.n - i - 1) * sizeof(bus->listeners.v[0]));
	bus->listeners.n--;
	if (l.close)
		l.close(l.ctx);
	rv_context(why, "%s", l.name);
	if (bus->failed.code == RV_OK)
		bus->failed = *why;
	rv_event_warn(bus, t_ms, l.name, "left out from here on: %s", why->msg);
}

void rv_event_emit(struct rv_event_bus *bus, const struct rv_event *event)
{
	size_t i = 0;

	while (bus && i < bus->listeners.n) {
		struct rv_listener *l = &bus->listeners.v[i];
		struct rv_error err = RV_ERROR_INIT;

		if (l->on_event && l->on_event(l->ctx, event, &err) < 0)
			drop_listener(bus, i, event->t_ms, &err);
		else
			i++;
	}
}

void rv_event_tick(struct rv_event_bus *bus, int64_t now_ms)
{
	size_t i = 0;

	while (bus && i < bus->listeners.n) {
		struct rv_listener *l = &bus->listeners.v[i];
		struct rv_error err = RV_ERROR_INIT;

		if (l->on_tick && l->on_tick(l->ctx, now_ms, &err) < 0)
			drop_listener(bus, i, now_ms, &err);
		else
			i++;
	}
}

void rv_event_warn(struct rv_event_bus *bus, int64_t t_ms, const char *object, const char *fmt, ...)
{
	char text[RV_ERROR_MSG_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rv_event_emit(bus,
	    &(struct rv_event){
		.kind = RV_EVENT_WARNING, .t_ms = t_ms, .note = {.object = object, .text = text}});
}
