/* SPDX-License-Identifier: ISC */
/*
 * One port in one slot: lay out /port, let the scan worker unpack what the slot needs, let the slot
 * worker run the phases and pack, publish. Each step starts when the one before has answered;
 * nothing here blocks on a build.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/internal.h"
#include "os/clock.h"
#include "os/file.h"
#include "slot/slot.h"

#define SCAN_DEADLINE_MS ((int64_t)2 * 3600 * 1000)

struct rv_job {
	struct rv_engine *e;
	struct rv_loop *loop;
	struct rv_job_start how;
	struct rv_slot_packages packages;
	struct rv_worker *worker;
	struct rv_watch *deadline; /* of the scan worker: slots have their own */
	char port_dir[32], incoming[32];
	int64_t started_ms, source_date_epoch;
	bool logs; /* the log is begun and does not say yet how it ended */
};

static struct rv_node *node_of(const struct rv_job *job)
{
	return &job->e->graph.nodes.v[job->how.node];
}

uint32_t rv_job_node(const struct rv_job *job)
{
	return job->how.node;
}

unsigned rv_job_slot(const struct rv_job *job)
{
	return job->how.slot;
}

int64_t rv_job_elapsed_ms(const struct rv_job *job)
{
	return rv_clock_mono_ms() - job->started_ms;
}

/* --- the log's end: the port's outcome does not hang on it */
static void log_name(const struct rv_job *job, char *out, size_t n)
{
	const struct rv_node *node = node_of(job);

	snprintf(out, n, "%s___%s.log", node->namebase, node->variant);
}

static void log_tail(const struct rv_job *job, const struct rv_buf *text)
{
	rv_auto_fd fd = -1;
	char name[512];

	log_name(job, name, sizeof(name));
	if (rv_file_append(job->e->logs_fd, name, &fd, NULL) != 0 ||
	    rv_fd_write(fd, name, text->p, text->n, NULL) < 0)
		rv_event_warn(job->e->bus, rv_clock_now_ms(), node_of(job)->key,
		    "log %s: its end could not be written", name);
}

static void log_end(struct rv_job *job, const char *word, const char *reason)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(2 * RV_ERROR_MSG_BYTES);
	char now[RV_CLOCK_ISO_BYTES];

	rv_clock_iso(rv_clock_now_s(), now);
	rv_buf_addf(&text, "\n=> %-8s: %s\n", word, reason ? reason : now);
	log_tail(job, &text);
	job->logs = false;
}

static void log_made(struct rv_job *job, const struct rv_record *record)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)1024 * 1024);

	rv_vec_each (&record->packages, p)
		rv_buf_addf(&text, "%s %.16s\n", p->file, p->content_id);
	log_tail(job, &text);
	log_end(job, "Finished", NULL);
}

void rv_job_free(struct rv_job *job)
{
	struct rv_error ignored;
	char slot_dir[4096];

	if (!job)
		return;
	rv_watch_remove(job->deadline);
	rv_worker_free(job->worker);
	if (job->logs)
		log_end(job, "Stopped", NULL);
	rv_vec_release(&job->packages);
	snprintf(
	    slot_dir, sizeof(slot_dir), "%s/SL%02u", job->e->config->buildbase_path, job->how.slot);
	/* what cannot be removed now is removed by the next command's cleaning */
	if (rv_slot_remove(slot_dir, &ignored) < 0 ||
	    rv_tree_remove(job->e->buildbase_fd, job->port_dir, &ignored) < 0 ||
	    rv_tree_remove(job->e->packages_fd, job->incoming, &ignored) < 0)
		rv_event_warn(job->e->bus, rv_clock_now_ms(), node_of(job)->key, "%s", ignored.msg);
	free(job);
}

static void fail_job(struct rv_job *job, const struct rv_error *why)
{
	if (job->logs)
		log_end(job, "Failed", why->msg);
	job->how.done(job->how.ctx, job, NULL, why);
}

static void forward_event(void *ctx, const struct rv_event *event)
{
	struct rv_job *job = ctx;
	struct rv_event copy = *event;

	if (copy.kind == RV_EVENT_PHASE_BEGIN || copy.kind == RV_EVENT_PHASE_END ||
	    copy.kind == RV_EVENT_LOG_LINES) {
		copy.phase.port = node_of(job)->key;
		copy.phase.slot = job->how.slot;
	}
	rv_event_emit(job->e->bus, &copy);
}

/* The first phase, before there is a slot: times of distfiles, trees. outcome NULL: begin. */
static void tell_dependencies(struct rv_job *job, const char *outcome)
{
	struct rv_event event = {
	    .kind = outcome ? RV_EVENT_PHASE_END : RV_EVENT_PHASE_BEGIN,
	    .t_ms = rv_clock_now_ms(),
	    .phase = {.phase = "dependencies", .outcome = outcome},
	};

	if (outcome)
		event.phase.elapsed_ms = rv_job_elapsed_ms(job);
	forward_event(job, &event);
}

static void worker_failed(void *ctx, int64_t id RV_UNUSED, const struct rv_error *why)
{
	fail_job(ctx, why);
}

/* --- the log's head */
static void log_options(const struct rv_recipe *r, struct rv_buf *out)
{
	rv_buf_add_str(out, "\n--------------------------------------------------\n--  Options\n"
			    "--------------------------------------------------\n");
	rv_vec_each (&r->options, o)
		rv_buf_addf(out, "%s: %s\n", o->name, o->on ? "on" : "off");
}

static void log_slot(const struct rv_job *job, struct rv_buf *out)
{
	rv_buf_add_str(out,
	    "\n--------------------------------------------------\n--  In the slot\n"
	    "--------------------------------------------------\n");
	rv_vec_each (&job->packages, p)
		rv_buf_addf(out, "%s %s %.16s\n", p->package->name, p->package->version,
		    p->package->content_id);
	rv_vec_each (&node_of(job)->host, h)
		rv_buf_addf(out, "%s by the host\n", *h);
	rv_buf_add_str(out, "\n");
}

/* A log is of use while it grows: no temporary name, which a kill would leave behind. */
static int new_log(int logs_fd, const char *name, const struct rv_buf *text, struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (rv_file_unlink(logs_fd, name, err) < 0)
		return -1;
	if (rv_file_create(logs_fd, name, 0644, &fd, err) != 0)
		return rv_context(err, "log");
	return rv_fd_write(fd, name, text->p, text->n, err);
}

static int write_log_head(struct rv_job *job, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)4 * 1024 * 1024);
	const struct rv_node *n = node_of(job);
	char name[512], now[RV_CLOCK_ISO_BYTES];

	rv_clock_iso(rv_clock_now_s(), now);
	rv_buf_addf(&text,
	    "=> Building %s (version %s)\nStarted : %s\nPlatform: %s\nInput   : %s\n", n->key,
	    n->pkgversion, now, job->e->config->abi, job->how.digest);
	log_options(n->recipe, &text);
	log_slot(job, &text);
	log_name(job, name, sizeof(name));
	if (rv_buf_check(&text, "log head", err) < 0)
		return -1;
	if (new_log(job->e->logs_fd, name, &text, err) < 0)
		return -1;
	job->logs = true;
	return 0;
}

/* --- the slot's answer */
static int publish(
    struct rv_job *job, const struct rv_json *result, struct rv_record **out, struct rv_error *err)
{
	struct rv_publish how = {
	    .node = job->how.node,
	    .incoming = job->incoming,
	    .elapsed_ms = rv_job_elapsed_ms(job),
	};
	const struct rv_json *packed, *packages;

	if (rv_json_want_object(result, "packages", "slot result", &packed, err) < 0 ||
	    rv_json_want_array(packed, "packages", "pack result", &packages, err) < 0)
		return -1;
	if (!rv_json_int(rv_json_get(result, "peak_memory_bytes"), &how.peak_memory_bytes))
		how.peak_memory_bytes = 0;
	if (rv_publish_record(job->e, node_of(job), job->how.digest, packages, out, err) < 0)
		return -1;
	if (rv_publish_packages(job->e, &how, *out, err) < 0) {
		rv_record_free(*out);
		*out = NULL;
		return -1;
	}
	log_made(job, *out);
	return 0;
}

static void slot_done(void *ctx, int64_t id RV_UNUSED, const struct rv_json *result)
{
	struct rv_job *job = ctx;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_record *record = NULL;

	if (publish(job, result, &record, &err) < 0)
		fail_job(job, &err);
	else
		job->how.done(job->how.ctx, job, record, NULL);
}

static int ask(struct rv_job *job, const char *kind, const struct rv_worker_hooks *hooks,
    const struct rv_json *body, struct rv_error *err)
{
	struct rv_worker_start how = {.kind = kind};
	int64_t id;

	rv_worker_free(job->worker);
	job->worker = NULL;
	if (rv_worker_start(job->loop, &how, hooks, job, &job->worker, err) < 0)
		return -1;
	if (rv_worker_ask(job->worker, body, NULL, &id, err) < 0)
		return -1;
	rv_worker_close(job->worker);
	return 0;
}

static int start_slot(struct rv_job *job, struct rv_error *err)
{
	static const struct rv_worker_hooks hooks = {
	    .on_event = forward_event,
	    .on_result = slot_done,
	    .on_failed = worker_failed,
	};
	rv_autofree(rv_json) struct rv_json *body = NULL;

	if (rv_request_slot(job->e, &job->how, job->source_date_epoch, &job->packages, &body, err) <
	    0)
		return -1;
	return ask(job, "slot", &hooks, body, err);
}

static int scan_late(void *ctx, struct rv_error *err RV_UNUSED)
{
	struct rv_error why = RV_ERROR_INIT;
	struct rv_job *job = ctx;

	job->deadline = NULL;
	tell_dependencies(job, "timeout");
	rv_fail(&why, RV_CANCEL, "reading distfiles and unpacking packages took more than %d hours",
	    (int)(SCAN_DEADLINE_MS / 3600000));
	fail_job(job, &why);
	return 0;
}

static void scan_done(void *ctx, int64_t id RV_UNUSED, const struct rv_json *result)
{
	struct rv_job *job = ctx;
	struct rv_error err = RV_ERROR_INIT;

	rv_watch_remove(job->deadline);
	job->deadline = NULL;
	tell_dependencies(job, "ok");
	if (rv_json_want_int(
		result, "source_date_epoch", "scan result", &job->source_date_epoch, &err) < 0 ||
	    start_slot(job, &err) < 0)
		fail_job(job, &err);
}

static void scan_failed(void *ctx, int64_t id RV_UNUSED, const struct rv_error *why)
{
	tell_dependencies(ctx, "failed");
	fail_job(ctx, why);
}

static int start_scan(struct rv_job *job, struct rv_error *err)
{
	static const struct rv_worker_hooks hooks = {
	    .on_result = scan_done,
	    .on_failed = scan_failed,
	};
	rv_autofree(rv_json) struct rv_json *body =
	    rv_request_scan(job->e, node_of(job), &job->packages);

	tell_dependencies(job, NULL);
	if (ask(job, "scan", &hooks, body, err) < 0)
		return -1;
	job->deadline = rv_loop_timer(job->loop, SCAN_DEADLINE_MS, false, scan_late, job);
	return 0;
}

/* A fresh folder below parent; whatever was there goes. */
static int fresh_dir(int parent, const char *name, int *out_fd, struct rv_error *err)
{
	if (rv_tree_remove(parent, name, err) < 0 || rv_dir_make(parent, name, 0755, err) < 0)
		return -1;
	return rv_dir_open(parent, name, out_fd, err) == 0 ? 0 : -1;
}

static int lay_out(struct rv_job *job, struct rv_error *err)
{
	const struct rv_node *n = node_of(job);
	rv_auto_fd port_fd = -1, incoming_fd = -1;

	if (fresh_dir(job->e->buildbase_fd, job->port_dir, &port_fd, err) < 0 ||
	    fresh_dir(job->e->packages_fd, job->incoming, &incoming_fd, err) < 0)
		return -1;
	if (rv_recipe_extract(n->recipe, port_fd, err) < 0)
		return -1;
	if (rv_graph_slot_packages(&job->e->graph, n, &job->packages, err) < 0)
		return -1;
	return write_log_head(job, err);
}

int rv_job_start(struct rv_engine *e, struct rv_loop *loop, const struct rv_job_start *how,
    struct rv_job **out, struct rv_error *err)
{
	struct rv_job *job = rv_alloc(sizeof(*job));

	job->e = e;
	job->loop = loop;
	job->how = *how;
	job->started_ms = rv_clock_mono_ms();
	snprintf(job->port_dir, sizeof(job->port_dir), "PORT%02u", how->slot);
	snprintf(job->incoming, sizeof(job->incoming), "%s%u", RV_INCOMING, how->slot);
	if (lay_out(job, err) < 0 || start_scan(job, err) < 0) {
		if (job->logs)
			log_end(job, "Failed", err->msg);
		rv_job_free(job);
		return -1;
	}
	*out = job;
	return 0;
}
