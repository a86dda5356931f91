/* SPDX-License-Identifier: ISC */
/* One publishing run under the repository's lock: load, packages, roles, clean. */
#include "repo/make.h"

#include <string.h>

#include "os/file.h"
#include "os/lock.h"
#include "repo/make_internal.h"

#define LOCK ".lock"

static int open_folders(struct making *m)
{
	const struct rv_repo_make *how = m->how;

	if (rv_dir_make(how->repo_fd, "metadata", 0755, m->err) < 0 ||
	    rv_dir_make(how->repo_fd, "targets", 0755, m->err) < 0 ||
	    rv_dir_open(how->repo_fd, "metadata", &m->metadata_fd, m->err) != 0 ||
	    rv_dir_open(how->repo_fd, "targets", &m->targets_fd, m->err) != 0)
		return -1;
	return 0;
}

static int run(struct making *m)
{
	if (open_folders(m) < 0 || making_load(m) < 0 || making_scan(m) < 0 || making_sign(m) < 0)
		return -1;
	return making_clean(m);
}

int rv_repo_make(const struct rv_repo_make *how, struct rv_repo_made *out, struct rv_error *err)
{
	rv_auto(rv_lock) struct rv_lock lock = RV_LOCK_INIT;
	struct making m = {.how = how, .out = out, .err = err, .metadata_fd = -1, .targets_fd = -1};
	int rc;

	memset(out, 0, sizeof(*out));
	rc = rv_lock_take(
	    &lock, how->repo_fd, LOCK, how->command ? how->command : "ravenadm", 0, err);
	if (rc == 0)
		rc = run(&m);
	making_release(&m);
	return rc < 0 ? rv_context(err, "repository") : 0;
}
