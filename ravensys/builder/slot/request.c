/* SPDX-License-Identifier: ISC */
/*
 * The slot worker: from request to result. The slot is gone when the answer is given, whatever
 * happened.
 */
#include "slot/request.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "slot/pack_step.h"
#include "slot/slot.h"

#define WHAT "slot request"
#define NOTES_MAX_BYTES 4096

typedef rv_vec(const char *) strings;

struct job {
	struct rv_worker_ctx *ctx;
	const struct rv_json *body;
	const char *port, *namebase;
	struct rv_slot_spec spec;
	strings trees, env, make_args, phases;
	bool watchdog;
	int64_t watchdog_s, deadline_s;
	int log_fd;
	const char *phase; /* the one that runs */
	struct rv_slot *slot;
	struct rv_json *times;
};

static void job_release(struct job *j)
{
	rv_slot_free(j->slot);
	rv_vec_release(&j->trees);
	rv_vec_release(&j->env);
	rv_vec_release(&j->make_args);
	rv_vec_release(&j->phases);
	rv_fd_release(&j->log_fd);
	rv_json_free(j->times);
}

/* --- reading the request */

static const char *const known_keys[] = {"slot", "port", "namebase", "mk", "port_dir", "distfiles",
    "trees", "log", "env", "make_args", "make_conf", "phases", "watchdog", "watchdog_s",
    "deadline_s", "pack", "passwd", "group", NULL};

static int take_list(
    const struct rv_json *body, const char *key, strings *out, struct rv_error *err)
{
	const struct rv_json *list;

	if (rv_json_want_array(body, key, WHAT, &list, err) < 0)
		return -1;
	rv_json_each_item (list, it) {
		const char *text = rv_json_string(it.value);

		if (!text)
			return rv_fail(err, RV_FORMAT, WHAT ": %s: not a list of strings", key);
		rv_vec_push(out, text);
	}
	rv_vec_push(out, NULL);
	return 0;
}

static int take_number(
    const struct rv_json *o, const char *key, uint64_t most, uint64_t *out, struct rv_error *err)
{
	int64_t v;

	if (rv_json_want_int(o, key, WHAT, &v, err) < 0)
		return -1;
	if (v < 0 || (uint64_t)v > most)
		return rv_fail(err, RV_LIMIT, WHAT ": %s: %lld is out of range", key, (long long)v);
	*out = (uint64_t)v;
	return 0;
}

static int take_slot(const struct rv_json *body, struct rv_slot_spec *out, struct rv_error *err)
{
	const struct rv_json *o;
	uint64_t first_id, processes;

	if (rv_json_want_object(body, "slot", WHAT, &o, err) < 0 ||
	    rv_json_want_string(o, "dir", WHAT, &out->dir, err) < 0 ||
	    take_number(o, "first_id", UINT32_MAX, &first_id, err) < 0 ||
	    take_number(o, "tmpfs_bytes", INT64_MAX, &out->space_bytes, err) < 0 ||
	    take_number(o, "memory_bytes", INT64_MAX, &out->memory_bytes, err) < 0 ||
	    take_number(o, "pids", UINT32_MAX, &processes, err) < 0)
		return -1;
	out->first_id = (uint32_t)first_id;
	out->processes = (uint32_t)processes;
	out->on_disk = rv_json_bool(rv_json_get(o, "on_disk"), false);
	return 0;
}

static int take_request(struct job *j, struct rv_error *err)
{
	const struct rv_json *b = j->body;

	if (rv_json_only_keys(b, known_keys, WHAT, err) < 0 || take_slot(b, &j->spec, err) < 0 ||
	    rv_json_want_string(b, "port", WHAT, &j->port, err) < 0 ||
	    rv_json_want_string(b, "namebase", WHAT, &j->namebase, err) < 0 ||
	    rv_json_want_string(b, "mk", WHAT, &j->spec.mk, err) < 0 ||
	    rv_json_want_string(b, "port_dir", WHAT, &j->spec.port, err) < 0 ||
	    rv_json_want_string(b, "distfiles", WHAT, &j->spec.distfiles, err) < 0 ||
	    take_list(b, "trees", &j->trees, err) < 0 || take_list(b, "env", &j->env, err) < 0 ||
	    take_list(b, "make_args", &j->make_args, err) < 0 ||
	    take_list(b, "phases", &j->phases, err) < 0)
		return -1;
	j->spec.trees = j->trees.v;
	j->spec.make_conf = rv_json_string(rv_json_get(b, "make_conf"));
	j->spec.passwd = rv_json_string(rv_json_get(b, "passwd"));
	j->spec.group = rv_json_string(rv_json_get(b, "group"));
	/* absent or 0: by phase */
	if (!rv_json_int(rv_json_get(b, "watchdog_s"), &j->watchdog_s))
		j->watchdog_s = 0;
	if (!rv_json_int(rv_json_get(b, "deadline_s"), &j->deadline_s))
		j->deadline_s = 0;
	j->watchdog = rv_json_bool(rv_json_get(b, "watchdog"), true);
	return 0;
}

static int open_log(struct job *j, struct rv_error *err)
{
	const char *path;
	int rc;

	if (rv_json_want_string(j->body, "log", WHAT, &path, err) < 0)
		return -1;
	rc = rv_file_append(RV_CWD, path, &j->log_fd, err);
	if (rc == RV_ABSENT) {
		rv_auto_fd fd = -1;
		if (rv_file_create(RV_CWD, path, 0644, &fd, err) < 0)
			return -1;
		rc = rv_file_append(RV_CWD, path, &j->log_fd, err);
	}
	return rc > 0 ? rv_fail(err, RV_SYS, "log '%s' vanished", path) : rc;
}

/* --- events */

static int say_phase(
    struct job *j, enum rv_event_kind kind, const struct rv_slot_end *end, struct rv_error *err)
{
	struct rv_event event = {.kind = kind, .t_ms = rv_clock_now_ms()};

	event.phase.port = j->port;
	event.phase.phase = j->phase;
	if (end) {
		event.phase.lines = end->lines;
		event.phase.elapsed_ms = end->elapsed_ms;
	}
	if (kind == RV_EVENT_PHASE_END) {
		event.phase.outcome = rv_slot_outcome_name(end->outcome);
		event.phase.reason = end->outcome == RV_SLOT_OK ? NULL : end->reason;
	}
	return rv_worker_event(j->ctx, &event, err);
}

static void on_lines(void *ctx, int64_t lines)
{
	const struct rv_slot_end so_far = {.lines = lines};

	/* an engine that is gone is noticed by the next event that must arrive */
	if (say_phase(ctx, RV_EVENT_LOG_LINES, &so_far, NULL) < 0)
		return;
}

/* --- phases */

static int run_make(
    struct job *j, const struct rv_slot_phase *phase, struct rv_slot_end *end, struct rv_error *err)
{
	strings argv = {0};
	struct rv_slot_run how = {
	    .phase = phase, .env = j->env.v, .log_fd = j->log_fd, .on_lines = on_lines, .ctx = j};
	int rc;

	rv_vec_push(&argv, "/usr/bin/make");
	rv_vec_push(&argv, "-m");
	rv_vec_push(&argv, "/xports/Mk");
	rv_vec_push(&argv, "-C");
	rv_vec_push(&argv, "/port");
	rv_vec_push(&argv, j->phase);
	for (size_t i = 0; i < j->make_args.n; i++)
		rv_vec_push(&argv, j->make_args.v[i]);
	how.argv = argv.v;
	rc = rv_slot_run(j->slot, &how, end, err);
	rv_vec_release(&argv);
	return rc;
}

static int run_phase(struct job *j, const char *name, struct rv_error *err)
{
	struct rv_slot_phase phase = *rv_slot_phase_find(name);
	struct rv_slot_end end;
	struct rv_json *o;

	phase.name = j->phase = name;
	if (j->watchdog_s > 0)
		phase.watchdog_ms = j->watchdog_s * 1000;
	if (j->deadline_s > 0)
		phase.deadline_ms = j->deadline_s * 1000;
	if (!j->watchdog)
		phase.watchdog_ms = 0;
	if (say_phase(j, RV_EVENT_PHASE_BEGIN, NULL, err) < 0 ||
	    run_make(j, &phase, &end, err) < 0 || say_phase(j, RV_EVENT_PHASE_END, &end, err) < 0)
		return -1;
	o = rv_json_new_object();
	rv_json_set_string(o, "name", name);
	rv_json_set_int(o, "ms", end.elapsed_ms);
	rv_json_append(j->times, o);
	if (end.outcome != RV_SLOT_OK)
		return rv_fail(err, RV_BUILD, "phase %s: %s", name, end.reason);
	return 0;
}

static int log_notes(struct job *j, const struct rv_buf *notes, struct rv_error *err)
{
	struct rv_span rest = rv_buf_span(notes), line;

	while (rv_span_next(&rest, '\n', &line)) {
		rv_auto(rv_str) char *text = rv_strfmt("=> slot: %.*s\n", RV_SPAN_ARG(line));
		if (rv_fd_write(j->log_fd, "log", text, strlen(text), err) < 0)
			return -1;
	}
	return 0;
}

static int pack(struct job *j, struct rv_json **out, struct rv_error *err)
{
	const struct rv_json *o = rv_json_get(j->body, "pack");
	struct rv_pack_step step = {.ctx = j->ctx, .slot = j->slot, .log_fd = j->log_fd};

	if (!o)
		return 0;
	step.namebase = j->namebase;
	step.files = rv_json_string(rv_json_get(o, "files"));
	if (rv_json_want_string(o, "out", WHAT, &step.out, err) < 0 ||
	    rv_json_want_object(o, "request", WHAT, &step.request, err) < 0)
		return -1;
	return rv_pack_step_run(&step, out, err);
}

static int work(struct job *j, struct rv_json **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf notes = RV_BUF_INIT(NOTES_MAX_BYTES);
	rv_autofree(rv_json) struct rv_json *packages = NULL;
	struct rv_json *result;

	if (take_request(j, err) < 0 || open_log(j, err) < 0 ||
	    rv_slot_create(&j->spec, &j->slot, &notes, err) < 0 || log_notes(j, &notes, err) < 0)
		return -1;
	for (size_t i = 0; j->phases.v[i]; i++)
		if (run_phase(j, j->phases.v[i], err) < 0)
			return -1;
	if (pack(j, &packages, err) < 0)
		return -1;
	result = rv_json_new_object();
	rv_json_set(result, "phases", rv_json_copy(j->times));
	rv_json_set_int(result, "peak_memory_bytes", (int64_t)rv_slot_peak_bytes(j->slot));
	rv_json_set_string(result, "notes", rv_buf_str(&notes));
	if (packages)
		rv_json_set(result, "packages", rv_json_copy(packages));
	*out = result;
	return 0;
}

int rv_slot_worker_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	rv_auto(job) struct job j = {.ctx = ctx, .body = body, .log_fd = -1};
	struct rv_slot *slot;

	(void)fds;
	j.times = rv_json_new_array();
	if (work(&j, out, err) < 0)
		return -1;
	slot = j.slot;
	j.slot = NULL;
	return rv_slot_destroy(slot, err);
}
