/* SPDX-License-Identifier: ISC */
/*
 * The path of an open folder: asked of /proc where there is one, else found by climbing, as getcwd
 * does, by device and inode number. Nothing is changed, nothing but the folders above is opened.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/dirpath.h"
#include "os/file.h"

enum { MAX_DEPTH = 256 };

static bool ask_proc(int dirfd, struct rv_buf *out)
{
	char link[64], path[PATH_MAX];
	struct stat here, there;
	ssize_t n;

	if (dirfd == RV_CWD)
		snprintf(link, sizeof(link), "/proc/self/cwd");
	else
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || path[0] != '/')
		return false;
	path[n] = '\0';
	/* a removed or covered folder keeps its old name in /proc */
	if (stat(path, &there) < 0 || fstatat(dirfd, ".", &here, 0) < 0 ||
	    here.st_ino != there.st_ino || here.st_dev != there.st_dev)
		return false;
	rv_buf_add(out, path, (size_t)n);
	return true;
}

/* The name under which `child` stands in the folder `parent`. */
static int name_in(int parent, const struct stat *child, char *name, size_t name_bytes)
{
	struct dirent *e;
	struct stat st;
	DIR *d;
	int rc = -1, fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -1;
	}
	errno = ENOENT;
	while (rc < 0 && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (fstatat(parent, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    st.st_ino != child->st_ino || st.st_dev != child->st_dev)
			continue;
		snprintf(name, name_bytes, "%s", e->d_name);
		rc = 0;
	}
	closedir(d);
	return rc;
}

static int climb(int dirfd, char *path, size_t bytes, size_t *at)
{
	char name[NAME_MAX + 1];
	struct stat here, up;
	rv_auto_fd fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*at = bytes;
	for (int depth = 0; depth < MAX_DEPTH; depth++) {
		int parent;
		size_t n;

		if (fd < 0 || fstat(fd, &here) < 0)
			return -1;
		parent = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rv_fd_release(&fd);
		fd = parent;
		if (fd < 0 || fstat(fd, &up) < 0)
			return -1;
		if (up.st_ino == here.st_ino && up.st_dev == here.st_dev)
			return 0;
		if (name_in(fd, &here, name, sizeof(name)) < 0)
			return -1;
		n = strlen(name);
		if (*at < n + 1) {
			errno = ENAMETOOLONG;
			return -1;
		}
		*at -= n;
		memcpy(path + *at, name, n);
		path[--*at] = '/';
	}
	errno = ELOOP;
	return -1;
}

int rv_dir_path(int dirfd, struct rv_buf *out, struct rv_error *err)
{
	char path[PATH_MAX];
	size_t at;

	if (ask_proc(dirfd, out))
		return rv_buf_check(out, "path of a folder", err);
	if (climb(dirfd, path, sizeof(path), &at) < 0)
		return rv_fail_sys(err, "path of an open folder");
	if (at == sizeof(path))
		rv_buf_add_char(out, '/');
	rv_buf_add(out, path + at, sizeof(path) - at);
	return rv_buf_check(out, "path of a folder", err);
}
