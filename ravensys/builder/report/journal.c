/* SPDX-License-Identifier: ISC */
/* One appended line an event; fsync where the page promises it. */
#include "report/journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "event/event_json.h"
#include "os/clock.h"
#include "os/file.h"

struct journal {
	int fd;
	char name[64];
	int64_t seq;
};

static bool is_durable(enum rv_event_kind kind)
{
	return kind == RV_EVENT_RUN_BEGIN || kind == RV_EVENT_RUN_END ||
	       kind == RV_EVENT_PORT_STARTED || kind == RV_EVENT_PORT_SUCCEEDED ||
	       kind == RV_EVENT_PORT_FAILED;
}

/* Members in the order v, seq, then the event's own. */
static struct rv_json *to_line(const struct rv_event *event, int64_t seq)
{
	rv_autofree(rv_json) struct rv_json *body = rv_event_to_json(event);
	struct rv_json *line = rv_json_new_object();

	rv_json_set_int(line, "v", RV_JOURNAL_VERSION);
	rv_json_set_int(line, "seq", seq);
	rv_json_each (body, it)
		if (strcmp(it.key, "v") != 0)
			rv_json_set(line, it.key, rv_json_copy(it.value));
	return line;
}

static int on_event(void *ctx, const struct rv_event *event, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_JOURNAL_LINE_MAX_BYTES);
	rv_autofree(rv_json) struct rv_json *line = NULL;
	struct journal *j = ctx;

	if (event->kind == RV_EVENT_DOWNLOAD_PROGRESS)
		return 0;
	line = to_line(event, j->seq + 1);
	rv_json_compact(line, &text);
	rv_buf_add_char(&text, '\n');
	if (rv_buf_check(&text, "journal line", err) < 0)
		return -1;
	if (rv_fd_write(j->fd, j->name, text.p, text.n, err) < 0)
		return -1;
	j->seq++;
	return is_durable(event->kind) ? rv_fd_sync(j->fd, j->name, err) : 0;
}

static void close_journal(void *ctx)
{
	struct journal *j = ctx;

	rv_fd_release(&j->fd);
	free(j);
}

/* --- old journals */
struct names {
	rv_vec(char *) list;
};

static int collect(void *ctx, int dirfd RV_UNUSED, const struct rv_dir_entry *entry,
    struct rv_error *err RV_UNUSED)
{
	struct names *n = ctx;

	if (strncmp(entry->name, RV_JOURNAL_PREFIX, strlen(RV_JOURNAL_PREFIX)) == 0)
		rv_vec_push(&n->list, rv_strdup(entry->name));
	return 0;
}

/* The listing is sorted and names begin with the time: the first are the oldest. */
static int drop_old(int logs_dirfd, struct rv_error *err)
{
	struct names n = {0};
	int r = rv_dir_each(logs_dirfd, ".", collect, &n, err);

	for (size_t i = 0; r == 0 && i + RV_JOURNAL_KEPT <= n.list.n; i++)
		if (rv_file_unlink(logs_dirfd, n.list.v[i], err) < 0)
			r = -1;
	rv_vec_each (&n.list, name)
		free(*name);
	rv_vec_release(&n.list);
	return r;
}

static int open_new(int logs_dirfd, int64_t now_s, struct journal *j, struct rv_error *err)
{
	char iso[RV_CLOCK_ISO_BYTES], stamp[RV_CLOCK_ISO_BYTES];
	size_t n = 0;
	int r = RV_EXISTS;

	rv_clock_iso(now_s, iso);
	for (const char *p = iso; *p; p++)
		if (*p != '-' && *p != ':')
			stamp[n++] = *p;
	stamp[n] = '\0';
	for (unsigned tries = 1; r == RV_EXISTS && tries < 100; tries++) {
		snprintf(
		    j->name, sizeof(j->name), "%s%s-%02u.jsonl", RV_JOURNAL_PREFIX, stamp, tries);
		r = rv_file_create(logs_dirfd, j->name, 0644, &j->fd, err);
	}
	return r == RV_EXISTS ? rv_fail(err, RV_SYS, "%s: taken", j->name) : r;
}

int rv_journal_listener(
    int logs_dirfd, int64_t now_s, struct rv_listener *out, struct rv_error *err)
{
	struct journal *j = rv_alloc(sizeof(*j));

	j->fd = -1;
	if (drop_old(logs_dirfd, err) < 0 || open_new(logs_dirfd, now_s, j, err) < 0) {
		close_journal(j);
		return rv_context(err, "journal");
	}
	*out = (struct rv_listener){
	    .name = "journal",
	    .on_event = on_event,
	    .close = close_journal,
	    .ctx = j,
	};
	return 0;
}

/* --- reading */
static int read_line(struct rv_span line, const char *what, int64_t want_seq,
    int (*each)(void *ctx, int64_t seq, const struct rv_event *event, struct rv_error *err),
    void *ctx, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *o = NULL;
	struct rv_event event;
	int64_t seq, version;
	int r;

	if (rv_json_parse(line, what, &o, err) < 0 ||
	    rv_json_want_int(o, "v", what, &version, err) < 0 ||
	    rv_json_want_int(o, "seq", what, &seq, err) < 0)
		return -1;
	if (seq != want_seq)
		return rv_fail(err, RV_FORMAT, "%s: line %lld has seq %lld", what,
		    (long long)want_seq, (long long)seq);
	if (version != RV_JOURNAL_VERSION)
		return 0;
	r = rv_event_from_json(o, &event, err);
	if (r != 0)
		return r == RV_EVENT_UNKNOWN ? 0 : -1;
	return each(ctx, seq, &event, err);
}

int rv_journal_read(struct rv_span text, const char *what,
    int (*each)(void *ctx, int64_t seq, const struct rv_event *event, struct rv_error *err),
    void *ctx, struct rv_error *err)
{
	int64_t seq = 0;
	size_t at = 0;

	while (at < text.n) {
		struct rv_span rest = rv_span_from(text, at);
		size_t n = rv_span_find(rest, '\n');
		bool last = at + n + 1 >= text.n;
		int r;

		if (n == rest.n)
			return 0; /* torn */
		if (n > RV_JOURNAL_LINE_MAX_BYTES)
			return rv_fail(
			    err, RV_LIMIT, "%s: line %lld is too long", what, (long long)seq + 1);
		r = read_line(rv_span_sub(rest, 0, n), what, ++seq, each, ctx, err);
		if (r < 0 && last && err->code == RV_FORMAT)
			return 0; /* torn in the middle of a block */
		if (r != 0)
			return r;
		at += n + 1;
	}
	return 0;
}
