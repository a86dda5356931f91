/* SPDX-License-Identifier: ISC */
/*
 * The only way to make a child. argv arrays, never a shell string; async-signal-safe between fork
 * and exec; an exec failure comes back as an error of rv_spawn. Every child is its own process
 * group unless told otherwise.
 *
 *	1. fill a struct rv_spawn
 *	2. rv_spawn_start
 *	3. rv_spawn_wait (or poll child.fd in the loop)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

struct rv_spawn {
	const char *const *argv; /* NULL-terminated; argv[0] with a slash, or looked up in path */
	/* NULL-terminated NAME=VALUE: the whole environment; NULL: an empty one */
	const char *const *env;
	const char *path; /* search path for argv[0] without slash; NULL: /usr/bin:/bin */
	int cwd_fd;	  /* < 0: keep */
	int stdin_fd, stdout_fd, stderr_fd; /* < 0: /dev/null */
	const int *pass_fds; /* kept open in the child under numbers 3, 4 ... in this order */
	unsigned n_pass_fds;
	uint32_t uid, gid; /* with set_user */
	bool set_user;
	bool die_with_parent; /* PR_SET_PDEATHSIG where there; else best effort */
	bool same_group;      /* stay in the caller's process group (terminal jobs) */
	/*
	 * For programs that read what others wrote: no child, no socket, no file opened for
	 * writing, each EPERM. Where the system can see to that.
	 */
	bool only_reads;
	bool new_session; /* a session of its own, without a terminal */
	uint64_t limit_as_bytes, limit_core_bytes, limit_cpu_s; /* rlimits; 0: inherit */
	int nice;
	/* async-signal-safe step before exec; < 0 = -errno fails the start */
	int (*in_child)(void *ctx);
	void *ctx; /* descriptors have their final numbers already, other files are still open */
};
#define RV_SPAWN_INIT                                                                              \
	((struct rv_spawn){.cwd_fd = -1, .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1})

struct rv_child {
	pid_t pid;
	int fd; /* pidfd where the system has one, else -1: readable when the child ended */
	bool own_group;
};
#define RV_CHILD_INIT ((struct rv_child){.pid = -1, .fd = -1})

struct rv_exit {
	bool signalled, timed_out;
	int status; /* exit status, or the signal */
};

int rv_spawn_start(const struct rv_spawn *how, struct rv_child *out, struct rv_error *err)
    RV_MUST_CHECK;
/* Waits up to deadline_ms (-1: for ever); past it kills the whole group and says timed_out. */
int rv_spawn_wait(struct rv_child *child, int64_t deadline_ms, struct rv_exit *out,
    struct rv_error *err) RV_MUST_CHECK;
/* 0 ended and *out filled, RV_RUNNING still running. */
enum { RV_RUNNING = 1 };
int rv_spawn_poll(struct rv_child *child, struct rv_exit *out, struct rv_error *err) RV_MUST_CHECK;
void rv_child_kill(struct rv_child *child);    /* SIGKILL to the group and reap */
void rv_child_release(struct rv_child *child); /* kills when still running; accepts INIT */

/*
 * Start, feed input, collect standard output (ceiling = out->max; NULL: how->stdout_fd) and wait.
 * how->stdin_fd is used when input is empty. Non-zero exit, a signal and a passed deadline are < 0
 * with RV_BUILD. What the child left running in its group is killed.
 */
int rv_spawn_run(const struct rv_spawn *how, struct rv_span input, struct rv_buf *out,
    int64_t deadline_ms, struct rv_error *err) RV_MUST_CHECK;
/* "exit status 2", "killed by signal 9", "passed its deadline" */
const char *rv_exit_text(const struct rv_exit *e, char *text, size_t n);

/*
 * When the process began, in a unit of the system's, so that a number that was used again is told
 * apart. RV_ABSENT when there is none, or only its empty shell (a zombie).
 */
int rv_process_began(int pid, uint64_t *out, struct rv_error *err) RV_MUST_CHECK;
/* SIGKILL if it is still the process that began then, and wait until it is gone. */
int rv_process_end(int pid, uint64_t began, struct rv_error *err) RV_MUST_CHECK;

/*
 * While a program of the user's runs on the terminal, its interrupt and quit keys are for that
 * program: on ignores SIGINT and SIGQUIT here (a child made by rv_spawn_start has them back), off
 * restores what was.
 */
void rv_terminal_keys_ignore(bool on);

/* The path of the running program (for re-executing it as a worker). */
int rv_self_path(struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
