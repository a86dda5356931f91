/* SPDX-License-Identifier: ISC */
/*
 * Changes of type: a folder comes where a file or link is, or the other way round. An atomic
 * exchange where the system has one; else the old thing goes aside first; else (a folder that
 * cannot be renamed) it is emptied in place. Also the merging of a new folder into one that
 * somebody made meanwhile.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/vec.h"
#include "txn/ops_step.h"

enum { MAX_DEPTH = 200 };

/* --- merging */

struct names {
	rv_vec(char *) list;
};

static void names_release(struct names *n)
{
	rv_vec_each (&n->list, it)
		free(*it);
	rv_vec_release(&n->list);
}

static int take_name(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct names *n = ctx;

	(void)dirfd;
	(void)err;
	rv_vec_push(&n->list, rv_strdup(entry->name));
	return 0;
}

struct pair { /* the same folder twice: ours under its temporary name, and his */
	int in, out;
};

static int merge(
    struct pair parents, const char *from, const char *to, unsigned depth, struct rv_error *err);

static int merge_entry(struct pair p, const char *name, unsigned depth, struct rv_error *err)
{
	struct rv_stat a, b;
	int rc = rv_op_move_to(p.in, name, p.out, name, err);

	if (rc != RV_EXISTS)
		return rc < 0 ? -1 : 0;
	if (rv_file_stat(p.in, name, &a, err) != 0 || rv_file_stat(p.out, name, &b, err) != 0)
		return -1;
	if (a.kind != RV_DIR || b.kind != RV_DIR)
		return rv_fail(err, RV_INPUT,
		    "%s: appeared meanwhile and belongs to no package: move it away", name);
	return merge(p, name, name, depth + 1, err);
}

/* His folder becomes the package's: mode and owner as ours. */
static int take_over(int in, int out, const char *to, struct rv_error *err)
{
	struct rv_stat ours, his;

	if (rv_file_fstat(in, &ours, err) < 0 || rv_file_fstat(out, &his, err) < 0)
		return -1;
	if ((ours.uid != his.uid || ours.gid != his.gid) &&
	    rv_fd_chown(out, to, ours.uid, ours.gid, err) < 0)
		return -1;
	return ours.mode != his.mode ? rv_fd_chmod(out, to, ours.mode, err) : 0;
}

static int merge(
    struct pair parents, const char *from, const char *to, unsigned depth, struct rv_error *err)
{
	rv_auto(names) struct names names = {0};
	rv_auto_fd in = -1, out = -1;

	if (depth > MAX_DEPTH)
		return rv_fail(err, RV_LIMIT, "%s: too deep", to);
	if (rv_dir_open(parents.in, from, &in, err) != 0 ||
	    rv_dir_open(parents.out, to, &out, err) != 0 || take_over(in, out, to, err) < 0 ||
	    rv_dir_each(in, ".", take_name, &names, err) < 0)
		return rv_context(err, "%s", to);
	rv_vec_each (&names.list, it)
		if (merge_entry((struct pair){in, out}, *it, depth, err) < 0)
			return rv_context(err, "%s", to);
	return rv_dir_remove(parents.in, from, err) < 0 ? -1 : 0;
}

int rv_op_merge(struct rv_op_step *s, struct rv_error *err)
{
	struct rv_stat st;
	int rc = rv_file_stat(s->fd, s->tmp, &st, err);

	/* without a temporary it was done before */
	if (rc != 0)
		return rc;
	rc = rv_file_stat(s->fd, s->op->name, &st, err);
	if (rc < 0)
		return -1;
	if (rc == RV_ABSENT)
		return rv_op_move(s->fd, s->tmp, s->op->name, err);
	if (st.kind != RV_DIR)
		return rv_op_foreign(s, s->op->name, err);
	return merge((struct pair){s->fd, s->fd}, s->tmp, s->op->name, 0, err);
}

/* --- what is to go with a folder */

/*
 * Later operations that remove something in the folder that is swapped out; path: relative to it.
 */
static bool is_inside(const struct rv_op_step *s, const struct rv_txnlog_op *op, const char **path)
{
	size_t n = strlen(s->op->folder), t = strlen(s->tmp);

	if (op->kind != RV_OP_REMOVE && op->kind != RV_OP_RMDIR)
		return false;
	if (strncmp(op->folder, s->op->folder, n) != 0 || op->folder[n] != '/' ||
	    strncmp(op->folder + n + 1, s->tmp, t) != 0)
		return false;
	*path = op->folder + n + 1 + t;
	return **path == '\0' || **path == '/';
}

struct going {
	const struct rv_op_step *s;
	struct rv_map paths; /* "/sub/name" of everything that will be removed */
	struct rv_arena arena;
	const char *at;
};

static void going_release(struct going *g)
{
	rv_map_release(&g->paths);
	rv_arena_release(&g->arena);
}

static int check_going(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct going *g = ctx;
	const char *before = g->at, *path = rv_arena_fmt(&g->arena, "%s/%s", g->at, entry->name);
	int rc = 0;

	if (!rv_map_get(&g->paths, rv_span_str(path)))
		return rv_op_foreign(g->s, path + 1, err);
	if (entry->kind == RV_DIR) {
		g->at = path;
		rc = rv_dir_each(dirfd, entry->name, check_going, g, err);
		g->at = before;
	}
	return rc;
}

/* The last look before a folder goes: everything in it must be ours to remove. */
static int check_folder(struct rv_op_step *s, struct rv_error *err)
{
	rv_auto(going) struct going g = {.s = s, .at = ""};
	const char *path;

	for (size_t i = s->x->at + 1; i < s->x->ops.n; i++) {
		const struct rv_txnlog_op *op = &s->x->ops.v[i];

		if (is_inside(s, op, &path))
			rv_map_put(&g.paths,
			    rv_span_str(rv_arena_fmt(&g.arena, "%s/%s", path, op->name)), &g);
	}
	return rv_dir_each(s->fd, s->op->name, check_going, &g, err) < 0 ? -1 : 0;
}

/* --- the exchange */

/*
 * The old folder cannot be renamed (a lower layer of an overlay): what is ours in it goes, then the
 * folder itself.
 */
static int empty_in_place(struct rv_op_step *s, struct rv_error *err)
{
	const char *path;

	for (size_t i = s->x->at + 1; i < s->x->ops.n; i++) {
		const struct rv_txnlog_op *op = &s->x->ops.v[i];
		rv_auto(rv_str) char *folder = NULL;

		if (!is_inside(s, op, &path))
			continue;
		folder = rv_strfmt("%s/%s%s", s->op->folder, s->op->name, path);
		if (rv_op_remove_in(s->x, op, folder, err) < 0)
			return -1;
	}
	rv_dirs_clear(&s->x->dirs);
	if (rv_dirs_get(&s->x->dirs, s->op->folder, &s->fd, err) != 0)
		return -1;
	if (rv_dir_remove(s->fd, s->op->name, err) == RV_NOT_EMPTY)
		return rv_op_foreign(s, s->op->name, err);
	return rv_op_move(s->fd, s->tmp, s->op->name, err);
}

/* The old file or link goes first, then the folder comes: for a moment there is nothing. */
static int replace_in_place(struct rv_op_step *s, struct rv_error *err)
{
	if (rv_file_unlink(s->fd, s->op->name, err) < 0)
		return -1;
	return rv_op_move(s->fd, s->tmp, s->op->name, err);
}

/*
 * Three moves; each does nothing when it was done before, so that a run that was killed in them is
 * brought to its end by doing all three again.
 */
static int aside(struct rv_op_step *s, const char *old, struct rv_error *err)
{
	struct rv_stat a, b;
	int rc;

	if (rv_op_move(s->fd, s->op->name, old, err) < 0)
		return -1;
	/* in the middle of the third move both are names of the old thing */
	if (rv_file_stat(s->fd, s->tmp, &a, err) != 0 || rv_file_stat(s->fd, old, &b, err) != 0 ||
	    a.dev != b.dev || a.ino != b.ino) {
		rc = rv_op_move(s->fd, s->tmp, s->op->name, err);
		if (rc != 0 && rc != RV_ABSENT)
			return rc < 0 ? -1 : rv_op_foreign(s, s->op->name, err);
	}
	return rv_op_move(s->fd, old, s->tmp, err);
}

static int swap(struct rv_op_step *s, bool folder, const char *old, struct rv_error *err)
{
	int rc = rv_file_rename(s->fd, s->tmp, s->fd, s->op->name, RV_RENAME_EXCHANGE, err);

	if (rc >= 0)
		return rc;
	if (err->sys == EXDEV)
		return folder ? replace_in_place(s, err) : empty_in_place(s, err);
	if (err->sys == EINVAL || err->sys == ENOSYS || err->sys == EOPNOTSUPP)
		return aside(s, old, err);
	return rc;
}

static int exchange(struct rv_op_step *s, const char *old, struct rv_error *err)
{
	bool folder = s->op->flags & RV_OP_FOLDER;
	struct rv_stat tmp, there;
	int rc = rv_file_stat(s->fd, old, &there, err);

	/* killed in the middle of aside() */
	if (rc <= 0)
		return rc < 0 ? -1 : aside(s, old, err);
	rc = rv_file_stat(s->fd, s->tmp, &tmp, err);
	/* gone, or the old thing already: it was done before */
	if (rc != 0 || (tmp.kind == RV_DIR) != folder)
		return rc < 0 ? -1 : 0;
	rc = rv_file_stat(s->fd, s->op->name, &there, err);
	if (rc < 0)
		return -1;
	if (rc == RV_ABSENT)
		return rv_op_move(s->fd, s->tmp, s->op->name, err);
	if ((there.kind == RV_DIR) == folder) {
		if (there.dev == tmp.dev && there.ino == tmp.ino)
			return rv_op_move(s->fd, s->tmp, s->op->name, err);
		return folder ? rv_op_merge(s, err) : rv_op_foreign(s, s->op->name, err);
	}
	if (!folder && check_folder(s, err) < 0)
		return -1;
	return swap(s, folder, old, err);
}

int rv_op_exchange(struct rv_op_step *s, struct rv_error *err)
{
	rv_auto(rv_str) char *old = rv_strfmt("%s-old", s->tmp);
	int rc = exchange(s, old, err);

	/* a descriptor of the name is the other thing's now */
	rv_dirs_clear(&s->x->dirs);
	return rc;
}
