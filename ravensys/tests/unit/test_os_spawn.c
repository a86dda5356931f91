/* SPDX-License-Identifier: ISC */
/* Children, the loop and the pool. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/loop.h"
#include "os/pool.h"
#include "os/spawn.h"
#include "tests/tap.h"

static struct rv_error e;

static int shell(const char *script, struct rv_span input, struct rv_buf *out, int64_t deadline_ms)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	const char *const env[] = {"A=b", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;

	how.argv = argv;
	how.env = env;
	return rv_spawn_run(&how, input, out, deadline_ms, &e);
}

static void test_run(void)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1 << 20), small = RV_BUF_INIT(10);
	rv_auto(rv_str) char *big = rv_alloc(300001);
	int64_t begin;

	tap_good(shell("echo $A; cat", RV_SPAN_LIT("input"), &out, 5000), &e, "run");
	tap_str(rv_buf_str(&out), "b\ninput", "environment, input and output");
	rv_buf_reset(&out);
	memset(big, 'x', 300000);
	tap_good(shell("cat", rv_span_str(big), &out, 5000), &e, "more than a pipe holds");
	tap_int(out.n, 300000, "all of it");
	tap_int(shell("exit 3", RV_SPAN_NULL, NULL, 5000), -1, "a failing command");
	tap_int(e.code, RV_BUILD, "its code");
	tap_str(e.msg, "sh: exit status 3", "its text");
	tap_int(shell("kill -9 $$", RV_SPAN_NULL, NULL, 5000), -1, "a killed one");
	tap_str(e.msg, "sh: killed by signal 9", "its text");
	begin = rv_clock_mono_ms();
	tap_int(shell("sleep 20", RV_SPAN_NULL, &out, 200), -1, "a deadline");
	tap_str(e.msg, "sh: passed its deadline", "its text");
	tap_ok(rv_clock_mono_ms() - begin < 3000, "in time");
	tap_int(shell("yes", RV_SPAN_NULL, &small, 5000), -1, "too much output");
	tap_int(e.code, RV_LIMIT, "is a limit");
	begin = rv_clock_mono_ms();
	tap_good(shell("sleep 20 & echo done", RV_SPAN_NULL, &out, 10000), &e,
	    "a grandchild that keeps the pipe open");
	tap_ok(rv_clock_mono_ms() - begin < 3000, "does not hold us");
	tap_good(shell("true", rv_span_str(big), NULL, 5000), &e, "unread input is no failure");
}

static void test_failures(void)
{
	const char *const none[] = {"/no/such/program", NULL};
	const char *const unfound[] = {"no-such-program", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	struct rv_child child = RV_CHILD_INIT;

	how.argv = none;
	tap_int(rv_spawn_start(&how, &child, &e), -1, "a missing program fails the start");
	tap_int(e.sys, ENOENT, "with its errno");
	how.argv = unfound;
	tap_int(rv_spawn_start(&how, &child, &e), -1, "not in the path");
	tap_str(e.msg, "run 'no-such-program': No such file or directory", "text");
	rv_child_release(&child);
}

static void test_only_reads(void)
{
	static const struct {
		const char *command, *said;
	} rows[] = {
	    {"read line </etc/passwd && echo read", "read\n"},
	    {"echo a >/tmp/only-reads-1 && echo wrote", ""},
	    {"echo a >>/dev/null && echo wrote", ""},
	    {"(exit 0) && echo forked", ""},
	    {"kill -0 $$ && echo killed", ""},
	    {"exec rm /tmp/only-reads && echo removed", ""},
	    {"exec mkdir /tmp/only-reads-2 && echo made", ""},
	};

	close(open("/tmp/only-reads", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		const char *const argv[] = {"sh", "-c", rows[i].command, NULL};
		rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(100);
		struct rv_spawn how = RV_SPAWN_INIT;
		int rc;

		how.argv = argv;
		how.only_reads = true;
		rc = rv_spawn_run(&how, RV_SPAN_NULL, &out, 5000, &e);
		tap_ok(i == 0 ? rc == 0 : rc < 0, "%s: exit status", rows[i].command);
		tap_str(rv_buf_str(&out), rows[i].said, "%s: output", rows[i].command);
	}
	tap_int(unlink("/tmp/only-reads"), 0, "the file is still there");
	tap_ok(access("/tmp/only-reads-1", F_OK) < 0 && access("/tmp/only-reads-2", F_OK) < 0,
	    "and no other");
}

/*
 * Descriptors arrive as 3, 4 even when their sources have those very numbers, and nothing else
 * arrives.
 */
static void test_descriptors(void)
{
	const char *const argv[] = {"sh", "-c", "cat <&3; cat <&4; ls /proc/self/fd | wc -l", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1000);
	rv_auto_fd a = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	rv_auto_fd b = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	rv_auto_fd leak = open("/dev/null", O_RDONLY);
	int fds[2];

	tap_ok(a == 3 && b == 4 && leak == 5, "numbers that collide");
	tap_ok(pwrite(a, "A", 1, 0) == 1 && pwrite(b, "B", 1, 0) == 1, "two files");
	fds[0] = b;
	fds[1] = a;
	how.argv = argv;
	how.pass_fds = fds;
	how.n_pass_fds = 2;
	tap_good(rv_spawn_run(&how, RV_SPAN_NULL, &out, 5000, &e), &e, "pass them crosswise");
	tap_str(
	    rv_buf_str(&out), "BA6\n", "3 and 4 are theirs, the leak is closed (0-4 and ls's own)");
}

static void test_die_with_parent(void)
{
	const char *const argv[] = {"sleep", "30", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	struct rv_child child = RV_CHILD_INIT;
	int ends[2], pid_of_child = 0;

	how.argv = argv;
	how.die_with_parent = true;
	if (pipe(ends) < 0)
		return;
	pid_t parent = fork();
	if (parent == 0) {
		int rc = rv_spawn_start(&how, &child, &e);
		pid_t pid = child.pid;
		if (rc < 0 || write(ends[1], &pid, sizeof(pid)) < 0)
			_exit(1);
		pause();
	}
	tap_ok(read(ends[0], &pid_of_child, sizeof(pid_of_child)) > 0 && kill(pid_of_child, 0) == 0,
	    "a grandchild runs");
	kill(parent, SIGKILL);
	for (int i = 0; i < 100 && kill(pid_of_child, 0) == 0; i++)
		usleep(20000);
	rv_auto(rv_str) char *path = rv_strfmt("/proc/%d/status", pid_of_child);
	rv_auto(rv_buf) struct rv_buf status = RV_BUF_INIT(100000);
	int rc = rv_file_read(RV_CWD, path, &status, &e);
	tap_ok(rc != 0 || strstr(rv_buf_str(&status), "Z (zombie)"), "and dies with its parent");
	close(ends[0]);
	close(ends[1]);
}

/* --- loop */

struct state {
	struct rv_loop *loop;
	struct rv_watch *other, *reader;
	struct rv_child child;
	int ticks, reads, signals, ends;
	int pipe_fds[2];
};

static int on_tick(void *ctx, struct rv_error *err)
{
	struct state *s = ctx;

	(void)err;
	if (++s->ticks == 3) {
		kill(getpid(), SIGUSR1);
		tap_ok(write(s->pipe_fds[1], "x", 1) == 1, "write to ourselves");
	}
	return 0;
}

static int on_read(void *ctx, int events, struct rv_error *err)
{
	struct state *s = ctx;
	char c;

	(void)err;
	if (events & RV_READABLE && read(s->pipe_fds[0], &c, 1) == 1)
		s->reads++;
	rv_watch_remove(s->reader);
	rv_watch_remove(s->other);
	return 0;
}

static int on_usr1(void *ctx, int signo, struct rv_error *err)
{
	struct state *s = ctx;

	(void)err;
	s->signals += signo == SIGUSR1;
	return 0;
}

static int on_end(void *ctx, const struct rv_exit *end, struct rv_error *err)
{
	struct state *s = ctx;

	(void)err;
	s->ends += end->status == 7 && s->child.pid == -1;
	return 0;
}

static int on_late(void *ctx, struct rv_error *err)
{
	(void)ctx;
	return rv_fail(err, RV_CANCEL, "late");
}

static void test_loop(void)
{
	const char *const argv[] = {"sh", "-c", "exit 7", NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	struct state s = {.child = RV_CHILD_INIT};
	rv_autofree(rv_loop) struct rv_loop *loop = NULL;

	how.argv = argv;
	if (pipe(s.pipe_fds) < 0 || rv_loop_new(&loop, &e) < 0)
		return;
	s.loop = loop;
	s.other = rv_loop_timer(loop, 10, true, on_tick, &s);
	s.reader = rv_loop_fd(loop, s.pipe_fds[0], RV_READABLE, on_read, &s);
	tap_good(rv_loop_signal(loop, SIGUSR1, on_usr1, &s, &e), &e, "watch a signal");
	tap_good(rv_spawn_start(&how, &s.child, &e), &e, "a child");
	rv_loop_child(loop, &s.child, on_end, &s);
	tap_good(rv_loop_run(loop, &e), &e, "the loop ends when nothing is left");
	tap_ok(s.ticks >= 3 && s.reads == 1 && s.signals == 1 && s.ends == 1,
	    "%d ticks, %d reads, %d signals, %d ends", s.ticks, s.reads, s.signals, s.ends);
	rv_loop_timer(loop, 1, false, on_late, NULL);
	tap_int(rv_loop_run(loop, &e), -1, "a callback's error ends the run");
	tap_str(e.msg, "late", "and is the run's");
	close(s.pipe_fds[0]);
	close(s.pipe_fds[1]);
}

/* --- pool */

static int add_one(void *job, struct rv_error *err)
{
	(void)err;
	atomic_fetch_add((atomic_int *)job, 1);
	return 0;
}

static int break_it(void *job, struct rv_error *err)
{
	(void)job;
	return rv_fail(err, RV_FORMAT, "broken");
}

static void test_pool(void)
{
	rv_autofree(rv_pool) struct rv_pool *pool = NULL;
	atomic_int n = 0;

	tap_good(rv_pool_new(3, 4, &pool, &e), &e, "a pool");
	for (int i = 0; i < 1000; i++)
		rv_pool_add(pool, add_one, &n);
	tap_good(rv_pool_finish(pool, &e), &e, "finishes");
	tap_int(atomic_load(&n), 1000, "every job ran");
	rv_pool_add(pool, break_it, NULL);
	for (int i = 0; i < 100; i++)
		rv_pool_add(pool, add_one, &n);
	tap_int(rv_pool_finish(pool, &e), -1, "a failure is returned");
	tap_str(e.msg, "broken", "its text");
	rv_pool_add(pool, add_one, &n);
	tap_good(rv_pool_finish(pool, &e), &e, "the pool is used again");
}

int main(void)
{
	test_descriptors();
	test_run();
	test_failures();
	test_only_reads();
	test_die_with_parent();
	test_loop();
	test_pool();
	return tap_done();
}
