/* SPDX-License-Identifier: ISC */
/* Children on Linux: pidfd, the tie to the parent, reading alone, memfd, the own path. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/internal.h"
#include "os/spawn.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4U
#endif

int rv_os_child_fd(int pid)
{
	/* the call sets close-on-exec itself */
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int rv_os_child_die_with(int parent_pid)
{
	pid_t parent;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	parent = getppid();
	/* 0: the parent lives in another pid namespace */
	if (parent == parent_pid || parent == 0)
		return 0;
	errno = ESRCH;
	return -1;
}

void rv_os_child_close_from(int first_fd)
{
	/* without the call (Linux < 5.9) the rule "close-on-exec always" is what there is */
	(void)syscall(SYS_close_range, (unsigned)first_fd, UINT_MAX, CLOSE_RANGE_CLOEXEC);
}

int rv_os_nameless_file(void)
{
	return memfd_create("raven", MFD_CLOEXEC);
}

/*
 * Field 3 of /proc/PID/stat is the state, field 22 the start; field 2 may hold blanks and
 * parentheses.
 */
int rv_process_began(int pid, uint64_t *out, struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_strfmt("/proc/%d/stat", pid);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(4096);
	struct rv_span rest, word = RV_SPAN_NULL;
	int rc = rv_file_read(RV_CWD, path, &text, err);

	/* ESRCH: it ended between open and read */
	if (rc != 0)
		return rc > 0 || (err && err->sys == ESRCH) ? RV_ABSENT : -1;
	rest = rv_buf_span(&text);
	rest = rv_span_from(rest, rv_span_rfind(rest, ')') + 2);
	if (rest.n == 0 || rest.p[0] == 'Z' || rest.p[0] == 'X')
		return RV_ABSENT;
	for (int field = 3; field <= 22; field++)
		if (!rv_span_next(&rest, ' ', &word))
			return rv_fail(err, RV_FORMAT, "%s: too short", path);
	return rv_span_to_u64(word, out) ? 0 : rv_fail(err, RV_FORMAT, "%s: no start time", path);
}

#define END_MS 5000

int rv_process_end(int pid, uint64_t began, struct rv_error *err)
{
	int64_t end_ms = rv_clock_mono_ms() + END_MS;
	struct timespec nap = {.tv_nsec = 1000000};
	uint64_t now;
	int rc;

	while ((rc = rv_process_began(pid, &now, err)) == 0 && now == began) {
		if (kill(pid, SIGKILL) < 0 && errno != ESRCH)
			return rv_fail_sys(err, "kill process %d", pid);
		if (rv_clock_mono_ms() >= end_ms)
			return rv_fail(err, RV_SYS, "process %d does not end", pid);
		nanosleep(&nap, NULL);
	}
	return rc < 0 ? -1 : 0;
}

int rv_self_path(struct rv_buf *out, struct rv_error *err)
{
	return rv_file_readlink(RV_CWD, "/proc/self/exe", out, err) == 0
		   ? 0
		   : rv_fail(err, RV_SYS, "where this program is: no /proc");
}

/* --- reading alone */

#define DENIED (SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))
#define DENY(number)                                                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, DENIED)
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW_WORD 4
#else
#define LOW_WORD 0
#endif
/* Any of these among an open's flags, in its argument n. */
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)
#define DENY_WRITING(number, n)                                                                    \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 4),                                       \
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]) + LOW_WORD), \
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, WRITING, 0, 1),                                   \
	    BPF_STMT(BPF_RET | BPF_K, DENIED), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/*
 * The program is trusted, what it interprets is not: a list of what it could be told to do is
 * enough.
 */
static const struct sock_filter only_reads[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    DENY(SYS_clone),
    DENY(SYS_clone3),
#ifdef SYS_fork
    DENY(SYS_fork),
    DENY(SYS_vfork),
#endif
    DENY(SYS_socket),
    DENY(SYS_kill),
    DENY(SYS_openat2),
    DENY(SYS_truncate),
    DENY(SYS_mkdirat),
    DENY(SYS_mknodat),
    DENY(SYS_symlinkat),
    DENY(SYS_linkat),
    DENY(SYS_unlinkat),
    DENY(SYS_renameat2),
    DENY(SYS_fchmodat),
    DENY(SYS_fchownat),
    DENY(SYS_utimensat),
#ifdef SYS_renameat
    DENY(SYS_renameat),
#endif
#ifdef SYS_open
    DENY(SYS_creat),
    DENY(SYS_mkdir),
    DENY(SYS_rmdir),
    DENY(SYS_mknod),
    DENY(SYS_symlink),
    DENY(SYS_link),
    DENY(SYS_unlink),
    DENY(SYS_rename),
    DENY(SYS_chmod),
    DENY(SYS_chown),
    DENY_WRITING(SYS_open, 1),
#endif
    DENY_WRITING(SYS_openat, 2),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

int rv_os_child_only_reads(void)
{
	struct sock_filter filter[RV_COUNT(only_reads)];
	struct sock_fprog program = {.len = RV_COUNT(only_reads), .filter = filter};

	memcpy(filter, only_reads, sizeof(filter));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	/* EINVAL: a kernel without filters */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 && errno != EINVAL ? -1 : 0;
}
