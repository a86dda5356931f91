/* SPDX-License-Identifier: ISC */
/*
 * Cells seen from their keeper. As root the mount, process and network namespaces belong to the
 * host's root, and only the user namespace is entered afterwards: so nothing inside has any right
 * over the mounts.
 */
#include "os/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/internal.h"
#include "os/mount.h"
#include "os/ns_internal.h"

struct start {
	const struct rv_ns_spec *spec;
	int map_fd, swap_fds[RV_NS_SWAPS], control_fd;
	int keeper_fd; /* the keeper's end of control_fd */
	struct rv_user user;
	pid_t parent;
};

/* --- inside, before serving */

static void ignore_signals(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
	struct sigaction ignore = {.sa_handler = SIG_IGN}, normal = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &normal, NULL);
	for (size_t i = 0; i < RV_COUNT(signals); i++)
		sigaction(signals[i], &ignore, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int wait_go(int control_fd, struct rv_error *err)
{
	struct rv_ns_message m;
	int rc;

	rv_ns_message_init(&m);
	rc = rv_ns_receive(control_fd, &m);
	if (rc == 0 && m.head.op != RV_NS_OP_GO)
		rc = 1;
	rv_ns_message_release(&m);
	return rc == 0 ? 0 : rv_fail(err, RV_CANCEL, "the keeper of the cell went away");
}

static int set_process_limit(uint64_t n, struct rv_error *err)
{
	struct rlimit limit = {.rlim_cur = n, .rlim_max = n};

	if (n && setrlimit(RLIMIT_NPROC, &limit) < 0)
		return rv_fail_sys(err, "limit the number of processes");
	return 0;
}

static int arrange(const struct start *s, struct rv_error *err)
{
	const struct rv_ns_spec *spec = s->spec;
	struct rv_ns_inside inside = {.map_fd = s->map_fd, .users = spec->users};
	int rc;

	memcpy(inside.swap_fds, s->swap_fds, sizeof(inside.swap_fds));
	if (spec->users == RV_NS_RANGE)
		inside.owner = spec->first_id;
	else if (spec->users == RV_NS_PLAIN)
		inside.owner = spec->first_id + spec->inside_id;
	else
		inside.owner = spec->users == RV_NS_ONE_ID ? spec->inside_id : s->user.uid;
	rc = rv_mount_private(err);
	if (rc < 0)
		return -1;
	inside.shared = rc == RV_MOUNT_SHARED;
	if (!spec->host_network && rv_ns_loopback_up(err) < 0)
		return -1;
	if (spec->host_name && sethostname(spec->host_name, strlen(spec->host_name)) < 0)
		return rv_fail_sys(err, "set the host name");
	return spec->prepare(spec->ctx, &inside, err);
}

/* The control socket gets number 0: then everything from 1 on can go at once. */
static int keep_only_control(int control_fd)
{
	int fd = fcntl(control_fd, F_DUPFD_CLOEXEC, 3);

	if (fd < 0)
		return -1;
	if (fd != 3) {
		if (dup3(fd, 3, O_CLOEXEC) < 0)
			return -1;
	}
	(void)syscall(SYS_close_range, 4, ~0U, 0);
	for (int i = 0; i < 3; i++)
		close(i);
	/* nothing of ours may ever land on 0-2 */
	if (open("/dev/null", O_RDWR) != 0 || dup(0) != 1 || dup(0) != 2)
		return -1;
	return 3;
}

static int become_first(const struct start *s, struct rv_error *err)
{
	int fd;

	if (s->spec->users == RV_NS_ONE_ID &&
	    rv_ns_map_one(s->spec->inside_id, s->user.uid, s->user.gid, err) < 0)
		return -1;
	if (wait_go(s->control_fd, err) < 0 || arrange(s, err) < 0)
		return -1;
	if (set_process_limit(s->spec->max_processes, err) < 0)
		return -1;
	if (rv_ns_drop(s->spec, s->map_fd) < 0)
		return rv_fail_sys(err, "give up rights");
	/* a change of ids undoes the tie */
	if (rv_os_child_die_with((int)s->parent) < 0)
		return rv_fail_sys(err, "tie the cell to its keeper");
	fd = keep_only_control(s->control_fd);
	if (fd < 0)
		return rv_fail_sys(err, "arrange descriptors");
	return fd;
}

static RV_NORETURN void first_process(const struct start *s)
{
	struct rv_error err = RV_ERROR_INIT;
	int fd;

	/* a keeper that died before the tie below is noticed by the end of the socket alone */
	close(s->keeper_fd);
	ignore_signals();
	/* what is made inside does not depend on the caller */
	umask(022);
	fd = rv_os_child_die_with((int)s->parent) < 0 ? -1 : become_first(s, &err);
	if (fd < 0) {
		(void)rv_ns_send_error(s->control_fd, &err);
		_exit(1);
	}
	rv_ns_serve(fd, s->spec);
}

/* --- outside */

static bool is_refusal(int sys)
{
	return sys == EPERM || sys == EINVAL || sys == ENOSYS || sys == ENOSPC || sys == EUSERS;
}

static int make_first(struct start *s, int *pidfd, struct rv_error *err)
{
	struct clone_args args = {
	    .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_PIDFD,
	    .exit_signal = SIGCHLD,
	    .pidfd = (uint64_t)(uintptr_t)pidfd,
	};
	pid_t pid;

	if (!s->spec->host_network)
		args.flags |= CLONE_NEWNET;
	if (s->spec->users == RV_NS_ONE_ID)
		args.flags |= CLONE_NEWUSER;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		first_process(s);
	if (pid > 0)
		return (int)pid;
	(void)rv_fail_sys(err, "make namespaces");
	return is_refusal(errno) ? 0 : -1;
}

static int send_op(int fd, enum rv_ns_op op, struct rv_error *err)
{
	struct rv_ns_message m;
	int rc;

	rv_ns_message_init(&m);
	m.head.op = op;
	rc = rv_ns_send(fd, &m);
	rv_ns_message_release(&m);
	return rc < 0 ? rv_fail_sys(err, "talk to the cell") : 0;
}

static int to_error(const struct rv_ns_message *m, struct rv_error *err)
{
	(void)rv_fail(err, (enum rv_code)m->head.code, "%s", rv_buf_str(&m->text));
	if (err)
		err->sys = (int)m->head.sys;
	return -1;
}

/* An answer to a request; the end of a command may come before it and is kept. */
static int get_answer(struct rv_ns *ns, struct rv_ns_message *m, struct rv_error *err)
{
	for (;;) {
		int rc = rv_ns_receive(ns->control_fd, m);

		if (rc < 0)
			return rv_fail_sys(err, "listen to the cell");
		if (rc > 0)
			return rv_fail(err, RV_SYS, "the cell died");
		if (m->head.op == RV_NS_OP_FAILED)
			return to_error(m, err);
		if (m->head.op != RV_NS_OP_ENDED)
			return 0;
		ns->ended = true;
		ns->running = false;
		ns->end =
		    (struct rv_exit){.signalled = m->head.signalled, .status = (int)m->head.status};
		ns->memory = m->head.memory;
		return RV_NS_OP_ENDED;
	}
}

static int ask(struct rv_ns *ns, struct rv_ns_message *m, struct rv_error *err)
{
	int rc;

	if (m && rv_ns_send(ns->control_fd, m) < 0)
		return rv_fail_sys(err, "talk to the cell");
	do
		rc = get_answer(ns, m, err);
	while (rc == RV_NS_OP_ENDED);
	return rc;
}

static int wait_ready(const struct rv_ns_spec *spec, struct rv_ns *ns, struct rv_error *err)
{
	struct rv_ns_message m;
	int rc;

	if (spec->limit && rv_limit_enter(spec->limit, (int)ns->first.pid, err) < 0)
		return -1;
	if (send_op(ns->control_fd, RV_NS_OP_GO, err) < 0)
		return -1;
	rv_ns_message_init(&m);
	rc = get_answer(ns, &m, err);
	if (rc == 0 && m.head.op != RV_NS_OP_READY)
		rc = rv_fail(err, RV_BUG, "the cell said %u", m.head.op);
	rv_ns_message_release(&m);
	return rc;
}

static int start_with(struct start *s, struct rv_ns *out, struct rv_error *err)
{
	int ends[2], pid, pidfd = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return rv_fail_sys(err, "make a socket pair");
	out->control_fd = s->keeper_fd = ends[0];
	s->control_fd = ends[1];
	pid = make_first(s, &pidfd, err);
	rv_fd_release(&s->control_fd);
	if (pid <= 0) {
		rv_fd_release(&out->control_fd);
		return pid == 0 ? RV_NS_REFUSED : -1;
	}
	out->first = (struct rv_child){.pid = pid, .fd = pidfd};
	if (wait_ready(s->spec, out, err) < 0) {
		rv_ns_stop(out);
		return -1;
	}
	return 0;
}

static int open_maps(struct start *s, struct rv_error *err)
{
	const struct rv_ns_spec *spec = s->spec;
	int rc = rv_ns_range_open(spec->first_id, NULL, &s->map_fd, err);

	for (unsigned i = 0; i < spec->n_swaps && i < RV_NS_SWAPS && rc == 0; i++)
		rc = rv_ns_range_open(spec->first_id, &spec->swaps[i], &s->swap_fds[i], err);
	return rc;
}

int rv_ns_start(const struct rv_ns_spec *spec, struct rv_ns *out, struct rv_error *err)
{
	struct start s = {.spec = spec,
	    .map_fd = -1,
	    .swap_fds = {-1, -1, -1, -1},
	    .control_fd = -1,
	    .keeper_fd = -1,
	    .parent = getpid()};
	int rc = 0;

	*out = RV_NS_INIT;
	s.user = rv_user_self();
	if (spec->users == RV_NS_RANGE)
		rc = open_maps(&s, err);
	if (rc == 0)
		rc = start_with(&s, out, err);
	rv_fd_release(&s.map_fd);
	for (unsigned i = 0; i < RV_NS_SWAPS; i++)
		rv_fd_release(&s.swap_fds[i]);
	return rc;
}

static uint32_t add_strings(struct rv_buf *to, const char *const *strings)
{
	uint32_t n = 0;

	for (; strings && strings[n]; n++)
		rv_buf_add(to, strings[n], strlen(strings[n]) + 1);
	return n;
}

static void fill_request(struct rv_ns_message *m, const struct rv_ns_command *c)
{
	const int files[RV_NS_FDS] = {c->stdin_fd, c->stdout_fd, c->stderr_fd};
	const char *cwd = c->cwd ? c->cwd : "/";

	m->head = (struct rv_ns_head){.op = RV_NS_OP_RUN,
	    .set_user = c->set_user,
	    .uid = c->uid,
	    .gid = c->gid,
	    .core_bytes = c->limit_core_bytes};
	for (unsigned i = 0; i < RV_NS_FDS; i++) {
		if (files[i] < 0)
			continue;
		m->fds[m->n_fds++] = files[i];
		m->head.has_files |= 1U << i;
	}
	rv_buf_add(&m->text, cwd, strlen(cwd) + 1);
	m->head.n_argv = add_strings(&m->text, c->argv);
	m->head.n_env = add_strings(&m->text, c->env);
}

int rv_ns_run(struct rv_ns *ns, const struct rv_ns_command *command, struct rv_error *err)
{
	struct rv_ns_message m;
	int rc;

	if (ns->running)
		return rv_fail(err, RV_BUG, "the cell runs a command already");
	rv_ns_message_init(&m);
	fill_request(&m, command);
	ns->ended = false;
	rc = rv_buf_check(&m.text, "command and environment", err);
	if (rc == 0 && rv_ns_send(ns->control_fd, &m) < 0)
		rc = rv_fail_sys(err, "talk to the cell");
	/* the descriptors are the caller's */
	m.n_fds = 0;
	for (unsigned i = 0; i < RV_NS_FDS; i++)
		m.fds[i] = -1;
	if (rc == 0)
		rc = get_answer(ns, &m, err);
	if (rc == 0)
		ns->running = true;
	rv_ns_message_release(&m);
	return rc < 0 ? rc : 0;
}

int rv_ns_wait(struct rv_ns *ns, int64_t timeout_ms, struct rv_exit *out, bool *out_memory,
    struct rv_error *err)
{
	struct pollfd p = {.fd = ns->control_fd, .events = POLLIN};
	struct rv_ns_message m;
	int rc = 0;

	if (!ns->running && !ns->ended)
		return rv_fail(err, RV_BUG, "the cell runs no command");
	if (!ns->ended) {
		rc = poll(&p, 1, timeout_ms < 0 || timeout_ms > 1 << 30 ? -1 : (int)timeout_ms);
		if (rc == 0 || (rc < 0 && errno == EINTR))
			return RV_RUNNING;
		rv_ns_message_init(&m);
		rc = rc < 0 ? rv_fail_sys(err, "wait for the cell") : get_answer(ns, &m, err);
		rv_ns_message_release(&m);
	}
	if (rc < 0)
		return -1;
	if (!ns->ended)
		return RV_RUNNING;
	ns->ended = false;
	*out = ns->end;
	if (out_memory)
		*out_memory = ns->memory;
	return 0;
}

void rv_ns_kill(struct rv_ns *ns)
{
	if (send_op(ns->control_fd, RV_NS_OP_KILL, NULL) < 0)
		rv_child_kill(&ns->first);
}

void rv_ns_signal(struct rv_ns *ns, int signo)
{
	struct rv_ns_message m;

	rv_ns_message_init(&m);
	m.head = (struct rv_ns_head){.op = RV_NS_OP_SIGNAL, .status = (uint32_t)signo};
	/* a cell that is gone has nobody to tell */
	if (rv_ns_send(ns->control_fd, &m) < 0)
		rv_child_kill(&ns->first);
	rv_ns_message_release(&m);
}

int rv_ns_open(struct rv_ns *ns, const char *path, int *out_fd, struct rv_error *err)
{
	struct rv_ns_message m;
	int rc;

	rv_ns_message_init(&m);
	m.head.op = RV_NS_OP_OPEN;
	rv_buf_add_str(&m.text, path);
	rc = ask(ns, &m, err);
	if (rc == 0 && m.head.op == RV_NS_OP_ABSENT)
		rc = RV_ABSENT;
	else if (rc == 0 && m.n_fds == 1)
		*out_fd = rv_take_fd(&m.fds[0]);
	else if (rc == 0)
		rc = rv_fail(err, RV_BUG, "the cell sent no descriptor");
	rv_ns_message_release(&m);
	return rc;
}

void rv_ns_stop(struct rv_ns *ns)
{
	rv_fd_release(&ns->control_fd);
	rv_child_release(&ns->first);
	*ns = RV_NS_INIT;
}
