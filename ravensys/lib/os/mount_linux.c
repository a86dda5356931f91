/* SPDX-License-Identifier: ISC */
/*
 * Mounts on Linux by the descriptor-based calls (5.12 and later): no path is looked up twice,
 * ownership shift and read-only are set before anybody can see the mount, and an overlay takes its
 * layers one by one.
 */
#include "os/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/vec.h"
#include "os/file.h"

static uint64_t attributes(unsigned flags)
{
	return (flags & RV_MOUNT_READ_ONLY ? MOUNT_ATTR_RDONLY : 0U) |
	       (flags & RV_MOUNT_NO_SUID ? MOUNT_ATTR_NOSUID : 0U) |
	       (flags & RV_MOUNT_NO_DEV ? MOUNT_ATTR_NODEV : 0U);
}

static int set_attributes(int fd, unsigned flags, int map_fd)
{
	struct mount_attr attr = {.attr_set = attributes(flags), .propagation = MS_PRIVATE};

	if (map_fd >= 0) {
		attr.attr_set |= MOUNT_ATTR_IDMAP;
		attr.userns_fd = (unsigned)map_fd;
	}
	return mount_setattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr));
}

int rv_mount_reopen(int fd, int *out_fd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(4096);
	rv_auto_fd again = -1;
	struct rv_stat was, is;
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (rv_file_fstat(fd, &was, err) < 0)
		return -1;
	if (rv_file_readlink(RV_CWD, name, &path, err) != 0 ||
	    rv_dir_open(RV_CWD, rv_buf_str(&path), &again, err) != 0 ||
	    rv_file_fstat(again, &is, err) < 0 || is.dev != was.dev || is.ino != was.ino)
		return rv_fail(err, RV_SYS, "find folder '%s' again: it was moved, or no /proc",
		    rv_buf_str(&path));
	*out_fd = rv_take_fd(&again);
	return 0;
}

int rv_mount_copy(
    int dirfd, const char *name, unsigned flags, int map_fd, int *out_fd, struct rv_error *err)
{
	rv_auto_fd fd = open_tree(dirfd, name,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH |
		AT_SYMLINK_NOFOLLOW);
	int rc = 0;

	if (fd < 0)
		return rv_fail_sys(err, "mount a copy of '%s'", name);
	if (set_attributes(fd, flags, map_fd) < 0) {
		/*
		 * EINVAL: this file system, or one mounted below, knows no shift; EPERM: it is
		 * shifted already
		 */
		if (map_fd < 0 || (errno != EINVAL && errno != EPERM) ||
		    set_attributes(fd, flags, -1) < 0)
			return rv_fail_sys(err, "set up the mount of '%s'", name);
		rc = RV_MOUNT_NOT_MAPPED;
	}
	*out_fd = rv_take_fd(&fd);
	return rc;
}

int rv_mount_attach(int mount_fd, int dirfd, const char *name, struct rv_error *err)
{
	unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | (*name ? 0U : MOVE_MOUNT_T_EMPTY_PATH);

	if (move_mount(mount_fd, "", dirfd, name, flags) < 0)
		return rv_fail_sys(err, "mount at '%s'", name);
	return 0;
}

int rv_mount_bind(int from_dirfd, const char *from, int dirfd, const char *name, unsigned flags,
    struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (rv_mount_copy(from_dirfd, from, flags, -1, &fd, err) < 0)
		return -1;
	return rv_mount_attach(fd, dirfd, name, err);
}

/* --- new file systems */

static int set_string(int fs, const char *key, const char *value)
{
	return fsconfig(fs, FSCONFIG_SET_STRING, key, value, 0);
}

/* The kernel's own words about a failed fsconfig, if it left any. */
static int fs_failed(int fs, const char *what, struct rv_error *err)
{
	char text[256];
	int sys = errno;
	ssize_t n = read(fs, text, sizeof(text) - 1);

	errno = sys;
	if (n <= 2)
		return rv_fail_sys(err, "mount %s", what);
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return rv_fail_sys(err, "mount %s: %s", what, text + 2);
}

struct place {
	int dirfd;
	const char *name;
	int *out_fd; /* may be NULL */
};

static int finish(
    int fs, const char *what, unsigned flags, const struct place *at, struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return fs_failed(fs, what, err);
	fd = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)attributes(flags));
	if (fd < 0)
		return fs_failed(fs, what, err);
	if (rv_mount_attach(fd, at->dirfd, at->name, err) < 0)
		return rv_context(err, "%s", what);
	if (at->out_fd)
		*at->out_fd = rv_take_fd(&fd);
	return 0;
}

int rv_mount_tmpfs(
    const struct rv_tmpfs *how, int dirfd, const char *name, int *out_fd, struct rv_error *err)
{
	rv_auto_fd fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
	char size[32], mode[16];

	snprintf(size, sizeof(size), "%llu", (unsigned long long)how->max_bytes);
	snprintf(mode, sizeof(mode), "%o", how->mode);
	if (fs < 0)
		return rv_fail_sys(err, "mount tmpfs");
	if ((how->max_bytes && set_string(fs, "size", size) < 0) ||
	    set_string(fs, "mode", mode) < 0)
		return fs_failed(fs, "tmpfs", err);
	return finish(fs, "tmpfs", RV_MOUNT_NO_SUID | RV_MOUNT_NO_DEV,
	    &(struct place){dirfd, name, out_fd}, err);
}

/* --- overlay */

/* A layer by descriptor (Linux 6.13), else by the descriptor's name in /proc (6.7). */
static int add_layer(int fs, const char *key, int fd)
{
	char path[64];

	if (fsconfig(fs, FSCONFIG_SET_FD, key, NULL, fd) == 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return set_string(fs, key, path);
}

static int add_lower(int fs, const struct rv_layer *layer, struct rv_error *err)
{
	rv_auto_fd fd = openat(
	    layer->dirfd, *layer->name ? layer->name : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return rv_fail_sys(err, "open layer '%s'", layer->name);
	if (add_layer(fs, "lowerdir+", fd) < 0)
		return fs_failed(fs, layer->name, err);
	return 0;
}

static int add_upper(int fs, const struct rv_overlay *how, struct rv_error *err)
{
	if (how->upper_fd < 0)
		return 0;
	if (add_layer(fs, "upperdir", how->upper_fd) < 0 ||
	    add_layer(fs, "workdir", how->work_fd) < 0)
		return fs_failed(fs, "overlay: upper", err);
	/*
	 * an upper never outlives its slot: its sync at the end would be wasted; older kernels do
	 * without
	 */
	(void)fsconfig(fs, FSCONFIG_SET_FLAG, "volatile", NULL, 0);
	if (how->as_user && fsconfig(fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0) < 0)
		return fs_failed(fs, "overlay: userxattr", err);
	return 0;
}

int rv_mount_overlay(
    const struct rv_overlay *how, int dirfd, const char *name, int *out_fd, struct rv_error *err)
{
	rv_auto_fd fs = fsopen("overlay", FSOPEN_CLOEXEC);

	if (fs < 0)
		return rv_fail_sys(err, "mount overlay");
	(void)set_string(fs, "source", "raven");
	for (unsigned i = 0; i < how->n_lower; i++)
		if (add_lower(fs, &how->lower[i], err) < 0)
			return rv_context(err, "overlay");
	if (add_upper(fs, how, err) < 0)
		return -1;
	return finish(fs, "overlay", RV_MOUNT_NO_DEV, &(struct place){dirfd, name, out_fd}, err);
}

/* --- proc and dev */

int rv_mount_proc(int dirfd, const char *name, struct rv_error *err)
{
	rv_auto_fd fs = fsopen("proc", FSOPEN_CLOEXEC);

	if (fs < 0)
		return rv_fail_sys(err, "mount proc");
	if (finish(fs, "proc", RV_MOUNT_NO_SUID | RV_MOUNT_NO_DEV,
		&(struct place){dirfd, name, NULL}, err) == 0)
		return 0;
	/*
	 * where parts of /proc are covered (some containers) a user may not have a new one: the old
	 * one then
	 */
	if (!err || err->sys != EPERM)
		return -1;
	return rv_mount_bind(RV_CWD, "/proc", dirfd, name, RV_MOUNT_READ_ONLY, err);
}

static const char *const device_files[] = {"null", "zero", "full", "random", "urandom", "tty"};
static const char *const device_links[][2] = {
    {"ptmx", "pts/ptmx"},
    {"fd", "/proc/self/fd"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"},
};

int rv_mount_devices_make(int dirfd, struct rv_error *err)
{
	for (size_t i = 0; i < RV_COUNT(device_files); i++) {
		rv_auto_fd fd = -1;
		if (rv_file_create(dirfd, device_files[i], 0644, &fd, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < RV_COUNT(device_links); i++)
		if (rv_file_symlink(device_links[i][1], dirfd, device_links[i][0], err) < 0)
			return -1;
	if (rv_dir_make(dirfd, "shm", 0777, err) < 0)
		return -1;
	return rv_dir_make(dirfd, "pts", 0755, err);
}

static int mount_terminals(int dirfd, uint32_t tty_gid, struct rv_error *err)
{
	rv_auto_fd fs = fsopen("devpts", FSOPEN_CLOEXEC);
	char gid[16];

	snprintf(gid, sizeof(gid), "%u", tty_gid);
	if (fs < 0)
		return rv_fail_sys(err, "mount devpts");
	if (set_string(fs, "ptmxmode", "666") < 0 || set_string(fs, "mode", "620") < 0)
		return fs_failed(fs, "devpts", err);
	if (tty_gid != UINT32_MAX && set_string(fs, "gid", gid) < 0)
		return fs_failed(fs, "devpts", err);
	return finish(fs, "devpts", RV_MOUNT_NO_SUID, &(struct place){dirfd, "pts", NULL}, err);
}

int rv_mount_devices(int dirfd, uint32_t tty_gid, struct rv_error *err)
{
	rv_auto_fd host = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (host < 0)
		return rv_fail_sys(err, "open '/dev'");
	for (size_t i = 0; i < RV_COUNT(device_files); i++)
		if (rv_mount_bind(
			host, device_files[i], dirfd, device_files[i], RV_MOUNT_NO_SUID, err) < 0)
			return rv_context(err, "device %s", device_files[i]);
	return mount_terminals(dirfd, tty_gid, err);
}

/* --- the namespace's root */

int rv_mount_private(struct rv_error *err)
{
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	if (errno == EINVAL)
		return RV_MOUNT_SHARED;
	return rv_fail_sys(err, "make mounts private");
}

int rv_mount_enter(int root_fd, struct rv_error *err)
{
	if (fchdir(root_fd) < 0)
		return rv_fail_sys(err, "enter the new root");
	if (syscall(SYS_pivot_root, ".", ".") == 0) {
		/* the old root lies over the new one now: it is the one that goes */
		if (umount2(".", MNT_DETACH) < 0)
			return rv_fail_sys(err, "let the old root go");
	} else if (errno != EINVAL) {
		return rv_fail_sys(err, "change the root");
	} else if (chroot(".") < 0) {
		return rv_fail_sys(err, "chroot");
	}
	if (chdir("/") < 0)
		return rv_fail_sys(err, "enter the new root");
	return 0;
}

/* --- looking for leftovers */

/* mountinfo writes blanks and backslashes of a path as \ooo. */
static void unescape(struct rv_span in, struct rv_buf *out)
{
	rv_buf_reset(out);
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '\\' && i + 3 < in.n) {
			rv_buf_add_char(out, (char)((in.p[i + 1] - '0') * 64 +
						    (in.p[i + 2] - '0') * 8 + (in.p[i + 3] - '0')));
			i += 3;
		} else {
			rv_buf_add_char(out, in.p[i]);
		}
	}
}

static bool is_beneath(struct rv_span path, struct rv_span top)
{
	return rv_span_starts(path, top) && (path.n == top.n || path.p[top.n] == '/');
}

int rv_mount_list(const char *path, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf mounts = RV_BUF_INIT(16 << 20), point = RV_BUF_INIT(8192);
	struct rv_span rest, line, word;
	int rc = rv_file_read(RV_CWD, "/proc/self/mountinfo", &mounts, err);

	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_SYS, "list of mounts: no /proc");
	rest = rv_buf_span(&mounts);
	while (rv_span_next(&rest, '\n', &line)) {
		for (int i = 0; i < 5; i++)
			if (!rv_span_next(&line, ' ', &word))
				return rv_fail(err, RV_FORMAT, "list of mounts: a short line");
		unescape(word, &point);
		if (is_beneath(rv_buf_span(&point), rv_span_str(path)))
			rv_buf_addf(out, "%s\n", rv_buf_str(&point));
	}
	return rv_buf_check(out, "list of mounts", err);
}

int rv_mount_remove_beneath(const char *path, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(16 << 20);
	size_t end, begin;

	if (rv_mount_list(path, &list, err) < 0)
		return -1;
	/* the kernel lists a mount after its parent: backwards is deepest first */
	for (end = list.n; end > 0; end = begin) {
		list.p[--end] = '\0';
		for (begin = end; begin > 0 && list.p[begin - 1] != '\n'; begin--)
			;
		if (umount2(list.p + begin, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 && errno != EINVAL &&
		    errno != ENOENT)
			return rv_fail_sys(err, "unmount '%s'", list.p + begin);
	}
	return 0;
}
