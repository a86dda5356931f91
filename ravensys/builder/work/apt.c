/* SPDX-License-Identifier: ISC */
/*
 * The apt source: one child at a time, first the refresh of the indexes if they are old, then
 * fetches of all files that wait, one address each. Invariant: an item is in waiting, in batch, or
 * ended.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/file.h"
#include "work/apt_internal.h"

#define APT_GET "/usr/bin/apt-get"
#define APT_HELPER "/usr/lib/apt/apt-helper"
#define LOG_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define REFRESH_DEADLINE_MS (10 * 60 * 1000)
#define FETCH_DEADLINE_MS (60 * 60 * 1000)
#define PROGRESS_MS 250
#define BATCH_MAX 500 /* files of one call: its arguments have a limit */

static int on_kick(void *ctx, struct rv_error *err);

/* --- life */

int rv_apt_new(const struct rv_apt_place *place, struct rv_apt **out, struct rv_error *err)
{
	rv_autofree(rv_apt) struct rv_apt *apt = rv_alloc(sizeof(*apt));

	apt->place = *place;
	apt->apt_fd = -1;
	apt->child = RV_CHILD_INIT;
	apt->apt_path = rv_strfmt("%s/apt", place->state_path);
	if (rv_dir_make(place->state_fd, "apt", 0755, err) < 0 ||
	    rv_dir_open(place->state_fd, "apt", &apt->apt_fd, err) != 0)
		return rv_context(err, "apt source");
	*out = apt;
	apt = NULL;
	return 0;
}

static void free_item(struct rv_apt_item *item)
{
	rv_vec_release(&item->urls);
	rv_buf_release(&item->why);
	free(item);
}

/* What a stopped child left; the next run removes it if this cannot. */
static void remove_temp(struct rv_apt *apt)
{
	struct rv_error err = RV_ERROR_INIT;

	if (rv_tree_remove(apt->place.dist_fd, RV_APT_TEMP_FOLDER, &err) < 0)
		err = RV_ERROR_INIT;
}

void rv_apt_free(struct rv_apt *apt)
{
	if (!apt)
		return;
	rv_watch_remove(apt->child_watch);
	rv_watch_remove(apt->kick);
	rv_watch_remove(apt->deadline);
	rv_watch_remove(apt->progress);
	rv_child_release(&apt->child);
	rv_vec_each (&apt->waiting, w)
		free_item(*w);
	rv_vec_each (&apt->batch, b)
		free_item(*b);
	rv_vec_release(&apt->waiting);
	rv_vec_release(&apt->batch);
	remove_temp(apt);
	rv_fd_release(&apt->apt_fd);
	rv_arena_release(&apt->arena);
	free(apt->apt_path);
	free(apt->suites_text);
	free(apt);
}

static void kick(struct rv_apt *apt)
{
	if (!apt->kick && apt->child.pid < 0)
		apt->kick = rv_loop_timer(apt->place.loop, 0, false, on_kick, apt);
}

void rv_apt_add(struct rv_apt *apt, const struct rv_apt_want *want)
{
	struct rv_apt_item *item = rv_alloc(sizeof(*item));

	item->want = *want;
	item->number = ++apt->last_number;
	item->why = RV_BUF_INIT(RV_ERROR_MSG_BYTES / 2);
	rv_vec_push(&apt->waiting, item);
	kick(apt);
}

static void temp_name(const struct rv_apt_item *item, char *out, size_t n)
{
	snprintf(out, n, RV_APT_TEMP_FOLDER "/%u", item->number);
}

static const char *url_of(const struct rv_apt_item *item)
{
	return item->at < item->urls.n ? item->urls.v[item->at] : NULL;
}

/* --- children */

static int on_late(void *ctx, struct rv_error *err)
{
	struct rv_apt *apt = ctx;

	apt->deadline = NULL;
	apt->late = true;
	rv_watch_remove(apt->child_watch);
	rv_child_kill(&apt->child);
	return apt->done(apt, &(struct rv_exit){.timed_out = true}, err);
}

/* Runs argv with its output in the file "log"; done is told its end. */
static int start(struct rv_apt *apt, const char *const *argv, int64_t deadline_ms,
    rv_child_fn *done, struct rv_error *err)
{
	rv_auto_fd log = -1;
	struct rv_spawn how = RV_SPAWN_INIT;
	char *env[RV_APT_ENV_MAX];
	int rc;

	if (rv_file_unlink(apt->apt_fd, "log.txt", err) < 0 ||
	    rv_file_create(apt->apt_fd, "log.txt", 0644, &log, err) != 0)
		return rv_context(err, "apt source");
	rv_apt_env(apt, env);
	how.argv = argv;
	how.env = (const char *const *)env;
	how.stdout_fd = log;
	how.stderr_fd = log;
	how.die_with_parent = true;
	rc = rv_spawn_start(&how, &apt->child, err);
	rv_apt_env_release(env);
	if (rc < 0)
		return rc;
	apt->late = false;
	apt->done = done;
	apt->child_watch = rv_loop_child(apt->place.loop, &apt->child, done, apt);
	apt->deadline = rv_loop_timer(apt->place.loop, deadline_ms, false, on_late, apt);
	return 0;
}

static void child_is_gone(struct rv_apt *apt)
{
	apt->child_watch = NULL;
	rv_watch_remove(apt->deadline);
	rv_watch_remove(apt->progress);
	apt->deadline = apt->progress = NULL;
}

static void read_log(struct rv_apt *apt, struct rv_buf *out)
{
	/* it is only for reasons: without it there is none */
	if (rv_file_read(apt->apt_fd, "log.txt", out, NULL) != 0)
		rv_buf_reset(out);
}

/* --- the indexes */

static bool any_line_begins(struct rv_span text, const char *a, const char *b)
{
	struct rv_span line;

	while (rv_span_next(&text, '\n', &line))
		if (rv_span_starts(line, rv_span_str(a)) || rv_span_starts(line, rv_span_str(b)))
			return true;
	return false;
}

/* The last complaint of the log. */
static void complaint(struct rv_span log, struct rv_error *out)
{
	struct rv_span line, last = RV_SPAN_LIT("no answer");

	while (rv_span_next(&log, '\n', &line))
		if (rv_span_starts(line, RV_SPAN_LIT("E: ")) ||
		    rv_span_starts(line, RV_SPAN_LIT("W: ")))
			last = rv_span_from(line, 3);
	*out = RV_ERROR_INIT;
	rv_fail(out, RV_NET, "the source indexes could not be refreshed: %.*s", RV_SPAN_ARG(last));
}

static int on_refreshed(void *ctx, const struct rv_exit *end, struct rv_error *err)
{
	struct rv_apt *apt = ctx;
	rv_auto(rv_buf) struct rv_buf log = RV_BUF_INIT(LOG_MAX_BYTES);

	(void)end;
	child_is_gone(apt);
	read_log(apt, &log);
	/* apt-get says success when every address failed and old lists stay: look at what it got */
	if (!apt->late && any_line_begins(rv_buf_span(&log), "Get:", "Hit:")) {
		if (rv_apt_mark_fresh(apt, err) < 0)
			return -1;
	} else {
		complaint(rv_buf_span(&log), &apt->fault);
	}
	kick(apt);
	return 0;
}

static int start_refresh(struct rv_apt *apt, struct rv_error *err)
{
	static const char *const argv[] = {APT_GET, "-q", "update", NULL};

	return start(apt, argv, REFRESH_DEADLINE_MS, on_refreshed, err);
}

/* --- items */

static void end_item(struct rv_apt_item *item, const char *temp, const struct rv_error *why)
{
	item->want.on_end(item->want.ctx, url_of(item), temp, why);
	free_item(item);
}

static void fail_item(struct rv_apt *apt, struct rv_apt_item *item)
{
	struct rv_error why = RV_ERROR_INIT;

	if (item->why.n > 0)
		rv_fail(&why, RV_NET, "%s", rv_buf_str(&item->why));
	else if (apt->fault.code != RV_OK)
		rv_fail(&why, RV_NET, "%s", apt->fault.msg);
	else
		rv_fail(&why, RV_NET, "no source package of %s lists this sum", apt->suites_text);
	item->at = item->urls.n;
	end_item(item, NULL, &why);
}

static struct rv_apt_item *take_first(struct rv_apt *apt)
{
	struct rv_apt_item *item = apt->waiting.v[0];

	memmove(
	    &apt->waiting.v[0], &apt->waiting.v[1], --apt->waiting.n * sizeof(apt->waiting.v[0]));
	return item;
}

static void fail_all_waiting(struct rv_apt *apt)
{
	for (size_t n = apt->waiting.n; n > 0; n--)
		fail_item(apt, take_first(apt));
}

/* What apt-helper said about url: "E: Failed to fetch URL  REASON". */
static void helper_reason(struct rv_span log, const char *url, struct rv_buf *out)
{
	rv_auto(rv_str) char *head = rv_strfmt("E: Failed to fetch %s", url);
	struct rv_span line, want = rv_span_str(head);

	while (rv_span_next(&log, '\n', &line)) {
		if (!rv_span_starts(line, want))
			continue;
		rv_buf_add_span(out, rv_span_trim(rv_span_from(line, want.n)));
		return;
	}
	rv_buf_add_str(out, "not fetched");
}

static void finish_item(struct rv_apt *apt, struct rv_apt_item *item, struct rv_span log)
{
	char temp[32];
	struct rv_stat st;

	temp_name(item, temp, sizeof(temp));
	if (!apt->late && rv_file_stat(apt->place.dist_fd, temp, &st, NULL) == 0 &&
	    st.kind == RV_FILE && st.size == item->want.size) {
		end_item(item, temp, NULL);
		return;
	}
	rv_buf_addf(&item->why, "%s%s: ", item->why.n ? "; " : "", url_of(item));
	if (apt->late)
		rv_buf_add_str(&item->why, "stopped at its deadline");
	else
		helper_reason(log, url_of(item), &item->why);
	item->at++;
	if (item->at < item->urls.n)
		rv_vec_push(&apt->waiting, item);
	else
		fail_item(apt, item);
}

static int on_fetched(void *ctx, const struct rv_exit *end, struct rv_error *err)
{
	struct rv_apt *apt = ctx;
	rv_auto(rv_buf) struct rv_buf log = RV_BUF_INIT(LOG_MAX_BYTES);

	(void)end, (void)err;
	child_is_gone(apt);
	read_log(apt, &log);
	while (apt->batch.n > 0) {
		struct rv_apt_item *item = apt->batch.v[--apt->batch.n];

		finish_item(apt, item, rv_buf_span(&log));
	}
	kick(apt);
	return 0;
}

static int on_progress(void *ctx, struct rv_error *err)
{
	struct rv_apt *apt = ctx;

	(void)err;
	rv_vec_each (&apt->batch, it) {
		struct rv_apt_item *item = *it;
		struct rv_stat st;
		char temp[32];

		temp_name(item, temp, sizeof(temp));
		if (item->want.on_progress &&
		    rv_file_stat(apt->place.dist_fd, temp, &st, NULL) == 0)
			item->want.on_progress(item->want.ctx, url_of(item), st.size);
	}
	return 0;
}

/* --- one fetch: every waiting file, each from its next address */

struct args {
	struct rv_arena arena;
	rv_vec(const char *) v;
};

static void add_args(struct rv_apt *apt, struct rv_apt_item *item, struct args *args)
{
	char temp[32];

	temp_name(item, temp, sizeof(temp));
	rv_vec_push(&args->v, url_of(item));
	rv_vec_push(&args->v, rv_arena_fmt(&args->arena, "%s/%s", apt->place.dist_path, temp));
	rv_vec_push(&args->v, rv_arena_fmt(&args->arena, "SHA256:%s", item->want.hex));
	rv_vec_push(
	    &args->v, rv_arena_fmt(&args->arena, "Checksum-FileSize:%" PRIu64, item->want.size));
	if (item->want.on_begin)
		item->want.on_begin(item->want.ctx, url_of(item));
}

static int start_fetch(struct rv_apt *apt, struct rv_error *err)
{
	struct args args = {0};
	int rc = rv_tree_remove(apt->place.dist_fd, RV_APT_TEMP_FOLDER, err);

	if (rc >= 0)
		rc = rv_dir_make(apt->place.dist_fd, RV_APT_TEMP_FOLDER, 0755, err);
	if (rc < 0)
		return -1;
	rv_vec_push(&args.v, APT_HELPER);
	rv_vec_push(&args.v, "-q");
	rv_vec_push(&args.v, "download-file");
	while (apt->batch.n < BATCH_MAX && apt->waiting.n > 0) {
		struct rv_apt_item *item = take_first(apt);

		add_args(apt, item, &args);
		rv_vec_push(&apt->batch, item);
	}
	rv_vec_push(&args.v, NULL);
	rc = start(apt, args.v.v, FETCH_DEADLINE_MS, on_fetched, err);
	if (rc == 0)
		apt->progress = rv_loop_timer(apt->place.loop, PROGRESS_MS, true, on_progress, apt);
	rv_vec_release(&args.v);
	rv_arena_release(&args.arena);
	return rc;
}

/* Ends the waiting items that no index knows. */
static void drop_unknown(struct rv_apt *apt)
{
	for (size_t n = apt->waiting.n; n > 0; n--) {
		struct rv_apt_item *item = take_first(apt);

		if (item->urls.n == 0)
			fail_item(apt, item);
		else
			rv_vec_push(&apt->waiting, item);
	}
}

static bool has_apt(void)
{
	struct rv_stat st;

	return rv_file_stat(RV_CWD, APT_GET, &st, NULL) == 0 &&
	       rv_file_stat(RV_CWD, APT_HELPER, &st, NULL) == 0;
}

/* 0 go on, RV_RUNNING a refresh was started. */
static int look_after_indexes(struct rv_apt *apt, struct rv_error *err)
{
	bool fresh = false;

	if (apt->asked)
		return 0;
	apt->asked = true;
	if (!has_apt())
		return rv_fail(err, RV_INPUT, "this host has no apt");
	if (rv_apt_setup(apt, &fresh, err) < 0)
		return -1;
	if (fresh)
		return 0;
	return start_refresh(apt, err) < 0 ? -1 : RV_RUNNING;
}

/*
 * 0 with addresses for all that still waits, RV_RUNNING a refresh goes first, < 0 nothing can be
 * had.
 */
static int prepare(struct rv_apt *apt, struct rv_error *why)
{
	int rc;

	if (apt->unusable)
		return -1;
	rc = look_after_indexes(apt, why);
	if (rc == 0)
		rc = rv_apt_lookup(apt, why);
	if (rc != 0)
		return rc;
	drop_unknown(apt);
	return 0;
}

static int on_kick(void *ctx, struct rv_error *err)
{
	struct rv_apt *apt = ctx;
	struct rv_error why = RV_ERROR_INIT;
	int rc;

	(void)err;
	apt->kick = NULL;
	if (apt->child.pid > 0 || apt->waiting.n == 0)
		return 0;
	rc = prepare(apt, &why);
	if (rc == 0 && apt->waiting.n > 0)
		rc = start_fetch(apt, &why);
	if (rc >= 0)
		return 0;
	apt->unusable = true;
	if (apt->fault.code == RV_OK)
		apt->fault = why;
	rv_vec_each (&apt->batch, b)
		rv_vec_push(&apt->waiting, *b);
	apt->batch.n = 0;
	fail_all_waiting(apt);
	return 0;
}
