/* SPDX-License-Identifier: ISC */
/* Reading and writing content. A final name only ever shows old or new content: rv_file_replace. */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "os/fault.h"
#include "os/internal.h"

static ssize_t read_again(int fd, void *to, size_t n)
{
	ssize_t got;

	do
		got = read(fd, to, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/*
 * The room to ask for next: the ceiling must not be taken for granted, so it grows with what came.
 * One byte more than the ceiling is asked for at the end, so that "too large" and "exactly as
 * large" differ.
 */
static int read_piece(int fd, const char *what, struct rv_buf *out, struct rv_error *err)
{
	char piece[8192], *to = piece;
	size_t room = out->max - out->n, want = sizeof(piece);
	ssize_t got;

	if (room >= 65536 && (to = rv_buf_room(out, 65536)))
		want = 65536;
	if (!to)
		return rv_buf_check(out, what, err);
	got = read_again(fd, to, want);
	if (got < 0)
		return rv_fail_sys(err, "read '%s'", what);
	if (got == 0)
		return 1;
	if (to == piece)
		rv_buf_add(out, piece, (size_t)got);
	else
		rv_buf_added(out, (size_t)got);
	return rv_buf_check(out, what, err);
}

int rv_fd_read_all(int fd, const char *what, struct rv_buf *out, struct rv_error *err)
{
	int rc;

	do
		rc = read_piece(fd, what, out, err);
	while (rc == 0);
	return rc < 0 ? -1 : 0;
}

int rv_file_read(int dirfd, const char *name, struct rv_buf *out, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = rv_file_open(dirfd, name, &fd, err);

	if (rc != 0)
		return rc;
	return rv_fd_read_all(fd, name, out, err);
}

bool rv_file_holds(int dirfd, const char *name, struct rv_span content)
{
	rv_auto(rv_buf) struct rv_buf old = RV_BUF_INIT(content.n + 1);
	struct rv_stat st;

	return rv_file_stat(dirfd, name, &st, NULL) == 0 && st.kind == RV_FILE &&
	       st.size == content.n && rv_file_read(dirfd, name, &old, NULL) == 0 &&
	       rv_span_eq(rv_buf_span(&old), content);
}

int rv_fd_pread(int fd, const char *what, void *to, size_t n, uint64_t offset, struct rv_error *err)
{
	char *at = to;
	ssize_t got;

	if (offset > INT64_MAX - n)
		return rv_fail(err, RV_FORMAT, "%s: offset beyond any file", what);
	while (n > 0) {
		got = pread(fd, at, n, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return rv_fail_sys(err, "read '%s'", what);
		if (got == 0)
			return rv_fail(err, RV_FORMAT, "%s: ends too early", what);
		at += got;
		n -= (size_t)got;
		offset += (uint64_t)got;
	}
	return 0;
}

int rv_fd_write(int fd, const char *what, const void *data, size_t n, struct rv_error *err)
{
	const char *at = data;
	ssize_t done;

	if (rv_fault_hit())
		return rv_fail_sys(err, "write '%s'", what);
	while (n > 0) {
		done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return rv_fail_sys(err, "write '%s'", what);
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

int rv_fd_pwrite(
    int fd, const char *what, const void *data, size_t n, uint64_t offset, struct rv_error *err)
{
	const char *at = data;
	ssize_t put;

	if (offset > INT64_MAX - n)
		return rv_fail(err, RV_LIMIT, "%s: offset beyond any file", what);
	while (n) {
		if (rv_fault_hit())
			return rv_fail_sys(err, "write '%s'", what);
		put = pwrite(fd, at, n, (off_t)offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return rv_fail_sys(err, "write '%s'", what);
		at += put;
		n -= (size_t)put;
		offset += (uint64_t)put;
	}
	return 0;
}

/* The folder part of name is opened to be synced; without one it is dirfd itself. */
static int sync_folder_of(int dirfd, const char *name, struct rv_error *err)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(name, '/');
	rv_auto_fd fd = -1;
	size_t n = slash ? (size_t)(slash - name) : 0;

	if (n >= sizeof(folder))
		return rv_fail(err, RV_LIMIT, "'%s': name too long", name);
	memcpy(folder, name, n);
	folder[n] = '\0';
	fd = openat(dirfd, !slash ? "." : n ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return rv_fail_sys(err, "open folder of '%s'", name);
	return rv_fd_sync(fd, slash ? folder : name, err);
}

/* A temporary name beside `name`; the random part keeps two writers apart. */
static int temporary_name(const char *name, char *out, size_t n, struct rv_error *err)
{
	const char *slash = strrchr(name, '/');
	int folder = slash ? (int)(slash - name) + 1 : 0;
	uint64_t id;

	if (rv_random_bytes(&id, sizeof(id), err) < 0)
		return -1;
	if (snprintf(out, n, "%.*s.tmp-%016llx", folder, name, (unsigned long long)id) >= (int)n)
		return rv_fail(err, RV_LIMIT, "'%s': name too long", name);
	return 0;
}

static int fill_and_sync(
    int fd, const char *name, uint32_t mode, struct rv_span data, struct rv_error *err)
{
	/* the mode given is the mode wanted, whatever the umask */
	if (fchmod(fd, mode) < 0)
		return rv_fail_sys(err, "set mode of '%s'", name);
	if (rv_fd_write(fd, name, data.p, data.n, err) < 0)
		return -1;
	return rv_fd_sync(fd, name, err);
}

int rv_file_replace(
    int dirfd, const char *name, uint32_t mode, struct rv_span data, struct rv_error *err)
{
	char temporary[PATH_MAX];
	rv_auto_fd fd = -1;
	int rc;

	if (temporary_name(name, temporary, sizeof(temporary), err) < 0)
		return -1;
	rc = rv_file_create(dirfd, temporary, 0600, &fd, err);
	if (rc != 0)
		return rc < 0 ? rv_context(err, "%s", name)
			      : rv_fail(err, RV_SYS, "%s: its temporary name is taken", name);
	rc = fill_and_sync(fd, name, mode, data, err);
	if (rc == 0)
		rc = rv_file_rename(dirfd, temporary, dirfd, name, RV_RENAME_OVER, err);
	if (rc != 0) {
		unlinkat(dirfd, temporary, 0);
		return rc < 0 ? -1 : rv_fail(err, RV_SYS, "%s: its temporary vanished", name);
	}
	return sync_folder_of(dirfd, name, err);
}

#define PIECE_BYTES 65536

static int copy_slow(int from_fd, int to_fd)
{
	rv_auto(rv_str) char *piece = rv_alloc(PIECE_BYTES);
	off_t at = 0;
	ssize_t got, done;

	/* after a half-done fast copy everything is written again from the start */
	if (lseek(to_fd, 0, SEEK_SET) < 0)
		return -1;
	for (;;) {
		got = pread(from_fd, piece, PIECE_BYTES, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		at += got;
		for (ssize_t put = 0; put < got; put += done) {
			done = write(to_fd, piece + put, (size_t)(got - put));
			if (done < 0 && errno != EINTR)
				return -1;
			if (done < 0)
				done = 0;
		}
	}
}

int rv_file_copy(int from_fd, int dirfd, const char *name, uint32_t mode, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = rv_file_create(dirfd, name, mode, &fd, err);

	if (rc != 0)
		return rc;
	if (rv_fault_hit())
		rc = -1;
	else if (rv_os_copy_fast(from_fd, fd) < 0)
		rc = errno == EOPNOTSUPP ? copy_slow(from_fd, fd) : -1;
	if (rc == 0)
		rc = fchmod(fd, mode);
	if (rc == 0)
		return 0;
	(void)rv_fail_sys(err, "copy to '%s'", name);
	unlinkat(dirfd, name, 0);
	return -1;
}

int rv_fd_sync(int fd, const char *what, struct rv_error *err)
{
	if (rv_fault_hit() || fsync(fd) < 0)
		return rv_fail_sys(err, "sync '%s'", what);
	return 0;
}
