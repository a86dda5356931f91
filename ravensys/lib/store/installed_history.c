/* SPDX-License-Identifier: ISC */
/* The history of one root's transactions, as it is shown and may be undone. */
#include "base/vec.h"
#include "store/installed_sql.h"

const char *rv_txn_state_name(enum rv_txn_state state)
{
	static const char *const names[] = {"intent", "committed", "applied", "done", "cancelled"};

	return (size_t)state < RV_COUNT(names) ? names[state] : "unknown";
}

const char *rv_txn_action_name(enum rv_txn_action action)
{
	static const char *const names[] = {"install", "upgrade", "remove", "mark"};

	return (size_t)action < RV_COUNT(names) ? names[action] : "unknown";
}

static const char *text_or_null(const struct rv_query *q, int column, struct rv_arena *arena)
{
	return rv_query_null(q, column) ? NULL : rv_query_arena(q, column, arena);
}

static int read_packages(
    struct rv_db *db, struct rv_arena *arena, struct rv_history *h, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	rv_vec(struct rv_history_package) list = {0};
	int rc = rv_db_query(db, RV_SQL_TXN_PACKAGES, &q, err, "i", h->id);

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0) {
		struct rv_history_package *p = rv_vec_add(&list);

		p->action = (enum rv_txn_action)rv_query_int(&q, 0);
		p->name = rv_query_arena(&q, 1, arena);
		p->old_version = text_or_null(&q, 2, arena);
		rv_query_sha256(&q, 3, &p->old_content);
		p->old_repository = text_or_null(&q, 4, arena);
		p->old_automatic = rv_query_int(&q, 5) != 0;
		p->new_version = text_or_null(&q, 6, arena);
		rv_query_sha256(&q, 7, &p->new_content);
		p->new_repository = text_or_null(&q, 8, arena);
		p->new_automatic = rv_query_int(&q, 9) != 0;
	}
	if (list.n > 0) {
		h->packages.v = rv_arena_alloc(arena, list.n * sizeof(*list.v));
		memcpy(h->packages.v, list.v, list.n * sizeof(*list.v));
		h->packages.n = h->packages.cap = list.n;
	}
	rv_vec_release(&list);
	return rc == RV_DB_END ? 0 : -1;
}

static int read_txn(struct rv_db *db, const struct rv_query *q, struct rv_arena *arena,
    struct rv_history *out, struct rv_error *err)
{
	*out = (struct rv_history){
	    .id = rv_query_int(q, 0),
	    .state = (enum rv_txn_state)rv_query_int(q, 1),
	    .command = rv_query_arena(q, 2, arena),
	    .uid = (uint32_t)rv_query_int(q, 3),
	    .begun_s = rv_query_int(q, 4),
	    .ended_s = rv_query_int(q, 5),
	    .resumed = rv_query_int(q, 6),
	    .note = rv_query_arena(q, 7, arena),
	};
	return read_packages(db, arena, out, err);
}

int rv_history_all(struct rv_db *db, int64_t limit, struct rv_arena *arena,
    struct rv_history_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_TXN_ALL, &q, err, "i", limit > 0 ? limit : (int64_t)-1);

	while (rc == 0 && (rc = rv_query_next(&q, err)) == 0)
		rc = read_txn(db, &q, arena, rv_vec_add(out), err);
	return rc == RV_DB_END ? 0 : -1;
}

int rv_history_get(struct rv_db *db, int64_t id, struct rv_arena *arena, struct rv_history *out,
    struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_TXN_GET, &q, err, "i", id);

	if (rc == 0)
		rc = rv_query_next(&q, err);
	return rc == 0 ? read_txn(db, &q, arena, out, err) : rc;
}

int rv_history_pending(
    struct rv_db *db, struct rv_arena *arena, struct rv_history *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_TXN_PENDING, &q, err, "");

	if (rc == 0)
		rc = rv_query_next(&q, err);
	return rc == 0 ? read_txn(db, &q, arena, out, err) : rc;
}
