/* SPDX-License-Identifier: ISC */
/*
 * Making children. Everything that allocates happens before the fork; between fork and exec only
 * async-signal-safe calls are made, for a caller may have threads. A failure there comes back over
 * a close-on-exec pipe.
 */
#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"
#include "os/internal.h"

enum step {
	STEP_FILES,
	STEP_FOLDER,
	STEP_LIMITS,
	STEP_USER,
	STEP_PARENT,
	STEP_PREPARE,
	STEP_READS,
	STEP_EXEC,
};

static const char *const step_names[] = {
    [STEP_FILES] = "arrange descriptors",
    [STEP_FOLDER] = "enter its folder",
    [STEP_LIMITS] = "set limits",
    [STEP_READS] = "let it only read",
    [STEP_USER] = "change user",
    [STEP_PARENT] = "tie to the parent",
    [STEP_PREPARE] = "prepare",
    [STEP_EXEC] = "run",
};

struct report {
	enum step step;
	int sys;
};

/* What the child needs, made before the fork. */
struct plan {
	const struct rv_spawn *how;
	rv_vec(char *) programs; /* candidates for exec, in order */
	rv_vec(int) from;	 /* descriptor number i comes from from[i] */
	int report_fd, null_fd;
	pid_t parent;
};

static void plan_release(struct plan *p)
{
	rv_vec_each (&p->programs, it)
		free(*it);
	rv_vec_release(&p->programs);
	rv_vec_release(&p->from);
	rv_fd_release(&p->report_fd);
	rv_fd_release(&p->null_fd);
}

static void plan_programs(struct plan *p)
{
	const char *name = p->how->argv[0];
	struct rv_span rest = rv_span_str(p->how->path ? p->how->path : "/usr/bin:/bin"), dir;

	if (strchr(name, '/')) {
		rv_vec_push(&p->programs, rv_strdup(name));
		return;
	}
	while (rv_span_next(&rest, ':', &dir))
		if (dir.n > 0)
			rv_vec_push(&p->programs, rv_strfmt("%.*s/%s", RV_SPAN_ARG(dir), name));
}

static int plan_files(struct plan *p, struct rv_error *err)
{
	const struct rv_spawn *how = p->how;
	const int standard[] = {how->stdin_fd, how->stdout_fd, how->stderr_fd};

	p->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (p->null_fd < 0)
		return rv_fail_sys(err, "open '/dev/null'");
	for (size_t i = 0; i < RV_COUNT(standard); i++)
		rv_vec_push(&p->from, standard[i] < 0 ? p->null_fd : standard[i]);
	for (unsigned i = 0; i < how->n_pass_fds; i++)
		rv_vec_push(&p->from, how->pass_fds[i]);
	return 0;
}

/* --- in the child */

/* All sources first go above all targets, so that no dup2 overwrites a source still needed. */
static int child_files(struct plan *p)
{
	int n = (int)p->from.n, fd;

	for (int i = 0; i < n; i++) {
		fd = fcntl(p->from.v[i], F_DUPFD_CLOEXEC, n);
		if (fd < 0)
			return -1;
		p->from.v[i] = fd;
	}
	if (p->report_fd < n) {
		fd = fcntl(p->report_fd, F_DUPFD_CLOEXEC, n);
		if (fd < 0)
			return -1;
		p->report_fd = fd;
	}
	for (int i = 0; i < n; i++)
		if (dup2(p->from.v[i], i) < 0)
			return -1;
	rv_os_child_close_from(n);
	return 0;
}

static int set_limit(unsigned which, uint64_t value)
{
	struct rlimit limit = {.rlim_cur = value, .rlim_max = value}, old;

	if (value == 0 || getrlimit(which, &old) < 0)
		return 0;
	if (limit.rlim_max > old.rlim_max)
		limit.rlim_cur = limit.rlim_max = old.rlim_max;
	return setrlimit(which, &limit);
}

static int child_limits(const struct rv_spawn *how)
{
	if (set_limit(RLIMIT_AS, how->limit_as_bytes) < 0 ||
	    set_limit(RLIMIT_CORE, how->limit_core_bytes) < 0 ||
	    set_limit(RLIMIT_CPU, how->limit_cpu_s) < 0)
		return -1;
	errno = 0;
	return how->nice && nice(how->nice) < 0 && errno ? -1 : 0;
}

static int child_user(const struct rv_spawn *how)
{
	if (!how->set_user)
		return 0;
	/* a user who is not root may only say what already is */
	if (geteuid() == how->uid && getegid() == how->gid && geteuid() != 0)
		return 0;
	if (setgid(how->gid) < 0 || (geteuid() == 0 && setgroups(0, NULL) < 0))
		return -1;
	return setuid(how->uid);
}

static void child_signals(void)
{
	struct sigaction normal = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &normal, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int child_prepare(const struct rv_spawn *how)
{
	int rc = how->in_child ? how->in_child(how->ctx) : 0;

	if (rc >= 0)
		return 0;
	errno = -rc;
	return -1;
}

/*
 * The parent died before the tie was made: ESRCH. A change of user undoes the tie, so it is made
 * after it, twice.
 */
static int child_tie(const struct plan *p)
{
	return p->how->die_with_parent ? rv_os_child_die_with((int)p->parent) : 0;
}

static void child_exec(const struct plan *p)
{
	static char *const no_env[] = {NULL};
	/* execve's missing const is historical */
	union {
		const char *const *in;
		char *const *out;
	} argv = {.in = p->how->argv}, env = {.in = p->how->env};
	int sys = ENOENT;

	for (size_t i = 0; i < p->programs.n; i++) {
		execve(p->programs.v[i], argv.out, p->how->env ? env.out : no_env);
		if (errno != ENOENT && errno != ENOTDIR)
			sys = errno;
		if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			break;
	}
	errno = sys;
}

static enum step child_steps(struct plan *p)
{
	const struct rv_spawn *how = p->how;

	if (child_files(p) < 0)
		return STEP_FILES;
	if (how->cwd_fd >= 0 && fchdir(how->cwd_fd) < 0)
		return STEP_FOLDER;
	if (child_limits(how) < 0)
		return STEP_LIMITS;
	if (child_user(how) < 0)
		return STEP_USER;
	if (child_tie(p) < 0)
		return STEP_PARENT;
	if (child_prepare(how) < 0)
		return STEP_PREPARE;
	if (child_tie(p) < 0)
		return STEP_PARENT;
	if (how->only_reads && rv_os_child_only_reads() < 0)
		return STEP_READS;
	child_exec(p);
	return STEP_EXEC;
}

static RV_NORETURN void child_run(struct plan *p)
{
	struct report report;
	ssize_t n;

	if (p->how->new_session)
		setsid();
	else if (!p->how->same_group)
		setpgid(0, 0);
	child_signals();
	report.step = child_steps(p);
	report.sys = errno;
	n = write(p->report_fd, &report, sizeof(report));
	_exit(n < 0 ? 126 : 127);
}

/* --- in the parent */

static void reap(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

static int read_report(int fd, pid_t pid, const char *name, struct rv_error *err)
{
	struct report report;
	ssize_t n;
	int status;

	do
		n = read(fd, &report, sizeof(report));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	kill(pid, SIGKILL);
	reap(pid, &status);
	if (n != (ssize_t)sizeof(report) || (unsigned)report.step >= RV_COUNT(step_names))
		return rv_fail(err, RV_SYS, "start '%s': the child gave no answer", name);
	errno = report.sys;
	if (report.step == STEP_EXEC)
		return rv_fail_sys(err, "run '%s'", name);
	return rv_fail_sys(err, "start '%s': %s", name, step_names[report.step]);
}

/* Signals are blocked around the fork: no handler of ours may run in the child. */
static pid_t fork_quietly(struct plan *p)
{
	sigset_t all, old;
	pid_t pid;
	int sys;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0)
		child_run(p);
	sys = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	errno = sys;
	return pid;
}

int rv_spawn_start(const struct rv_spawn *how, struct rv_child *out, struct rv_error *err)
{
	rv_auto(plan) struct plan p = {
	    .how = how, .report_fd = -1, .null_fd = -1, .parent = getpid()};
	rv_auto_fd report_fd = -1;
	int ends[2];
	pid_t pid;

	*out = RV_CHILD_INIT;
	plan_programs(&p);
	if (plan_files(&p, err) < 0)
		return rv_context(err, "start '%s'", how->argv[0]);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return rv_fail_sys(err, "start '%s': pipe", how->argv[0]);
	report_fd = ends[0];
	p.report_fd = ends[1];
	pid = fork_quietly(&p);
	if (pid < 0)
		return rv_fail_sys(err, "start '%s'", how->argv[0]);
	/* also here: whoever comes first, the group exists when this function returns */
	if (!how->same_group && !how->new_session)
		setpgid(pid, pid);
	rv_fd_release(&p.report_fd);
	if (read_report(report_fd, pid, how->argv[0], err) < 0)
		return -1;
	*out = (struct rv_child){
	    .pid = pid, .fd = rv_os_child_fd((int)pid), .own_group = !how->same_group};
	return 0;
}
