/* SPDX-License-Identifier: ISC */
/* Clock, randomness, machine facts and locks. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/lock.h"
#include "tests/tap.h"

static struct rv_error e;

static void test_clock(void)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2020-01-01T00:00:00Z", 1577836800},
	    {"2026-11-24T05:38:00Z", 1795498680},
	    {"2024-02-29T23:59:59Z", 1709251199},
	};
	static const char *const bad[] = {"", "2026-11-24T05:38:00", "2026-02-30T00:00:00Z",
	    "2026-13-01T00:00:00Z", "2026-11-24 05:38:00Z", "2026-11-24T24:00:00Z",
	    "+026-11-24T05:38:00Z", "2026-11-24T05:38:00ZZ", "2023-02-29T00:00:00Z"};
	char text[RV_CLOCK_ISO_BYTES];
	int64_t t;

	for (size_t i = 0; i < RV_COUNT(good); i++) {
		rv_clock_iso(good[i].seconds, text);
		tap_str(text, good[i].text, "date %zu is written", i);
		tap_ok(rv_clock_parse_iso(good[i].text, &t) && t == good[i].seconds, "and read");
	}
	for (size_t i = 0; i < RV_COUNT(bad); i++)
		tap_ok(!rv_clock_parse_iso(bad[i], &t), "'%s' is refused", bad[i]);
	setenv("RV_TEST_NOW", "1234567890", 1);
	tap_int(rv_clock_now_s(), 1234567890, "a test pins the clock");
	unsetenv("RV_TEST_NOW");
	tap_ok(rv_clock_now_s() > 1700000000, "else it is now");
}

static void test_machine(void)
{
	unsigned char a[32] = {0}, b[32] = {0};
	struct rv_uname u;

	tap_ok(rv_random_bytes(a, 32, &e) == 0 && rv_random_bytes(b, 32, &e) == 0, "random bytes");
	tap_ok(memcmp(a, b, 32) != 0, "differ");
	tap_ok(rv_cpu_count() >= 1, "processors");
	tap_ok(rv_memory_bytes() > 1 << 20, "memory");
	tap_ok(rv_load5() >= 0, "load");
	rv_uname(&u);
	tap_ok(strcmp(u.system, "unknown") != 0, "system %s", u.system);
	tap_ok(strcmp(u.machine, "unknown") != 0, "processor %s", u.machine);
}

static void test_lock(int top)
{
	struct rv_lock mine = RV_LOCK_INIT, other = RV_LOCK_INIT;
	int status, pipe_fd[2];
	char go;

	tap_good(rv_lock_take(&mine, top, "lock", "test one", 0, &e), &e, "take a lock");
	tap_int(rv_lock_take(&other, top, "lock", "test two", 50, &e), -1, "not twice");
	tap_int(e.code, RV_BUSY, "busy");
	tap_ok(strstr(e.msg, "test one") != NULL, "says who: %s", e.msg);
	rv_lock_release(&mine);
	tap_good(rv_lock_take(&other, top, "lock", "test two", 0, &e), &e, "released: free");
	rv_lock_release(&other);
	if (pipe(pipe_fd) < 0)
		return;
	pid_t pid = fork();
	if (pid == 0) {
		int rc = rv_lock_take(&mine, top, "lock", "child", 0, &e);
		if (write(pipe_fd[1], "x", 1) < 0 || rc < 0)
			_exit(1);
		pause();
		_exit(0);
	}
	tap_ok(read(pipe_fd[0], &go, 1) == 1, "another process takes it");
	tap_int(rv_lock_take(&other, top, "lock", "me", 0, &e), -1, "busy then");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	tap_good(
	    rv_lock_take(&other, top, "lock", "me", -1, &e), &e, "a dead process blocks nobody");
	rv_lock_release(&other);
	rv_lock_release(&other);
}

int main(void)
{
	char folder[] = "/tmp/test_os_misc.XXXXXX";
	rv_auto_fd top = -1;

	if (!mkdtemp(folder) || rv_dir_open_user(folder, &top, &e) < 0)
		return 1;
	test_clock();
	test_machine();
	test_lock(top);
	tap_good(rv_tree_remove(RV_CWD, folder, &e), &e, "clean up");
	return tap_done();
}
