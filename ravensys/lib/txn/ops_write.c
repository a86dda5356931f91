/* SPDX-License-Identifier: ISC */
/* From a checked set to the list of operations, in the order in which they must run. */
#include "txn/ops.h"
#include "txn/stage_file.h"

struct writer {
	struct rv_txn_set *s;
	int64_t txn;
	struct rv_error *err;
};

static int emit(struct writer *w, enum rv_txn_op_kind kind, const char *folder, const char *name,
    int64_t n, unsigned flags)
{
	const struct rv_txnlog_op op = {
	    .kind = (int)kind, .folder = folder, .name = name, .n = n, .flags = flags};

	return rv_txnlog_add_op(w->s->env->db, &op, w->err);
}

static bool becomes_folder(const struct rv_txn_node *n)
{
	return n->tree == n;
}

/* something that is a folder now and will be none */
static bool was_folder(const struct rv_txn_node *n)
{
	return n->now && !rv_txn_is_dir(n->now) && n->n != 0 && n->on_disk &&
	       n->disk.kind == RV_DIR;
}

static int write_places(struct writer *w)
{
	for (size_t i = 0; i < w->s->nodes.n; i++) {
		const struct rv_txn_node *n = w->s->nodes.v[i];

		if (becomes_folder(n) && !n->on_disk &&
		    emit(w, RV_OP_PLACE, n->parent->path.p, n->name.p, n->n, 0) < 0)
			return -1;
	}
	return 0;
}

static int write_rename(struct writer *w, const struct rv_txn_node *n)
{
	bool config = (n->now->flags | (n->was ? n->was->flags : 0)) & RV_FILE_CONFIG;
	struct rv_txnlog_op op = {
	    .kind = RV_OP_RENAME, .folder = n->parent->path.p, .name = n->name.p, .n = n->n};

	if (config) {
		op.flags = RV_OP_CONFIG;
		op.has_sha256 = n->was && n->was->type == RV_ENTRY_FILE;
		if (op.has_sha256)
			op.sha256 = n->was->sha256;
	} else if (!n->on_disk) {
		op.flags = RV_OP_NEW;
	}
	if (n->now->type == RV_ENTRY_HARDLINK)
		op.flags |= RV_OP_HARD;
	return rv_txnlog_add_op(w->s->env->db, &op, w->err);
}

/* In the order of the plan: what a program needs is there before the program. */
static int write_renames(struct writer *w)
{
	for (size_t i = 0; i < w->s->plan->n_items; i++) {
		const struct rv_txn_set_item *item = &w->s->items[i];

		for (size_t k = 0; k < item->now.n; k++) {
			const struct rv_txn_node *n = item->nodes[k];

			if (n->now == &item->now.v[k] && !rv_txn_is_dir(n->now) && n->n != 0 &&
			    !was_folder(n) && write_rename(w, n) < 0)
				return -1;
		}
	}
	return 0;
}

static int write_exchanges(struct writer *w)
{
	for (size_t i = 0; i < w->s->nodes.n; i++) {
		const struct rv_txn_node *n = w->s->nodes.v[i];
		int rc = 0;

		if (becomes_folder(n) && n->on_disk)
			rc = emit(
			    w, RV_OP_EXCHANGE, n->parent->path.p, n->name.p, n->n, RV_OP_FOLDER);
		else if (was_folder(n))
			rc = emit(w, RV_OP_EXCHANGE, n->parent->path.p, n->name.p, n->n, 0);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int write_modes(struct writer *w)
{
	for (size_t i = 0; i < w->s->nodes.n; i++) {
		const struct rv_txn_node *n = w->s->nodes.v[i];
		struct rv_txnlog_op op;

		if (!n->set_mode || !n->parent)
			continue;
		op = (struct rv_txnlog_op){.kind = RV_OP_MODE,
		    .folder = n->parent->path.p,
		    .name = n->name.p,
		    .flags = w->s->as_root ? RV_OP_OWNER : 0,
		    .uid = n->uid,
		    .gid = n->gid,
		    .mode = rv_stage_mode(w->s->as_root, n->now->mode)};
		if (rv_txnlog_add_op(w->s->env->db, &op, w->err) < 0)
			return -1;
	}
	return 0;
}

/*
 * The folder in which an old thing will be found when its turn comes: its own, or beneath the
 * temporary name that a swapped-out folder has by then.
 */
static const char *old_folder(const struct writer *w, const struct rv_txn_node *n)
{
	struct rv_span folder = rv_path_folder(n->path);

	for (const struct rv_txn_node *up = n->parent; up; up = up->parent) {
		char tmp[RV_TXN_TMP_BYTES];

		if (!was_folder(up))
			continue;
		rv_txn_tmp_name(tmp, w->txn, up->n);
		return rv_arena_fmt(&w->s->arena, "%s/%s%.*s", up->parent->path.p, tmp,
		    (int)(folder.n - up->path.n), folder.p + up->path.n);
	}
	return rv_arena_strndup(&w->s->arena, folder.p, folder.n);
}

static int write_removal(struct writer *w, const struct rv_txn_node *n)
{
	struct rv_txnlog_op op = {
	    .kind = RV_OP_REMOVE, .folder = old_folder(w, n), .name = n->name.p};

	if (rv_txn_is_dir(n->was))
		return n->kept || !n->parent ? 0 : emit(w, RV_OP_RMDIR, op.folder, op.name, 0, 0);
	if (n->was->flags & RV_FILE_CONFIG) {
		op.flags = RV_OP_CONFIG;
		op.has_sha256 = n->was->type == RV_ENTRY_FILE;
		op.sha256 = n->was->sha256;
	}
	return rv_txnlog_add_op(w->s->env->db, &op, w->err);
}

static int write_removals(struct writer *w)
{
	char tmp[RV_TXN_TMP_BYTES];

	for (size_t i = w->s->nodes.n; i-- > 0;) {
		const struct rv_txn_node *n = w->s->nodes.v[i];
		int rc = 0;

		rv_txn_tmp_name(tmp, w->txn, n->n);
		if (n->was && !n->now)
			rc = write_removal(w, n);
		else if (was_folder(n))
			rc = emit(w, RV_OP_RMDIR, n->parent->path.p, tmp, n->n, 0);
		else if (n->now && becomes_folder(n) && n->on_disk)
			rc = emit(w, RV_OP_REMOVE, n->parent->path.p, tmp, n->n, 0);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int rv_txn_ops_write(struct rv_txn_set *s, int64_t txn, struct rv_error *err)
{
	struct writer w = {s, txn, err};

	if (write_places(&w) < 0 || write_renames(&w) < 0 || write_exchanges(&w) < 0 ||
	    write_modes(&w) < 0 || write_removals(&w) < 0)
		return rv_context(err, "operations");
	return 0;
}
