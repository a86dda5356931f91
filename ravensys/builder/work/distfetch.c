/* SPDX-License-Identifier: ISC */
/*
 * The fetch worker. Each file walks through the sources in their order until one gives it; all
 * files are on their way at once. Invariant: every file ends by exactly one note.
 */
#include "work/distfetch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "fetch/fetch.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/lock.h"
#include "os/loop.h"
#include "work/distfetch_job.h"

static int on_pump(void *ctx, struct rv_error *err);
static void advance(struct rv_dist_job *j);

/* --- ends */

static void send_note(struct rv_dist *d, struct rv_json *note)
{
	struct rv_error err = RV_ERROR_INIT;

	/* nobody listens any more: the engine's end is ours too */
	if (rv_worker_note(d->ctx, note, &err) < 0)
		rv_loop_stop(d->loop);
	rv_json_free(note);
}

static struct rv_json *new_note(const struct rv_dist_job *j, bool ok)
{
	struct rv_json *note = rv_json_new_object();

	rv_json_set_string(note, "file", j->path);
	rv_json_set_bool(note, "ok", ok);
	return note;
}

static void end_job(struct rv_dist_job *j)
{
	struct rv_dist *d = j->dist;

	rv_fd_release(&j->dir_fd);
	j->ended = true;
	if (--d->open == 0)
		rv_loop_stop(d->loop);
}

static void succeed(struct rv_dist_job *j, const char *source)
{
	struct rv_json *note = new_note(j, true);

	rv_json_set_string(note, "source", source);
	j->now_bytes = j->want.size;
	j->dist->done_files++;
	if (strcmp(source, "have") == 0)
		j->dist->have++;
	else
		j->dist->fetched++;
	send_note(j->dist, note);
	end_job(j);
}

static void fail(struct rv_dist_job *j, enum rv_code code, const char *msg)
{
	struct rv_json *note = new_note(j, false);

	rv_json_set_string(note, "code", rv_code_name(code));
	rv_json_set_string(note, "msg", msg);
	j->now_bytes = 0;
	j->dist->done_files++;
	j->dist->failed++;
	send_note(j->dist, note);
	end_job(j);
}

/* Every source was tried. */
static void fail_everywhere(struct rv_dist_job *j)
{
	rv_auto(rv_buf) struct rv_buf msg = RV_BUF_INIT(16384);

	rv_buf_addf(&msg, "%s: not to be had (sha256 %s, %" PRIu64 " bytes)", j->path, j->hex,
	    j->want.size);
	if (j->there_is_another)
		rv_buf_add_str(&msg, "; the file of that name in the distfiles is another one");
	if (j->why.n > 0)
		rv_buf_addf(&msg, "; tried %s", rv_buf_str(&j->why));
	else
		rv_buf_add_str(&msg, "; no source knows an address");
	rv_buf_addf(&msg, "; or put it into %s by hand", j->dist->dist_path);
	fail(j, j->wrong_sum ? RV_TRUST : RV_NET, rv_buf_str(&msg));
}

/* --- one source after the other */

/* lib/fetch puts the file's name before its reasons: here it is said once. */
static const char *without_name(const struct rv_dist_job *j, const char *msg)
{
	size_t n = strlen(j->path);

	return strncmp(msg, j->path, n) == 0 && strncmp(msg + n, ": ", 2) == 0 ? msg + n + 2 : msg;
}

static void source_failed(struct rv_dist_job *j, const struct rv_error *why)
{
	if (why->code != RV_NET && why->code != RV_TRUST && why->code != RV_INPUT) {
		fail(j, why->code, why->msg); /* of this machine: no other source would help */
		return;
	}
	j->wrong_sum = j->wrong_sum || why->code == RV_TRUST;
	rv_buf_addf(&j->why, "%s%s: %s", j->why.n ? "; " : "", rv_dist_source_name(j->source),
	    without_name(j, why->msg));
	advance(j);
}

static void on_fetched(void *ctx, const struct rv_error *why)
{
	struct rv_dist_job *j = ctx;
	struct rv_error err = RV_ERROR_INIT;

	if (why)
		source_failed(j, why);
	else if (rv_distcheck_note(j->dist->check, j->path, &j->want.sum, &err) < 0)
		fail(j, err.code, err.msg);
	else
		succeed(j, rv_dist_source_name(j->source));
}

static void pump(struct rv_dist *d)
{
	if (!d->pump)
		d->pump = rv_loop_timer(d->loop, 0, false, on_pump, d);
}

static int on_pump(void *ctx, struct rv_error *err)
{
	struct rv_dist *d = ctx;
	int rc;

	d->pump = NULL;
	/* short enough to see the end of apt's child in time */
	rc = rv_fetch_step(d->fetch, 100, err);
	if (rc == RV_FETCH_MORE)
		pump(d);
	return rc < 0 ? -1 : 0;
}

/* The folder of the file, made when it is missing. */
static int open_folder(struct rv_dist_job *j, struct rv_error *err)
{
	struct rv_dist *d = j->dist;
	rv_auto(rv_str) char *folder = rv_strndup(j->path, (size_t)(j->name - j->path));

	if (j->dir_fd >= 0)
		return 0;
	if (!*folder)
		return rv_fd_duplicate(d->dist_fd, &j->dir_fd, err);
	folder[strlen(folder) - 1] = '\0';
	if (rv_dir_make_path(d->dist_fd, folder, 0755, err) < 0 ||
	    rv_dir_open(d->dist_fd, folder, &j->dir_fd, err) != 0)
		return rv_context(err, "%s", j->path);
	return 0;
}

static void start_download(struct rv_dist_job *j)
{
	struct rv_error err = RV_ERROR_INIT;

	if (open_folder(j, &err) < 0) {
		fail(j, err.code, err.msg);
		return;
	}
	rv_fetch_add(j->dist->fetch, &(struct rv_fetch_file){.dirfd = j->dir_fd,
					 .name = j->name,
					 .label = j->path,
					 .urls = j->urls.v,
					 .n_urls = j->urls.n,
					 .source = rv_dist_source_name(j->source),
					 .sum = &j->want.sum,
					 .size = j->want.size,
					 .on_end = on_fetched,
					 .ctx = j});
	pump(j->dist);
}

/* --- apt */

static void apt_event(
    struct rv_dist_job *j, enum rv_event_kind kind, const char *url, const char *reason)
{
	struct rv_event e = {.kind = kind, .t_ms = rv_clock_now_ms()};

	e.download = (struct rv_event_download){.name = j->path,
	    .url = url,
	    .source = rv_dist_source_name(RV_DIST_APT),
	    .reason = reason,
	    .done_bytes = (int64_t)j->now_bytes,
	    .total_bytes = (int64_t)j->want.size,
	    .elapsed_ms = rv_clock_mono_ms() - j->begun_ms};
	rv_event_emit(&j->dist->bus, &e);
}

static void on_apt_begin(void *ctx, const char *url)
{
	struct rv_dist_job *j = ctx;

	j->begun_ms = rv_clock_mono_ms();
	apt_event(j, RV_EVENT_DOWNLOAD_BEGIN, url, NULL);
}

static void on_apt_progress(void *ctx, const char *url, uint64_t bytes)
{
	struct rv_dist_job *j = ctx;

	if (bytes == j->now_bytes || bytes > j->want.size)
		return;
	j->now_bytes = bytes;
	apt_event(j, RV_EVENT_DOWNLOAD_PROGRESS, url, NULL);
}

/* 0 when temp has become the file. */
static int adopt(struct rv_dist_job *j, const char *temp, struct rv_error *err)
{
	int rc;

	if (open_folder(j, err) < 0)
		return -1;
	rc = rv_distcheck_adopt(j->dist->check, temp, j->path, &j->want, err);
	return rc > 0 ? rv_fail(err, RV_TRUST, "not the file that apt's index promised") : rc;
}

static void on_apt_end(void *ctx, const char *url, const char *temp, const struct rv_error *why)
{
	struct rv_dist_job *j = ctx;
	struct rv_error err = RV_ERROR_INIT;

	if (!why && adopt(j, temp, &err) < 0)
		why = &err;
	if (why) {
		j->now_bytes = 0;
		apt_event(j, RV_EVENT_DOWNLOAD_FAILED, url, why->msg);
		source_failed(j, why);
		return;
	}
	j->now_bytes = j->want.size;
	apt_event(j, RV_EVENT_DOWNLOAD_END, url, NULL);
	succeed(j, rv_dist_source_name(RV_DIST_APT));
}

static void ask_apt(struct rv_dist_job *j)
{
	rv_apt_add(j->dist->apt, &(struct rv_apt_want){.hex = j->hex,
				     .size = j->want.size,
				     .on_begin = on_apt_begin,
				     .on_progress = on_apt_progress,
				     .on_end = on_apt_end,
				     .ctx = j});
}

static void advance(struct rv_dist_job *j)
{
	struct rv_dist *d = j->dist;

	while (j->step < d->n_order) {
		struct rv_error err = RV_ERROR_INIT;

		j->source = d->order[j->step++];
		if (j->source == RV_DIST_APT) {
			ask_apt(j);
			return;
		}
		if (rv_dist_urls(j, &err) < 0) {
			source_failed(j, &err);
			return;
		}
		if (j->urls.n > 0) {
			start_download(j);
			return;
		}
	}
	fail_everywhere(j);
}

/* --- the whole */

/* Ends the job if its file is there, or if that cannot be told. */
static void look(struct rv_dist_job *j)
{
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_distcheck_file(j->dist->check, j->path, &j->want.sum, j->want.size, &err);

	if (rc == 0)
		succeed(j, "have");
	else if (rc < 0)
		fail(j, err.code, err.msg);
	else
		j->there_is_another = rc == RV_DIST_WRONG;
}

/* Profiles may share a folder of distfiles: one process fetches into it at a time. */
static int lock_distfiles(struct rv_dist *d, struct rv_error *err)
{
	if (rv_lock_folder(d->dist_fd, d->dist_path, 0, err) == 0)
		return 0;
	if (err->code != RV_BUSY)
		return -1;
	rv_event_warn(&d->bus, rv_clock_now_ms(), d->dist_path,
	    "another process fetches distfiles into it: waiting for its end");
	*err = RV_ERROR_INIT;
	return rv_lock_folder(d->dist_fd, d->dist_path, -1, err);
}

static int begin(struct rv_dist *d, struct rv_error *err)
{
	rv_vec_each (&d->jobs, j)
		look(*j);
	if (d->open == 0)
		return 0;
	if (lock_distfiles(d, err) < 0)
		return -1;
	rv_vec_each (&d->jobs, j) {
		/* the other process may have brought it */
		if (!(*j)->ended)
			look(*j);
		if (!(*j)->ended)
			advance(*j);
	}
	return 0;
}

/*
 * Puts the numbers of the whole queue into what lib/fetch and apt say about one file, and sends it
 * on.
 */
static int on_event(void *ctx, const struct rv_event *event, struct rv_error *err)
{
	struct rv_dist *d = ctx;
	struct rv_event e = *event;
	struct rv_dist_job *j = NULL;

	if (e.kind >= RV_EVENT_DOWNLOAD_BEGIN && e.kind <= RV_EVENT_DOWNLOAD_FAILED &&
	    e.download.name) {
		j = rv_map_get(&d->by_path, rv_span_str(e.download.name));
		if (j)
			j->now_bytes = (uint64_t)e.download.done_bytes;
		e.download.files_done = d->done_files + (e.kind == RV_EVENT_DOWNLOAD_END);
		e.download.files_total = (int64_t)d->jobs.n;
		e.download.all_done_bytes = 0;
		e.download.all_total_bytes = (int64_t)d->all_bytes;
		rv_vec_each (&d->jobs, it)
			e.download.all_done_bytes += (int64_t)(*it)->now_bytes;
	}
	return rv_worker_event(d->ctx, &e, err);
}

static int run(struct rv_dist *d, struct rv_json **out, struct rv_error *err)
{
	rv_event_bus_add(
	    &d->bus, &(struct rv_listener){.name = "engine", .on_event = on_event, .ctx = d});
	if (begin(d, err) < 0)
		return -1;
	if (d->open > 0 && rv_loop_run(d->loop, err) < 0)
		return -1;
	if (d->open > 0)
		return rv_fail(
		    err, RV_CANCEL, "fetch worker: stopped with %zu files open", d->open);
	if (rv_distcheck_save(d->check, err) < 0)
		return -1;
	*out = rv_json_new_object();
	rv_json_set_int(*out, "have", d->have);
	rv_json_set_int(*out, "fetched", d->fetched);
	rv_json_set_int(*out, "failed", d->failed);
	return 0;
}

int rv_distfetch_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	struct rv_dist d = {.ctx = ctx, .dist_fd = -1, .state_fd = -1};
	int rc = rv_dist_open(&d, body, err);

	(void)fds;
	if (rc == 0)
		rc = run(&d, out, err);
	rv_dist_close(&d);
	return rc;
}

int rv_distfetch_clean(const char *distfiles, struct rv_error *err)
{
	struct rv_error busy = RV_ERROR_INIT;
	struct rv_stat st;
	rv_auto_fd fd = -1;
	int rc = rv_dir_open_user(distfiles, &fd, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = rv_file_stat(fd, RV_APT_TEMP_FOLDER, &st, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (rv_lock_folder(fd, distfiles, 0, &busy) < 0)
		return 0;
	return rv_tree_remove(fd, RV_APT_TEMP_FOLDER, err) < 0 ? -1 : 0;
}
