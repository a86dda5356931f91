/* SPDX-License-Identifier: ISC */
/*
 * Opening, making, migrating and closing databases. Invariant: a handle that is given out is of the
 * right application and version, its -wal and -shm stay behind readable for everybody, and what was
 * committed through it is durable (WAL, synchronous=FULL).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "os/dirpath.h"
#include "os/file.h"
#include "store/db_internal.h"

enum { BUSY_MS = 10000, PATH_MAX_BYTES = 8192, DB_MODE = 0644 };

int rv_db_fail(const struct rv_db *db, const char *doing, struct rv_error *err)
{
	int code = db->handle ? sqlite3_extended_errcode(db->handle) : SQLITE_NOMEM;
	int sys = db->handle ? sqlite3_system_errno(db->handle) : 0;
	const char *text = db->handle ? sqlite3_errmsg(db->handle) : "out of memory";
	const char *why_sys = "";

	if (sys != 0 && (code & 0xff) != SQLITE_CONSTRAINT)
		why_sys = strerror(sys);
	switch (code & 0xff) {
	case SQLITE_FULL:
		return rv_fail(err, RV_STORE, "%s: %s: no space left on device", db->name, doing);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return rv_fail(
		    err, RV_STORE, "%s: %s: another program holds it: try again", db->name, doing);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return rv_fail(err, RV_STORE, "%s: %s: read-only here%s%s: run the command as root",
		    db->name, doing, *why_sys ? ": " : "", why_sys);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return rv_fail(err, RV_FORMAT, "%s: %s: damaged: %s", db->name, doing, text);
	default:
		return rv_fail(err, RV_STORE, "%s: %s: %s%s%s", db->name, doing, text,
		    *why_sys ? ": " : "", why_sys);
	}
}

static int run_text(struct rv_db *db, const char *sql, struct rv_error *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return rv_db_fail(db, "set up", err);
	return 0;
}

static int pragma_int(struct rv_db *db, const char *sql, int64_t *out, struct rv_error *err)
{
	sqlite3_stmt *st = NULL;
	int rc = 0;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		rc = rv_db_fail(db, "open", err);
	else
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return rc;
}

static int migrate(struct rv_db *db, unsigned have, struct rv_error *err)
{
	char sql[96];

	for (unsigned k = have; k < db->schema->n_steps; k++) {
		rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;

		if (rv_db_begin(db, &tx, err) < 0 || run_text(db, db->schema->steps[k], err) < 0)
			return rv_context(err, "schema step %u", k + 1);
		snprintf(sql, sizeof(sql), "PRAGMA application_id = %u; PRAGMA user_version = %u",
		    db->schema->application_id, k + 1);
		if (run_text(db, sql, err) < 0 || rv_db_commit(&tx, err) < 0)
			return rv_context(err, "schema step %u", k + 1);
	}
	return 0;
}

/* Right application, right version; a database for writing is brought up to date. */
static int check_version(struct rv_db *db, struct rv_error *err)
{
	int64_t id = 0, version = 0, objects = 0;

	if (pragma_int(db, "PRAGMA application_id", &id, err) < 0 ||
	    pragma_int(db, "PRAGMA user_version", &version, err) < 0 ||
	    pragma_int(db, "SELECT count(*) FROM sqlite_schema", &objects, err) < 0)
		return -1;
	if (id != db->schema->application_id && (id != 0 || version != 0 || objects != 0))
		return rv_fail(err, RV_STORE,
		    "%s: is the database of another program (application id %u): move it away",
		    db->name, (unsigned)id);
	if (version > db->schema->n_steps)
		return rv_fail(err, RV_STORE,
		    "%s: was made by a newer version of this program (schema %d, this one "
		    "knows %u): upgrade the program",
		    db->name, (int)version, db->schema->n_steps);
	if (version == db->schema->n_steps)
		return 0;
	if (!db->writes)
		return rv_fail(err, RV_STORE,
		    "%s: was made by an older version of this program: run a command that "
		    "may write as root first, such as check",
		    db->name);
	return migrate(db, (unsigned)version, err);
}

/* "file:" URI with everything that has a meaning there escaped */
static void add_uri(struct rv_buf *out, const char *path, const char *query)
{
	rv_buf_add_str(out, "file:");
	for (; *path; path++)
		if (strchr("%?#", *path))
			rv_buf_addf(out, "%%%02x", (unsigned char)*path);
		else
			rv_buf_add_char(out, *path);
	rv_buf_add_str(out, query);
}

static struct rv_db *new_handle(const struct rv_db_schema *schema, const char *path)
{
	struct rv_db *db = rv_alloc(sizeof(*db));

	db->schema = schema;
	db->name = rv_strfmt("%s %s", schema->what, path);
	db->statements = rv_alloc_array(schema->n_statements + 1, sizeof(*db->statements));
	db->running = rv_alloc_array(schema->n_statements + 1, sizeof(*db->running));
	return db;
}

void rv_db_close(struct rv_db *db)
{
	if (!db)
		return;
	rv_db_finalize(db);
	sqlite3_close(db->handle);
	free(db->statements);
	free(db->running);
	free(db->name);
	free(db);
}

static void set_option(struct rv_db *db, int option, int value)
{
	sqlite3_db_config(db->handle, option, value, (int *)NULL);
}

static int open_handle(
    struct rv_db *db, const char *path, enum rv_db_mode mode, struct rv_error *err)
{
	static const char *const queries[] = {[RV_DB_WRITE] = "?mode=rw",
	    [RV_DB_READ] = "?mode=ro",
	    [RV_DB_FIXED] = "?mode=ro&immutable=1"};
	int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	rv_auto(rv_buf) struct rv_buf uri = RV_BUF_INIT(3 * PATH_MAX_BYTES);

	db->writes = mode == RV_DB_WRITE;
	flags |= db->writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	add_uri(&uri, path, queries[mode]);
	if (rv_buf_check(&uri, db->name, err) < 0)
		return -1;
	if (sqlite3_open_v2(rv_buf_str(&uri), &db->handle, flags, NULL) != SQLITE_OK)
		return rv_db_fail(db, "open", err);
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	set_option(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
	set_option(db, SQLITE_DBCONFIG_DQS_DML, 0);
	set_option(db, SQLITE_DBCONFIG_DQS_DDL, 0);
	if (mode == RV_DB_FIXED) {
		set_option(db, SQLITE_DBCONFIG_DEFENSIVE, 1);
		set_option(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0);
		set_option(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0);
		return run_text(db, "PRAGMA cell_size_check = 1", err);
	}
	return 0;
}

static int set_durable(struct rv_db *db, struct rv_error *err)
{
	int persist = 1;

	if (run_text(db,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF",
		err) < 0)
		return -1;
	sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
	/*
	 * what a kill leaves in the log is as good as what is in the file: no second pair of syncs
	 * at every end
	 */
	set_option(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
	return 0;
}

/* The file exists with mode 0644 whatever the umask, so that -wal and -shm get that mode too. */
static int ensure_file(int dirfd, const char *name, bool *out_made, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, name, &st, err);

	*out_made = false;
	if (rc <= 0)
		return rc;
	rc = rv_file_create(dirfd, name, DB_MODE, &fd, err);
	if (rc != 0)
		return rc == RV_EXISTS ? 0 : -1;
	*out_made = true;
	return rv_file_chmod(dirfd, name, DB_MODE, err);
}

int rv_db_open(int dirfd, const char *name, enum rv_db_mode mode, const struct rv_db_schema *schema,
    struct rv_db **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(PATH_MAX_BYTES);
	rv_auto_db db = NULL;
	struct rv_stat st;
	bool made = false;
	int rc;

	if (mode == RV_DB_WRITE) {
		if (ensure_file(dirfd, name, &made, err) < 0)
			return rv_context(err, "%s", schema->what);
	} else {
		rc = rv_file_stat(dirfd, name, &st, err);
		if (rc != 0)
			return rc < 0 ? rv_context(err, "%s", schema->what) : RV_DB_ABSENT;
	}
	if (rv_dir_path(dirfd, &path, err) < 0)
		return rv_context(err, "%s", schema->what);
	rv_buf_addf(&path, "/%s", name);
	db = new_handle(schema, rv_buf_str(&path));
	if (open_handle(db, rv_buf_str(&path), mode, err) < 0 ||
	    (db->writes && set_durable(db, err) < 0) || check_version(db, err) < 0)
		return -1;
	/*
	 * a new file's name, and its folder's, must be as durable as what will be committed to it
	 */
	if (made && rv_barrier(dirfd, db->name, err) < 0)
		return -1;
	*out = db;
	db = NULL;
	return 0;
}

int rv_db_make(int dirfd, const char *name, const struct rv_db_schema *schema, struct rv_db **out,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT(PATH_MAX_BYTES);
	rv_auto_db db = NULL;
	rv_auto_fd fd = -1;
	int rc = rv_file_create(dirfd, name, DB_MODE, &fd, err);

	if (rc != 0)
		return rc < 0 ? rv_context(err, "%s", schema->what)
			      : rv_fail(err, RV_STORE, "%s %s: exists already", schema->what, name);
	if (rv_dir_path(dirfd, &path, err) < 0)
		return rv_context(err, "%s", schema->what);
	rv_buf_addf(&path, "/%s", name);
	db = new_handle(schema, rv_buf_str(&path));
	if (open_handle(db, rv_buf_str(&path), RV_DB_WRITE, err) < 0 ||
	    run_text(db,
		"PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
		"PRAGMA locking_mode = EXCLUSIVE",
		err) < 0 ||
	    migrate(db, 0, err) < 0)
		return -1;
	*out = db;
	db = NULL;
	return 0;
}

int rv_db_seal(struct rv_db *db, struct rv_error *err)
{
	rv_db_finalize(db);
	if (run_text(db, "VACUUM", err) < 0)
		return -1;
	return rv_db_check(db, err);
}

int rv_db_check(struct rv_db *db, struct rv_error *err)
{
	sqlite3_stmt *st = NULL;
	int rc = 0;

	if (sqlite3_prepare_v2(db->handle, "PRAGMA quick_check(1)", -1, &st, NULL) != SQLITE_OK ||
	    sqlite3_step(st) != SQLITE_ROW)
		rc = rv_db_fail(db, "check", err);
	else if (strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
		rc = rv_fail(err, RV_FORMAT, "%s: damaged: %s", db->name,
		    (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return rc;
}
