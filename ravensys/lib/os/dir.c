/* SPDX-License-Identifier: ISC */
/*
 * Listing a directory: the whole of it is read and sorted before the first call, so that a callback
 * may change it.
 */
#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/vec.h"
#include "os/internal.h"

static int by_name(const void *a, const void *b)
{
	const struct rv_dir_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static enum rv_kind kind_of(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return rv_os_kind_of_mode((unsigned)DTTOIF(d->d_type));
	if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return RV_FILE;
	return rv_os_kind_of_mode(st.st_mode);
}

struct listing {
	rv_vec(struct rv_dir_entry) entries;
	struct rv_arena names;
};

static void listing_release(struct listing *l)
{
	rv_vec_release(&l->entries);
	rv_arena_release(&l->names);
}

static int read_all(DIR *dir, const char *name, struct listing *l, struct rv_error *err)
{
	const struct dirent *d;

	for (errno = 0; (d = readdir(dir)); errno = 0) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		rv_vec_push(&l->entries,
		    (struct rv_dir_entry){.name = rv_arena_strdup(&l->names, d->d_name),
			.kind = kind_of(dirfd(dir), d)});
	}
	return errno ? rv_fail_sys(err, "list '%s'", name) : 0;
}

static void dir_release(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int rv_dir_each(int dirfd, const char *name,
    int (*each)(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err),
    void *ctx, struct rv_error *err)
{
	rv_auto(listing) struct listing l = {0};
	rv_auto(dir) DIR *dir = NULL;
	rv_auto_fd fd = -1;
	int rc = rv_dir_open(dirfd, name, &fd, err), list_fd = fd;

	if (rc != 0)
		return rc;
	if (!(dir = fdopendir(fd)))
		return rv_fail_sys(err, "list '%s'", name);
	/* dir has taken the descriptor over, which serves the callbacks too */
	(void)rv_take_fd(&fd);
	if (read_all(dir, name, &l, err) < 0)
		return -1;
	rv_vec_sort(&l.entries, by_name);
	rv_vec_each (&l.entries, it) {
		rc = each(ctx, list_fd, it, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}
