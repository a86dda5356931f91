/* SPDX-License-Identifier: ISC */
/*
 * The barrier on Linux: syncfs. It reports a write error since Linux 5.8, once for each open
 * description, so the caller must hold a descriptor that was opened before the writes; older
 * kernels are told from /proc by release.
 */
#include "os/file.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "os/fault.h"

int rv_barrier(int fd, const char *what, struct rv_error *err)
{
	if (rv_fault_hit() || syncfs(fd) < 0)
		return rv_fail_sys(err, "sync the file system of '%s'", what);
	return 0;
}

bool rv_barrier_is_whole(void)
{
	struct utsname u;
	char *end;
	long major, minor;

	if (uname(&u) < 0)
		return false;
	major = strtol(u.release, &end, 10);
	minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
	return major > 5 || (major == 5 && minor >= 8);
}
