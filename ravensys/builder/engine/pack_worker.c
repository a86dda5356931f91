/* SPDX-License-Identifier: ISC */
/* The pack worker around engine/pack.h: descriptors in, phases and a result out. */
#include "engine/pack_worker.h"

#include <stdio.h>

#include "engine/pack.h"
#include "os/clock.h"

#define REPORT_MAX_BYTES ((size_t)8 * 1024 * 1024)

struct phase {
	struct rv_worker_ctx *ctx;
	const char *port, *name;
	int64_t started_ms;
};

static int phase_begin(struct phase *p, const char *name, struct rv_error *err)
{
	struct rv_event event = {
	    .kind = RV_EVENT_PHASE_BEGIN,
	    .t_ms = rv_clock_now_ms(),
	    .phase = {.port = p->port, .phase = name},
	};

	p->name = name;
	p->started_ms = rv_clock_mono_ms();
	return rv_worker_event(p->ctx, &event, err);
}

static int phase_end(const struct phase *p, bool good, struct rv_error *err)
{
	struct rv_event event = {
	    .kind = RV_EVENT_PHASE_END,
	    .t_ms = rv_clock_now_ms(),
	    .phase =
		{
		    .port = p->port,
		    .phase = p->name,
		    .outcome = good ? "ok" : "failed",
		    .elapsed_ms = rv_clock_mono_ms() - p->started_ms,
		},
	};

	return rv_worker_event(p->ctx, &event, err);
}

/*
 * Ends the phase with the result r and passes it on; the phase's own error wins over one of
 * telling.
 */
static int phase_result(const struct phase *p, int r, struct rv_error *err)
{
	struct rv_error telling = RV_ERROR_INIT;

	if (phase_end(p, r == 0, &telling) < 0 && r == 0) {
		*err = telling;
		return -1;
	}
	return r < 0 ? rv_context(err, "phase %s", p->name) : r;
}

static int send_report(struct rv_worker_ctx *ctx, const struct rv_buf *report, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *note = NULL;

	if (!report->n)
		return 0;
	note = rv_json_new_object();
	rv_json_set_string(note, "report", rv_buf_str(report));
	return rv_worker_note(ctx, note, err);
}

static int pack(struct phase *p, const struct rv_json *body, const struct rv_pack_dirs *dirs,
    struct rv_json **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf report = RV_BUF_INIT(REPORT_MAX_BYTES);
	struct rv_json *packages = NULL;
	struct rv_error telling = RV_ERROR_INIT;
	int r;

	if (phase_begin(p, "check-plist", err) < 0)
		return -1;
	r = rv_pack_check_plist(body, dirs, &report, err);
	if (send_report(p->ctx, &report, &telling) < 0 && r == 0) {
		*err = telling;
		return -1;
	}
	if (phase_result(p, r, err) < 0 || phase_begin(p, "package", err) < 0)
		return -1;
	rv_buf_reset(&report);
	if (phase_result(p, rv_pack_run(body, dirs, &packages, &report, err), err) < 0)
		return -1;
	*out = rv_json_new_object();
	rv_json_set(*out, "packages", packages);
	return 0;
}

int rv_pack_worker_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	struct rv_pack_dirs dirs = {.stage = -1, .work = -1, .out = -1};
	const char *namebase, *variant;
	char port[300];
	struct phase p = {.ctx = ctx, .port = port};

	if (rv_json_want_string(body, "namebase", "pack request", &namebase, err) < 0 ||
	    rv_json_want_string(body, "variant", "pack request", &variant, err) < 0)
		return -1;
	snprintf(port, sizeof(port), "%s:%s", namebase, variant);
	if (fds->n < 3 || fds->n > 4)
		return rv_fail(
		    err, RV_BUG, "pack request of %s: %u descriptors, wanted 3 or 4", port, fds->n);
	dirs.stage = fds->fd[0];
	dirs.work = fds->fd[1];
	dirs.out = fds->fd[2];
	return pack(&p, body, &dirs, out, err);
}
