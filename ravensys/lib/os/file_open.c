/* SPDX-License-Identifier: ISC */
/*
 * Opening and looking. Nothing here follows a last link but the *_user functions; the beneath-open
 * follows none at all.
 */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/fault.h"
#include "os/internal.h"

_Static_assert(RV_CWD == AT_FDCWD, "RV_CWD is AT_FDCWD by another name");

void rv_fd_release(int *fd)
{
	int keep = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = keep;
}

int rv_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

int rv_os_missing_or_fail(struct rv_error *err, const char *verb, const char *name)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return RV_ABSENT;
	return rv_fail_sys(err, "%s '%s'", verb, name);
}

enum rv_kind rv_os_kind_of_mode(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return RV_DIR;
	case S_IFLNK:
		return RV_LINK;
	case S_IFIFO:
		return RV_FIFO;
	case S_IFSOCK:
		return RV_SOCKET;
	case S_IFCHR:
		return RV_CHARDEV;
	case S_IFBLK:
		return RV_BLOCKDEV;
	default:
		return RV_FILE;
	}
}

static void stat_fill(const struct stat *st, struct rv_stat *out)
{
	*out = (struct rv_stat){
	    .kind = rv_os_kind_of_mode(st->st_mode),
	    .mode = st->st_mode & 07777,
	    .uid = st->st_uid,
	    .gid = st->st_gid,
	    .size = (uint64_t)st->st_size,
	    .ino = st->st_ino,
	    .dev = st->st_dev,
	    .nlink = st->st_nlink,
	    .mtime_s = st->st_mtim.tv_sec,
	    .ctime_s = st->st_ctim.tv_sec,
	    .mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
	    .ctime_ns = (uint32_t)st->st_ctim.tv_nsec,
	};
}

int rv_file_stat(int dirfd, const char *name, struct rv_stat *out, struct rv_error *err)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return rv_os_missing_or_fail(err, "stat", name);
	stat_fill(&st, out);
	return 0;
}

int rv_file_fstat(int fd, struct rv_stat *out, struct rv_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return rv_fail_sys(err, "stat of descriptor %d", fd);
	stat_fill(&st, out);
	return 0;
}

int rv_file_readlink(int dirfd, const char *name, struct rv_buf *out, struct rv_error *err)
{
	char target[4097];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n < 0)
		return rv_os_missing_or_fail(err, "read link", name);
	if ((size_t)n == sizeof(target))
		return rv_fail(err, RV_LIMIT, "link '%s': target too long", name);
	rv_buf_reset(out);
	rv_buf_add(out, target, (size_t)n);
	return rv_buf_check(out, name, err);
}

/* An open that a signal interrupted is tried again: FIFOs and network file systems may do that. */
static int open_again(int dirfd, const char *name, int flags, unsigned mode)
{
	int fd;

	do
		fd = openat(dirfd, name, flags | O_CLOEXEC | O_NOCTTY, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

static int open_existing(int dirfd, const char *name, int flags, int *out_fd, struct rv_error *err)
{
	int fd = open_again(dirfd, name, O_RDONLY | flags, 0);

	if (fd < 0)
		return rv_os_missing_or_fail(err, "open", name);
	*out_fd = fd;
	return 0;
}

int rv_file_open(int dirfd, const char *name, int *out_fd, struct rv_error *err)
{
	/* of a FIFO that somebody put there nobody waits for a writer */
	return open_existing(dirfd, name, O_NOFOLLOW | O_NONBLOCK, out_fd, err);
}

int rv_dir_open(int dirfd, const char *name, int *out_fd, struct rv_error *err)
{
	return open_existing(dirfd, name, O_NOFOLLOW | O_DIRECTORY, out_fd, err);
}

int rv_file_open_user(const char *path, int *out_fd, struct rv_error *err)
{
	return open_existing(RV_CWD, path, 0, out_fd, err);
}

int rv_dir_open_user(const char *path, int *out_fd, struct rv_error *err)
{
	return open_existing(RV_CWD, path, O_DIRECTORY, out_fd, err);
}

int rv_file_create(int dirfd, const char *name, uint32_t mode, int *out_fd, struct rv_error *err)
{
	int fd = rv_fault_hit()
		     ? -1
		     : open_again(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);

	if (fd < 0)
		return errno == EEXIST ? RV_EXISTS : rv_fail_sys(err, "create '%s'", name);
	*out_fd = fd;
	return 0;
}

int rv_file_append(int dirfd, const char *name, int *out_fd, struct rv_error *err)
{
	int fd = rv_fault_hit() ? -1 : open_again(dirfd, name, O_RDWR | O_APPEND | O_NOFOLLOW, 0);

	if (fd < 0)
		return rv_os_missing_or_fail(err, "open", name);
	*out_fd = fd;
	return 0;
}

/*
 * The next component of *path into part; false at the end. ".." and a component that is too long:
 * *bad.
 */
static bool next_part(const char **path, char *part, size_t part_bytes, bool *bad)
{
	size_t n;

	*path += strspn(*path, "/");
	n = strcspn(*path, "/");
	if (n == 0)
		return false;
	*bad = n >= part_bytes || (n == 2 && memcmp(*path, "..", 2) == 0);
	if (*bad)
		return false;
	memcpy(part, *path, n);
	part[n] = '\0';
	*path += n;
	return true;
}

static int walk(int dirfd, const char *path, int flags, unsigned mode)
{
	rv_auto_fd at = -1;
	char part[PATH_MAX];
	const char *rest = path;
	bool bad = false;
	int fd, step;

	while (next_part(&rest, part, sizeof(part), &bad)) {
		bool last = rest[strspn(rest, "/")] == '\0';
		step = last ? flags : O_RDONLY | O_DIRECTORY;
		if (last && *rest == '/')
			step |= O_DIRECTORY;
		fd = open_again(at < 0 ? dirfd : at, part, step | O_NOFOLLOW, last ? mode : 0);
		if (fd < 0)
			return -1;
		rv_fd_release(&at);
		at = fd;
		if (last)
			return rv_take_fd(&at);
	}
	errno = bad ? EXDEV : ENOENT;
	return -1;
}

/*
 * ENOTDIR has two meanings here: a file where a folder should be (absent) and, on some systems, a
 * link where a folder should be (refused). Asking for the kind tells them apart.
 */
static bool link_in_the_way(int dirfd, const char *path)
{
	char part[PATH_MAX], so_far[PATH_MAX];
	struct stat st;
	const char *rest = path;
	bool bad = false;
	size_t used = 0;

	while (next_part(&rest, part, sizeof(part), &bad)) {
		size_t n = strlen(part);

		if (used + n + 2 > sizeof(so_far))
			return false;
		if (used)
			so_far[used++] = '/';
		memcpy(so_far + used, part, n + 1);
		used += n;
		if (fstatat(dirfd, so_far, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return false;
		if (S_ISLNK(st.st_mode))
			return true;
	}
	return false;
}

static int beneath_failed(int dirfd, const char *path, struct rv_error *err)
{
	int sys = errno;

	if (sys == ENOENT)
		return RV_ABSENT;
	if (sys == EXDEV)
		return rv_fail(err, RV_INPUT, "open '%s': leads out of its folder", path);
	if (sys == ELOOP || (sys == ENOTDIR && link_in_the_way(dirfd, path)))
		return rv_fail(err, RV_INPUT, "open '%s': a link is in the way", path);
	if (sys == ENOTDIR)
		return RV_ABSENT;
	if (sys == EEXIST)
		return RV_EXISTS;
	errno = sys;
	return rv_fail_sys(err, "open '%s'", path);
}

/*
 * Absolute and ".." are refused by us, not only by the kernel: "a/../b" stays beneath and is
 * refused too.
 */
static bool path_is_plain(const char *path)
{
	char part[PATH_MAX];
	const char *rest = path;
	bool bad = false;

	if (*path == '/' || *path == '\0')
		return false;
	while (next_part(&rest, part, sizeof(part), &bad))
		;
	return !bad;
}

int rv_os_open_beneath_walk(
    int dirfd, const char *path, int flags, unsigned mode, int *out_fd, struct rv_error *err)
{
	int fd = walk(dirfd, path, flags, mode);

	if (fd < 0)
		return beneath_failed(dirfd, path, err);
	*out_fd = fd;
	return 0;
}

int rv_file_open_beneath(
    int dirfd, const char *path, int flags, uint32_t mode, int *out_fd, struct rv_error *err)
{
	int fd;

	if (!path_is_plain(path))
		return rv_fail(err, RV_INPUT, "open '%s': leads out of its folder", path);
	if ((flags & (O_CREAT | O_TRUNC)) && rv_fault_hit())
		return rv_fail_sys(err, "open '%s'", path);
	fd = rv_os_open_beneath(dirfd, path, flags, mode);
	if (fd < 0 && errno == ENOSYS)
		return rv_os_open_beneath_walk(dirfd, path, flags, mode, out_fd, err);
	if (fd < 0)
		return beneath_failed(dirfd, path, err);
	*out_fd = fd;
	return 0;
}
