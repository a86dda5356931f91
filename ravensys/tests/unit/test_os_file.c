/* SPDX-License-Identifier: ISC */
/*
 * lib/os files: each operation, each outcome, links in the way, and a fault in every mutating step.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/fault.h"
#include "os/file.h"
#include "os/internal.h"
#include "tests/tap.h"

static struct rv_error e;
static int top = -1;

static void read_back(const char *name, const char *want, const char *what)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(1 << 20);
	int rc = rv_file_read(top, name, &b, &e);

	tap_str(rc == 0 ? rv_buf_str(&b) : e.msg, want, "%s", what);
}

static void test_replace(void)
{
	rv_auto(rv_buf) struct rv_buf small = RV_BUF_INIT(3), exact = RV_BUF_INIT(5);
	struct rv_stat st;

	tap_good(rv_file_replace(top, "a", 0640, RV_SPAN_LIT("first"), &e), &e, "replace makes");
	read_back("a", "first", "content is there");
	tap_good(rv_file_stat(top, "a", &st, &e), &e, "stat");
	tap_int(st.mode, 0640, "mode is the one wanted, not the umask's");
	tap_int(rv_file_read(top, "a", &small, &e), -1, "the ceiling bounds a read");
	tap_int(e.code, RV_LIMIT, "and is a limit");
	tap_good(rv_file_read(top, "a", &exact, &e), &e,
	    "a file exactly as large as the ceiling is read");
	rv_auto(rv_buf) struct rv_buf nothing = RV_BUF_INIT(1 << 20);
	tap_good(rv_file_replace(top, "empty", 0644, RV_SPAN_NULL, &e), &e, "an empty file");
	tap_good(rv_file_read(top, "empty", &nothing, &e), &e, "is read");
	tap_str(rv_buf_str(&nothing), "", "as an empty text, NUL behind it");
	tap_good(rv_dir_make_path(top, "d/e/f", 0755, &e), &e, "folders on the way are made");
	tap_good(rv_file_replace(top, "d/e/f/g", 0644, RV_SPAN_LIT("deep"), &e), &e,
	    "replace in a folder");
	read_back("d/e/f/g", "deep", "deep content");
	tap_int(rv_file_stat(top, "nowhere", &st, &e), RV_ABSENT, "a missing name is an outcome");
	tap_int(rv_file_stat(top, "a/b", &st, &e), RV_ABSENT, "so is a name below a file");
	tap_ok(rv_file_replace(top, "nowhere/x", 0644, RV_SPAN_LIT("x"), &e) < 0,
	    "replace in a missing folder fails");
}

static int count_entry(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct rv_buf *text = ctx;

	(void)dirfd;
	(void)err;
	rv_buf_add_str(text, entry->name);
	rv_buf_add_str(text, entry->kind == RV_DIR ? "/" : entry->kind == RV_LINK ? "@" : " ");
	return 0;
}

static void test_names(void)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(100);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(200);
	rv_auto_fd fd = -1;

	tap_good(rv_dir_make(top, "n", 0755, &e), &e, "make a folder");
	tap_good(rv_dir_make(top, "n", 0755, &e), &e, "making it again is fine");
	tap_ok(rv_dir_make(top, "a", 0755, &e) < 0, "not where a file is");
	tap_good(rv_file_create(top, "n/x", 0644, &fd, &e), &e, "create");
	rv_fd_release(&fd);
	tap_int(rv_file_create(top, "n/x", 0644, &fd, &e), RV_EXISTS, "create again: taken");
	tap_good(rv_file_symlink("x", top, "n/l", &e), &e, "symlink");
	tap_int(rv_file_symlink("x", top, "n/l", &e), RV_EXISTS, "symlink again: taken");
	tap_good(rv_file_readlink(top, "n/l", &target, &e), &e, "readlink");
	tap_str(rv_buf_str(&target), "x", "its target");
	tap_ok(rv_file_open(top, "n/l", &fd, &e) < 0, "open does not follow a last link");
	tap_good(rv_file_link(top, "n/x", top, "n/h", &e), &e, "hard link");
	tap_int(rv_file_rename(top, "n/x", top, "n/h", RV_RENAME_NEW, &e), RV_EXISTS,
	    "rename new: taken");
	tap_good(rv_file_rename(top, "n/x", top, "n/y", RV_RENAME_NEW, &e), &e, "rename new");
	tap_int(rv_file_rename(top, "n/x", top, "n/z", RV_RENAME_OVER, &e), RV_ABSENT,
	    "rename: source missing");
	tap_ok(rv_file_rename(top, "n/y", top, "no/z", RV_RENAME_OVER, &e) < 0,
	    "rename: target folder missing is an error");
	tap_good(rv_file_rename(top, "n/y", top, "d", RV_RENAME_EXCHANGE, &e), &e,
	    "exchange a file and a folder");
	tap_good(rv_dir_each(top, "n", count_entry, &text, &e), &e, "list");
	tap_str(rv_buf_str(&text), "h l@y/", "sorted, with kinds");
	tap_good(rv_file_rename(top, "n/y", top, "d", RV_RENAME_EXCHANGE, &e), &e, "and back");
	tap_int(rv_dir_remove(top, "n", &e), RV_NOT_EMPTY, "a full folder stays");
	tap_int(rv_dir_remove(top, "no", &e), RV_ABSENT, "a missing folder is an outcome");
	tap_ok(rv_dir_remove(top, "a", &e) < 0, "a file is no folder");
	tap_int(rv_file_unlink(top, "no", &e), RV_ABSENT, "a missing file is an outcome");
	tap_ok(rv_file_unlink(top, "n", &e) < 0, "a folder is not unlinked");
	tap_good(rv_file_unlink(top, "n/l", &e), &e, "unlink a link");
}

static void test_attributes(void)
{
	struct rv_stat st;
	struct rv_space space;
	rv_auto_fd fd = -1;
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(1000);
	bool immutable = true;
	int rc;

	tap_good(rv_file_chmod(top, "a", 04755, &e), &e, "chmod");
	tap_good(rv_file_set_mtime(top, "a", 1577836800, &e), &e, "set time");
	tap_good(rv_file_chown(top, "a", getuid(), getgid(), &e), &e, "chown");
	tap_good(rv_file_chmod(top, "a", 04755, &e), &e, "chmod after chown");
	tap_good(rv_file_stat(top, "a", &st, &e), &e, "stat");
	tap_int(st.mode, 04755, "mode");
	tap_int(st.mtime_s, 1577836800, "time");
	tap_int(st.size, 5, "size");
	tap_good(rv_file_symlink("a", top, "la", &e), &e, "a link to it");
	tap_ok(rv_file_chmod(top, "la", 0600, &e) < 0, "the mode of a link is not set");
	tap_good(rv_file_stat(top, "a", &st, &e), &e, "stat again");
	tap_int(st.mode, 04755, "nor its target's");
	tap_good(rv_file_open(top, "a", &fd, &e), &e, "open");
	rc = rv_fd_set_xattr(fd, "a", "user.raven", RV_SPAN_LIT("v\0w"), &e);
	tap_ok(rc == 0 || rc == RV_ABSENT, "set an attribute, or the file system has none");
	if (rc == 0) {
		tap_good(rv_fd_get_xattr(fd, "a", "user.raven", &b, &e), &e, "get it");
		tap_ok(b.n == 3 && memcmp(b.p, "v\0w", 3) == 0, "its bytes");
		tap_good(rv_fd_list_xattr(fd, "a", &b, &e), &e, "list them");
		tap_str(rv_buf_str(&b), "user.raven", "its name");
	} else {
		tap_skip(4, "no extended attributes here");
	}
	tap_good(rv_fd_space(fd, "a", &space, &e), &e, "space");
	tap_ok(space.free_bytes > 0 && !space.read_only, "some is free");
	tap_good(rv_fd_is_immutable(fd, "a", &immutable, &e), &e, "flags");
	tap_ok(!immutable, "not immutable");
	tap_good(rv_barrier(top, "top", &e), &e, "barrier");
}

static void test_copy(void)
{
	const size_t size = 200000;
	rv_auto(rv_str) char *big = rv_alloc(size);
	char part[10];
	rv_auto_fd from = -1, to = -1, proc = -1;

	memset(big, 'x', size);
	big[123456] = 'y';
	tap_good(rv_file_create(top, "big", 0600, &from, &e), &e, "a larger file");
	tap_good(rv_fd_write(from, "big", big, size, &e), &e, "is written");
	tap_good(rv_file_copy(from, top, "copy", 0644, &e), &e, "and copied");
	tap_int(rv_file_copy(from, top, "copy", 0644, &e), RV_EXISTS, "not over something");
	tap_good(rv_file_open(top, "copy", &to, &e), &e, "open the copy");
	tap_good(rv_fd_pread(to, "copy", part, 10, 123450, &e), &e, "read in the middle");
	tap_ok(memcmp(part, "xxxxxxyxxx", 10) == 0, "the same bytes");
	tap_ok(rv_fd_pread(to, "copy", part, 10, size - 5, &e) < 0, "a short file");
	tap_int(e.code, RV_FORMAT, "is a format error");
	proc = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	tap_good(
	    rv_file_copy(proc, top, "status", 0644, &e), &e, "a file without a size is copied too");
	struct rv_stat st;
	tap_ok(rv_file_stat(top, "status", &st, &e) == 0 && st.size > 0, "with its content");
}

typedef int beneath_fn(int dirfd, const char *path, int *out_fd);

static int by_kernel(int dirfd, const char *path, int *out_fd)
{
	return rv_file_open_beneath(dirfd, path, O_RDONLY, 0, out_fd, &e);
}

static int by_walk(int dirfd, const char *path, int *out_fd)
{
	return rv_os_open_beneath_walk(dirfd, path, O_RDONLY, 0, out_fd, &e);
}

static void test_beneath(beneath_fn *fn, const char *which)
{
	static const struct {
		const char *path;
		int want;
	} rows[] = {
	    {"d/e/f/g", 0},
	    {"d", 0},
	    {"d/e/f/", 0},
	    {"d/./e/f/g", 0},
	    {"d/e/none", RV_ABSENT},
	    {"none/e", RV_ABSENT},
	    {"a/x", RV_ABSENT},
	    {"a/", RV_ABSENT},
	    {"..", -1},
	    {"d/../a", -1},
	    {"d/..", -1},
	    {"out/passwd", -1},
	    {"in/f/g", -1},
	    {"la", -1},
	    {"d/up/a", -1},
	};

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		rv_auto_fd fd = -1;
		tap_int(fn(top, rows[i].path, &fd), rows[i].want, "%s: %s", which, rows[i].path);
	}
}

static void test_tree(void)
{
	struct rv_stat st;
	rv_auto(rv_buf) struct rv_buf deep = RV_BUF_INIT(2000);

	rv_buf_add_str(&deep, "t");
	for (int i = 0; i < 300; i++)
		rv_buf_add_str(&deep, "/dd");
	tap_good(rv_dir_make_path(top, rv_buf_str(&deep), 0755, &e), &e, "a tree 300 deep");
	tap_good(rv_file_symlink("../d", top, "t/link", &e), &e, "with a link out of it");
	tap_good(rv_file_replace(top, "t/dd/file", 0400, RV_SPAN_LIT("x"), &e), &e, "and a file");
	tap_good(rv_file_chmod(top, "t/dd", 0500, &e), &e, "in a folder without write permission");
	tap_good(rv_tree_remove(top, "t", &e), &e, "is removed");
	tap_int(rv_file_stat(top, "t", &st, &e), RV_ABSENT, "and gone");
	tap_good(rv_file_stat(top, "d/e/f/g", &st, &e), &e, "what the link led to is not");
	tap_int(rv_tree_remove(top, "t", &e), RV_ABSENT, "again: an outcome");
	tap_good(rv_tree_remove(top, "la", &e), &e, "a link is removed, not its target");
	tap_good(rv_file_stat(top, "a", &st, &e), &e, "the target is there");
}

/*
 * Deeper than a path can say, with folders that forbid everything; as an ordinary user when there
 * is the choice.
 */
static void test_deep_tree(void)
{
	int status = 1;
	pid_t pid;

	tap_good(rv_dir_make(top, "deep", 0777, &e), &e, "a folder");
	tap_good(rv_file_chmod(top, "deep", 0777, &e), &e, "for everybody");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		rv_auto_fd fd = -1, next = -1;
		if (geteuid() == 0 && setuid(65534) < 0)
			_exit(2);
		if (rv_dir_make(top, "deep/t", 0755, &e) < 0 ||
		    rv_dir_open(top, "deep/t", &fd, &e) != 0)
			_exit(3);
		for (int i = 0; i < 1500; i++) {
			if (rv_dir_make(fd, "some-longer-name", 0755, &e) < 0 ||
			    rv_dir_make(fd, "empty", 0500, &e) < 0 ||
			    rv_dir_open(fd, "some-longer-name", &next, &e) != 0 ||
			    fchmod(fd, i % 2 ? 0500 : 0) < 0)
				_exit(4);
			rv_fd_release(&fd);
			fd = rv_take_fd(&next);
		}
		_exit(rv_tree_remove(top, "deep/t", &e) == 0 ? 0 : 5);
	}
	waitpid(pid, &status, 0);
	tap_int(status, 0, "a tree of 1500 levels with forbidden folders is removed by its owner");
	tap_good(rv_dir_remove(top, "deep", &e), &e, "nothing of it is left");
}

/* Every step of a replace fails once: the old content stays and no temporary is left. */
static void test_faults(void)
{
	rv_auto(rv_buf) struct rv_buf before = RV_BUF_INIT(4000), after = RV_BUF_INIT(4000);
	unsigned n;
	int rc = -1;

	tap_good(rv_file_replace(top, "d/faulty", 0644, RV_SPAN_LIT("old"), &e), &e, "a file");
	rc = rv_dir_each(top, "d", count_entry, &before, &e);
	for (n = 1; n < 20; n++) {
		rv_fault_arm(n, ENOSPC);
		rc = rv_file_replace(top, "d/faulty", 0644, RV_SPAN_LIT("new"), &e);
		rv_fault_arm(0, 0);
		if (rc == 0)
			break;
		tap_int(e.sys, ENOSPC, "fault %u is reported", n);
		rv_buf_reset(&after);
		rc = rv_dir_each(top, "d", count_entry, &after, &e);
		tap_str(rv_buf_str(&after), rv_buf_str(&before), "nothing is left behind");
		if (n < 5)
			read_back("d/faulty", "old", "the old content stays");
	}
	tap_ok(n == 6 && rc == 0, "create, write, sync, rename, sync of the folder were asked");
	read_back("d/faulty", "new", "then it succeeds");
}

int main(void)
{
	char folder[] = "/tmp/test_os_file.XXXXXX";

	if (!mkdtemp(folder) || chmod(folder, 0755) < 0 || rv_dir_open_user(folder, &top, &e) < 0)
		return 1;
	test_replace();
	test_names();
	test_attributes();
	test_copy();
	tap_good(rv_file_symlink("/etc", top, "out", &e), &e, "a link out");
	tap_good(rv_file_symlink("d/e", top, "in", &e), &e, "a link that stays in");
	tap_good(rv_file_symlink("..", top, "d/up", &e), &e, "a link upwards");
	test_beneath(by_kernel, "openat2");
	test_beneath(by_walk, "walk");
	rv_auto_fd fd = -1;
	tap_ok(rv_file_open_beneath(top, "/etc/passwd", O_RDONLY, 0, &fd, &e) < 0,
	    "absolute: refused");
	tap_good(rv_file_open_beneath(top, "d/new", O_WRONLY | O_CREAT | O_EXCL, 0600, &fd, &e), &e,
	    "create beneath");
	test_tree();
	test_deep_tree();
	test_faults();
	tap_good(rv_tree_remove(RV_CWD, folder, &e), &e, "clean up");
	return tap_done();
}
