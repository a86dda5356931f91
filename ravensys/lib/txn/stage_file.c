/* SPDX-License-Identifier: ISC */
/*
 * Creating one thing under its temporary name. A file costs about five calls: what the system would
 * do by itself (owner, mode) is learned from the first file of a folder and not done again.
 */
#include "txn/stage_file.h"

enum { SET_ID = 06000, OWNER_ALL = 0700 };

uint32_t rv_stage_mode(bool as_root, uint32_t mode)
{
	return as_root ? mode : mode & ~(uint32_t)SET_ID;
}

static int folder_of(
    struct rv_stage_hand *h, const struct rv_txn_node *n, int *out_fd, struct rv_error *err)
{
	int rc = rv_dirs_get(&h->dirs, n->stage_folder, out_fd, err);

	if (h->habit.folder != n->stage_folder)
		h->habit = (struct rv_stage_habit){.folder = n->stage_folder};
	return rc <= 0 ? rc : rv_fail(err, RV_INPUT, "%s: vanished meanwhile", n->stage_folder);
}

static void learn(struct rv_stage_habit *habit, const struct rv_stat *st, uint32_t asked)
{
	habit->known = true;
	habit->uid = st->uid;
	habit->gid = st->gid;
	habit->passed |= asked & st->mode;
	habit->blocked |= asked & ~st->mode;
}

static int write_xattrs(
    int fd, const char *path, const struct rv_file_entry *e, bool as_root, struct rv_error *err)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct rv_xattr *x = &e->xattrs[i];
		bool capability = rv_span_starts(x->name, RV_SPAN_LIT("security."));
		int rc;

		if (capability && !as_root)
			continue;
		rc = rv_fd_set_xattr(fd, path, x->name.p, x->value, err);
		if (rc < 0)
			return -1;
		/* without user.* attributes a program works, without a capability it does not */
		if (rc == RV_ABSENT && capability)
			return rv_fail(err, RV_INPUT,
			    "%s: needs %s, which its file system does not have", path, x->name.p);
	}
	return 0;
}

static int set_attributes(struct rv_stage_hand *h, int fd, const struct rv_txn_node *n,
    const struct rv_file_entry *e, const uint32_t owner[2], struct rv_error *err)
{
	uint32_t mode = rv_stage_mode(h->as_root, e->mode), plain = mode & 0777;
	struct rv_stat st;
	bool as_asked;

	if (!h->habit.known || (plain & ~(h->habit.passed | h->habit.blocked))) {
		if (rv_file_fstat(fd, &st, err) < 0)
			return -1;
		learn(&h->habit, &st, plain);
	}
	as_asked = (plain & h->habit.blocked) == 0 && mode == plain;
	/* a change of owner takes set-id bits away: owner first */
	if (h->as_root && (owner[0] != h->habit.uid || owner[1] != h->habit.gid) &&
	    rv_fd_chown(fd, n->path.p, owner[0], owner[1], err) < 0)
		return -1;
	if (!as_asked && rv_fd_chmod(fd, n->path.p, mode, err) < 0)
		return -1;
	if (write_xattrs(fd, n->path.p, e, h->as_root, err) < 0)
		return -1;
	return rv_fd_set_mtime(fd, n->path.p, h->mtime_s, err);
}

/*
 * A name of ours that is taken was left by a database that was restored or lost: nobody else makes
 * such names.
 */
static int create(int dirfd, const char *name, uint32_t mode, int *out_fd, struct rv_error *err)
{
	int rc = rv_file_create(dirfd, name, mode, out_fd, err);

	if (rc != RV_EXISTS)
		return rc;
	if (rv_tree_remove(dirfd, name, err) < 0)
		return -1;
	rc = rv_file_create(dirfd, name, mode, out_fd, err);
	return rc <= 0 ? rc : rv_fail(err, RV_INPUT, "%s: somebody else makes it too", name);
}

int rv_stage_file(struct rv_stage_hand *h, const struct rv_txn_node *n,
    const struct rv_file_entry *e, uint32_t uid, uint32_t gid, struct rv_error *err)
{
	const uint32_t owner[2] = {uid, gid};
	rv_auto_fd fd = -1;
	int dirfd;

	if (folder_of(h, n, &dirfd, err) < 0 ||
	    create(dirfd, n->stage_name, e->mode & 0777, &fd, err) < 0 ||
	    rv_package_extract(h->cursor, e, fd, err) < 0 ||
	    set_attributes(h, fd, n, e, owner, err) < 0)
		return rv_context(err, "%s", n->path.p);
	return h->sync ? rv_fd_sync(fd, n->path.p, err) : 0;
}

int rv_stage_link(struct rv_stage_hand *h, const struct rv_txn_node *n, struct rv_error *err)
{
	struct rv_stat st;
	int dirfd, rc;

	if (folder_of(h, n, &dirfd, err) < 0)
		return rv_context(err, "%s", n->path.p);
	rc = rv_file_symlink(n->now->target.p, dirfd, n->stage_name, err);
	if (rc == RV_EXISTS && rv_tree_remove(dirfd, n->stage_name, err) == 0)
		rc = rv_file_symlink(n->now->target.p, dirfd, n->stage_name, err);
	if (rc != 0)
		return rv_context(err, "%s", n->path.p);
	if (!h->as_root)
		return 0;
	if (!h->habit.known) {
		if (rv_file_stat(dirfd, n->stage_name, &st, err) != 0)
			return rv_context(err, "%s", n->path.p);
		learn(&h->habit, &st, 0);
	}
	if (n->uid == h->habit.uid && n->gid == h->habit.gid)
		return 0;
	return rv_file_chown(dirfd, n->stage_name, n->uid, n->gid, err);
}

int rv_stage_folder(struct rv_stage_hand *h, const struct rv_txn_node *n, struct rv_error *err)
{
	uint32_t mode = rv_stage_mode(h->as_root, n->now->mode);
	struct rv_stat st;
	int dirfd, fd;

	if (folder_of(h, n, &dirfd, err) < 0)
		return rv_context(err, "%s", n->path.p);
	/* left by a database that was restored or lost, as in create() */
	if (n->tree == n && rv_tree_remove(dirfd, n->stage_name, err) < 0)
		return -1;
	if (rv_dir_make(dirfd, n->stage_name, (mode & 0777) | OWNER_ALL, err) < 0)
		return rv_context(err, "%s", n->path.p);
	if (rv_dirs_get(&h->dirs, n->stage_path, &fd, err) != 0)
		return rv_context(err, "%s", n->path.p);
	if (rv_file_fstat(fd, &st, err) < 0)
		return -1;
	if (h->as_root && (st.uid != n->uid || st.gid != n->gid) &&
	    rv_fd_chown(fd, n->path.p, n->uid, n->gid, err) < 0)
		return -1;
	if (!h->as_root)
		mode |= OWNER_ALL;
	if (st.mode != mode && rv_fd_chmod(fd, n->path.p, mode, err) < 0)
		return -1;
	return write_xattrs(fd, n->path.p, n->now, h->as_root, err);
}
