/* SPDX-License-Identifier: ISC */
/* Questions to the installed database. Nothing is changed here but the automatic mark. */
#include "base/map.h"
#include "base/vec.h"
#include "store/installed_sql.h"
#include "store/installed_write.h"
#include "store/xattrs.h"

int rv_installed_open(int dirfd, enum rv_db_mode mode, struct rv_db **out, struct rv_error *err)
{
	return rv_db_open(dirfd, RV_INSTALLED_FILE, mode, &rv_installed_schema, out, err);
}

static void read_package(const struct rv_query *q, struct rv_arena *arena, struct rv_installed *out)
{
	*out = (struct rv_installed){
	    .id = rv_query_int(q, 0),
	    .name = rv_query_arena(q, 1, arena),
	    .namebase = rv_query_arena(q, 2, arena),
	    .version = rv_query_arena(q, 3, arena),
	    .automatic = rv_query_int(q, 5) != 0,
	    .repository = rv_query_arena(q, 6, arena),
	    .reason = rv_query_arena(q, 7, arena),
	    .installed_s = rv_query_int(q, 8),
	    .by_uid = (uint32_t)rv_query_int(q, 9),
	    .plain_bytes = (uint64_t)rv_query_int(q, 10),
	};
	rv_query_sha256(q, 4, &out->content_id);
	if (!rv_query_null(q, 11))
		out->manifest = rv_arena_span(arena, rv_query_blob(q, 11));
}

static int read_packages(
    struct rv_query *q, struct rv_arena *arena, struct rv_installed_list *out, struct rv_error *err)
{
	int rc;

	while ((rc = rv_query_next(q, err)) == 0)
		read_package(q, arena, rv_vec_add(out));
	return rc == RV_DB_END ? 0 : -1;
}

int rv_installed_all(struct rv_db *db, unsigned flags, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	if (rv_db_query(db, RV_SQL_ALL, &q, err, "i", (int64_t)(flags & RV_WITH_MANIFEST)) < 0)
		return -1;
	return read_packages(&q, arena, out, err);
}

int rv_installed_find(struct rv_db *db, const char *name, struct rv_arena *arena,
    struct rv_installed *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_FIND, &q, err, "t", name);

	if (rc == 0)
		rc = rv_query_next(&q, err);
	if (rc == 0)
		read_package(&q, arena, out);
	return rc;
}

int rv_installed_by_id(struct rv_db *db, int64_t id, struct rv_arena *arena,
    struct rv_installed *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = rv_db_query(db, RV_SQL_BY_ID, &q, err, "i", id);

	if (rc == 0)
		rc = rv_query_next(&q, err);
	if (rc == 0)
		read_package(&q, arena, out);
	return rc;
}

int rv_installed_of_namebase(struct rv_db *db, const char *namebase, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	if (rv_db_query(db, RV_SQL_NAMEBASE, &q, err, "t", namebase) < 0)
		return -1;
	return read_packages(&q, arena, out, err);
}

static int read_place(const struct rv_query *q, struct rv_arena *arena,
    struct rv_installed_place *out, struct rv_error *err)
{
	const char *declared = rv_query_text(q, 11);
	struct rv_file_entry *e = &out->entry;
	const char *target;

	out->folder = rv_span_str(rv_query_arena(q, 9, arena));
	out->name = rv_span_str(rv_query_arena(q, 10, arena));
	e->type = (enum rv_file_type)rv_query_int(q, 0);
	e->mode = (uint32_t)rv_query_int(q, 1);
	e->owner = rv_span_str(rv_query_arena(q, 2, arena));
	e->group = rv_span_str(rv_query_arena(q, 3, arena));
	e->size = (uint64_t)rv_query_int(q, 4);
	e->flags = (unsigned)rv_query_int(q, 7);
	target = rv_query_arena(q, 6, arena);
	e->target = rv_span_str(target);
	if (out->name.n == 0)
		e->path = rv_span_str(rv_arena_strdup(arena, declared));
	else
		e->path = rv_span_str(rv_arena_fmt(arena, "%s/%s", declared, out->name.p));
	if (!rv_query_sha256(q, 5, &e->sha256) || !rv_xattrs_decode(rv_query_blob(q, 8), arena, e))
		return rv_fail(
		    err, RV_FORMAT, "installed database: the row of %s is damaged", e->path.p);
	return 0;
}

static int place_cmp(const void *a, const void *b)
{
	const struct rv_installed_place *x = a, *y = b;

	return rv_span_cmp(x->entry.path, y->entry.path);
}

int rv_installed_places(struct rv_db *db, int64_t package, struct rv_arena *arena,
    struct rv_installed_places *out, struct rv_error *err)
{
	static const unsigned both[] = {RV_SQL_FILES, RV_SQL_DIRECTORIES};

	for (unsigned i = 0; i < RV_COUNT(both); i++) {
		rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
		int rc = rv_db_query(db, both[i], &q, err, "i", package);

		while (rc == 0 && (rc = rv_query_next(&q, err)) == 0)
			rc = read_place(&q, arena, rv_vec_add(out), err);
		if (rc < 0)
			return -1;
	}
	rv_vec_sort(out, place_cmp);
	return 0;
}

int rv_installed_files(struct rv_db *db, int64_t package, struct rv_arena *arena,
    struct rv_file_entries *out, struct rv_error *err)
{
	struct rv_installed_places places = {0};
	int rc = rv_installed_places(db, package, arena, &places, err);

	if (rc == 0)
		rv_vec_each (&places, p)
			rv_vec_push(out, p->entry);
	rv_vec_release(&places);
	return rc;
}

int rv_installed_folder_allows(struct rv_db *db, struct rv_span folder, uint32_t mode,
    int64_t *out_owners, bool *out_allowed, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	if (rv_db_query(db, RV_SQL_FOLDER_ALLOWS, &q, err, "si", folder, (int64_t)mode) < 0 ||
	    rv_query_next(&q, err) != 0)
		return -1;
	*out_owners = rv_query_int(&q, 0);
	*out_allowed = rv_query_int(&q, 1) > 0;
	return 0;
}

/* The packages whose ids a query gives. */
static int read_ids(struct rv_db *db, struct rv_query *q, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err)
{
	int rc;

	while ((rc = rv_query_next(q, err)) == 0) {
		if (rv_installed_by_id(db, rv_query_int(q, 0), arena, rv_vec_add(out), err) != 0)
			return rv_context(err, "installed database: package row %lld is missing",
			    (long long)rv_query_int(q, 0));
	}
	return rc == RV_DB_END ? 0 : -1;
}

int rv_installed_which(struct rv_db *db, struct rv_span path, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query folders = RV_QUERY_INIT, files = RV_QUERY_INIT;
	size_t cut = rv_span_rfind(path, '/');

	if (rv_db_query(db, RV_SQL_WHICH_FOLDER, &folders, err, "s", path) < 0 ||
	    read_ids(db, &folders, arena, out, err) < 0)
		return -1;
	if (cut == path.n)
		return 0;
	if (rv_db_query(db, RV_SQL_WHICH_FILE, &files, err, "ss", rv_span_sub(path, 0, cut),
		rv_span_from(path, cut + 1)) < 0)
		return -1;
	return read_ids(db, &files, arena, out, err);
}

int rv_installed_dependents(struct rv_db *db, int64_t package, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	if (rv_db_query(db, RV_SQL_DEPENDENTS, &q, err, "i", package) < 0)
		return -1;
	return read_ids(db, &q, arena, out, err);
}

int rv_installed_mark(struct rv_db *db, const char *name, bool automatic, struct rv_error *err)
{
	if (rv_db_run(db, RV_SQL_MARK, err, "ti", name, (int64_t)automatic) != 0)
		return -1;
	return rv_db_changes(db) > 0 ? 0 : RV_DB_END;
}
