/* SPDX-License-Identifier: ISC */
/*
 * Statements, queries and transactions. Invariant: a statement is reset before its caller's
 * borrowed values may go, and a transaction that was begun is committed or rolled back.
 */
#include <stdarg.h>

#include "store/db_internal.h"

void rv_db_finalize(struct rv_db *db)
{
	for (unsigned i = 0; i < db->schema->n_statements; i++) {
		sqlite3_finalize(db->statements[i]);
		db->statements[i] = NULL;
		db->running[i] = false;
	}
}

static int want_statement(struct rv_db *db, unsigned id, sqlite3_stmt **out, struct rv_error *err)
{
	if (id >= db->schema->n_statements)
		return rv_fail(err, RV_BUG, "%s: no statement %u", db->name, id);
	if (db->running[id])
		return rv_fail(err, RV_BUG, "%s: statement %u is running already", db->name, id);
	if (!db->statements[id] &&
	    sqlite3_prepare_v3(db->handle, db->schema->statements[id], -1,
		SQLITE_PREPARE_PERSISTENT, &db->statements[id], NULL) != SQLITE_OK)
		return rv_db_fail(db, db->schema->statements[id], err);
	*out = db->statements[id];
	return 0;
}

static int bind_span(sqlite3_stmt *st, int at, struct rv_span s, bool text)
{
	if (!s.p)
		return sqlite3_bind_null(st, at);
	if (text)
		return sqlite3_bind_text64(st, at, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8);
	return sqlite3_bind_blob64(st, at, s.p, s.n, SQLITE_STATIC);
}

static int bind_all(
    struct rv_db *db, sqlite3_stmt *st, const char *types, va_list ap, struct rv_error *err)
{
	int rc = SQLITE_OK, at = 0, want = sqlite3_bind_parameter_count(st);

	if ((int)strlen(types) != want)
		return rv_fail(err, RV_BUG, "%s: %s: %d values for %d parameters", db->name,
		    sqlite3_sql(st), (int)strlen(types), want);
	for (; *types && rc == SQLITE_OK; types++) {
		at++;
		switch (*types) {
		case 'i':
			rc = sqlite3_bind_int64(st, at, va_arg(ap, int64_t));
			break;
		case 't':
			rc = bind_span(st, at, rv_span_str(va_arg(ap, const char *)), true);
			break;
		case 's':
		case 'b':
			rc = bind_span(st, at, va_arg(ap, struct rv_span), *types == 's');
			break;
		case 'n':
			rc = sqlite3_bind_null(st, at);
			break;
		default:
			return rv_fail(err, RV_BUG, "%s: no value type '%c'", db->name, *types);
		}
	}
	return rc == SQLITE_OK ? 0 : rv_db_fail(db, "bind", err);
}

static int start(struct rv_db *db, unsigned id, struct rv_query *q, const char *types, va_list ap,
    struct rv_error *err)
{
	sqlite3_stmt *st = NULL;

	if (want_statement(db, id, &st, err) < 0)
		return -1;
	*q = (struct rv_query){.db = db, .stmt = st, .statement = id};
	db->running[id] = true;
	return bind_all(db, st, types, ap, err);
}

void rv_query_release(struct rv_query *q)
{
	if (!q->db)
		return;
	sqlite3_reset(q->stmt);
	sqlite3_clear_bindings(q->stmt);
	q->db->running[q->statement] = false;
	*q = RV_QUERY_INIT;
}

int rv_query_next(struct rv_query *q, struct rv_error *err)
{
	int rc;

	if (!q->db)
		return RV_DB_END;
	rc = sqlite3_step(q->stmt);
	if (rc == SQLITE_ROW)
		return 0;
	if (rc == SQLITE_DONE) {
		rv_query_release(q);
		return RV_DB_END;
	}
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return RV_DB_CONFLICT;
	return rv_db_fail(q->db, sqlite3_sql(q->stmt), err);
}

int rv_db_run(struct rv_db *db, unsigned statement, struct rv_error *err, const char *types, ...)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = start(db, statement, &q, types, ap, err);
	va_end(ap);
	if (rc < 0)
		return -1;
	do
		rc = rv_query_next(&q, err);
	while (rc == 0);
	return rc == RV_DB_END ? 0 : rc;
}

int rv_db_query(struct rv_db *db, unsigned statement, struct rv_query *q, struct rv_error *err,
    const char *types, ...)
{
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = start(db, statement, q, types, ap, err);
	va_end(ap);
	if (rc < 0)
		rv_query_release(q);
	return rc;
}

int rv_db_get_int(struct rv_db *db, unsigned statement, int64_t *out, struct rv_error *err,
    const char *types, ...)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = start(db, statement, &q, types, ap, err);
	va_end(ap);
	if (rc == 0)
		rc = rv_query_next(&q, err);
	if (rc == 0)
		*out = rv_query_int(&q, 0);
	return rc;
}

int64_t rv_db_changes(const struct rv_db *db)
{
	return sqlite3_changes64(db->handle);
}

int64_t rv_db_last_id(const struct rv_db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t rv_query_int(const struct rv_query *q, int column)
{
	return sqlite3_column_int64(q->stmt, column);
}

const char *rv_query_text(const struct rv_query *q, int column)
{
	return (const char *)sqlite3_column_text(q->stmt, column);
}

struct rv_span rv_query_blob(const struct rv_query *q, int column)
{
	const char *p = sqlite3_column_blob(q->stmt, column);

	return p ? rv_span(p, (size_t)sqlite3_column_bytes(q->stmt, column)) : RV_SPAN_NULL;
}

bool rv_query_null(const struct rv_query *q, int column)
{
	return sqlite3_column_type(q->stmt, column) == SQLITE_NULL;
}

int rv_db_begin(struct rv_db *db, struct rv_db_txn *tx, struct rv_error *err)
{
	if (db->in_txn)
		return rv_fail(err, RV_BUG, "%s: transaction inside a transaction", db->name);
	if (sqlite3_exec(db->handle, db->writes ? "BEGIN IMMEDIATE" : "BEGIN", NULL, NULL, NULL) !=
	    SQLITE_OK)
		return rv_db_fail(db, "begin", err);
	db->in_txn = true;
	tx->db = db;
	return 0;
}

int rv_db_commit(struct rv_db_txn *tx, struct rv_error *err)
{
	struct rv_db *db = tx->db;

	if (!db)
		return rv_fail(err, RV_BUG, "commit without a transaction");
	if (sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return rv_db_fail(db, "commit", err);
	db->in_txn = false;
	tx->db = NULL;
	return 0;
}

void rv_db_txn_release(struct rv_db_txn *tx)
{
	if (!tx->db)
		return;
	/* after some failures SQLite has rolled back by itself */
	if (!sqlite3_get_autocommit(tx->db->handle))
		sqlite3_exec(tx->db->handle, "ROLLBACK", NULL, NULL, NULL);
	tx->db->in_txn = false;
	tx->db = NULL;
}
