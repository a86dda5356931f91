/* SPDX-License-Identifier: ISC */
/*
 * Removing a tree: by descriptors with an explicit stack, so that neither depth nor a link swapped
 * in meanwhile leads out of it. A mount inside it is refused, not crossed.
 */
#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/fault.h"
#include "os/internal.h"

#define DEPTH_MAX 200 /* open folders at a time */

/* One open folder on the way down: its name in its parent, to remove it when it is empty. */
struct level {
	DIR *dir;
	char *name;
};

struct walk {
	rv_vec(struct level) levels;
	uint64_t mount_id;
	int top_fd;	  /* where the first level's name lives */
	unsigned n_moved; /* folders that were too deep and lay in the first level for a while */
	bool again;	  /* the first level must be listed once more */
};

static void level_close(struct level *l)
{
	if (l->dir)
		closedir(l->dir);
	free(l->name);
}

static void walk_release(struct walk *w)
{
	rv_vec_each (&w->levels, it)
		level_close(it);
	rv_vec_release(&w->levels);
}

static int parent_fd(const struct walk *w)
{
	return w->levels.n > 1 ? dirfd(w->levels.v[w->levels.n - 2].dir) : w->top_fd;
}

/*
 * Too deep to hold every folder open: it moves up to the first level, whose listing begins again
 * later.
 */
static int move_up(struct walk *w, int parent, const char *name, struct rv_error *err)
{
	char moved[64];

	snprintf(moved, sizeof(moved), ".deep-%ld-%u", (long)getpid(), w->n_moved++);
	/*
	 * a folder changes its parent only when it can be written itself; this way they are ours or
	 * it fails below
	 */
	(void)fchmod(parent, 0700);
	(void)rv_os_chmod_nofollow(parent, name, 0700);
	if (renameat(parent, name, dirfd(w->levels.v[0].dir), moved) < 0)
		return rv_fail_sys(err, "move '%s'", name);
	w->again = true;
	return 0;
}

static int push(struct walk *w, int parent, const char *name, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	DIR *dir;

	if (w->levels.n >= DEPTH_MAX)
		return move_up(w, parent, name, err);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* a folder without read permission can be emptied once it is ours again */
	if (fd < 0 && errno == EACCES && rv_os_chmod_nofollow(parent, name, 0700) == 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return rv_fail_sys(err, "open folder '%s'", name);
	if (w->levels.n == 0)
		w->mount_id = rv_os_mount_id(fd);
	else if (rv_os_mount_id(fd) != w->mount_id)
		return rv_fail(err, RV_SYS, "remove '%s': something is mounted there", name);
	dir = fdopendir(fd);
	if (!dir)
		return rv_fail_sys(err, "list '%s'", name);
	(void)rv_take_fd(&fd);
	rv_vec_push(&w->levels, (struct level){.dir = dir, .name = rv_strdup(name)});
	return 0;
}

static int pop(struct walk *w, struct rv_error *err)
{
	struct level *l = &w->levels.v[w->levels.n - 1];
	int rc = 0, gone = unlinkat(parent_fd(w), l->name, AT_REMOVEDIR);

	/* a parent without write permission, ours: made writable once */
	if (gone < 0 && errno == EACCES && w->levels.n > 1 && fchmod(parent_fd(w), 0700) == 0)
		gone = unlinkat(parent_fd(w), l->name, AT_REMOVEDIR);
	if (gone < 0 && errno == ENOTEMPTY && w->levels.n == 1 && w->again) {
		w->again = false;
		rewinddir(l->dir);
		return 0;
	}
	if (gone < 0 && errno != ENOENT)
		rc = rv_fail_sys(err, "remove folder '%s'", l->name);
	level_close(l);
	w->levels.n--;
	return rc;
}

/* 0 removed or gone, 1 it is a folder, < 0. */
static int remove_leaf(int dirfd, const char *name, struct rv_error *err)
{
	struct stat st;
	int sys;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	sys = errno;
	/* what unlink says about a folder differs between systems: ask */
	if ((sys == EISDIR || sys == EPERM || sys == EACCES) &&
	    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return 1;
	/* a folder without write permission, ours: made writable once, then tried again */
	if (sys == EACCES && fchmod(dirfd, 0700) == 0 && unlinkat(dirfd, name, 0) == 0)
		return 0;
	errno = sys;
	return rv_fail_sys(err, "remove '%s'", name);
}

static int step(struct walk *w, struct rv_error *err)
{
	DIR *dir = w->levels.v[w->levels.n - 1].dir;
	const struct dirent *d;
	int rc;

	errno = 0;
	d = readdir(dir);
	if (!d)
		return errno ? rv_fail_sys(err, "list '%s'", w->levels.v[w->levels.n - 1].name)
			     : pop(w, err);
	if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
		return 0;
	rc = remove_leaf(dirfd(dir), d->d_name, err);
	return rc == 1 ? push(w, dirfd(dir), d->d_name, err) : rc;
}

int rv_tree_remove(int dirfd, const char *name, struct rv_error *err)
{
	rv_auto(walk) struct walk w = {.top_fd = dirfd};
	struct stat st;
	int rc;

	if (rv_fault_hit())
		return rv_fail_sys(err, "remove '%s'", name);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return rv_os_missing_or_fail(err, "remove", name);
	rc = remove_leaf(dirfd, name, err);
	if (rc <= 0)
		return rc;
	if (push(&w, dirfd, name, err) < 0)
		return rv_context(err, "remove tree '%s'", name);
	while (w.levels.n > 0)
		if (step(&w, err) < 0)
			return rv_context(err, "remove tree '%s'", name);
	return 0;
}
