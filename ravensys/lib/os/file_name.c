/* SPDX-License-Identifier: ISC */
/*
 * Names and attributes: make, link, rename, remove, mode, owner, time. Never through a last link.
 */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fault.h"
#include "os/internal.h"

void rv_umask_set(uint32_t mask)
{
	umask(mask & 0777);
}

int rv_dir_make(int dirfd, const char *name, uint32_t mode, struct rv_error *err)
{
	struct stat st;

	if (!rv_fault_hit() && mkdirat(dirfd, name, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return rv_fail_sys(err, "make folder '%s'", name);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return 0;
	return rv_fail(err, RV_INPUT, "make folder '%s': something else is there", name);
}

int rv_dir_make_path(int dirfd, const char *path, uint32_t mode, struct rv_error *err)
{
	char part[PATH_MAX];
	size_t n = strlen(path);
	struct stat st;

	if (n == 0 || n >= sizeof(part))
		return rv_fail(err, RV_INPUT, "make folder '%s': not a usable name", path);
	memcpy(part, path, n + 1);
	for (char *at = part + 1; at <= part + n; at++) {
		char keep = *at;

		if ((keep != '/' && keep != '\0') || at[-1] == '/')
			continue;
		*at = '\0';
		/* a link to a folder is good enough on the way: the path is the user's */
		if (fstatat(dirfd, part, &st, 0) < 0 || !S_ISDIR(st.st_mode))
			if (rv_dir_make(dirfd, part, mode, err) < 0)
				return -1;
		*at = keep;
	}
	return 0;
}

int rv_file_link(
    int from_dirfd, const char *from, int dirfd, const char *name, struct rv_error *err)
{
	if (!rv_fault_hit() && linkat(from_dirfd, from, dirfd, name, 0) == 0)
		return 0;
	if (errno == EEXIST)
		return RV_EXISTS;
	return rv_fail_sys(err, "link '%s' to '%s'", from, name);
}

int rv_file_symlink(const char *target, int dirfd, const char *name, struct rv_error *err)
{
	if (!rv_fault_hit() && symlinkat(target, dirfd, name) == 0)
		return 0;
	if (errno == EEXIST)
		return RV_EXISTS;
	return rv_fail_sys(err, "make link '%s'", name);
}

/*
 * Where the kernel has no RENAME_NOREPLACE: a hard link keeps "new" atomic; a folder gets a check
 * and a rename.
 */
static int rename_new_fallback(int from_dirfd, const char *from, int dirfd, const char *name)
{
	struct stat st;

	if (fstatat(from_dirfd, from, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode) && linkat(from_dirfd, from, dirfd, name, 0) == 0)
		return unlinkat(from_dirfd, from, 0);
	if (!S_ISDIR(st.st_mode) && errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
		return -1;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return renameat(from_dirfd, from, dirfd, name);
}

static int rename_by(
    int from_dirfd, const char *from, int dirfd, const char *name, enum rv_rename how)
{
	int rc;

	if (rv_fault_hit())
		return -1;
	if (how == RV_RENAME_OVER)
		return renameat(from_dirfd, from, dirfd, name);
	rc = rv_os_rename_special(from_dirfd, from, dirfd, name, how);
	if (rc < 0 && how == RV_RENAME_NEW && (errno == ENOSYS || errno == EINVAL))
		return rename_new_fallback(from_dirfd, from, dirfd, name);
	return rc;
}

int rv_file_rename(int from_dirfd, const char *from, int dirfd, const char *name,
    enum rv_rename how, struct rv_error *err)
{
	struct stat st;
	int sys;

	if (rename_by(from_dirfd, from, dirfd, name, how) == 0)
		return 0;
	sys = errno;
	if (how == RV_RENAME_NEW && sys == EEXIST)
		return RV_EXISTS;
	/* a missing target folder is an error, a missing source an outcome */
	if (sys == ENOENT && fstatat(from_dirfd, from, &st, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno == ENOENT)
		return RV_ABSENT;
	errno = sys;
	return rv_fail_sys(err, "rename '%s' to '%s'", from, name);
}

int rv_file_unlink(int dirfd, const char *name, struct rv_error *err)
{
	if (!rv_fault_hit() && unlinkat(dirfd, name, 0) == 0)
		return 0;
	return rv_os_missing_or_fail(err, "remove", name);
}

int rv_dir_remove(int dirfd, const char *name, struct rv_error *err)
{
	struct stat st;

	if (!rv_fault_hit() && unlinkat(dirfd, name, AT_REMOVEDIR) == 0)
		return 0;
	if (errno == ENOTEMPTY || errno == EEXIST)
		return RV_NOT_EMPTY;
	/* ENOTDIR is not "absent" when the name itself is there and no folder */
	if (errno == ENOTDIR && fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return rv_fail(err, RV_INPUT, "remove folder '%s': it is none", name);
	return rv_os_missing_or_fail(err, "remove folder", name);
}

int rv_file_chmod(int dirfd, const char *name, uint32_t mode, struct rv_error *err)
{
	if (rv_fault_hit() || rv_os_chmod_nofollow(dirfd, name, mode) < 0)
		return rv_fail_sys(err, "set mode of '%s'", name);
	return 0;
}

int rv_file_chown(int dirfd, const char *name, uint32_t uid, uint32_t gid, struct rv_error *err)
{
	if (rv_fault_hit() || fchownat(dirfd, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
		return rv_fail_sys(err, "set owner of '%s'", name);
	return 0;
}

int rv_file_set_mtime(int dirfd, const char *name, int64_t mtime_s, struct rv_error *err)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = mtime_s}};

	if (rv_fault_hit() || utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return rv_fail_sys(err, "set time of '%s'", name);
	return 0;
}

int rv_fd_chmod(int fd, const char *what, uint32_t mode, struct rv_error *err)
{
	if (rv_fault_hit() || fchmod(fd, mode) < 0)
		return rv_fail_sys(err, "set mode of '%s'", what);
	return 0;
}

int rv_fd_chown(int fd, const char *what, uint32_t uid, uint32_t gid, struct rv_error *err)
{
	if (rv_fault_hit() || fchown(fd, uid, gid) < 0)
		return rv_fail_sys(err, "set owner of '%s'", what);
	return 0;
}

int rv_fd_set_mtime(int fd, const char *what, int64_t mtime_s, struct rv_error *err)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = mtime_s}};

	if (rv_fault_hit() || futimens(fd, times) < 0)
		return rv_fail_sys(err, "set time of '%s'", what);
	return 0;
}
