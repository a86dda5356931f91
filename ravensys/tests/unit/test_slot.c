/* SPDX-License-Identifier: ISC */
/*
 * Slots, as root with a range of ids, as root without user namespaces, and as an ordinary user. In
 * a plain chroot (tests/cli/slot-chroot.sh) the first of these turns into the second by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
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
#include "os/mount.h"
#include "os/ns.h"
#include "slot/slot.h"
#include "tests/tap.h"

static struct rv_error e;
static char folder[64];
static int top = -1;

static char *at(const char *name)
{
	return rv_strfmt("%s/%s", folder, name);
}

static void put(const char *path, const char *text)
{
	rv_auto(rv_str) char *parent = rv_strndup(path, (size_t)(strrchr(path, '/') - path));

	if (rv_dir_make_path(top, parent, 0755, &e) < 0 ||
	    rv_file_replace(top, path, 0644, rv_span_str(text), &e) < 0)
		printf("# %s\n", e.msg);
}

static void make_fixture(void)
{
	snprintf(folder, sizeof(folder), "/tmp/test_slot.XXXXXX");
	if (!mkdtemp(folder) || chmod(folder, 0755) < 0 || rv_dir_open_user(folder, &top, &e) != 0)
		exit(1);
	put("trees/a/raven/share/which", "a\n");
	put("trees/a/raven/share/a", "a\n");
	put("trees/b/raven/share/which", "b\n");
	put("trees/b/raven/share/b", "b\n");
	put("other/c/raven/share/c", "c\n");
	put("mk/sys.mk", "");
	put("mk/frame.mk", "WORD= framework\n");
	put("port/Makefile",
	    ".include \"/xports/Mk/frame.mk\"\n.if ${WORD:tu} == FRAMEWORK\nbuild:\n\t@echo "
	    "made ${WORD} ${EXTRA}\n.endif\n");
	put("port/secret", "for the owner\n");
	if (rv_file_chmod(top, "port/secret", 0600, &e) < 0 ||
	    (geteuid() == 0 && rv_file_chown(top, "mk", 65999, 0, &e) < 0))
		exit(1);
	put("distfiles/hello.tar", "tar\n");
	put("sl/x", "");
}

static const char *const env[] = {"PATH=/bin:/usr/bin", "HOME=/root", NULL};

/* What a script says in the slot; NULL when it could not be run. */
static char *output(struct rv_slot *slot, const struct rv_slot_phase *phase, const char *script,
    struct rv_slot_end *end)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1 << 20);
	rv_auto_fd log = open(folder, O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
	struct rv_slot_run how = {.phase = phase, .argv = argv, .env = env, .log_fd = log};
	const char *body;

	if (rv_slot_run(slot, &how, end, &e) < 0 || lseek(log, 0, SEEK_SET) < 0 ||
	    rv_fd_read_all(log, "log", &text, &e) < 0)
		return NULL;
	body = strstr(rv_buf_str(&text), "--  Phase: ");
	body = body ? strstr(body, "---\n") : NULL;
	while (text.n > 0 && text.p[text.n - 1] == '\n')
		rv_buf_cut(&text, text.n - 1);
	return rv_strdup(body ? body + 4 : rv_buf_str(&text));
}

static void says_in(
    struct rv_slot *slot, const char *phase, const char *script, const char *want, const char *what)
{
	struct rv_slot_end end;
	rv_auto(rv_str) char *got = output(slot, rv_slot_phase_find(phase), script, &end);

	tap_str(got ? got : e.msg, want, "%s", what);
}

static void says(struct rv_slot *slot, const char *script, const char *want, const char *what)
{
	says_in(slot, "build", script, want, what);
}

static void check_root(struct rv_slot *slot)
{
	says(slot, "/usr/bin/make -V MAKE_VERSION | grep -c '^20'", "1", "/usr/bin/make is bmake");
	says(slot, "make -V MAKE_VERSION | grep -c '^20'", "1", "so is make");
	says(slot, "gmake --version | head -n 1 | cut -c 1-8", "GNU Make", "gmake is GNU make");
	says(slot, "/usr/bin/make -m /xports/Mk -C /port build EXTRA=x", "made framework x",
	    "make runs in /port with the framework");
	says(slot, "cat /raven/share/which /raven/share/a /raven/share/b /raven/share/c",
	    "a\na\nb\nc", "trees are there, the first wins");
	says(slot, "cat /distfiles/hello.tar", "tar", "distfiles are there");
	says(slot,
	    "for f in /port/x /xports/Mk/x /distfiles/x /usr/x /usr/bin/x /etc/alternatives/x; do "
	    "touch $f 2>/dev/null && echo $f; done; true",
	    "", "what is the host's is read-only");
	says(slot,
	    "ls -A /home /usr/local /root /var/db /sys 2>/dev/null | grep -v :$ | grep .; true", "",
	    "nothing of the host's other folders");
	says(slot, "hostname; cat /proc/net/dev | grep -c :; cat /etc/resolv.conf", "raven\n1",
	    "host name, one interface, no resolver");
	says(slot, "set -- /proc/[0-9]*; echo $#", "2", "no processes but its own");
	says(slot,
	    "cd /construction && echo 'int main(void){return 0;}' >a.c && cc -o a a.c && ./a; echo "
	    "$?",
	    "0", "the host's compiler works");
	says(slot, "awk 'BEGIN{print 6*7}'", "42", "programs behind /etc/alternatives work");
	says(slot,
	    "echo x >/dev/null; ls -d /dev/ptmx /dev/shm /dev/fd/0; touch /dev/shm/x && echo shm",
	    "/dev/fd/0\n/dev/ptmx\n/dev/shm\nshm", "/dev works");
	says(slot,
	    "if command -v script >/dev/null; then script -qec 'tty' /dev/null | tr -d '\\r'; "
	    "else echo /dev/pts/0; fi",
	    "/dev/pts/0", "terminals can be had");
	says(slot, "env | grep ^PATH; ls /proc/self/fd | wc -l",
	    "PATH=/xports/bin:/bin:/usr/bin\n4", "environment and descriptors are those given");
	says(slot, "umask; ulimit -c", "0022\n0", "umask and core limit are fixed");
	says(slot, "test -t 0; echo $?; cat | wc -c", "1\n0", "no terminal, no input");
}

static void check_space(struct rv_slot *slot)
{
	says(slot,
	    "head -c 200000000 /dev/zero > /construction/big 2>/dev/null; echo $?; rm "
	    "/construction/big; "
	    "head -c 200000000 /dev/zero > /tmp/big 2>/dev/null; echo $?; rm /tmp/big",
	    "1\n1", "its space is limited");
}

static void check_handover(struct rv_slot *slot)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(100);
	rv_auto_fd stage = -1;

	says(slot, "mkdir -p /construction/p", "", "the builder makes a folder");
	says_in(slot, "stage",
	    "mkdir -p /construction/p/stage/bin && echo prog >/construction/p/stage/bin/prog "
	    "&& chmod 0555 /construction/p/stage/bin/prog; echo $?",
	    "0", "stage writes in it");
	tap_good(rv_slot_open(slot, "construction/p/stage", &stage, &e), &e,
	    "its folder comes out as a descriptor");
	tap_ok(rv_file_read(stage, "bin/prog", &text, &e) == 0 &&
		   strcmp(rv_buf_str(&text), "prog\n") == 0,
	    "what was staged is read through it");
}

static void check_ends(struct rv_slot *slot, bool memory)
{
	const struct rv_slot_phase short_one = {.name = "quick", .watchdog_ms = 150},
				   chatty = {
				       .name = "chatty", .watchdog_ms = 60000, .deadline_ms = 150};
	struct rv_slot_end end;
	int64_t begin = rv_clock_mono_ms();

	rv_auto(rv_str) char *a =
	    output(slot, rv_slot_phase_find("build"), "echo one; echo two; exit 4", &end);
	tap_ok(end.outcome == RV_SLOT_FAILED && strcmp(end.reason, "exit status 4") == 0,
	    "a failing phase: %s", end.reason);
	tap_str(
	    a ? a : e.msg, "one\ntwo\n\n=> phase build: exit status 4", "its end is in the log");
	rv_auto(rv_str) char *b = output(slot, &short_one, "sleep 100", &end);
	tap_ok(end.outcome == RV_SLOT_TIMEOUT && strstr(end.reason, "watchdog"),
	    "a silent phase is stopped: %s", end.reason);
	rv_auto(rv_str) char *c =
	    output(slot, &chatty, "while :; do echo x; sleep 0.1; done", &end);
	tap_ok(end.outcome == RV_SLOT_TIMEOUT && strstr(end.reason, "deadline"),
	    "an endless one too: %s", end.reason);
	printf("# stopped within %lld ms\n", (long long)(rv_clock_mono_ms() - begin));
	if (memory) {
		rv_auto(rv_str) char *d = output(slot, rv_slot_phase_find("build"),
		    "head -c 600m /dev/zero | tail | sleep 1", &end);
		tap_ok(strstr(end.reason, "memory limit") || (d && strstr(d, "Killed")),
		    "too much memory: %s", end.outcome ? end.reason : d);
	}
	says(slot, "echo still", "still", "the slot is usable afterwards");
}

static struct rv_slot *make(bool no_user_namespace, bool on_disk, struct rv_buf *notes)
{
	rv_auto(rv_str) char *dir = at("sl/SL01"), *a = at("trees/a"), *b = at("trees/b"),
			     *c = at("other/c"), *mk = at("mk"), *port = at("port"),
			     *distfiles = at("distfiles");
	const char *const trees[] = {a, b, c, NULL};
	const struct rv_slot_spec spec = {.dir = dir,
	    .first_id = RV_NS_FIRST_ID,
	    .trees = trees,
	    .mk = mk,
	    .port = port,
	    .distfiles = distfiles,
	    .make_conf = "X= y\n",
	    .space_bytes = 100 << 20,
	    .memory_bytes = 300 << 20,
	    .processes = 500,
	    .on_disk = on_disk,
	    .no_user_namespace = no_user_namespace};
	struct rv_slot *slot = NULL;

	tap_good(rv_slot_create(&spec, &slot, notes, &e), &e, "a slot is made");
	printf("# notes: %s\n", rv_buf_str(notes));
	return slot;
}

static void check_gone(const char *when)
{
	rv_auto(rv_buf) struct rv_buf left = RV_BUF_INIT(1 << 16);
	rv_auto(rv_str) char *base = at("sl");

	tap_good(rv_slot_leftovers(base, &left, &e), &e, "look for leftovers");
	tap_str(rv_buf_str(&left), "", "%s: nothing is left", when);
}

static void test_mode(const char *name, bool no_user_namespace, bool on_disk)
{
	rv_auto(rv_buf) struct rv_buf notes = RV_BUF_INIT(4096), text = RV_BUF_INIT(100);
	struct rv_slot *slot;
	bool range;

	printf("# --- %s\n", name);
	slot = make(no_user_namespace, on_disk, &notes);
	if (!slot)
		return;
	range = geteuid() == 0 && !strstr(rv_buf_str(&notes), "ids:");
	check_root(slot);
	if (range) {
		says(slot, "id -u", "1001", "phases run as the builder");
		says_in(slot, "stage", "id -u; stat -c %u /usr/bin /raven/share/a", "0\n0\n0",
		    "stage as root, who owns the system and the trees");
		says_in(slot, "stage",
		    "cd /raven/share && echo more >>b && rm c && chown 1:2 a && stat -c '%u %g' a",
		    "1 2", "trees can be changed");
		says(slot, "stat -c %u /port /xports/Mk; stat -c %u /distfiles; cat /port/secret",
		    "1001\n1001\n1001\nfor the owner",
		    "the builder owns and reads the inputs, as their owner outside");
		says(slot, "echo x 2>/dev/null >/raven/share/y || echo refused", "refused",
		    "but not by the builder");
	} else if (geteuid() == 0) {
		says_in(slot, "stage", "id -u", "1879049193", "everything runs as one id");
		says(slot, "cat /etc/shadow /proc/1/environ 2>/dev/null | wc -c", "0",
		    "which may not read what is root's");
	} else {
		says_in(slot, "stage", "id -u", "0", "everything runs as 0");
		says_in(slot, "stage", "cd /raven/share && echo more >>b && rm c; echo $?", "0",
		    "trees can be changed");
	}
	tap_ok(rv_file_read(top, "trees/b/raven/share/b", &text, &e) == 0 &&
		   strcmp(rv_buf_str(&text), "b\n") == 0,
	    "the tree on disk is unchanged");
	if (!on_disk)
		check_space(slot);
	check_handover(slot);
	check_ends(slot, !on_disk);
	tap_good(rv_slot_destroy(slot, &e), &e, "destroy");
	check_gone(name);
}

/* The owner is killed while a phase with background processes runs. */
static void test_killed(const char *name, bool no_user_namespace)
{
	rv_auto(rv_buf) struct rv_buf left = RV_BUF_INIT(1 << 16);
	rv_auto(rv_str) char *base = at("sl"), *marker = at("sl/x");
	char go;
	int ends[2];

	if (pipe(ends) < 0)
		return;
	fflush(stdout);
	pid_t owner = fork();
	if (owner == 0) {
		rv_auto(rv_buf) struct rv_buf notes = RV_BUF_INIT(4096);
		struct rv_slot_end end;
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		struct rv_slot *slot = make(no_user_namespace, false, &notes);
		if (write(ends[1], "x", 1) < 0 || !slot)
			_exit(1);
		rv_auto(rv_str) char *text = output(
		    slot, rv_slot_phase_find("build"), "(setsid sleep 1000 &); sleep 1000", &end);
		_exit(1);
	}
	tap_ok(read(ends[0], &go, 1) == 1, "an owner makes a slot");
	usleep(30000);
	kill(owner, SIGKILL);
	waitpid(owner, NULL, 0);
	tap_ok(rv_slot_leftovers(base, &left, &e) == 0 && strstr(rv_buf_str(&left), "folder"),
	    "it leaves something");
	tap_good(rv_slot_clean(base, &e), &e, "clean");
	check_gone(name);
	close(ends[0]);
	close(ends[1]);
}

/* Does any process of the machine have this word on its command line? */
static int look_at(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(1 << 20);
	char path[300];

	snprintf(path, sizeof(path), "%s/cmdline", entry->name);
	if (entry->name[0] < '1' || entry->name[0] > '9' ||
	    rv_file_read(dirfd, path, &text, err) != 0)
		return 0;
	for (size_t i = 0; i < text.n; i += strlen(text.p + i) + 1)
		if (strcmp(text.p + i, ctx) == 0)
			return 1;
	return 0;
}

/*
 * The owner is killed at every moment of making a slot and starting a phase: half a millisecond
 * apart.
 */
static void test_killed_anywhere(bool no_user_namespace)
{
	rv_auto(rv_buf) struct rv_buf left = RV_BUF_INIT(1 << 16);
	rv_auto(rv_str) char *base = at("sl"), *seconds = rv_strfmt("%d", 100000 + getpid());
	rv_auto(rv_str) char *script = rv_strfmt("(setsid sleep %s &); sleep %s", seconds, seconds);
	int bad = 0, found = 0, survived = 0, alive[2];

	for (int i = 0; i < 40; i++) {
		fflush(stdout);
		if (pipe2(alive, O_CLOEXEC) < 0) {
			tap_ok(false, "make a pipe");
			return;
		}
		pid_t owner = fork();
		if (owner == 0) {
			rv_auto(rv_buf) struct rv_buf notes = RV_BUF_INIT(4096);
			struct rv_slot_end end;
			struct rv_slot *slot = NULL;
			if (!freopen("/dev/null", "w", stdout) ||
			    !(slot = make(no_user_namespace, false, &notes)))
				_exit(1);
			rv_auto(rv_str) char *text =
			    output(slot, rv_slot_phase_find("build"), script, &end);
			_exit(1);
		}
		usleep((unsigned)i * 500);
		kill(owner, SIGKILL);
		waitpid(owner, NULL, 0);
		if (rv_slot_clean(base, &e) < 0 || rv_slot_leftovers(base, &left, &e) < 0 ||
		    left.n > 0) {
			printf("# killed after %d us: %s %s\n", i * 500, e.msg, rv_buf_str(&left));
			bad++;
		}
		found += rv_dir_each(RV_CWD, "/proc", look_at, seconds, &e) == 1;
		close(alive[1]);
		survived += poll(&(struct pollfd){.fd = alive[0], .events = POLLIN}, 1, 10000) != 1;
		close(alive[0]);
	}
	tap_int(survived, 0, "killed at any moment of its making: no half-made process stays");
	tap_int(bad, 0, "killed at any moment of its making: nothing is left after cleaning");
	tap_int(found, 0, "nor any process");
}

static void test_refusals(void)
{
	rv_auto(rv_str) char *dir = at("sl/SL02"), *nowhere = at("nowhere");
	const char *const trees[] = {nowhere, NULL};
	struct rv_slot_spec spec = {.dir = dir, .first_id = RV_NS_FIRST_ID, .port = nowhere};
	rv_auto(rv_buf) struct rv_buf notes = RV_BUF_INIT(4096);
	struct rv_slot *slot = NULL;

	tap_ok(rv_slot_create(&spec, &slot, &notes, &e) < 0, "a port folder that is not there: %s",
	    e.msg);
	spec.port = NULL;
	spec.trees = trees;
	tap_ok(rv_slot_create(&spec, &slot, &notes, &e) < 0, "a tree that is not there: %s", e.msg);
	if (geteuid() == 0) {
		spec.trees = NULL;
		spec.first_id = 0;
		tap_ok(
		    rv_slot_create(&spec, &slot, &notes, &e) < 0, "the host's own ids: %s", e.msg);
	}
	check_gone("refused");
}

static void all_tests(void)
{
	umask(022);
	make_fixture();
	/* a slot does not depend on the caller's umask */
	umask(077);
	if (geteuid() == 0) {
		test_mode("root", false, false);
		test_mode("root without user namespaces", true, false);
		test_mode("root, on disk", false, true);
		test_killed("root killed", false);
		test_killed("root without user namespaces killed", true);
		test_killed_anywhere(false);
		test_killed_anywhere(true);
	} else {
		test_mode("ordinary user", false, false);
		test_mode("ordinary user, on disk", false, true);
		test_killed("ordinary user killed", false);
		test_killed_anywhere(false);
	}
	test_refusals();
	tap_good(rv_tree_remove(RV_CWD, folder, &e), &e, "clean up");
	rv_fd_release(&top);
}

/* In a child that is nobody special; its count goes on here. */
static void as_user(void)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0 ||
		    prctl(PR_SET_DUMPABLE, 1) < 0)
			_exit(255);
		all_tests();
		_exit(tap_failed_ ? 255 : tap_count_);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 255)
		tap_count_ = WEXITSTATUS(status);
	else
		tap_failed_++;
}

/* User namespaces for an ordinary user: asked of the kernel by a cell that does nothing. */
static int nothing(void *ctx RV_UNUSED, const struct rv_ns_inside *inside RV_UNUSED,
    struct rv_error *err RV_UNUSED)
{
	return 0;
}

static bool user_can(void)
{
	const struct rv_ns_spec spec = {.users = RV_NS_ONE_ID, .prepare = nothing};
	struct rv_ns ns = RV_NS_INIT;
	bool can = rv_ns_start(&spec, &ns, &e) == 0;

	rv_ns_stop(&ns);
	return can;
}

int main(void)
{
	if (geteuid() == 0 && user_can())
		as_user();
	if (geteuid() == 0 || user_can())
		all_tests();
	else
		tap_skip(1, "no namespaces here");
	return tap_done();
}
