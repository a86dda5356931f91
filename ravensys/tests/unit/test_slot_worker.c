/* SPDX-License-Identifier: ISC */
/*
 * The slot worker through its socket: this program is also its own worker (slot, and a pack worker
 * that only looks at what it was given).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/loop.h"
#include "slot/request.h"
#include "slot/slot.h"
#include "tests/tap.h"

static struct rv_error e;
static char folder[64];

/* --- the pack worker: says what it sees through its descriptors */
static int fake_pack(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1000);
	struct rv_event event = {.kind = RV_EVENT_PHASE_BEGIN};

	event.phase.port = "tiny:std";
	event.phase.phase = "package";
	if (rv_worker_event(ctx, &event, err) < 0)
		return -1;
	if (rv_file_read(fds->fd[0], "bin/prog", &text, err) != 0)
		return rv_fail(err, RV_BUILD, "no bin/prog");
	*out = rv_json_new_array();
	rv_json_append_string(*out, rv_buf_str(&text));
	rv_json_append(*out, rv_json_new_int(fds->n));
	rv_json_append_string(*out, rv_json_string(rv_json_get(body, "hello")));
	return rv_file_replace(fds->fd[fds->n - 1], "made.rvn", 0644, RV_SPAN_LIT("x"), err);
}

static const struct rv_worker_kind kinds[] = {
    {"slot", rv_slot_worker_run}, {"pack", fake_pack}, {NULL, NULL}};

/* --- the engine */
struct seen {
	struct rv_loop *loop;
	struct rv_buf events;
	struct rv_json *result;
	struct rv_error why;
	bool failed;
};

static void on_event(void *ctx, const struct rv_event *event)
{
	struct seen *s = ctx;

	if (event->kind != RV_EVENT_LOG_LINES)
		rv_buf_addf(&s->events, "%s %s%s%s\n", rv_event_name(event->kind),
		    event->phase.phase, event->phase.outcome ? " " : "",
		    event->phase.outcome ? event->phase.outcome : "");
}

static void on_result(void *ctx, int64_t id RV_UNUSED, const struct rv_json *result)
{
	((struct seen *)ctx)->result = rv_json_copy(result);
}

static void on_failed(void *ctx, int64_t id RV_UNUSED, const struct rv_error *why)
{
	struct seen *s = ctx;

	s->failed = true;
	s->why = *why;
}

static void on_end(void *ctx, const struct rv_exit *end RV_UNUSED)
{
	rv_loop_stop(((struct seen *)ctx)->loop);
}

static struct rv_json *request(const char *make_arg)
{
	const char *const lists[][5] = {{"trees"}, {"env", "PATH=/bin:/usr/bin"},
	    {"make_args", "A=b", make_arg}, {"phases", "extract", "stage"}};
	const char *const paths[][2] = {
	    {"mk", "mk"}, {"port_dir", "port"}, {"distfiles", "dist"}, {"log", "log"}};
	struct rv_json *body = rv_json_new_object(), *slot = rv_json_new_object(),
		       *pack = rv_json_new_object(), *inner = rv_json_new_object();
	rv_auto(rv_str) char *dir = rv_strfmt("%s/SL01", folder),
			     *out = rv_strfmt("%s/out", folder);

	rv_json_set_string(slot, "dir", dir);
	rv_json_set_int(slot, "first_id", 1879048192);
	rv_json_set_int(slot, "tmpfs_bytes", 64 << 20);
	rv_json_set_int(slot, "memory_bytes", 0);
	rv_json_set_int(slot, "pids", 100);
	rv_json_set(body, "slot", slot);
	rv_json_set_string(body, "port", "tiny:std");
	rv_json_set_string(body, "namebase", "tiny");
	for (size_t i = 0; i < RV_COUNT(paths); i++) {
		rv_auto(rv_str) char *path = rv_strfmt("%s/%s", folder, paths[i][1]);
		rv_json_set_string(body, paths[i][0], path);
	}
	for (size_t i = 0; i < RV_COUNT(lists); i++) {
		struct rv_json *list = rv_json_new_array();
		for (size_t k = 1; k < 5 && lists[i][k]; k++)
			rv_json_append_string(list, lists[i][k]);
		rv_json_set(body, lists[i][0], list);
	}
	rv_json_set_string(inner, "hello", "world");
	rv_json_set_string(pack, "out", out);
	rv_json_set(pack, "request", inner);
	rv_json_set(body, "pack", pack);
	return body;
}

static void run(struct seen *s, const char *make_arg)
{
	static const struct rv_worker_hooks hooks = {.on_event = on_event,
	    .on_result = on_result,
	    .on_failed = on_failed,
	    .on_exit = on_end};
	const struct rv_worker_start how = {.kind = "slot"};
	rv_autofree(rv_loop) struct rv_loop *loop = NULL;
	rv_autofree(rv_worker) struct rv_worker *worker = NULL;
	rv_autofree(rv_json) struct rv_json *body = request(make_arg);
	int64_t id;

	*s = (struct seen){.events = RV_BUF_INIT(10000)};
	if (rv_loop_new(&loop, &e) < 0)
		return;
	s->loop = loop;
	tap_good(rv_worker_start(loop, &how, &hooks, s, &worker, &e), &e, "start a slot worker");
	tap_good(rv_worker_ask(worker, body, NULL, &id, &e), &e, "ask it");
	rv_worker_close(worker);
	tap_good(rv_loop_run(loop, &e), &e, "run");
}

static void seen_release(struct seen *s)
{
	rv_buf_release(&s->events);
	rv_json_free(s->result);
}

static void put(int top, const char *path, const char *text)
{
	rv_auto(rv_str) char *parent = rv_strndup(path, (size_t)(strrchr(path, '/') - path));

	if (rv_dir_make_path(top, parent, 0755, &e) < 0 ||
	    rv_file_replace(top, path, 0644, rv_span_str(text), &e) < 0)
		printf("# %s\n", e.msg);
}

static void test_good(int top)
{
	rv_auto(rv_buf) struct rv_buf log = RV_BUF_INIT(100000);
	rv_auto(seen) struct seen s;
	const struct rv_json *packages;

	run(&s, "OK=yes");
	if (!tap_ok(s.result != NULL, "a result") && s.failed)
		printf("# %s\n", s.why.msg);
	tap_str(rv_buf_str(&s.events),
	    "phase-begin extract\nphase-end extract ok\nphase-begin stage\nphase-end stage ok\n"
	    "phase-begin package\n",
	    "its events, and the pack worker's");
	packages = rv_json_get(s.result, "packages");
	tap_str(rv_json_string(rv_json_at(packages, 0)), "prog\n", "the pack worker saw the stage");
	tap_str(rv_json_string(rv_json_at(packages, 2)), "world", "and its request");
	tap_int(rv_json_count(rv_json_get(s.result, "phases")), 2, "two phases are timed");
	tap_ok(rv_file_read(top, "out/made.rvn", &log, &e) == 0, "a package was made");
	rv_buf_reset(&log);
	tap_ok(rv_file_read(top, "log", &log, &e) == 0 &&
		   strstr(rv_buf_str(&log), "--  Phase: extract") &&
		   strstr(rv_buf_str(&log), "A is b"),
	    "the log has it");
}

static void test_failing(void)
{
	rv_auto(seen) struct seen s;

	run(&s, "OK=no");
	tap_ok(s.failed && s.why.code == RV_BUILD, "a failing phase");
	tap_str(s.why.msg, "phase stage: exit status 1", "its message");
	tap_ok(strstr(rv_buf_str(&s.events), "phase-end stage failed") != NULL, "its event");
}

int main(int argc, char **argv)
{
	rv_auto(rv_buf) struct rv_buf left = RV_BUF_INIT(10000);
	rv_auto_fd top = -1;

	if (argc == 3 && strcmp(argv[1], "--worker") == 0)
		return rv_worker_main(kinds, argv[2], NULL);
	umask(022);
	snprintf(folder, sizeof(folder), "/tmp/test_slot_worker.XXXXXX");
	if (!mkdtemp(folder) || chmod(folder, 0755) < 0 || rv_dir_open_user(folder, &top, &e) != 0)
		return 1;
	put(top, "mk/sys.mk", "");
	put(top, "dist/x", "");
	put(top, "out/x", "");
	put(top, "port/Makefile",
	    "extract:\n\t@echo A is ${A}; mkdir /construction/tiny\n"
	    "stage:\n\t@test ${OK} = yes && mkdir -p /construction/tiny/stage/bin && echo prog "
	    ">/construction/tiny/stage/bin/prog\n");
	test_good(top);
	test_failing();
	tap_ok(rv_slot_leftovers(folder, &left, &e) == 0 && left.n == 0, "nothing is left: %s",
	    rv_buf_str(&left));
	tap_good(rv_tree_remove(RV_CWD, folder, &e), &e, "clean up");
	return tap_done();
}
