/* SPDX-License-Identifier: ISC */
/* lib/store/db: opening, migrating, refusing, binding, rolling back. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/dirpath.h"
#include "os/file.h"
#include "store/db.h"
#include "tests/tap.h"

enum { PUT, GET, COUNT, EACH };
static const char *const statements[] = {
    [PUT] = "INSERT INTO t (k, v, b) VALUES (?, ?, ?)",
    [GET] = "SELECT v, b FROM t WHERE k = ?",
    [COUNT] = "SELECT count(*) FROM t",
    [EACH] = "SELECT k FROM t ORDER BY k",
};
static const char *const steps[] = {
    "CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)",
    "ALTER TABLE t ADD COLUMN b BLOB",
    "CREATE TABLE later (x)",
};
static const struct rv_db_schema schema1 = {"test database", 0x52565431, steps, 1, statements, 0};
static const struct rv_db_schema schema2 = {
    "test database", 0x52565431, steps, 2, statements, RV_COUNT(statements)};
static const struct rv_db_schema other = {
    "test database", 0x52565432, steps, 2, statements, RV_COUNT(statements)};

static int dir = -1;
static struct rv_error err;

static void test_versions(void)
{
	rv_auto_db a = NULL;
	rv_auto_db b = NULL;
	rv_auto_db c = NULL;
	struct stat st;

	tap_int(rv_db_open(dir, "x.sqlite", RV_DB_READ, &schema1, &a, &err), RV_DB_ABSENT,
	    "absent for a reader");
	tap_good(
	    rv_db_open(dir, "x.sqlite", RV_DB_WRITE, &schema1, &a, &err), &err, "made with step 1");
	rv_db_closep(&a);
	tap_ok(fstatat(dir, "x.sqlite-wal", &st, 0) == 0 && (st.st_mode & 0777) == 0644,
	    "the log stays, mode 0644");
	tap_ok(fstatat(dir, "x.sqlite-shm", &st, 0) == 0 && (st.st_mode & 0777) == 0644,
	    "its index too");
	tap_ok(rv_db_open(dir, "x.sqlite", RV_DB_READ, &schema2, &a, &err) < 0 &&
		   strstr(err.msg, "older"),
	    "a reader refuses an older one: %s", err.msg);
	tap_good(rv_db_open(dir, "x.sqlite", RV_DB_WRITE, &schema2, &a, &err), &err,
	    "migrated to step 2");
	tap_good(rv_db_open(dir, "x.sqlite", RV_DB_READ, &schema2, &b, &err), &err,
	    "read beside the writer");
	tap_ok(rv_db_open(dir, "x.sqlite", RV_DB_WRITE, &schema1, &c, &err) < 0 &&
		   err.code == RV_STORE && strstr(err.msg, "newer"),
	    "an older program refuses it: %s", err.msg);
	tap_ok(rv_db_open(dir, "x.sqlite", RV_DB_WRITE, &other, &c, &err) < 0 &&
		   strstr(err.msg, "another program"),
	    "another application refuses it: %s", err.msg);
}

static void test_values(void)
{
	rv_auto_db db = NULL;
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int64_t n = -1;

	tap_good(rv_db_open(dir, "x.sqlite", RV_DB_WRITE, &schema2, &db, &err), &err, "open");
	tap_good(
	    rv_db_run(db, PUT, &err, "itb", (int64_t)1, "one", rv_span("a\0b", 3)), &err, "insert");
	tap_good(rv_db_run(db, PUT, &err, "isn", (int64_t)2, RV_SPAN_LIT("two")), &err,
	    "insert with null");
	tap_int(rv_db_run(db, PUT, &err, "itn", (int64_t)2, "again"), RV_DB_CONFLICT,
	    "a taken key is an outcome");
	tap_ok(rv_db_run(db, PUT, &err, "it", (int64_t)3, "x") < 0 && err.code == RV_BUG,
	    "too few values");
	tap_good(rv_db_query(db, GET, &q, &err, "i", (int64_t)1), &err, "query");
	tap_good(rv_query_next(&q, &err), &err, "row");
	tap_str(rv_query_text(&q, 0), "one", "text");
	tap_ok(rv_span_eq(rv_query_blob(&q, 1), rv_span("a\0b", 3)), "blob");
	tap_ok(rv_db_get_int(db, GET, &n, &err, "i", (int64_t)1) < 0 && err.code == RV_BUG,
	    "no second run");
	tap_int(rv_query_next(&q, &err), RV_DB_END, "end");
	tap_good(rv_db_get_int(db, COUNT, &n, &err, ""), &err, "count");
	tap_int(n, 2, "two rows");
	{
		rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;

		tap_good(rv_db_begin(db, &tx, &err), &err, "begin");
		tap_good(rv_db_run(db, PUT, &err, "inn", (int64_t)9), &err, "insert inside");
	}
	tap_good(rv_db_get_int(db, COUNT, &n, &err, ""), &err, "count");
	tap_int(n, 2, "rolled back by its cleanup");
	{
		rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;

		tap_good(rv_db_begin(db, &tx, &err), &err, "begin");
		tap_good(rv_db_run(db, PUT, &err, "inn", (int64_t)9), &err, "insert inside");
		tap_good(rv_db_commit(&tx, &err), &err, "commit");
	}
	tap_good(rv_db_get_int(db, COUNT, &n, &err, ""), &err, "count");
	tap_int(n, 3, "committed");
}

static void test_made(void)
{
	rv_auto_db db = NULL;
	int fd;

	tap_good(rv_db_make(dir, "made?#%.sqlite", &schema2, &db, &err), &err, "make");
	tap_good(rv_db_run(db, PUT, &err, "itn", (int64_t)1, "one"), &err, "fill");
	tap_good(rv_db_seal(db, &err), &err, "seal");
	rv_db_closep(&db);
	tap_ok(faccessat(dir, "made?#%.sqlite-wal", F_OK, 0) < 0, "no log beside it");
	tap_good(rv_db_open(dir, "made?#%.sqlite", RV_DB_FIXED, &schema2, &db, &err), &err,
	    "open as fixed");
	tap_ok(
	    rv_db_run(db, PUT, &err, "itn", (int64_t)5, "x") < 0, "cannot be written: %s", err.msg);
	rv_db_closep(&db);
	fd = openat(dir, "made?#%.sqlite", O_RDWR);
	tap_ok(pwrite(fd, "damaged!damaged!", 16, 4096 + 100) == 16 &&
		   pwrite(fd, "\xff\xff\xff\xff", 4, 4096) == 4,
	    "damage it");
	close(fd);
	tap_good(rv_db_open(dir, "made?#%.sqlite", RV_DB_FIXED, &schema2, &db, &err), &err,
	    "open again");
	tap_ok(
	    rv_db_check(db, &err) < 0 && err.code == RV_FORMAT, "the check finds it: %s", err.msg);
}

static void test_path(const char *want)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(8192);

	tap_good(rv_dir_path(dir, &b, &err), &err, "path of a folder");
	tap_str(rv_buf_str(&b), want, "the path");
}

int main(void)
{
	char name[] = "/tmp/rv-test-db-XXXXXX";

	if (!mkdtemp(name) || (dir = open(name, O_RDONLY | O_DIRECTORY)) < 0)
		return 1;
	umask(077);
	test_path(name);
	test_versions();
	test_values();
	test_made();
	if (rv_tree_remove(RV_CWD, name, &err) < 0)
		printf("# %s\n", err.msg);
	return tap_done();
}
