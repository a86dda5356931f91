/* SPDX-License-Identifier: ISC */
/*
 * The first process of a cell. It serves one command at a time; when the command ends, whatever
 * else runs in the cell is killed. It is also everybody's last parent, so it reaps.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ns_internal.h"

struct cell {
	int control_fd;
	const struct rv_ns_spec *spec;
	struct rv_child command;
	bool over_memory;
	int64_t look_ms;
};

#define TICK_MS 200
#define LOOK_MS 500

static void answer(struct cell *c, const struct rv_ns_head *head)
{
	struct rv_ns_message m;

	rv_ns_message_init(&m);
	m.head = *head;
	/* the keeper is gone: nothing inside may outlive it */
	if (rv_ns_send(c->control_fd, &m) < 0)
		_exit(0);
	rv_ns_message_release(&m);
}

static void answer_error(struct cell *c, const struct rv_error *err)
{
	if (rv_ns_send_error(c->control_fd, err) < 0)
		_exit(0);
}

/* --- run */

typedef rv_vec(const char *) strings;

static bool take_strings(struct rv_span *rest, uint32_t n, strings *out)
{
	for (uint32_t i = 0; i < n; i++) {
		size_t len = rv_span_find(*rest, '\0');

		if (len == rest->n)
			return false;
		rv_vec_push(out, rest->p);
		*rest = rv_span_from(*rest, len + 1);
	}
	rv_vec_push(out, NULL);
	return true;
}

static const char *search_path(const char *const *env)
{
	for (; *env; env++)
		if (strncmp(*env, "PATH=", 5) == 0)
			return *env + 5;
	return "/raven/bin:/raven/sbin:/usr/bin:/bin";
}

static int start(struct cell *c, struct rv_ns_message *m, const char *cwd, struct rv_spawn *how,
    struct rv_error *err)
{
	rv_auto_fd cwd_fd = open(cwd, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int *files[RV_NS_FDS] = {&how->stdin_fd, &how->stdout_fd, &how->stderr_fd};
	unsigned next = 0;

	if (cwd_fd < 0)
		return rv_fail_sys(err, "enter '%s'", cwd);
	for (unsigned i = 0; i < RV_NS_FDS; i++)
		if (m->head.has_files & (1U << i) && next < m->n_fds)
			*files[i] = m->fds[next++];
	how->cwd_fd = cwd_fd;
	how->set_user = m->head.set_user;
	how->uid = m->head.uid;
	how->gid = m->head.gid;
	how->limit_core_bytes = m->head.core_bytes;
	how->new_session = !c->spec->keep_session;
	how->same_group = c->spec->keep_session;
	return rv_spawn_start(how, &c->command, err);
}

static void run(struct cell *c, struct rv_ns_message *m)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_spawn how = RV_SPAWN_INIT;
	struct rv_span rest = rv_buf_span(&m->text);
	strings cwd = {0}, argv = {0}, env = {0};
	int rc = -1;

	if (c->command.pid > 0)
		(void)rv_fail(&err, RV_BUG, "a command runs already");
	else if (!take_strings(&rest, 1, &cwd) || !take_strings(&rest, m->head.n_argv, &argv) ||
		 !take_strings(&rest, m->head.n_env, &env) || m->head.n_argv == 0)
		(void)rv_fail(&err, RV_BUG, "a request that is none");
	else {
		how.argv = argv.v;
		how.env = env.v;
		how.path = search_path(env.v);
		c->over_memory = false;
		rc = start(c, m, cwd.v[0], &how, &err);
	}
	rv_vec_release(&cwd);
	rv_vec_release(&argv);
	rv_vec_release(&env);
	if (rc < 0)
		answer_error(c, &err);
	else
		answer(c, &(struct rv_ns_head){.op = RV_NS_OP_STARTED});
}

/* --- the end of a command */

static void reap_all(void)
{
	for (;;)
		if (waitpid(-1, NULL, 0) < 0 && errno != EINTR)
			return;
}

static void command_ended(struct cell *c, const struct rv_exit *end)
{
	/* -1: everybody in this process namespace but ourselves */
	kill(-1, SIGKILL);
	reap_all();
	answer(c, &(struct rv_ns_head){.op = RV_NS_OP_ENDED,
		      .signalled = end->signalled,
		      .status = (uint32_t)end->status,
		      .memory = c->over_memory});
}

/* Orphans are reaped as they come; the command itself is left to rv_spawn_poll. */
static void reap(struct cell *c)
{
	struct rv_exit end;
	siginfo_t who;

	for (;;) {
		who.si_pid = 0;
		if (waitid(P_ALL, 0, &who, WEXITED | WNOHANG | WNOWAIT) < 0 || who.si_pid == 0)
			return;
		if (who.si_pid != c->command.pid) {
			waitpid(who.si_pid, NULL, WNOHANG);
			continue;
		}
		if (rv_spawn_poll(&c->command, &end, NULL) == 0)
			command_ended(c, &end);
	}
}

/* --- the watched sum of memory, where no control group counts it */

static uint64_t resident_bytes(const char *pid)
{
	char path[64], text[128];
	rv_auto_fd fd = -1;
	ssize_t n;
	char *at;

	snprintf(path, sizeof(path), "/proc/%.20s/statm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (n = read(fd, text, sizeof(text) - 1)) <= 0)
		return 0;
	text[n] = '\0';
	/* resident minus shared: what is counted once for each process */
	(void)strtoull(text, &at, 10);
	unsigned long long resident = strtoull(at, &at, 10), shared = strtoull(at, &at, 10);
	return (resident > shared ? resident - shared : 0) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Where /proc is the host's (rv_mount_proc), the processes there are not the cell's. */
static bool proc_is_ours(void)
{
	char text[16] = "";

	return readlink("/proc/self", text, sizeof(text) - 1) == 1 && text[0] == '1';
}

static void watch_memory(struct cell *c)
{
	int64_t now = rv_clock_mono_ms();
	const struct dirent *d;
	uint64_t sum = 0;
	DIR *proc;

	if (c->spec->watch_memory_bytes == 0 || c->command.pid <= 0 || now < c->look_ms)
		return;
	c->look_ms = now + LOOK_MS;
	proc = proc_is_ours() ? opendir("/proc") : NULL;
	if (!proc)
		return;
	while ((d = readdir(proc)))
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9')
			sum += resident_bytes(d->d_name);
	closedir(proc);
	if (sum > c->spec->watch_memory_bytes) {
		c->over_memory = true;
		kill(-1, SIGKILL);
	}
}

/* --- open */

static void open_path(struct cell *c, const char *path)
{
	struct rv_error err = RV_ERROR_INIT;
	rv_auto_fd top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct rv_ns_message m;
	int rc;

	rv_ns_message_init(&m);
	m.head.op = RV_NS_OP_FILE;
	rc = rv_file_open_beneath(top, path + strspn(path, "/"), O_RDONLY, 0, &m.fds[0], &err);
	m.n_fds = 1;
	if (rc < 0)
		answer_error(c, &err);
	else if (rc == RV_ABSENT)
		answer(c, &(struct rv_ns_head){.op = RV_NS_OP_ABSENT});
	else if (rv_ns_send(c->control_fd, &m) < 0)
		_exit(0);
	rv_ns_message_release(&m);
}

static void serve_one(struct cell *c)
{
	struct rv_ns_message m;

	rv_ns_message_init(&m);
	if (rv_ns_receive(c->control_fd, &m) != 0)
		_exit(0);
	if (m.head.op == RV_NS_OP_RUN)
		run(c, &m);
	else if (m.head.op == RV_NS_OP_KILL && c->command.pid > 0)
		kill(-1, SIGKILL);
	else if (m.head.op == RV_NS_OP_SIGNAL && c->command.pid > 0)
		kill((pid_t)c->command.pid, (int)m.head.status);
	else if (m.head.op == RV_NS_OP_OPEN)
		open_path(c, rv_buf_str(&m.text));
	rv_ns_message_release(&m);
}

void rv_ns_serve(int control_fd, const struct rv_ns_spec *spec)
{
	struct cell c = {.control_fd = control_fd, .spec = spec, .command = RV_CHILD_INIT};
	struct pollfd p[2];

	answer(&c, &(struct rv_ns_head){.op = RV_NS_OP_READY});
	for (;;) {
		p[0] = (struct pollfd){.fd = control_fd, .events = POLLIN};
		p[1] = (struct pollfd){.fd = c.command.fd, .events = POLLIN};
		(void)poll(p, 2, c.command.pid > 0 ? TICK_MS : -1);
		reap(&c);
		watch_memory(&c);
		if (p[0].revents)
			serve_one(&c);
	}
}
