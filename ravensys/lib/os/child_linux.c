/* SPDX-License-Identifier: ISC */
/* Children on Linux: pidfd, the tie to the parent, close_range, memfd, the program's own path. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

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

int rv_self_path(struct rv_buf *out, struct rv_error *err)
{
	return rv_file_readlink(RV_CWD, "/proc/self/exe", out, err) == 0
		   ? 0
		   : rv_fail(err, RV_SYS, "where this program is: no /proc");
}

int rv_reaper_become(struct rv_error *err)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return rv_fail_sys(err, "become the reaper of descendants");
	return 0;
}
