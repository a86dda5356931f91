/* SPDX-License-Identifier: ISC */
/* The pack worker as a child of the slot worker: a loop of its own until its one answer. */
#include "slot/pack_step.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "os/file.h"
#include "os/loop.h"
#include "slot/internal.h"

/* Packing is bound by the disk and the compressor: whoever takes longer hangs. */
#define DEADLINE_MS ((int64_t)8 * 3600 * 1000)

struct state {
	const struct rv_pack_step *step;
	struct rv_loop *loop;
	struct rv_json *result;
	struct rv_error why;
	bool failed;
};

static void stop_failed(struct state *s)
{
	s->failed = true;
	rv_loop_stop(s->loop);
}

static void on_event(void *ctx, const struct rv_event *event)
{
	struct state *s = ctx;

	if (event->kind == RV_EVENT_PHASE_BEGIN && event->phase.phase &&
	    rv_slot_log_head(s->step->log_fd, event->phase.phase, &s->why) < 0)
		stop_failed(s);
	else if (rv_worker_event(s->step->ctx, event, &s->why) < 0)
		stop_failed(s);
}

static void on_note(void *ctx, int64_t id RV_UNUSED, const struct rv_json *note)
{
	const char *report = rv_json_string(rv_json_get(note, "report"));
	struct state *s = ctx;

	if (report && rv_fd_write(s->step->log_fd, "log", report, strlen(report), &s->why) < 0)
		stop_failed(s);
}

static void on_result(void *ctx, int64_t id RV_UNUSED, const struct rv_json *result)
{
	struct state *s = ctx;

	s->result = rv_json_copy(result);
}

static void on_failed(void *ctx, int64_t id RV_UNUSED, const struct rv_error *why)
{
	struct state *s = ctx;

	s->why = *why;
	s->failed = true;
}

static int on_late(void *ctx, struct rv_error *err RV_UNUSED)
{
	struct state *s = ctx;

	rv_fail(&s->why, RV_CANCEL, "packing passed its deadline of %d hours",
	    (int)(DEADLINE_MS / 3600000));
	stop_failed(s);
	return 0;
}

static void on_worker_exit(void *ctx, const struct rv_exit *end RV_UNUSED)
{
	struct state *s = ctx;

	rv_loop_stop(s->loop);
}

static int open_in_slot(
    const struct rv_pack_step *step, const char *below, int *out_fd, struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_strfmt("construction/%s%s", step->namebase, below);
	int rc = rv_slot_open(step->slot, path, out_fd, err);

	return rc > 0 ? rv_fail(err, RV_BUILD, "nothing was staged: there is no /%s", path) : rc;
}

static int ask(struct state *s, const struct rv_fds *fds, struct rv_error *err)
{
	static const struct rv_worker_hooks hooks = {.on_event = on_event,
	    .on_note = on_note,
	    .on_result = on_result,
	    .on_failed = on_failed,
	    .on_exit = on_worker_exit};
	const struct rv_worker_start how = {.kind = "pack", .stderr_fd = s->step->log_fd};
	rv_autofree(rv_worker) struct rv_worker *worker = NULL;
	int64_t id;
	int rc;

	if (rv_worker_start(s->loop, &how, &hooks, s, &worker, err) < 0)
		return -1;
	rc = rv_worker_ask(worker, s->step->request, fds, &id, err);
	if (rc == 0) {
		rv_worker_close(worker);
		rv_loop_timer(s->loop, DEADLINE_MS, false, on_late, s);
		rc = rv_loop_run(s->loop, err);
	}
	return rc;
}

static int run(struct state *s, struct rv_error *err)
{
	rv_auto_fd stage = -1, work = -1, files = -1, out = -1;
	int list[4];
	struct rv_fds fds = {.fd = list};

	if (open_in_slot(s->step, "/stage", &stage, err) < 0 ||
	    open_in_slot(s->step, "", &work, err) < 0)
		return -1;
	if (s->step->files && rv_dir_open_user(s->step->files, &files, err) < 0)
		return -1;
	if (rv_dir_open_user(s->step->out, &out, err) != 0)
		return rv_fail(err, RV_SYS, "'%s': no such folder", s->step->out);
	list[fds.n++] = stage;
	list[fds.n++] = work;
	list[fds.n++] = out;
	if (files >= 0)
		list[fds.n++] = files;
	return ask(s, &fds, err);
}

int rv_pack_step_run(const struct rv_pack_step *step, struct rv_json **out, struct rv_error *err)
{
	rv_autofree(rv_loop) struct rv_loop *loop = NULL;
	struct state s = {.step = step, .why = RV_ERROR_INIT};
	int rc = rv_loop_new(&loop, err);

	s.loop = loop;
	if (rc == 0)
		rc = run(&s, err);
	if (rc == 0 && s.failed) {
		*err = s.why;
		rc = -1;
	}
	if (rc == 0 && !s.result)
		rc = rv_fail(err, RV_BUG, "the pack worker gave no result");
	if (rc < 0) {
		rv_json_free(s.result);
		return -1;
	}
	*out = s.result;
	return 0;
}
