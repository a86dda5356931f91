/* SPDX-License-Identifier: ISC */
/*
 * The only door to SQLite. A module of lib/store describes its database once (struct rv_db_schema:
 * name, application id, numbered migrations, table of statements indexed by an enum) and then calls
 * rv_db_run and rv_db_query with typed values. Statements are prepared at first use and kept. No
 * SQL text and no sqlite3 pointer leaves lib/store.
 *
 * A database is opened by the descriptor of its folder and a name, like any file. Handles belong to
 * one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct rv_db;

/*
 * Migration k (from 1) brings user_version k - 1 to k, in a transaction of its own. The texts are
 * embedded from store/schema/NAME-000k.sql: #include "store/schema_NAME.h" gives RV_SCHEMA_NAME (an
 * initialiser for .steps) and RV_SCHEMA_NAME_STEPS.
 */
struct rv_db_schema {
	const char *what;	 /* for messages: "installed database" */
	uint32_t application_id; /* never 0 */
	const char *const *steps;
	unsigned n_steps;
	const char *const *statements; /* indexed by the module's enum */
	unsigned n_statements;
};

enum rv_db_mode {
	/* made and migrated if need be; WAL, synchronous=FULL, -wal and -shm stay, mode 0644 */
	RV_DB_WRITE,
	RV_DB_READ, /* mode=ro: never creates, never migrates, sees what is committed */
	/*
	 * a file that nobody changes (a catalogue): immutable, defensive, no triggers or views
	 * trusted
	 */
	RV_DB_FIXED,
};

/*
 * 0, RV_DB_ABSENT (RV_DB_READ and RV_DB_FIXED: there is no such file), < 0: RV_STORE when the file
 * is of a newer program, of another application, locked, or cannot be read without writing ("run
 * ... as root"). A database of an older program is RV_STORE too under RV_DB_READ and RV_DB_FIXED.
 */
enum { RV_DB_ABSENT = 1 };
int rv_db_open(int dirfd, const char *name, enum rv_db_mode mode, const struct rv_db_schema *schema,
    struct rv_db **out, struct rv_error *err) RV_MUST_CHECK;
/* RV_DB_FIXED of bytes in memory is not offered: unpack to a file first. */
void rv_db_close(struct rv_db *db); /* accepts NULL */
static inline void rv_db_closep(struct rv_db **db)
{
	rv_db_close(*db);
	*db = 0;
}
#define rv_auto_db __attribute__((cleanup(rv_db_closep))) struct rv_db *

/*
 * Make a new database file that is not WAL, to be published (catalogues): no journal, no sync; the
 * caller renames it into place. The content depends on the statements run alone. rv_db_seal ends
 * it: vacuumed, checked, user_version and application_id set; the handle is closed by rv_db_close
 * as usual.
 */
int rv_db_make(int dirfd, const char *name, const struct rv_db_schema *schema, struct rv_db **out,
    struct rv_error *err) RV_MUST_CHECK;
int rv_db_seal(struct rv_db *db, struct rv_error *err) RV_MUST_CHECK;

/*
 * Values are given by a string of types, one a parameter of the statement:
 *	i  int64_t            t  const char * (NULL: null)
 *	s  struct rv_span as text (p NULL: null)      b  struct rv_span as blob (p NULL: null)
 *	n  null, takes no argument
 * All are borrowed for the call (rv_db_run) or until the query's release.
 */
/* Run a statement that gives no rows. 0, RV_DB_CONFLICT (a uniqueness or check constraint), < 0. */
enum { RV_DB_CONFLICT = 2 };
int rv_db_run(struct rv_db *db, unsigned statement, struct rv_error *err, const char *types, ...)
    RV_MUST_CHECK;
/* Rows changed by the last rv_db_run; rowid of the last insertion. */
int64_t rv_db_changes(const struct rv_db *db);
int64_t rv_db_last_id(const struct rv_db *db);

/* A running query. One statement cannot run twice at the same time (RV_BUG). Released: rows end. */
struct rv_query {
	struct rv_db *db;
	void *stmt;
	unsigned statement;
};
#define RV_QUERY_INIT ((struct rv_query){.db = NULL})
void rv_query_release(struct rv_query *q);
int rv_db_query(struct rv_db *db, unsigned statement, struct rv_query *q, struct rv_error *err,
    const char *types, ...) RV_MUST_CHECK;
/* 0: a row; RV_DB_END: no more (and the query is released). */
enum { RV_DB_END = 1 };
int rv_query_next(struct rv_query *q, struct rv_error *err) RV_MUST_CHECK;
/*
 * Columns of the row, from 0; text and blobs are borrowed until the next step. NULL columns: 0,
 * NULL, RV_SPAN_NULL.
 */
int64_t rv_query_int(const struct rv_query *q, int column);
const char *rv_query_text(const struct rv_query *q, int column);
struct rv_span rv_query_blob(const struct rv_query *q, int column);
bool rv_query_null(const struct rv_query *q, int column);

/* A query of one row whose first column is a number: 0 and *out, RV_DB_END, < 0. */
int rv_db_get_int(struct rv_db *db, unsigned statement, int64_t *out, struct rv_error *err,
    const char *types, ...) RV_MUST_CHECK;

/*
 * A transaction (BEGIN IMMEDIATE) that rolls back in its cleanup unless committed:
 *	rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;
 *	if (rv_db_begin(db, &tx, err) < 0) return -1;
 *	...
 *	return rv_db_commit(&tx, err);
 * They do not nest (RV_BUG). On a read-only handle it is a consistent view (BEGIN).
 */
struct rv_db_txn {
	struct rv_db *db;
};
#define RV_DB_TXN_INIT ((struct rv_db_txn){.db = NULL})
int rv_db_begin(struct rv_db *db, struct rv_db_txn *tx, struct rv_error *err) RV_MUST_CHECK;
int rv_db_commit(struct rv_db_txn *tx, struct rv_error *err) RV_MUST_CHECK;
void rv_db_txn_release(struct rv_db_txn *tx);

/*
 * Whole-file check (PRAGMA quick_check), for catalogues of doubtful origin. RV_FORMAT when damaged.
 */
int rv_db_check(struct rv_db *db, struct rv_error *err) RV_MUST_CHECK;
