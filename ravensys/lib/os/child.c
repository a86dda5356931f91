/* SPDX-License-Identifier: ISC */
/*
 * Children after their start: waiting with a deadline, killing the whole group, collecting output.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/internal.h"
#include "os/spawn.h"

static void kill_group(const struct rv_child *child)
{
	if (child->own_group)
		kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL);
}

static void ended(struct rv_child *child, int status, struct rv_exit *out)
{
	*out = (struct rv_exit){
	    .signalled = WIFSIGNALED(status),
	    .status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	};
	rv_fd_release(&child->fd);
	child->pid = -1;
}

static int try_wait(struct rv_child *child, int flags, struct rv_exit *out, struct rv_error *err)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(child->pid, &status, flags);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return RV_RUNNING;
	if (pid < 0) {
		(void)rv_fail_sys(err, "wait for process %ld", (long)child->pid);
		rv_fd_release(&child->fd);
		child->pid = -1;
		return -1;
	}
	ended(child, status, out);
	return 0;
}

int rv_spawn_poll(struct rv_child *child, struct rv_exit *out, struct rv_error *err)
{
	if (child->pid <= 0)
		return rv_fail(err, RV_BUG, "wait for a child that is none");
	return try_wait(child, WNOHANG, out, err);
}

/* Milliseconds that poll may sleep until end_ms (-1: for ever), at most `most`. */
static int nap_ms(int64_t end_ms, int most)
{
	int64_t left = end_ms < 0 ? most : end_ms - rv_clock_mono_ms();

	return left < 0 ? 0 : left < most ? (int)left : most;
}

int rv_spawn_wait(
    struct rv_child *child, int64_t deadline_ms, struct rv_exit *out, struct rv_error *err)
{
	int64_t end_ms = deadline_ms < 0 ? -1 : rv_clock_mono_ms() + deadline_ms;
	struct pollfd p = {.fd = child->fd, .events = POLLIN};
	int rc;

	for (;;) {
		rc = rv_spawn_poll(child, out, err);
		if (rc != RV_RUNNING)
			return rc;
		if (end_ms >= 0 && rv_clock_mono_ms() >= end_ms)
			break;
		/* without a pidfd a short nap is all there is */
		(void)poll(&p, child->fd >= 0, nap_ms(end_ms, child->fd >= 0 ? 1 << 30 : 10));
	}
	kill_group(child);
	rc = try_wait(child, 0, out, err);
	out->timed_out = true;
	return rc;
}

void rv_child_kill(struct rv_child *child)
{
	struct rv_exit gone;

	if (child->pid <= 0)
		return;
	kill_group(child);
	if (try_wait(child, 0, &gone, NULL) < 0)
		child->pid = -1;
}

void rv_child_release(struct rv_child *child)
{
	rv_child_kill(child);
	rv_fd_release(&child->fd);
}

const char *rv_exit_text(const struct rv_exit *e, char *text, size_t n)
{
	if (e->timed_out)
		snprintf(text, n, "passed its deadline");
	else if (e->signalled)
		snprintf(text, n, "killed by signal %d", e->status);
	else
		snprintf(text, n, "exit status %d", e->status);
	return text;
}

/* --- run and collect */

static int input_file(struct rv_span input, struct rv_error *err)
{
	rv_auto_fd fd = rv_os_nameless_file();

	if (fd < 0)
		return rv_fail_sys(err, "temporary file");
	if (rv_fd_write(fd, "temporary file", input.p, input.n, err) < 0)
		return -1;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return rv_fail_sys(err, "temporary file");
	return rv_take_fd(&fd);
}

/* 0: more may come, 1: the end. */
static int take_output(int fd, struct rv_buf *out, const char *name, struct rv_error *err)
{
	char piece[8192];
	ssize_t n = read(fd, piece, sizeof(piece));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0
							 : rv_fail_sys(err, "read from '%s'", name);
	rv_buf_add(out, piece, (size_t)n);
	if (rv_buf_check(out, name, err) < 0)
		return -1;
	return n == 0;
}

/*
 * Until the end of the output, or of the child (then what is in the pipe is taken), or the
 * deadline.
 */
static int collect(struct rv_child *child, int fd, struct rv_buf *out, int64_t end_ms,
    const char *name, struct rv_error *err)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = child->fd, .events = POLLIN}};
	int rc;

	for (;;) {
		rc = poll(p, 2, nap_ms(end_ms, 1 << 30));
		if (rc < 0 && errno != EINTR)
			return rv_fail_sys(err, "wait for '%s'", name);
		if (rc == 0)
			return 0;
		if (p[0].revents == 0 && p[1].revents != 0)
			return 0;
		rc = p[0].revents ? take_output(fd, out, name, err) : 0;
		if (rc != 0)
			return rc < 0 ? -1 : 0;
	}
}

static int finish(struct rv_child *child, int64_t end_ms, const char *name, struct rv_error *err)
{
	struct rv_exit end;
	char text[64];
	int64_t left = end_ms < 0 ? -1 : end_ms - rv_clock_mono_ms();
	pid_t group = child->own_group ? child->pid : 0;

	if (rv_spawn_wait(child, end_ms >= 0 && left < 0 ? 0 : left, &end, err) < 0)
		return -1;
	if (group > 0)
		kill(-group, SIGKILL);
	if (end.timed_out || end.signalled || end.status != 0)
		return rv_fail(
		    err, RV_BUILD, "%s: %s", name, rv_exit_text(&end, text, sizeof(text)));
	return 0;
}

int rv_spawn_run(const struct rv_spawn *how, struct rv_span input, struct rv_buf *out,
    int64_t deadline_ms, struct rv_error *err)
{
	int64_t end_ms = deadline_ms < 0 ? -1 : rv_clock_mono_ms() + deadline_ms;
	rv_auto(rv_child) struct rv_child child = RV_CHILD_INIT;
	rv_auto_fd in = -1, from = -1, to = -1;
	struct rv_spawn mine = *how;
	int ends[2];

	if (input.n > 0 && (in = mine.stdin_fd = input_file(input, err)) < 0)
		return -1;
	if (out) {
		if (pipe2(ends, O_CLOEXEC) < 0)
			return rv_fail_sys(err, "pipe for '%s'", how->argv[0]);
		from = ends[0];
		mine.stdout_fd = to = ends[1];
	}
	if (rv_spawn_start(&mine, &child, err) < 0)
		return -1;
	rv_fd_release(&to);
	if (out && collect(&child, from, out, end_ms, how->argv[0], err) < 0)
		return -1;
	return finish(&child, end_ms, how->argv[0], err);
}
