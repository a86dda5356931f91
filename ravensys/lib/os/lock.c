/* SPDX-License-Identifier: ISC */
/*
 * Kernel locks. The lock is the kernel's flock, not the file's content; the file is never removed,
 * so nobody can hold a lock on a name that is gone.
 */
#include "os/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"

enum { DYING_MS = 2000 };

static int open_lock(int dirfd, const char *name, struct rv_error *err)
{
	int fd = openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return rv_fail_sys(err, "open lock '%s'", name);
	return fd;
}

/* Best effort: the text is for messages only. */
static void sign(int fd, const char *command)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "%ld %s\n", (long)getpid(), command);

	if (n >= (int)sizeof(text))
		n = (int)sizeof(text) - 1;
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) < 0)
		errno = 0;
}

static int busy(int fd, const char *name, struct rv_error *err)
{
	char text[256];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	char *command;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	command = strchr(text, ' ');
	if (!command)
		return rv_fail(err, RV_BUSY, "lock '%s' is held by another process", name);
	*command++ = '\0';
	return rv_fail(err, RV_BUSY, "lock '%s' is held by process %s (%s)", name, text, command);
}

/* Polling, not a blocking flock: a deadline without signals. */
static int take_within(int fd, int wait_ms)
{
	int64_t end = rv_clock_mono_ms() + wait_ms;
	struct timespec nap = {.tv_nsec = 20 * 1000000};

	for (;;) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK || (wait_ms >= 0 && rv_clock_mono_ms() >= end))
			return -1;
		nanosleep(&nap, NULL);
	}
}

/* It names a process that is no more: a child that it was making, or the kernel, lets go soon. */
static bool holder_is_dead(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long pid;

	text[n > 0 ? n : 0] = '\0';
	pid = strtol(text, NULL, 10);
	return pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static int take(int fd, int wait_ms)
{
	if (take_within(fd, wait_ms) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return -1;
	if (holder_is_dead(fd))
		return take_within(fd, DYING_MS);
	errno = EWOULDBLOCK;
	return -1;
}

int rv_lock_take(struct rv_lock *lock, int dirfd, const char *name, const char *command,
    int wait_ms, struct rv_error *err)
{
	rv_auto_fd fd = open_lock(dirfd, name, err);

	if (fd < 0)
		return -1;
	if (take(fd, wait_ms) < 0)
		return errno == EWOULDBLOCK ? busy(fd, name, err)
					    : rv_fail_sys(err, "lock '%s'", name);
	sign(fd, command);
	lock->fd = rv_take_fd(&fd);
	return 0;
}

void rv_lock_release(struct rv_lock *lock)
{
	rv_fd_release(&lock->fd);
}

int rv_lock_folder(int dirfd, const char *what, int wait_ms, struct rv_error *err)
{
	if (take_within(dirfd, wait_ms) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return rv_fail(err, RV_BUSY, "%s: is in use by another process", what);
	return rv_fail_sys(err, "lock folder '%s'", what);
}
