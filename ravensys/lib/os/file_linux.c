/* SPDX-License-Identifier: ISC */
/*
 * What Linux has beyond POSIX for files: openat2, renameat2, copy_file_range, reflinks, O_PATH,
 * flags, mount ids.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/vec.h"
#include "os/fault.h"
#include "os/file.h"
#include "os/internal.h"

int rv_os_open_beneath(int dirfd, const char *path, int flags, unsigned mode)
{
	struct open_how how = {
	    .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY),
	    .mode = flags & O_CREAT ? mode : 0,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/*
	 * EAGAIN: a rename elsewhere raced with the walk; EPERM and EINVAL come from old sandboxes
	 * without the call
	 */
	for (int tries = 0; tries < 64; tries++) {
		fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd < 0 && errno == EAGAIN)
		errno = ENOSYS;
	return (int)fd;
}

int rv_os_rename_special(
    int from_dirfd, const char *from, int dirfd, const char *name, enum rv_rename how)
{
	unsigned flags = how == RV_RENAME_EXCHANGE ? RENAME_EXCHANGE : RENAME_NOREPLACE;

	return renameat2(from_dirfd, from, dirfd, name, flags);
}

int rv_os_copy_fast(int from_fd, int to_fd)
{
	off_t from = 0;
	ssize_t n;

	if (ioctl(to_fd, FICLONE, from_fd) == 0)
		return 0;
	do
		n = copy_file_range(from_fd, &from, to_fd, NULL, (size_t)1 << 30, 0);
	while (n > 0);
	if (n == 0 && from > 0)
		return 0;
	/* nothing copied at all may also be a file of /proc: the slow way knows */
	if (n == 0 || errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EBADF ||
	    errno == EPERM)
		errno = EOPNOTSUPP;
	return -1;
}

int rv_os_chmod_nofollow(int dirfd, const char *name, unsigned mode)
{
	char path[64];
	struct stat st;
	rv_auto_fd fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (S_ISLNK(st.st_mode)) {
		errno = EOPNOTSUPP;
		return -1;
	}
#ifdef SYS_fchmodat2
	if (syscall(SYS_fchmodat2, fd, "", mode, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return -1;
#endif
	/* the descriptor pins the inode, so following this magic link is safe */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (chmod(path, mode) == 0)
		return 0;
	/* without /proc: the kind was just checked, the window is the caller's own folder */
	return errno == ENOENT ? fchmodat(dirfd, name, mode, 0) : -1;
}

uint64_t rv_os_mount_id(int fd)
{
	struct statx sx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &sx) < 0)
		return 0;
	if (!(sx.stx_mask & STATX_MNT_ID))
		return ((uint64_t)sx.stx_dev_major << 32) | sx.stx_dev_minor;
	return sx.stx_mnt_id;
}

/* --- extended attributes */

static bool xattr_unsupported(void)
{
	return errno == EOPNOTSUPP || errno == ENOSYS;
}

int rv_fd_set_xattr(
    int fd, const char *what, const char *key, struct rv_span value, struct rv_error *err)
{
	if (!rv_fault_hit() && fsetxattr(fd, key, value.p ? value.p : "", value.n, 0) == 0)
		return 0;
	if (xattr_unsupported())
		return RV_ABSENT;
	return rv_fail_sys(err, "set attribute %s of '%s'", key, what);
}

int rv_fd_get_xattr(
    int fd, const char *what, const char *key, struct rv_buf *out, struct rv_error *err)
{
	ssize_t n = fgetxattr(fd, key, NULL, 0);
	char *to;

	rv_buf_reset(out);
	if (n > 0 && (to = rv_buf_room(out, (size_t)n))) {
		n = fgetxattr(fd, key, to, (size_t)n);
		if (n >= 0)
			rv_buf_added(out, (size_t)n);
	}
	if (n >= 0)
		return rv_buf_check(out, what, err);
	if (errno == ENODATA || xattr_unsupported())
		return RV_ABSENT;
	return rv_fail_sys(err, "read attribute %s of '%s'", key, what);
}

static bool xattr_is_ours(const char *key)
{
	return strncmp(key, "user.", 5) == 0 || strcmp(key, "security.capability") == 0;
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

int rv_fd_list_xattr(int fd, const char *what, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf all = RV_BUF_INIT(65536);
	rv_vec(const char *) keys = {0};
	char *to = rv_buf_room(&all, 65536);
	ssize_t n = flistxattr(fd, to, 65536);

	rv_buf_reset(out);
	if (n < 0 && xattr_unsupported())
		return RV_ABSENT;
	if (n < 0)
		return rv_fail_sys(err, "list attributes of '%s'", what);
	for (const char *key = to; key < to + n; key += strlen(key) + 1)
		if (xattr_is_ours(key))
			rv_vec_push(&keys, key);
	rv_vec_sort(&keys, by_text);
	rv_vec_each (&keys, it)
		rv_buf_add(out, *it, strlen(*it) + 1);
	rv_vec_release(&keys);
	return rv_buf_check(out, what, err);
}

/* --- space and flags */

#define FS_BTRFS 0x9123683e

int rv_fd_space(int fd, const char *what, struct rv_space *out, struct rv_error *err)
{
	struct statvfs vfs;
	struct statfs fs;

	if (fstatvfs(fd, &vfs) < 0 || fstatfs(fd, &fs) < 0)
		return rv_fail_sys(err, "space of '%s'", what);
	*out = (struct rv_space){
	    .free_bytes = (uint64_t)vfs.f_bavail * vfs.f_frsize,
	    .free_inodes = vfs.f_files ? vfs.f_favail : UINT64_MAX,
	    .block_bytes = vfs.f_frsize,
	    .read_only = vfs.f_flag & ST_RDONLY,
	};
	if ((unsigned long)fs.f_type == FS_BTRFS)
		out->free_inodes = UINT64_MAX;
	struct stat st;
	if (fstat(fd, &st) < 0)
		return rv_fail_sys(err, "stat '%s'", what);
	out->fs_id = st.st_dev;
	return 0;
}

static bool is_immutable(const struct statx *sx)
{
	return sx->stx_attributes & sx->stx_attributes_mask &
	       (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND);
}

int rv_file_is_immutable(int dirfd, const char *name, bool *out, struct rv_error *err)
{
	struct statx sx;

	if (statx(dirfd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &sx) < 0)
		return rv_os_missing_or_fail(err, "flags of", name);
	*out = is_immutable(&sx);
	return 0;
}

int rv_fd_is_immutable(int fd, const char *what, bool *out, struct rv_error *err)
{
	struct statx sx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx) < 0)
		return rv_fail_sys(err, "flags of '%s'", what);
	*out = is_immutable(&sx);
	return 0;
}
