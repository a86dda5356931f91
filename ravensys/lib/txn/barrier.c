/* SPDX-License-Identifier: ISC */
/* The barrier over all file systems of a transaction: see stage.h. */
#include "base/vec.h"
#include "txn/stage.h"

void rv_txn_barrier_release(struct rv_txn_barrier *b)
{
	rv_vec_each (&b->systems, it)
		rv_fd_release(&it->fd);
	rv_vec_release(&b->systems);
	rv_vec_release(&b->folders);
}

int rv_txn_barrier_add(
    struct rv_txn_barrier *b, struct rv_dirs *dirs, const char *folder, struct rv_error *err)
{
	struct rv_txn_barrier_fs *fs;
	struct rv_stat st;
	int fd, rc = rv_dirs_get(dirs, folder, &fd, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (b->systems.n == 0)
		b->whole = rv_barrier_is_whole();
	if (!b->whole)
		rv_vec_push(&b->folders, folder);
	if (rv_file_fstat(fd, &st, err) < 0)
		return -1;
	rv_vec_each (&b->systems, it)
		if (it->dev == st.dev)
			return 0;
	fs = rv_vec_add(&b->systems);
	fs->dev = st.dev;
	fs->fd = -1;
	rc = rv_dir_open(fd, ".", &fs->fd, err);
	return rc <= 0 ? rc : rv_fail(err, RV_INPUT, "%s: vanished meanwhile", folder);
}

int rv_txn_barrier_pass(struct rv_txn_barrier *b, struct rv_dirs *dirs, struct rv_error *err)
{
	int fd, rc;

	rv_vec_each (&b->folders, it) {
		rc = rv_dirs_get(dirs, *it, &fd, err);
		if (rc < 0 || (rc == 0 && rv_fd_sync(fd, *it, err) < 0))
			return -1;
	}
	rv_vec_each (&b->systems, it)
		if (rv_barrier(it->fd, "the installed files", err) < 0)
			return -1;
	return 0;
}
