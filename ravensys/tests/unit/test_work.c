/* SPDX-License-Identifier: ISC */
/* Frames, channels and workers; the worker is this program, called with --worker. */
#include "tests/tap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/spawn.h"
#include "work/channel.h"
#include "work/worker.h"

/* --- the worker's side */

static int run_echo(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	struct rv_listener l = rv_worker_listener(ctx);
	struct rv_event event = {.kind = RV_EVENT_TXN,
	    .t_ms = 5,
	    .txn = {.step = RV_TXN_STAGE, .item = "x", .done = 1, .total = 2}};

	if (fds->n == 1 && write(fds->fd[0], "written", 7) != 7)
		return rv_fail(err, RV_SYS, "descriptor");
	if (l.on_event(l.ctx, &event, err) < 0 || rv_worker_note(ctx, body, err) < 0)
		return -1;
	*out = rv_json_copy(body);
	return 0;
}

static int run_fail(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	(void)ctx, (void)body, (void)fds, (void)out;
	return rv_fail(err, RV_TRUST, "no such luck");
}

static int run_die(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	(void)ctx, (void)body, (void)fds, (void)out, (void)err;
	raise(SIGKILL);
	return 0;
}

static int run_garbage(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	(void)ctx, (void)body, (void)fds, (void)out, (void)err;
	if (write(RV_WORKER_FD, "\3\0\0\0]]]", 7) != 7)
		return -1;
	for (;;)
		pause();
}

static const struct rv_worker_kind kinds[] = {{"echo", run_echo}, {"fail", run_fail},
    {"die", run_die}, {"garbage", run_garbage}, {NULL, NULL}};

/* --- the engine's side */

struct seen {
	struct rv_worker *worker;
	int events, notes, results, failed, exits;
	bool free_at_result;
	struct rv_error why;
	char result[200], item[20];
};

static void on_event(void *ctx, const struct rv_event *event)
{
	struct seen *s = ctx;

	s->events++;
	snprintf(s->item, sizeof(s->item), "%s", event->txn.item);
}

static void on_note(void *ctx, int64_t id, const struct rv_json *note)
{
	(void)id, (void)note;
	((struct seen *)ctx)->notes++;
}

static void on_result(void *ctx, int64_t id, const struct rv_json *result)
{
	struct seen *s = ctx;
	const char *text = rv_json_string(rv_json_get(result, "text"));

	(void)id;
	s->results++;
	snprintf(s->result, sizeof(s->result), "%.*s", 190, text ? text : "");
	if (s->free_at_result) {
		rv_worker_free(s->worker);
		s->worker = NULL;
	}
}

static void on_failed(void *ctx, int64_t id, const struct rv_error *why)
{
	struct seen *s = ctx;

	(void)id;
	s->failed++;
	s->why = *why;
}

static void on_exit_(void *ctx, const struct rv_exit *end)
{
	(void)end;
	((struct seen *)ctx)->exits++;
}

static const struct rv_worker_hooks hooks = {on_event, on_note, on_result, on_failed, on_exit_};

/* Asks `times` times, closes, and runs the loop until the worker has ended. */
static struct seen converse(
    const char *kind, const struct rv_json *body, int times, int pass_fd, bool free_at_result)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_loop *loop;
	struct rv_worker_start how = {.kind = kind};
	struct seen s = {.free_at_result = free_at_result};
	struct rv_fds fds = {&pass_fd, pass_fd >= 0 ? 1 : 0};
	int64_t id;

	tap_good(rv_loop_new(&loop, &err), &err, "%s: loop", kind);
	tap_good(rv_worker_start(loop, &how, &hooks, &s, &s.worker, &err), &err, "%s: start", kind);
	for (int i = 0; i < times; i++)
		tap_good(rv_worker_ask(s.worker, body, &fds, &id, &err), &err, "%s: ask", kind);
	rv_worker_close(s.worker);
	tap_good(rv_loop_run(loop, &err), &err, "%s: run", kind);
	rv_worker_free(s.worker);
	rv_loop_free(loop);
	return s;
}

static void test_workers(void)
{
	rv_autofree(rv_json) struct rv_json *body = rv_json_new_object();
	int p[2];
	char got[8] = "";
	struct seen s;

	rv_json_set_string(body, "text", "hello");
	if (pipe(p) < 0)
		exit(99);
	s = converse("echo", body, 3, p[1], false);
	tap_int(s.results, 3, "echo: three results");
	tap_int(s.events, 3, "echo: three events");
	tap_int(s.notes, 3, "echo: three notes");
	tap_int(s.failed, 0, "echo: no failure");
	tap_int(s.exits, 1, "echo: one exit");
	tap_str(s.result, "hello", "echo: the body came back");
	tap_str(s.item, "x", "echo: the event came through");
	tap_ok(read(p[0], got, 7) == 7 && strcmp(got, "written") == 0,
	    "echo: a descriptor was passed");
	s = converse("fail", body, 2, -1, false);
	tap_int(s.failed, 2, "fail: two failures");
	tap_int(s.why.code, RV_TRUST, "fail: the code came through");
	tap_str(s.why.msg, "no such luck", "fail: the text too");
	s = converse("die", body, 2, -1, false);
	tap_int(s.failed, 2, "die: every request fails");
	tap_ok(strstr(s.why.msg, "killed by signal 9") != NULL, "die: says how");
	tap_int(s.exits, 1, "die: one exit");
	s = converse("garbage", body, 1, -1, false);
	tap_int(s.failed, 1, "garbage: the request fails");
	tap_ok(strstr(s.why.msg, "worker garbage: ") != NULL, "garbage: the worker is named");
	tap_int(s.exits, 1, "garbage: one exit");
	s = converse("echo", body, 2, -1, true);
	tap_int(s.results, 1, "freed in a hook: no second result");
	tap_int(s.exits, 0, "freed in a hook: no exit");
	s = converse("none", body, 1, -1, false);
	tap_int(s.failed, 1, "no such kind: fails");
}

static void test_long(void)
{
	rv_autofree(rv_json) struct rv_json *body = rv_json_new_object();
	size_t n = (size_t)5 << 20;
	char *text = rv_alloc(n + 1);
	struct seen s;

	memset(text, 'a', n);
	rv_json_set_string(body, "text", text);
	s = converse("echo", body, 2, -1, false);
	tap_int(s.results, 2, "5 MiB there and back, twice");
	free(text);
}

static void test_frames(void)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_received_fds fds;
	struct rv_json *doc = rv_json_new_object(), *got;
	int p[2], one = 1;
	struct rv_fds pass = {&one, 1};

	tap_good(rv_socket_pair(p, &err), &err, "pair");
	tap_good(rv_frame_send(p[0], doc, &pass, &err), &err, "send with a descriptor");
	tap_good(rv_frame_send(p[0], doc, NULL, &err), &err, "send without");
	tap_good(rv_frame_receive(p[1], &got, &fds, &err), &err, "receive");
	tap_int(fds.n, 1, "the descriptor is with the first");
	rv_received_fds_release(&fds);
	rv_json_free(got);
	tap_good(rv_frame_receive(p[1], &got, &fds, &err), &err, "receive");
	tap_int(fds.n, 0, "and not with the second");
	rv_json_free(got);
	if (write(p[0], "\377\377\377\377", 4) != 4)
		exit(99);
	tap_int(rv_frame_receive(p[1], &got, NULL, &err), -1, "a length of 4 GiB is refused");
	tap_int(err.code, RV_FORMAT, "as a fault of format");
	if (write(p[0], "\5\0\0\0{", 5) != 5)
		exit(99);
	close(p[0]);
	err = RV_ERROR_INIT;
	tap_int(rv_frame_receive(p[1], &got, NULL, &err), -1, "a frame that is cut short");
	tap_str(err.msg, "worker frame: cut short", "says so");
	tap_int(rv_frame_receive(p[1], &got, NULL, &err), RV_FRAME_END, "then the end");
	close(p[1]);
	rv_json_free(doc);
}

static int run_request(const char *self, const char *kind, const char *file, struct rv_buf *out)
{
	struct rv_error err = RV_ERROR_INIT;
	const char *argv[] = {self, "--worker", kind, file, NULL};
	struct rv_spawn how = RV_SPAWN_INIT;

	how.argv = argv;
	return rv_spawn_run(&how, RV_SPAN_NULL, out, 10000, &err);
}

static void test_request_file(const char *self)
{
	char dir[] = "/tmp/rv-work-XXXXXX", path[64];
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(10000);
	FILE *f;

	if (!mkdtemp(dir))
		exit(99);
	snprintf(path, sizeof(path), "%s/request", dir);
	f = fopen(path, "we");
	fprintf(f, "{\"v\":1,\"kind\":\"echo\",\"id\":7,\"body\":{\"text\":\"t\"}}");
	fclose(f);
	tap_int(run_request(self, "echo", path, &out), 0, "a request from a file is answered");
	tap_ok(strstr(rv_buf_str(&out), "\n{\"id\":7,\"result\":{\"text\":\"t\"}}\n") != NULL,
	    "with a line of JSON");
	tap_ok(run_request(self, "fail", path, &out) < 0, "a request for another kind fails");
	unlink(path);
	rmdir(dir);
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return rv_worker_main(kinds, argv[2], argc > 3 ? argv[3] : NULL);
	test_frames();
	test_workers();
	test_long();
	test_request_file(argv[0]);
	return tap_done();
}
