/* SPDX-License-Identifier: ISC */
/* See history.h. */
#include "base/vec.h"
#include "store/history.h"
#include "store/installed_sql.h"
#include "store/schema_builds.h"

enum { PUT, PUT_PACKAGE, GET, GET_PACKAGES, GET_CONTENTS, GET_PORTS, DROP, DROP_PACKAGES, COUNT };

static const char *const statements[COUNT] = {
    [PUT] = "INSERT INTO built (port, input, facts, seconds, memory_kib, phases, ended_s) VALUES "
	    "(?, ?, ?, ?, ?, ?, ?)",
    [PUT_PACKAGE] = "INSERT INTO built_package (port, seq, name, content) VALUES (?, ?, ?, ?)",
    [GET] = "SELECT port, input, facts, seconds, memory_kib, phases, ended_s FROM built WHERE port "
	    "= ?1",
    [GET_PACKAGES] = "SELECT name, content FROM built_package WHERE port = ?1 ORDER BY seq",
    [GET_CONTENTS] = "SELECT DISTINCT content FROM built_package",
    [GET_PORTS] = "SELECT port FROM built",
    [DROP] = "DELETE FROM built WHERE port = ?1",
    [DROP_PACKAGES] = "DELETE FROM built_package WHERE port = ?1",
};

static const struct rv_db_schema schema = {
    .what = "build history",
    .application_id = 0x52564e62, /* "RVNb" */
    .steps = RV_SCHEMA_BUILDS,
    .n_steps = RV_SCHEMA_BUILDS_STEPS,
    .statements = statements,
    .n_statements = COUNT,
};

int rv_builds_open(
    int dirfd, const char *name, enum rv_db_mode mode, struct rv_db **out, struct rv_error *err)
{
	return rv_db_open(dirfd, name, mode, &schema, out, err);
}

static int drop(struct rv_db *db, const char *port, struct rv_error *err)
{
	if (rv_db_run(db, DROP_PACKAGES, err, "t", port) != 0 ||
	    rv_db_run(db, DROP, err, "t", port) != 0)
		return -1;
	return 0;
}

int rv_builds_put(struct rv_db *db, const struct rv_built *b, struct rv_error *err)
{
	rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;

	if (rv_db_begin(db, &tx, err) < 0 || drop(db, b->port, err) < 0 ||
	    rv_db_run(db, PUT, err, "tbtiiti", b->port, rv_sha256_span(&b->input),
		b->facts ? b->facts : "", b->seconds, b->memory_kib, b->phases ? b->phases : "",
		b->ended_s) != 0)
		return -1;
	for (size_t i = 0; i < b->packages.n; i++)
		if (rv_db_run(db, PUT_PACKAGE, err, "titb", b->port, (int64_t)i,
			b->packages.v[i].name, rv_sha256_span(&b->packages.v[i].content_id)) != 0)
			return -1;
	return rv_db_commit(&tx, err);
}

static int read_packages(
    struct rv_db *db, struct rv_arena *arena, struct rv_built *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	rv_vec(struct rv_built_package) list = {0};
	int rc = rv_db_query(db, GET_PACKAGES, &q, err, "t", out->port);

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0) {
		struct rv_built_package *p = rv_vec_add(&list);

		p->name = rv_query_arena(&q, 0, arena);
		rv_query_sha256(&q, 1, &p->content_id);
	}
	if (list.n > 0) {
		out->packages.v = rv_arena_alloc(arena, list.n * sizeof(*list.v));
		memcpy(out->packages.v, list.v, list.n * sizeof(*list.v));
		out->packages.n = out->packages.cap = list.n;
	}
	rv_vec_release(&list);
	return rc == RV_DB_END ? 0 : -1;
}

int rv_builds_get(struct rv_db *db, const char *port, struct rv_arena *arena, struct rv_built *out,
    struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, GET, &q, err, "t", port);

	if (rc == 0)
		rc = rv_query_next(&q, err);
	if (rc != 0)
		return rc;
	*out = (struct rv_built){
	    .port = rv_query_arena(&q, 0, arena),
	    .facts = rv_query_arena(&q, 2, arena),
	    .seconds = rv_query_int(&q, 3),
	    .memory_kib = rv_query_int(&q, 4),
	    .phases = rv_query_arena(&q, 5, arena),
	    .ended_s = rv_query_int(&q, 6),
	};
	if (!*out->facts)
		return RV_BUILDS_FORGOTTEN;
	rv_query_sha256(&q, 1, &out->input);
	return read_packages(db, arena, out, err);
}

int rv_builds_forget(struct rv_db *db, const char *port, struct rv_error *err)
{
	const struct rv_built nothing = {.port = port};

	return rv_builds_put(db, &nothing, err);
}

int rv_builds_each_port(struct rv_db *db,
    int (*fn)(void *ctx, const char *port, struct rv_error *err), void *ctx, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	int rc = rv_db_query(db, GET_PORTS, &q, err, "");

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0)
		if (fn(ctx, rv_query_arena(&q, 0, &arena), err) < 0)
			return -1;
	return rc == RV_DB_END ? 0 : -1;
}

int rv_builds_each_content(struct rv_db *db,
    int (*fn)(void *ctx, const struct rv_sha256 *content_id, struct rv_error *err), void *ctx,
    struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	struct rv_sha256 content_id;
	int rc = rv_db_query(db, GET_CONTENTS, &q, err, "");

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0) {
		rv_query_sha256(&q, 0, &content_id);
		if (fn(ctx, &content_id, err) < 0)
			return -1;
	}
	return rc == RV_DB_END ? 0 : -1;
}
