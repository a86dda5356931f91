/* SPDX-License-Identifier: ISC */
/*
 * Unpacks under a temporary name and renames when whole; nothing outside the package's own list is
 * made.
 */
#include "engine/unpack.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "archive/reader.h"
#include "os/clock.h"
#include "os/file.h"

static const char *leaf_of(const char *path, char *parent, size_t n)
{
	const char *slash = strrchr(path, '/');

	if (!slash) {
		snprintf(parent, n, ".");
		return path;
	}
	snprintf(parent, n, "%.*s", (int)(slash - path), path);
	return slash + 1;
}

static int unpack_file(struct rv_package_cursor *cursor, int dirfd, const char *leaf,
    const struct rv_file_entry *e, struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (rv_file_create(dirfd, leaf, 0600, &fd, err) != 0)
		return rv_context(err, "%s", e->path.p);
	if (rv_package_extract(cursor, e, fd, err) < 0)
		return -1;
	return rv_file_chmod(dirfd, leaf, e->mode, err);
}

static int unpack_entry(struct rv_package_cursor *cursor, int root_fd,
    const struct rv_file_entry *e, int64_t mtime_s, struct rv_error *err)
{
	char parent[RV_PATH_MAX_BYTES + 1];
	const char *leaf = leaf_of(e->path.p, parent, sizeof(parent));
	rv_auto_fd dirfd = -1;
	int r = -1;

	if (rv_file_open_beneath(root_fd, parent, O_RDONLY | O_DIRECTORY, 0, &dirfd, err) != 0)
		return rv_fail(err, RV_FORMAT, "%s: its folder is not in the package", e->path.p);
	switch (e->type) {
	case RV_ENTRY_FILE:
		r = unpack_file(cursor, dirfd, leaf, e, err);
		break;
	case RV_ENTRY_DIR:
		/* a folder's own mode is set when everything is in it; 0755 serves every build */
		return rv_dir_make(dirfd, leaf, 0755, err);
	case RV_ENTRY_LINK:
		r = rv_file_symlink(e->target.p, dirfd, leaf, err);
		break;
	case RV_ENTRY_HARDLINK:
		r = rv_file_link(root_fd, e->target.p, dirfd, leaf, err);
		break;
	}
	if (r != 0)
		return -1;
	return rv_file_set_mtime(dirfd, leaf, mtime_s, err);
}

static int unpack_all(const struct rv_package *package, int root_fd, struct rv_error *err)
{
	rv_autofree(rv_package_cursor) struct rv_package_cursor *cursor = NULL;
	rv_autofree(rv_files_reader) struct rv_files_reader *reader = NULL;
	int64_t mtime_s = rv_package_build(package)->source_date_epoch;
	struct rv_file_entry e;
	int r;

	if (rv_package_cursor_new(package, &cursor, err) < 0 ||
	    rv_files_reader_new(
		rv_package_files_text(package), rv_package_name(package), &reader, err) < 0)
		return -1;
	while ((r = rv_files_next(reader, &e, err)) == 0)
		if (unpack_entry(cursor, root_fd, &e, mtime_s, err) < 0)
			return rv_context(err, "unpack %s", rv_package_name(package));
	return r == RV_FILES_END ? 0 : -1;
}

static int check_id(const struct rv_package *package, const char *content_id, struct rv_error *err)
{
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(rv_package_content_id(package), hex);
	if (strcmp(hex, content_id) != 0)
		return rv_fail(err, RV_FORMAT,
		    "%s: content id is %s, wanted %s: build its port again with force",
		    rv_package_name(package), hex, content_id);
	return 0;
}

int rv_unpack_tree(
    int package_fd, const char *name, const char *content_id, int trees_fd, struct rv_error *err)
{
	rv_autofree(rv_package) struct rv_package *package = NULL;
	rv_auto_fd root_fd = -1;
	unsigned char noise[8];
	char temporary[64];
	struct rv_stat st;
	uint64_t tag;
	int r;

	r = rv_file_stat(trees_fd, content_id, &st, err);
	if (r <= 0)
		return r;
	if (rv_package_open(package_fd, name, &package, err) < 0 ||
	    check_id(package, content_id, err) < 0)
		return -1;
	if (rv_random_bytes(noise, sizeof(noise), err) < 0)
		return -1;
	memcpy(&tag, noise, sizeof(tag));
	snprintf(temporary, sizeof(temporary), ".unpack-%016llx", (unsigned long long)tag);
	if (rv_dir_make(trees_fd, temporary, 0755, err) < 0 ||
	    rv_dir_open(trees_fd, temporary, &root_fd, err) != 0)
		return -1;
	r = unpack_all(package, root_fd, err);
	if (r == 0)
		r = rv_file_rename(trees_fd, temporary, trees_fd, content_id, RV_RENAME_NEW, err);
	if (r != 0 && rv_tree_remove(trees_fd, temporary, NULL) < 0)
		rv_context(err, "and %s could not be removed", temporary);
	return r == RV_EXISTS ? 0 : r;
}
