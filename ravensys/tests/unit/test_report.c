/* SPDX-License-Identifier: ISC */
/*
 * builder/report: what the journal holds, how it is read back when torn or damaged, and what the
 * text view says.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/file.h"
#include "report/journal.h"
#include "report/text.h"
#include "tests/tap.h"

static const struct rv_event events[] = {
    {.kind = RV_EVENT_RUN_BEGIN, .t_ms = 1, .run = {.profile = "p", .ports = 2, .slots = 1}},
    {.kind = RV_EVENT_PORT_STARTED,
	.t_ms = 2,
	.port = {.port = "a:std", .reason = "never built", .slot = 1}},
    {.kind = RV_EVENT_PHASE_BEGIN,
	.t_ms = 3,
	.phase = {.port = "a:std", .phase = "build", .slot = 1}},
    {.kind = RV_EVENT_DOWNLOAD_PROGRESS, .t_ms = 4, .download = {.name = "x"}},
    {.kind = RV_EVENT_PORT_FAILED,
	.t_ms = 5,
	.port = {.port = "a:std",
	    .reason = "phase build: exit status 2",
	    .slot = 1,
	    .elapsed_ms = 61500}},
};

struct seen {
	int n;
	int64_t last_seq;
	char last[64];
};

static int each(
    void *ctx, int64_t seq, const struct rv_event *event, struct rv_error *err RV_UNUSED)
{
	struct seen *s = ctx;

	s->n++;
	s->last_seq = seq;
	snprintf(s->last, sizeof(s->last), "%s", rv_event_name(event->kind));
	return 0;
}

static int read_back(struct rv_span text, struct seen *s, struct rv_error *err)
{
	*s = (struct seen){0};
	return rv_journal_read(text, "journal", each, s, err);
}

static void write_journal(int dirfd, struct rv_buf *out)
{
	struct rv_event_bus bus = RV_EVENT_BUS_INIT;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_listener l;

	tap_good(rv_journal_listener(dirfd, 1577836800, &l, &err), &err, "a journal begins");
	rv_event_bus_add(&bus, &l);
	for (size_t i = 0; i < RV_COUNT(events); i++)
		rv_event_emit(&bus, &events[i]);
	rv_event_bus_release(&bus);
	tap_good(rv_file_read(dirfd, "journal-20200101T000000Z-01.jsonl", out, &err), &err,
	    "it is named by its time");
}

static void test_journal(int dirfd)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1 << 20);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_span all;
	struct seen s;

	write_journal(dirfd, &text);
	all = rv_buf_span(&text);
	tap_good(read_back(all, &s, &err), &err, "it is read");
	tap_int(s.n, 4, "every event but progress");
	tap_str(s.last, "port-failed", "in order");
	tap_ok(strncmp(text.p, "{\"v\":1,\"seq\":1,", 15) == 0, "v and seq come first");
	for (size_t cut = 1; cut < 60; cut++)
		if (read_back(rv_span_sub(all, 0, all.n - cut), &s, &err) < 0 || s.n != 3) {
			tap_ok(false, "torn by %zu bytes: %s", cut, err.msg);
			return;
		}
	tap_ok(true, "a torn last line is dropped, wherever it is torn");
	text.p[3] = 'x';
	tap_int(read_back(all, &s, &err), -1, "a damaged line that is not the last is an error");
	tap_int(err.code, RV_FORMAT, "of format");
}

static void test_old_ones_go(int dirfd)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_listener l;
	struct rv_stat st;

	for (int i = 0; i < 40; i++) {
		tap_ok(rv_journal_listener(dirfd, 1577836800 + 60 * i, &l, &err) == 0, "journal %d",
		    i);
		l.close(l.ctx);
	}
	tap_int(rv_file_stat(dirfd, "journal-20200101T000000Z-01.jsonl", &st, &err), RV_ABSENT,
	    "the oldest went");
	tap_int(rv_file_stat(dirfd, "journal-20200101T003900Z-01.jsonl", &st, &err), 0,
	    "the newest is there");
}

static void keep(void *ctx, const char *text, size_t n)
{
	rv_buf_add(ctx, text, n);
}

static void test_text(void)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1 << 20);
	struct rv_text_view view = {.write = keep, .ctx = &out, .columns = 80};
	struct rv_listener l = rv_text_listener(&view);
	struct rv_error err = RV_ERROR_INIT;

	for (size_t i = 0; i < RV_COUNT(events); i++)
		tap_ok(l.on_event(l.ctx, &events[i], &err) == 0, "event %zu", i);
	l.close(l.ctx);
	tap_str(rv_buf_str(&out),
	    "2 ports, 1 slot\nbuilding   a:std  (never built)\nFAILED     a:std  1m01s  (phase "
	    "build: exit status 2)\n",
	    "the text view");
}

int main(void)
{
	char path[] = "/tmp/test-report.XXXXXX";
	struct rv_error err = RV_ERROR_INIT;
	rv_auto_fd dirfd = -1;

	if (!mkdtemp(path) || rv_dir_open_user(path, &dirfd, &err) != 0)
		return 1;
	test_journal(dirfd);
	test_old_ones_go(dirfd);
	test_text();
	if (rv_tree_remove(RV_CWD, path, &err) < 0)
		return 1;
	return tap_done();
}
