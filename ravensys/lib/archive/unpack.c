/* SPDX-License-Identifier: ISC */
/* libarchive reads, we write: every name is checked here and opened beneath the folder. */
#include "archive/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/span.h"
#include "os/file.h"

#define READ_BYTES ((size_t)256 * 1024)
#define NAME_MAX_BYTES 1000

struct unpack {
	struct archive *a;
	const char *what;
	int dirfd;
	const struct rv_unpack_limits *limits;
	struct rv_unpacked done;
	uint64_t entries;
	char *top; /* the first part of every name */
	struct rv_error *err;
};

static int bad(struct unpack *u, const char *name, const char *why)
{
	return rv_fail(u->err, RV_FORMAT, "%s: entry '%.200s': %s", u->what, name, why);
}

/* NULL when good. */
static const char *name_fault(const char *name)
{
	struct rv_span rest = rv_span_str(name), part;

	if (rest.n > NAME_MAX_BYTES)
		return "the name is too long";
	if (rest.n && rest.p[0] == '/')
		return "the name is absolute";
	for (size_t i = 0; i < rest.n; i++)
		if ((unsigned char)rest.p[i] < 0x20 || rest.p[i] == 0x7f)
			return "the name has a control character";
	while (rv_span_next(&rest, '/', &part))
		if (!part.n || rv_span_is(part, ".") || rv_span_is(part, ".."))
			return "the name has an empty part, '.' or '..'";
	return NULL;
}

/* What is left of the name without its first part, NULL for the top folder itself. */
static int cut_name(struct unpack *u, const char *name, const char **out)
{
	struct rv_span whole, top;
	const char *fault;

	while (strncmp(name, "./", 2) == 0)
		name += 2;
	fault = name_fault(name);
	whole = rv_span_str(name);
	top = rv_span_sub(whole, 0, rv_span_find(whole, '/'));
	if (fault)
		return bad(u, name, fault);
	if (!u->top)
		u->top = rv_span_dup(top);
	else if (top.n && !rv_span_is(top, u->top))
		return bad(u, name, "is not in the one folder that the archive began with");
	*out = top.n + 1 < whole.n ? name + top.n + 1 : NULL;
	return 0;
}

/* --- kinds of entries */

/* Part by part: no link on the way is followed, not even to make a folder behind it. */
static int make_folder(struct unpack *u, const char *path)
{
	rv_auto(rv_str) char *part = rv_strdup(path);
	struct rv_stat st;

	for (size_t i = 1; i <= strlen(path); i++) {
		int rc;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		part[i] = '\0';
		rc = rv_file_stat(u->dirfd, part, &st, u->err);
		if (rc == 0 && st.kind != RV_DIR)
			return bad(u, path, "there is something else in the way");
		if (rc < 0 || (rc == RV_ABSENT && rv_dir_make(u->dirfd, part, 0755, u->err) < 0))
			return rv_context(u->err, "%s: entry '%s'", u->what, path);
		part[i] = path[i];
	}
	return 0;
}

static int make_parent(struct unpack *u, const char *path)
{
	const char *slash = strrchr(path, '/');
	rv_auto(rv_str) char *parent = slash ? rv_strndup(path, (size_t)(slash - path)) : NULL;

	return parent ? make_folder(u, parent) : 0;
}

static int copy_data(struct unpack *u, int fd, const char *path)
{
	const void *data;
	size_t n;
	la_int64_t offset;
	int r;

	while ((r = archive_read_data_block(u->a, &data, &n, &offset)) == ARCHIVE_OK) {
		if (offset < 0 || n > u->limits->bytes - u->done.bytes)
			return rv_fail(u->err, RV_LIMIT, "%s: more than %llu bytes of files",
			    u->what, (unsigned long long)u->limits->bytes);
		if (rv_fd_pwrite(fd, path, data, n, (uint64_t)offset, u->err) < 0)
			return -1;
		u->done.bytes += n;
	}
	return r == ARCHIVE_EOF ? 0 : bad(u, path, archive_error_string(u->a));
}

static int make_file(struct unpack *u, struct archive_entry *entry, const char *path)
{
	const uint32_t mode = archive_entry_perm(entry) & 0100 ? 0755 : 0644;
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	rv_auto_fd fd = -1;
	struct rv_stat st;
	int rc;

	if (make_parent(u, path) < 0)
		return -1;
	rc = rv_file_stat(u->dirfd, path, &st, u->err);
	if (rc == 0)
		return bad(u, path, "comes twice");
	if (rc < 0 || rv_file_open_beneath(u->dirfd, path, flags, mode, &fd, u->err) != 0)
		return rv_context(u->err, "%s: entry '%s'", u->what, path);
	u->done.files++;
	return copy_data(u, fd, path);
}

static int make_link(struct unpack *u, const char *target, const char *path)
{
	int rc;

	if (!target || !*target || name_fault(target))
		return bad(u, path, "is a link to what is outside");
	if (make_parent(u, path) < 0)
		return -1;
	rc = rv_file_symlink(target, u->dirfd, path, u->err);
	if (rc == RV_EXISTS)
		return bad(u, path, "comes twice");
	return rc < 0 ? rv_context(u->err, "%s: entry '%s'", u->what, path) : 0;
}

static int unpack_entry(struct unpack *u, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry), *path = NULL;
	size_t n = name ? strlen(name) : 0;
	rv_auto(rv_str) char *clean = NULL;

	if (++u->entries > u->limits->entries)
		return rv_fail(u->err, RV_LIMIT, "%s: more than %llu entries", u->what,
		    (unsigned long long)u->limits->entries);
	if (!n)
		return bad(u, "", "has no name");
	while (n > 1 && name[n - 1] == '/')
		n--;
	clean = rv_strndup(name, n);
	if (strcmp(clean, ".") == 0)
		return 0;
	if (cut_name(u, clean, &path) < 0)
		return -1;
	if (archive_entry_hardlink(entry))
		return bad(u, clean, "is a hard link");
	switch (archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return path ? make_folder(u, path) : 0;
	case AE_IFREG:
		return path ? make_file(u, entry, path) : bad(u, clean, "is not in a folder");
	case AE_IFLNK:
		return path ? make_link(u, archive_entry_symlink(entry), path)
			    : bad(u, clean, "is not in a folder");
	default:
		return bad(u, clean, "is neither file, folder nor link");
	}
}

static int unpack_all(struct unpack *u)
{
	struct archive_entry *entry;
	int r;

	while ((r = archive_read_next_header(u->a, &entry)) == ARCHIVE_OK || r == ARCHIVE_WARN)
		if (unpack_entry(u, entry) < 0)
			return -1;
	if (r != ARCHIVE_EOF)
		return rv_fail(u->err, RV_FORMAT, "%s: damaged archive: %s", u->what,
		    archive_error_string(u->a));
	if (u->done.files == 0)
		return rv_fail(u->err, RV_FORMAT, "%s: there is no file in it", u->what);
	return 0;
}

int rv_foreign_unpack(int fd, const char *what, int dirfd, const struct rv_unpack_limits *limits,
    struct rv_unpacked *out, struct rv_error *err)
{
	struct unpack u = {
	    .a = archive_read_new(), .what = what, .dirfd = dirfd, .limits = limits, .err = err};
	int rc;

	if (!u.a)
		return rv_fail(err, RV_NOMEM, "%s: out of memory", what);
	archive_read_support_filter_all(u.a);
	archive_read_support_format_tar(u.a);
	if (archive_read_open_fd(u.a, fd, READ_BYTES) != ARCHIVE_OK)
		rc = rv_fail(err, RV_FORMAT, "%s: no archive: %s", what, archive_error_string(u.a));
	else
		rc = unpack_all(&u);
	archive_read_free(u.a);
	free(u.top);
	*out = u.done;
	return rc;
}
