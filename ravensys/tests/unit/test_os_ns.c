/* SPDX-License-Identifier: ISC */
/* Cells, mounts and limits, as root and as an ordinary user. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/limit.h"
#include "os/mount.h"
#include "os/ns.h"
#include "tests/tap.h"

static struct rv_error e;
static char folder[] = "/tmp/test_os_ns.XXXXXX";
static int top = -1;
static const char *lower_name = "lower";

#define N_LAYERS 500

static const char *const no_env[] = {NULL};

struct plan {
	bool layers;
};

/*
 * tmpfs over the test's folder root/, an overlay of all layers at root/r, the host's system in it.
 */
static int prepare(void *ctx, const struct rv_ns_inside *inside, struct rv_error *err)
{
	const struct plan *plan = ctx;
	const struct rv_tmpfs tmpfs = {.max_bytes = 64 << 20, .mode = 0755};
	static const char *const folders[] = {
	    "upper", "work", "r", "upper/proc", "upper/dev", "upper/w"};
	rv_auto_fd here = -1, t = -1, upper = -1, work = -1, lower = -1, root = -1, dev = -1;
	static struct rv_layer layers[N_LAYERS];
	static char names[N_LAYERS][8];

	if (rv_mount_reopen(top, &here, err) < 0 ||
	    rv_mount_copy(here, lower_name, RV_MOUNT_READ_ONLY, inside->map_fd, &lower, err) < 0 ||
	    rv_mount_tmpfs(&tmpfs, here, "root", &t, err) < 0)
		return -1;
	for (size_t i = 0; i < RV_COUNT(folders); i++)
		if (rv_dir_make(t, folders[i], 0755, err) < 0 ||
		    rv_file_chown(t, folders[i], inside->owner, inside->owner, err) < 0)
			return -1;
	if (rv_dir_open(t, "upper", &upper, err) != 0 || rv_dir_open(t, "work", &work, err) != 0 ||
	    rv_dir_make(t, "lower", 0755, err) < 0 || rv_mount_attach(lower, t, "lower", err) < 0 ||
	    rv_mount_system_make(upper, err) < 0)
		return -1;
	for (int i = 0; i < N_LAYERS; i++) {
		snprintf(names[i], sizeof(names[i]), "%d", i);
		layers[i] = (struct rv_layer){.dirfd = lower, .name = names[i]};
	}
	const struct rv_overlay overlay = {.lower = layers,
	    .n_lower = plan->layers ? N_LAYERS : 1,
	    .upper_fd = upper,
	    .work_fd = work,
	    .as_user = inside->users == RV_NS_ONE_ID};
	if (rv_mount_overlay(&overlay, t, "r", &root, err) < 0 ||
	    rv_mount_system(root, inside->map_fd, err) < 0 ||
	    rv_mount_proc(root, "proc", err) < 0 || rv_dir_open(root, "dev", &dev, err) != 0 ||
	    rv_mount_devices_make(dev, err) < 0 || rv_mount_devices(dev, UINT32_MAX, err) < 0)
		return -1;
	return rv_mount_enter(root, err);
}

static void make_layers(void)
{
	char path[128];

	for (int i = 0; i < N_LAYERS; i++) {
		snprintf(path, sizeof(path), "%s/%d/raven", lower_name, i);
		if (rv_dir_make_path(top, path, 0755, &e) < 0)
			return;
		snprintf(path, sizeof(path), "%s/%d/raven/f%d", lower_name, i, i);
		if (rv_file_replace(top, path, 0644, RV_SPAN_LIT("text\n"), &e) < 0)
			return;
	}
}

/* The output of a shell script in the cell; NULL and *err on failure. */
static char *script(struct rv_ns *ns, const char *text, struct rv_exit *end)
{
	const char *const argv[] = {"sh", "-c", text, NULL};
	struct rv_ns_command command = RV_NS_COMMAND_INIT;
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1 << 20);
	rv_auto_fd file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int rc;

	command.argv = argv;
	command.env = no_env;
	command.stdout_fd = command.stderr_fd = file;
	if (rv_ns_run(ns, &command, &e) < 0)
		return NULL;
	do
		rc = rv_ns_wait(ns, 20000, end, NULL, &e);
	while (rc == RV_RUNNING);
	if (rc < 0 || lseek(file, 0, SEEK_SET) < 0 || rv_fd_read_all(file, "output", &out, &e) < 0)
		return NULL;
	while (out.n > 0 && out.p[out.n - 1] == '\n')
		rv_buf_cut(&out, out.n - 1);
	return rv_buf_take(&out);
}

static void says(struct rv_ns *ns, const char *text, const char *want, const char *what)
{
	struct rv_exit end;
	rv_auto(rv_str) char *got = script(ns, text, &end);

	tap_str(got ? got : e.msg, want, "%s", what);
}

static void check_common(struct rv_ns *ns)
{
	struct rv_exit end = {0};
	rv_auto_fd fd = -1;
	int64_t begin;

	says(ns, "hostname", "raven", "the host name is ours");
	says(ns, "cat /proc/net/dev | grep -c :", "1", "one network interface");
	says(ns, "set -- /proc/[0-9]*; echo $#", "2",
	    "the first process and the shell are all there is");
	says(ns, "ls -A /home /root /var /sys 2>&1 | grep -vc cannot", "0",
	    "nothing of the host's other folders");
	says(ns, "echo x > /dev/null && head -c 3 /dev/zero | wc -c", "3", "devices work");
	says(ns, "touch /usr/x 2>/dev/null; echo $?", "1", "the system is read-only");
	says(ns, "cat /raven/f0", "text", "a layer is there");
	rv_auto(rv_str) char *failed = script(ns, "exit 5", &end);
	tap_int(end.status, 5, "exit status");
	says(ns, "sleep 100 & (setsid sleep 100 &); echo left", "left",
	    "background processes are left");
	says(ns, "cat /proc/[0-9]*/comm | grep -c sleep", "0", "and are gone at the next command");
	says(ns, "mkdir -p /w/d && echo made > /w/d/f", "", "make a file");
	tap_good(rv_ns_open(ns, "/w/d", &fd, &e), &e, "open a folder of the cell");
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(100);
	tap_ok(rv_file_read(fd, "f", &b, &e) == 0 && strcmp(rv_buf_str(&b), "made\n") == 0,
	    "and read from outside");
	tap_int(rv_ns_open(ns, "/w/none", &fd, &e), RV_ABSENT, "a missing one");
	tap_ok(rv_ns_open(ns, "/proc/self/root/etc", &fd, &e) < 0, "not through a link");
	const char *const sleeper[] = {"sleep", "100", NULL}, *const none[] = {"none", NULL};
	struct rv_ns_command command = RV_NS_COMMAND_INIT;
	command.argv = none;
	command.env = no_env;
	tap_ok(rv_ns_run(ns, &command, &e) < 0 && e.sys == ENOENT, "a missing program: %s", e.msg);
	command.argv = sleeper;
	tap_good(rv_ns_run(ns, &command, &e), &e, "a long command");
	tap_int(rv_ns_wait(ns, 50, &end, NULL, &e), RV_RUNNING, "runs");
	begin = rv_clock_mono_ms();
	rv_ns_kill(ns);
	tap_good(rv_ns_wait(ns, 5000, &end, NULL, &e), &e, "and is killed");
	tap_ok(
	    end.signalled && end.status == 9 && rv_clock_mono_ms() - begin < 2000, "by signal 9");
}

static bool start(struct rv_ns *ns, enum rv_ns_users users, bool layers, struct rv_limit *limit)
{
	struct plan plan = {.layers = layers};
	struct rv_ns_spec spec = {.users = users,
	    .first_id = RV_NS_FIRST_ID,
	    .host_name = "raven",
	    .prepare = prepare,
	    .ctx = &plan,
	    .limit = limit};
	int64_t begin = rv_clock_mono_ms();
	int rc;

	spec.inside_id = users == RV_NS_PLAIN ? 1001 : 0;
	rc = rv_ns_start(&spec, ns, &e);
	if (rc == RV_NS_REFUSED) {
		tap_skip(1, "namespaces are refused here: %s", e.msg);
		return false;
	}
	tap_good(rc, &e, "a cell begins");
	printf("# in %lld ms\n", (long long)(rv_clock_mono_ms() - begin));
	return rc == 0;
}

static void test_range(void)
{
	struct rv_ns ns = RV_NS_INIT;
	struct rv_stat st;

	printf("# ids as a range, %d layers\n", N_LAYERS);
	if (!start(&ns, RV_NS_RANGE, true, NULL))
		return;
	check_common(&ns);
	says(&ns, "id -u", "0", "root inside");
	says(&ns, "stat -c '%u %g' /raven/f7 /usr/bin", "0 0\n0 0",
	    "owns the layers and the system");
	says(&ns,
	    "echo more >> /raven/f499 && rm /raven/f3 && chown 5:6 /raven/f4 && stat -c '%u %g' "
	    "/raven/f4",
	    "5 6", "may change them");
	says(&ns, "mount -t tmpfs x /raven 2>/dev/null; echo $?", "32", "but not mount");
	tap_ok(rv_file_stat(top, "lower/3/raven/f3", &st, &e) == 0, "outside nothing is removed");
	tap_ok(rv_file_stat(top, "lower/4/raven/f4", &st, &e) == 0 && st.uid == 0, "nor changed");
	tap_ok(
	    rv_file_stat(top, "lower/499/raven/f499", &st, &e) == 0 && st.size == 5, "nor written");
	rv_ns_stop(&ns);
}

static void test_plain(void)
{
	struct rv_ns ns = RV_NS_INIT;

	printf("# without a user namespace\n");
	if (!start(&ns, RV_NS_PLAIN, false, NULL))
		return;
	check_common(&ns);
	says(&ns, "id -u", "1879049193", "an unprivileged id");
	rv_ns_stop(&ns);
}

static void test_keeper_killed(void)
{
	struct rv_ns ns = RV_NS_INIT;
	int ends[2], pid = 0;
	uint64_t began = 0;

	if (pipe(ends) < 0)
		return;
	fflush(stdout);
	pid_t keeper = fork();
	if (keeper == 0) {
		struct plan plan = {0};
		struct rv_ns_spec spec = {.users = geteuid() == 0 ? RV_NS_RANGE : RV_NS_ONE_ID,
		    .first_id = RV_NS_FIRST_ID,
		    .prepare = prepare,
		    .ctx = &plan};
		const char *const argv[] = {"sleep", "100", NULL};
		struct rv_ns_command command = RV_NS_COMMAND_INIT;
		command.argv = argv;
		int rc = rv_ns_start(&spec, &ns, &e);
		if (rc == 0 && rv_ns_run(&ns, &command, &e) == 0)
			pid = ns.first.pid;
		if (write(ends[1], &pid, sizeof(pid)) < 0)
			_exit(1);
		pause();
	}
	tap_ok(read(ends[0], &pid, sizeof(pid)) == sizeof(pid), "a keeper");
	if (pid > 0 && rv_process_began(pid, &began, &e) == 0) {
		kill(keeper, SIGKILL);
		for (int i = 0; i < 200 && rv_process_began(pid, &began, &e) == 0; i++)
			usleep(10000);
		tap_int(rv_process_began(pid, &began, &e), RV_ABSENT, "its cell dies with it");
	} else {
		tap_skip(1, "no namespaces here");
	}
	kill(keeper, SIGKILL);
	waitpid(keeper, NULL, 0);
	close(ends[0]);
	close(ends[1]);
}

static void test_limits(void)
{
	const struct rv_limit_want want = {.memory_bytes = 64 << 20, .processes = 30};
	struct rv_limit limit = RV_LIMIT_INIT;
	struct rv_ns ns = RV_NS_INIT;
	struct rv_exit end = {0};
	rv_auto(rv_buf) struct rv_buf places = RV_BUF_INIT(10000);
	struct rv_span rest, line;

	tap_good(rv_limit_open("raven-test-os", &want, &limit, &e), &e, "a group");
	rv_limit_places("raven-test-os", &places);
	printf("# memory %d processes %d kill %d\n", limit.memory, limit.processes, limit.kill);
	if (limit.memory && limit.processes && start(&ns, RV_NS_RANGE, false, &limit)) {
		rv_auto(rv_str) char *a =
		    script(&ns, "head -c 200m /dev/zero | tail | wc -c", &end);
		tap_ok(rv_limit_was_hit(&limit), "more memory than allowed is noticed");
		rv_auto(rv_str) char *b =
		    script(&ns, "for i in $(seq 50); do sleep 5 & done; echo all", &end);
		tap_ok(!b || !strstr(b, "all"), "nor more processes");
		tap_ok(rv_limit_peak_bytes(&limit) > 32 << 20, "the peak is known");
	} else {
		tap_skip(3, "no control groups here");
	}
	rv_ns_stop(&ns);
	tap_good(rv_limit_close(&limit, &e), &e, "the group goes");
	rest = rv_buf_span(&places);
	while (rv_span_next(&rest, '\n', &line)) {
		rv_auto(rv_str) char *path = rv_span_dup(line);
		tap_int(rv_limit_remove_folder(path, &e), RV_ABSENT, "and left no folder");
	}
}

static void test_watched_sum(void)
{
	struct plan plan = {0};
	struct rv_ns_spec spec = {.users = RV_NS_ONE_ID,
	    .prepare = prepare,
	    .ctx = &plan,
	    .watch_memory_bytes = 100 << 20};
	const char *const argv[] = {"sh", "-c", "head -c 300m /dev/zero | (tail; sleep 20)", NULL};
	struct rv_ns_command command = RV_NS_COMMAND_INIT;
	struct rv_ns ns = RV_NS_INIT;
	struct rv_exit end = {0};
	bool memory = false;

	command.argv = argv;
	if (rv_ns_start(&spec, &ns, &e) != 0 || rv_ns_run(&ns, &command, &e) < 0) {
		tap_skip(1, "%s", e.msg);
		return;
	}
	while (rv_ns_wait(&ns, 10000, &end, &memory, &e) == RV_RUNNING)
		;
	tap_ok(memory, "the watched sum stops a command");
	rv_ns_stop(&ns);
}

static void test_one_id(void)
{
	struct rv_ns ns = RV_NS_INIT;

	printf("# as an ordinary user\n");
	if (!start(&ns, RV_NS_ONE_ID, true, NULL))
		return;
	check_common(&ns);
	says(&ns, "id -u", "0", "root inside");
	says(&ns, "echo more >> /raven/f499 && rm /raven/f3; echo $?", "0",
	    "may change the layers' files");
	rv_ns_stop(&ns);
}

static void test_exec(void)
{
	const char *const argv[] = {"sh", "-c",
	    "cat /raven/f1 && touch /tmp/x && test ! -e /work && test -x /usr/bin/env && exit 9",
	    NULL};
	struct rv_exit end = {0};
	rv_auto_fd raven = -1;
	int rc;

	if (rv_dir_open(top, "lower/1/raven", &raven, &e) != 0)
		return;
	fflush(stdout);
	rc = rv_ns_exec(raven, argv, no_env, &end, &e);
	if (rc == RV_NS_REFUSED)
		tap_skip(2, "namespaces are refused here");
	else {
		tap_good(rc, &e, "run a program of a root");
		tap_int(end.status, 9, "its status");
	}
}

/* A range that somebody has is refused: looked at with another /etc/subuid in a private view. */
static void test_range_taken(void)
{
	static const struct {
		uint32_t first;
		bool taken;
	} rows[] = {{100000, true}, {165535, true}, {34465, false}, {65536, true}, {165536, false},
	    {300000, true}};
	int status = 1;
	pid_t pid;

	if (geteuid() != 0 || access("/etc/subuid", F_OK) < 0 ||
	    rv_file_replace(top, "subuid", 0644,
		RV_SPAN_LIT("# x\njoe:100000:65536\nann:350000:1\n"), &e) < 0) {
		tap_skip(1, "no /etc/subuid to cover");
		return;
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int bad = 0;
		rv_auto_fd here = -1;
		if (unshare(CLONE_NEWNS) < 0 || rv_mount_private(&e) != 0 ||
		    rv_mount_reopen(top, &here, &e) < 0 ||
		    rv_mount_bind(here, "subuid", RV_CWD, "/etc/subuid", 0, &e) < 0)
			_exit(99);
		for (size_t i = 0; i < RV_COUNT(rows); i++)
			if ((rv_ns_range_check(rows[i].first, &e) < 0) !=
			    (rows[i].taken || rows[i].first < 65536))
				bad++;
		_exit(bad);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
		tap_skip(1, "no mount namespace here");
	else
		tap_int(status, 0, "ranges that somebody has are refused");
}

/* The same tests by a process that is nobody special. */
static void as_user(void)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0 ||
		    prctl(PR_SET_DUMPABLE, 1) < 0)
			_exit(1);
		lower_name = "user";
		make_layers();
		test_one_id();
		test_keeper_killed();
		test_exec();
		test_watched_sum();
		printf("# tests %d\n", tap_count_);
		fflush(stdout);
		_exit(tap_failed_ ? 100 : tap_count_);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 100)
		tap_count_ = WEXITSTATUS(status);
	else
		tap_failed_++;
}

int main(void)
{
	if (!mkdtemp(folder) || chmod(folder, 0755) < 0 || rv_dir_open_user(folder, &top, &e) < 0)
		return 1;
	make_layers();
	tap_ok(rv_dir_make(top, "root", 0755, &e) == 0, "a place for roots");
	if (geteuid() == 0 && rv_dir_make(top, "user", 0755, &e) == 0 &&
	    rv_file_chown(top, "user", 65534, 65534, &e) == 0)
		as_user();
	if (geteuid() == 0) {
		test_range();
		test_plain();
		test_limits();
		test_keeper_killed();
		test_exec();
	} else {
		test_one_id();
		test_exec();
	}
	test_range_taken();
	tap_good(rv_ns_range_check(RV_NS_FIRST_ID, &e), &e, "the usual range is free");
	tap_ok(rv_ns_range_check(0, &e) < 0, "not the host's own ids");
	rv_auto(rv_buf) struct rv_buf mounts = RV_BUF_INIT(10000);
	tap_good(rv_mount_list(folder, &mounts, &e), &e, "mounts outside");
	tap_str(rv_buf_str(&mounts), "", "there is none");
	tap_good(rv_tree_remove(RV_CWD, folder, &e), &e, "clean up");
	return tap_done();
}
