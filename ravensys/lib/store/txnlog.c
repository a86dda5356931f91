/* SPDX-License-Identifier: ISC */
/*
 * See txnlog.h. At most one transaction is pending, so operations, folders and scripts need no
 * transaction id.
 */
#include "base/vec.h"
#include "store/installed_sql.h"
#include "store/txnlog.h"

#define ARGS_MAX_BYTES ((size_t)4 * 1024 * 1024)

static int add_package(struct rv_db *db, int64_t id, size_t seq, const struct rv_history_package *p,
    struct rv_error *err)
{
	bool was = p->old_version != NULL, will = p->new_version != NULL;

	return rv_db_run(db, RV_SQL_TXN_ADD_PACKAGE, err, "iiittbtitbti", id, (int64_t)seq,
	    (int64_t)p->action, p->name, p->old_version,
	    was ? rv_sha256_span(&p->old_content) : RV_SPAN_NULL, p->old_repository,
	    (int64_t)p->old_automatic, p->new_version,
	    will ? rv_sha256_span(&p->new_content) : RV_SPAN_NULL, p->new_repository,
	    (int64_t)p->new_automatic);
}

static int add_script(struct rv_db *db, const struct rv_txnlog_script *s, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf args = RV_BUF_INIT(ARGS_MAX_BYTES);

	for (size_t i = 0; i < s->args.n; i++)
		rv_buf_add(&args, s->args.v[i], strlen(s->args.v[i]) + 1);
	if (rv_buf_check(&args, s->package, err) < 0)
		return -1;
	return rv_db_run(db, RV_SQL_TXN_ADD_SCRIPT, err, "tttiitb", s->package, s->version,
	    s->old_version, (int64_t)s->phase, (int64_t)s->language, s->text, rv_buf_span(&args));
}

int rv_txnlog_begin(
    struct rv_db *db, const struct rv_txnlog_intent *intent, int64_t *out_id, struct rv_error *err)
{
	rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;
	int64_t pending;
	int rc;

	if (rv_db_begin(db, &tx, err) < 0)
		return -1;
	rc = rv_db_get_int(db, RV_SQL_TXN_PENDING, &pending, err, "");
	if (rc != RV_DB_END)
		return rc < 0 ? -1
			      : rv_fail(
				    err, RV_BUG, "transaction %lld is pending", (long long)pending);
	if (rv_db_run(db, RV_SQL_TXN_ADD, err, "tii", intent->command, (int64_t)intent->uid,
		intent->begun_s) != 0)
		return -1;
	*out_id = rv_db_last_id(db);
	for (size_t i = 0; i < intent->n_packages; i++)
		if (add_package(db, *out_id, i, &intent->packages[i], err) != 0)
			return -1;
	for (size_t i = 0; i < intent->n_folders; i++)
		if (rv_db_run(db, RV_SQL_TXN_ADD_FOLDER, err, "t", intent->folders[i]) != 0)
			return -1;
	for (size_t i = 0; i < intent->n_scripts; i++)
		if (add_script(db, &intent->scripts[i], err) != 0)
			return -1;
	return rv_db_commit(&tx, err);
}

int rv_txnlog_add_op(struct rv_db *db, const struct rv_txnlog_op *op, struct rv_error *err)
{
	return rv_db_run(db, RV_SQL_TXN_ADD_OP, err, "ittiiiiib", (int64_t)op->kind, op->folder,
	    op->name, op->n, (int64_t)op->flags, (int64_t)op->mode, (int64_t)op->uid,
	    (int64_t)op->gid, op->has_sha256 ? rv_sha256_span(&op->sha256) : RV_SPAN_NULL);
}

int rv_txnlog_set_state(struct rv_db *db, int64_t id, enum rv_txn_state state, struct rv_error *err)
{
	return rv_db_run(db, RV_SQL_TXN_STATE, err, "ii", id, (int64_t)state) == 0 ? 0 : -1;
}

int rv_txnlog_resume(struct rv_db *db, int64_t id, struct rv_error *err)
{
	return rv_db_run(db, RV_SQL_TXN_RESUME, err, "i", id) == 0 ? 0 : -1;
}

int rv_txnlog_end(
    struct rv_db *db, int64_t id, enum rv_txn_state state, int64_t now_s, struct rv_error *err)
{
	rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;

	if (rv_db_begin(db, &tx, err) < 0 ||
	    rv_db_run(db, RV_SQL_TXN_END, err, "iii", id, (int64_t)state, now_s) != 0 ||
	    rv_db_run(db, RV_SQL_TXN_DROP_FOLDERS, err, "") != 0 ||
	    rv_db_run(db, RV_SQL_TXN_DROP_OPS, err, "") != 0 ||
	    rv_db_run(db, RV_SQL_TXN_DROP_SCRIPTS, err, "") != 0)
		return -1;
	return rv_db_commit(&tx, err);
}

int rv_txnlog_note(struct rv_db *db, int64_t id, const char *line, struct rv_error *err)
{
	return rv_db_run(db, RV_SQL_TXN_NOTE, err, "it", id, line) == 0 ? 0 : -1;
}

int rv_txnlog_folders(
    struct rv_db *db, struct rv_arena *arena, struct rv_strings *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_TXN_FOLDERS, &q, err, "");

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0)
		rv_vec_push(out, rv_query_arena(&q, 0, arena));
	return rc == RV_DB_END ? 0 : -1;
}

int rv_txnlog_ops(
    struct rv_db *db, struct rv_arena *arena, struct rv_txnlog_ops *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_TXN_OPS, &q, err, "");

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0) {
		struct rv_txnlog_op *op = rv_vec_add(out);

		op->kind = (int)rv_query_int(&q, 0);
		op->folder = rv_query_arena(&q, 1, arena);
		op->name = rv_query_arena(&q, 2, arena);
		op->n = rv_query_int(&q, 3);
		op->flags = (unsigned)rv_query_int(&q, 4);
		op->mode = (uint32_t)rv_query_int(&q, 5);
		op->uid = (uint32_t)rv_query_int(&q, 6);
		op->gid = (uint32_t)rv_query_int(&q, 7);
		op->has_sha256 = !rv_query_null(&q, 8);
		rv_query_sha256(&q, 8, &op->sha256);
	}
	return rc == RV_DB_END ? 0 : -1;
}

static void read_args(struct rv_span blob, struct rv_arena *arena, struct rv_strings *out)
{
	size_t n = 0, i = 0;

	for (size_t k = 0; k < blob.n; k++)
		n += blob.p[k] == '\0';
	out->v = n ? rv_arena_alloc(arena, n * sizeof(*out->v)) : NULL;
	out->n = n;
	while (i < n) {
		size_t len = rv_span_find(blob, '\0');

		out->v[i++] = rv_arena_strndup(arena, blob.p, len);
		blob = rv_span_from(blob, len + 1);
	}
}

int rv_txnlog_scripts(
    struct rv_db *db, struct rv_arena *arena, struct rv_txnlog_scripts *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_TXN_SCRIPTS, &q, err, "");

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0) {
		struct rv_txnlog_script *s = rv_vec_add(out);

		s->seq = rv_query_int(&q, 0);
		s->package = rv_query_arena(&q, 1, arena);
		s->version = rv_query_arena(&q, 2, arena);
		s->old_version = rv_query_arena(&q, 3, arena);
		s->phase = (enum rv_script_phase)rv_query_int(&q, 4);
		s->language = (enum rv_script_language)rv_query_int(&q, 5);
		s->text = rv_query_arena(&q, 6, arena);
		read_args(rv_query_blob(&q, 7), arena, &s->args);
		s->state = (enum rv_txnlog_script_state)rv_query_int(&q, 8);
	}
	return rc == RV_DB_END ? 0 : -1;
}

int rv_txnlog_set_script(
    struct rv_db *db, int64_t seq, enum rv_txnlog_script_state state, struct rv_error *err)
{
	return rv_db_run(db, RV_SQL_TXN_SCRIPT_STATE, err, "ii", seq, (int64_t)state) == 0 ? 0 : -1;
}
