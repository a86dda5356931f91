/* SPDX-License-Identifier: ISC */
/*
 * Formats what happened; on a terminal the last line shows what runs now and is wiped before
 * anything else is said.
 */
#include "report/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"

#define SLOTS_SHOWN 128
#define PORT_BYTES 96
#define PHASE_BYTES 24

struct slot {
	char port[PORT_BYTES], phase[PHASE_BYTES];
	int64_t lines;
};

struct view {
	struct rv_text_view how;
	struct slot slots[SLOTS_SHOWN];
	int64_t ports, settled, failed;
	int64_t fetch_done, fetch_total, fetch_files, fetch_files_total;
	bool drawn;
};

static void wipe(struct view *v)
{
	if (!v->drawn)
		return;
	v->how.write(v->how.ctx, "\r\033[K", 4);
	v->drawn = false;
}

static void say(struct view *v, struct rv_buf *line)
{
	rv_buf_add_char(line, '\n');
	wipe(v);
	v->how.write(v->how.ctx, line->p, line->n);
}

/* "12.3s", "4m05s" */
static void add_time(struct rv_buf *b, int64_t ms)
{
	if (ms < 60000)
		rv_buf_addf(b, "%lld.%llds", (long long)(ms / 1000), (long long)(ms / 100 % 10));
	else
		rv_buf_addf(
		    b, "%lldm%02llds", (long long)(ms / 60000), (long long)(ms / 1000 % 60));
}

static struct slot *slot_of(struct view *v, int64_t slot)
{
	return slot >= 1 && slot <= SLOTS_SHOWN ? &v->slots[slot - 1] : NULL;
}

static void port_ended(struct view *v, const struct rv_event_port *p, const char *word)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(4096);
	struct slot *s = slot_of(v, p->slot);

	v->settled++;
	rv_buf_addf(&line, "%-10s %s", word, p->port);
	if (p->elapsed_ms) {
		rv_buf_add_str(&line, "  ");
		add_time(&line, p->elapsed_ms);
	}
	if (p->reason && strcmp(p->reason, word) != 0)
		rv_buf_addf(&line, "  (%s)", p->reason);
	say(v, &line);
	if (s)
		*s = (struct slot){0};
}

static void port_event(struct view *v, const struct rv_event *e)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(4096);
	struct slot *s = slot_of(v, e->port.slot);

	if (e->kind == RV_EVENT_PORT_STARTED) {
		rv_buf_addf(&line, "%-10s %s", "building", e->port.port);
		if (e->port.reason)
			rv_buf_addf(&line, "  (%s)", e->port.reason);
		say(v, &line);
		if (s)
			snprintf(s->port, sizeof(s->port), "%s", e->port.port);
	} else if (e->kind == RV_EVENT_PORT_SUCCEEDED) {
		port_ended(v, &e->port, "built");
	} else if (e->kind == RV_EVENT_PORT_FAILED) {
		v->failed++;
		port_ended(v, &e->port, "FAILED");
	} else if (e->kind == RV_EVENT_PORT_SKIPPED) {
		port_ended(v, &e->port, "skipped");
	} else if (e->kind == RV_EVENT_PORT_IGNORED) {
		port_ended(v, &e->port, "ignored");
	} else if (e->kind == RV_EVENT_PORT_UP_TO_DATE) {
		port_ended(v, &e->port, "up to date");
	}
}

static void phase_event(struct view *v, const struct rv_event *e)
{
	struct slot *s = slot_of(v, e->phase.slot);

	if (!s)
		return;
	if (e->phase.phase)
		snprintf(s->phase, sizeof(s->phase), "%s", e->phase.phase);
	s->lines = e->phase.lines;
}

static void download_event(struct view *v, const struct rv_event *e)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(4096);
	const struct rv_event_download *d = &e->download;

	v->fetch_done = d->all_done_bytes;
	v->fetch_total = d->all_total_bytes;
	v->fetch_files = d->files_done;
	v->fetch_files_total = d->files_total;
	if (e->kind == RV_EVENT_DOWNLOAD_END) {
		rv_buf_addf(&line, "%-10s %s  %lld KiB", "fetched", d->name,
		    (long long)((d->total_bytes + 1023) / 1024));
		if (d->source)
			rv_buf_addf(&line, "  (%s)", d->source);
		say(v, &line);
	} else if (e->kind == RV_EVENT_DOWNLOAD_FAILED && d->reason) {
		rv_buf_addf(
		    &line, "%-10s %s  (%s)", "no luck", d->url ? d->url : d->name, d->reason);
		say(v, &line);
	}
}

static void run_event(struct view *v, const struct rv_event *e)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(4096);

	if (e->kind == RV_EVENT_RUN_BEGIN) {
		v->ports = e->run.ports;
		rv_buf_addf(&line, "%lld port%s, %lld slot%s", (long long)e->run.ports,
		    e->run.ports == 1 ? "" : "s", (long long)e->run.slots,
		    e->run.slots == 1 ? "" : "s");
		say(v, &line);
	} else {
		wipe(v);
	}
}

static int on_event(void *ctx, const struct rv_event *e, struct rv_error *err RV_UNUSED)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(4096);

	if (e->kind == RV_EVENT_RUN_BEGIN || e->kind == RV_EVENT_RUN_END) {
		run_event(ctx, e);
	} else if (e->kind >= RV_EVENT_PHASE_BEGIN && e->kind <= RV_EVENT_PHASE_END) {
		phase_event(ctx, e);
	} else if (e->kind == RV_EVENT_LOG_LINES) {
		phase_event(ctx, e);
	} else if (e->kind >= RV_EVENT_DOWNLOAD_BEGIN && e->kind <= RV_EVENT_DOWNLOAD_FAILED) {
		download_event(ctx, e);
	} else if (e->kind == RV_EVENT_WARNING) {
		rv_buf_addf(&line, "%-10s %s: %s", "warning", e->note.object, e->note.text);
		say(ctx, &line);
	} else {
		port_event(ctx, e);
	}
	return 0;
}

/* "[3/7] hello:std build 120 | ncurses:std configure 44 | fetch 2/5 40%" */
static int on_tick(void *ctx, int64_t now_ms RV_UNUSED, struct rv_error *err RV_UNUSED)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(4096);
	struct view *v = ctx;
	const char *between = " ";

	if (!v->how.terminal)
		return 0;
	rv_buf_addf(&line, "[%lld/%lld]", (long long)v->settled, (long long)v->ports);
	for (size_t i = 0; i < SLOTS_SHOWN; i++) {
		const struct slot *s = &v->slots[i];

		if (!s->port[0])
			continue;
		rv_buf_addf(&line, "%s%s %s", between, s->port, s->phase[0] ? s->phase : "prepare");
		if (s->lines)
			rv_buf_addf(&line, " %lld", (long long)s->lines);
		between = " | ";
	}
	if (v->fetch_files < v->fetch_files_total)
		rv_buf_addf(&line, "%sfetch %lld/%lld %lld%%", between, (long long)v->fetch_files,
		    (long long)v->fetch_files_total,
		    (long long)(v->fetch_total ? v->fetch_done * 100 / v->fetch_total : 0));
	if (v->how.columns > 1 && line.n > v->how.columns - 1)
		rv_buf_cut(&line, v->how.columns - 1);
	wipe(v);
	v->how.write(v->how.ctx, line.p, line.n);
	v->drawn = true;
	return 0;
}

static void close_view(void *ctx)
{
	wipe(ctx);
	free(ctx);
}

struct rv_listener rv_text_listener(const struct rv_text_view *view)
{
	struct view *v = rv_alloc(sizeof(*v));

	v->how = *view;
	return (struct rv_listener){
	    .name = "text",
	    .on_event = on_event,
	    .on_tick = on_tick,
	    .close = close_view,
	    .ctx = v,
	};
}
