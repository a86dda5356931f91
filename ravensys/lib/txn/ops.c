/* SPDX-License-Identifier: ISC */
/*
 * Doing the operations. Invariant: after any of them, done or half done, doing it again leads to
 * the same end, and nothing that belongs to the user or to another package is lost.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "os/clock.h"
#include "txn/hash.h"
#include "txn/ops_step.h"

#define NEW_SUFFIX ".rvnnew"

int rv_txn_note(struct rv_txn_exec *x, const char *object, const char *text, struct rv_error *err)
{
	rv_auto(rv_str) char *line = rv_strfmt("%s: %s", object, text);

	rv_event_warn(x->env->bus, rv_clock_now_ms(), object, "%s", text);
	return rv_txnlog_note(x->env->db, x->txn, line, err);
}

static int note_path(
    struct rv_txn_exec *x, const struct rv_txnlog_op *op, const char *text, struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_strfmt("%s/%s", op->folder, op->name);

	return rv_txn_note(x, path, text, err);
}

int rv_op_foreign(const struct rv_op_step *s, const char *what, struct rv_error *err)
{
	return rv_fail(err, RV_INPUT,
	    "%s/%s: appeared meanwhile and belongs to no package: move it away", s->op->folder,
	    what);
}

int rv_op_move_to(int from_fd, const char *from, int to_fd, const char *to, struct rv_error *err)
{
	struct rv_stat a, b;
	int rc = rv_file_rename(from_fd, from, to_fd, to, RV_RENAME_NEW, err);

	if (rc != RV_EXISTS)
		return rc;
	rc = rv_file_stat(from_fd, from, &a, err);
	if (rc == 0)
		rc = rv_file_stat(to_fd, to, &b, err);
	if (rc != 0)
		return rc;
	if (a.kind == RV_DIR || a.dev != b.dev || a.ino != b.ino)
		return RV_EXISTS;
	return rv_file_unlink(from_fd, from, err) < 0 ? -1 : 0;
}

int rv_op_move(int fd, const char *from, const char *to, struct rv_error *err)
{
	return rv_op_move_to(fd, from, fd, to, err);
}

static int do_place(struct rv_op_step *s, struct rv_error *err)
{
	int rc = rv_op_move(s->fd, s->tmp, s->op->name, err);

	return rc == RV_EXISTS ? rv_op_merge(s, err) : rc;
}

/* --- files and links */

static int keep_config(struct rv_op_step *s, struct rv_error *err)
{
	rv_auto(rv_str) char *beside = rv_strfmt("%s" NEW_SUFFIX, s->op->name);

	if (rv_file_rename(s->fd, s->tmp, s->fd, beside, RV_RENAME_OVER, err) < 0)
		return -1;
	s->x->result->kept_configs++;
	return note_path(s->x, s->op,
	    "was changed and stays; the package's own lies beside it as " NEW_SUFFIX, err);
}

/* both: the two may be names of one file; then a rename does nothing and leaves both. */
static int rename_over(struct rv_op_step *s, bool both, struct rv_error *err)
{
	int rc = rv_file_rename(s->fd, s->tmp, s->fd, s->op->name, RV_RENAME_OVER, err);

	return rc == 0 && both ? rv_file_unlink(s->fd, s->tmp, err) : rc;
}

/* The user's file is looked at now, not when the plan was made. */
static int rename_config(struct rv_op_step *s, struct rv_error *err)
{
	struct rv_sha256 there, ours;
	int rc = rv_txn_hash(s->fd, s->tmp, s->tmp, &ours, err);
	bool is_file = rc == 0;

	if (rc < 0 || rc == RV_ABSENT)
		return rc;
	rc = rv_txn_hash(s->fd, s->op->name, s->op->name, &there, err);
	if (rc < 0)
		return -1;
	if (rc == RV_ABSENT)
		return rv_op_move(s->fd, s->tmp, s->op->name, err) < 0 ? -1 : 0;
	if (rc == 0 && ((s->op->has_sha256 && rv_sha256_eq(&there, &s->op->sha256)) ||
			   (is_file && rv_sha256_eq(&there, &ours))))
		return rename_over(s, true, err);
	return keep_config(s, err);
}

static int do_rename(struct rv_op_step *s, struct rv_error *err)
{
	int rc;

	if (s->op->flags & RV_OP_CONFIG)
		return rename_config(s, err);
	if (!(s->op->flags & RV_OP_NEW))
		return rename_over(s, s->op->flags & RV_OP_HARD, err);
	rc = rv_op_move(s->fd, s->tmp, s->op->name, err);
	return rc == RV_EXISTS ? rv_op_foreign(s, s->op->name, err) : rc;
}

/* --- modes and removals */

static int do_mode(struct rv_op_step *s, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = rv_dir_open(s->fd, s->op->name, &fd, err);

	if (rc != 0)
		return rc;
	if (s->op->flags & RV_OP_OWNER &&
	    rv_fd_chown(fd, s->op->name, s->op->uid, s->op->gid, err) < 0)
		return -1;
	return rv_fd_chmod(fd, s->op->name, s->op->mode, err);
}

static int remove_config(
    struct rv_txn_exec *x, const struct rv_txnlog_op *op, int fd, struct rv_error *err)
{
	rv_auto(rv_str) char *beside = rv_strfmt("%s" NEW_SUFFIX, op->name);
	struct rv_sha256 sum;
	int rc;

	/* ours beside it goes, unless it was worked on */
	rc = rv_txn_hash(fd, beside, beside, &sum, err);
	if (rc == 0 && rv_sha256_eq(&sum, &op->sha256))
		rc = rv_file_unlink(fd, beside, err);
	if (rc < 0)
		return -1;
	rc = rv_txn_hash(fd, op->name, op->name, &sum, err);
	if (rc < 0 || rc == RV_ABSENT)
		return rc;
	if (rc == 0 && rv_sha256_eq(&sum, &op->sha256))
		return rv_file_unlink(fd, op->name, err);
	x->result->kept_configs++;
	return note_path(x, op, "was changed and stays, though no package has it any more", err);
}

static int remove_file(
    struct rv_txn_exec *x, const struct rv_txnlog_op *op, int fd, struct rv_error *err)
{
	int rc;

	if (op->flags & RV_OP_CONFIG && op->has_sha256)
		return remove_config(x, op, fd, err);
	rc = rv_file_unlink(fd, op->name, err);
	if (rc < 0 && (err->sys == EISDIR || err->sys == EBUSY))
		return note_path(x, op,
		    err->sys == EBUSY ? "is in use as a mount point and stays"
				      : "is a folder now and stays",
		    err);
	return rc;
}

static int remove_folder(
    struct rv_txn_exec *x, const struct rv_txnlog_op *op, int fd, struct rv_error *err)
{
	int rc = rv_dir_remove(fd, op->name, err);

	if (rc < 0 && err->code == RV_INPUT)
		return note_path(x, op, "is no folder any more and stays", err);
	if (rc < 0 && err->sys == EBUSY)
		return note_path(x, op, "is in use as a mount point and stays", err);
	/* n: the old folder under its temporary name, which must not stay behind */
	if (rc == RV_NOT_EMPTY && op->n != 0)
		return rv_fail(err, RV_INPUT,
		    "%s/%s: something in it belongs to no package: move it away", op->folder,
		    op->name);
	return rc;
}

int rv_op_remove_in(
    struct rv_txn_exec *x, const struct rv_txnlog_op *op, const char *folder, struct rv_error *err)
{
	int fd, rc = rv_dirs_get(&x->dirs, folder, &fd, err);

	if (rc != 0)
		return rc;
	return op->kind == RV_OP_RMDIR ? remove_folder(x, op, fd, err)
				       : remove_file(x, op, fd, err);
}

/* --- all */

static int run_one(struct rv_txn_exec *x, const struct rv_txnlog_op *op, struct rv_error *err)
{
	struct rv_op_step s = {.x = x, .op = op};
	int rc = rv_dirs_get(&x->dirs, op->folder, &s.fd, err);

	rv_txn_tmp_name(s.tmp, x->txn, op->n);
	if (rc < 0)
		return -1;
	if (rc == RV_ABSENT)
		return op->kind == RV_OP_REMOVE || op->kind == RV_OP_RMDIR
			   ? 0
			   : note_path(x, op,
				 "its folder vanished meanwhile: check, then install again", err);
	switch (op->kind) {
	case RV_OP_PLACE:
		return do_place(&s, err);
	case RV_OP_RENAME:
		return do_rename(&s, err);
	case RV_OP_EXCHANGE:
		return rv_op_exchange(&s, err);
	case RV_OP_MODE:
		return do_mode(&s, err);
	case RV_OP_REMOVE:
	case RV_OP_RMDIR:
		return rv_op_remove_in(x, op, op->folder, err);
	default:
		return rv_fail(
		    err, RV_FORMAT, "installed database: operation of kind %d", op->kind);
	}
}

int rv_txn_ops_run(struct rv_txn_exec *x, struct rv_error *err)
{
	for (x->at = 0; x->at < x->ops.n; x->at++) {
		const struct rv_txnlog_op *op = &x->ops.v[x->at];

		if (run_one(x, op, err) < 0)
			return rv_context(err, "%s/%s", op->folder, op->name);
	}
	return 0;
}
