/* SPDX-License-Identifier: ISC */
/* Walks a foreign archive's headers; the data is skipped, never extracted. */
#include "archive/foreign.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>

static void reader_free(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}

static int walk(struct archive *a, const char *what, int64_t *out_s, struct rv_error *err)
{
	struct archive_entry *entry;
	int64_t newest = 0;
	long count = 0;
	int r;

	while ((r = archive_read_next_header(a, &entry)) == ARCHIVE_OK || r == ARCHIVE_WARN) {
		if (++count > RV_FOREIGN_MAX_ENTRIES)
			return rv_fail(err, RV_LIMIT, "%s: more than %d entries", what,
			    RV_FOREIGN_MAX_ENTRIES);
		if (archive_entry_mtime(entry) > newest)
			newest = archive_entry_mtime(entry);
	}
	if (r != ARCHIVE_EOF)
		return count ? rv_fail(err, RV_FORMAT, "%s: damaged archive: %s", what,
				   archive_error_string(a))
			     : RV_FOREIGN_NOT_ARCHIVE;
	*out_s = newest;
	return count ? 0 : RV_FOREIGN_NOT_ARCHIVE;
}

int rv_foreign_newest_time(int fd, const char *what, int64_t *out_s, struct rv_error *err)
{
	__attribute__((cleanup(reader_free))) struct archive *a = archive_read_new();

	if (!a)
		return rv_fail(err, RV_NOMEM, "%s: out of memory", what);
	archive_read_support_filter_all(a);
	archive_read_support_format_all(a);
	if (archive_read_open_fd(a, fd, (size_t)256 * 1024) != ARCHIVE_OK)
		return RV_FOREIGN_NOT_ARCHIVE;
	return walk(a, what, out_s, err);
}
