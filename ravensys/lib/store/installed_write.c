/* SPDX-License-Identifier: ISC */
/*
 * Changes of package rows, and the questions of a check before them. Always inside the caller's
 * transaction.
 */
#include "base/vec.h"
#include "store/installed_sql.h"
#include "store/installed_write.h"
#include "store/xattrs.h"

#define XATTRS_MAX_BYTES ((size_t)RV_XATTRS_MAX * (RV_XATTR_VALUE_MAX_BYTES + 512))

void rv_folder_ids_release(struct rv_folder_ids *f)
{
	rv_map_release(&f->ids);
	rv_arena_release(&f->arena);
}

static int folder_id(
    struct rv_folder_ids *f, struct rv_span path, int64_t *out, struct rv_error *err)
{
	int64_t *known = rv_map_get(&f->ids, path);
	int rc;

	if (known) {
		*out = *known;
		return 0;
	}
	rc = rv_db_get_int(f->db, RV_SQL_FOLDER_ID, out, err, "s", path);
	if (rc == RV_DB_END) {
		rc = rv_db_run(f->db, RV_SQL_ADD_FOLDER, err, "s", path);
		*out = rv_db_last_id(f->db);
	}
	if (rc != 0)
		return -1;
	known = rv_arena_alloc(&f->arena, sizeof(*known));
	*known = *out;
	rv_map_put(&f->ids, rv_arena_span(&f->arena, path), known);
	return 0;
}

static int add_needs(
    struct rv_db *db, int64_t id, const struct rv_manifest *m, struct rv_error *err)
{
	for (size_t i = 0; i < m->requires.n; i++)
		if (rv_db_run(db, RV_SQL_ADD_REQUIRES, err, "iit", id, (int64_t)0,
			m->requires.v[i].name) != 0)
			return -1;
	for (size_t i = 0; i < m->requires_sonames.n; i++)
		if (rv_db_run(db, RV_SQL_ADD_REQUIRES, err, "iit", id, (int64_t)1,
			m->requires_sonames.v[i]) != 0)
			return -1;
	for (size_t i = 0; i < m->provides_sonames.n; i++)
		if (rv_db_run(db, RV_SQL_ADD_PROVIDES, err, "it", id, m->provides_sonames.v[i]) !=
		    0)
			return -1;
	return 0;
}

int rv_installed_add(struct rv_db *db, const struct rv_installed *p, const struct rv_manifest *m,
    int64_t *out_id, struct rv_error *err)
{
	int rc = rv_db_run(db, RV_SQL_ADD_PACKAGE, err, "tttbittiiis", p->name, p->namebase,
	    p->version, rv_sha256_span(&p->content_id), (int64_t)p->automatic, p->repository,
	    p->reason, p->installed_s, (int64_t)p->by_uid, (int64_t)p->plain_bytes, p->manifest);

	if (rc != 0)
		return rc < 0 ? -1
			      : rv_fail(err, RV_BUG, "%s: is in the installed database already",
				    p->name);
	*out_id = rv_db_last_id(db);
	return add_needs(db, *out_id, m, err);
}

int rv_installed_add_entry(struct rv_folder_ids *f, int64_t package, const struct rv_file_entry *e,
    struct rv_span folder, struct rv_span name, struct rv_span declared, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf xattrs = RV_BUF_INIT(XATTRS_MAX_BYTES);
	struct rv_span blob, owner = e->owner.n ? e->owner : RV_SPAN_LIT(""),
			     group = e->group.n ? e->group : RV_SPAN_LIT("");
	int64_t really, said;
	bool whole = e->type == RV_ENTRY_FILE;

	rv_xattrs_encode(e, &xattrs);
	if (rv_buf_check(&xattrs, e->path.p, err) < 0 || folder_id(f, folder, &really, err) < 0 ||
	    folder_id(f, declared, &said, err) < 0)
		return -1;
	blob = rv_buf_span(&xattrs);
	if (e->type == RV_ENTRY_DIR)
		return rv_db_run(f->db, RV_SQL_ADD_DIRECTORY, err, "iiiissb", really, package, said,
		    (int64_t)e->mode, owner, group, blob);
	return rv_db_run(f->db, RV_SQL_ADD_FILE, err, "isiiiissibsib", really, name, package,
	    said == really ? (int64_t)0 : said, (int64_t)e->type, (int64_t)e->mode, owner, group,
	    (int64_t)e->size, whole ? rv_sha256_span(&e->sha256) : RV_SPAN_NULL,
	    e->target.n ? e->target : RV_SPAN_NULL, (int64_t)e->flags, blob);
}

int rv_installed_drop(struct rv_db *db, int64_t package, struct rv_error *err)
{
	static const unsigned all[] = {RV_SQL_DROP_FILES, RV_SQL_DROP_DIRECTORIES,
	    RV_SQL_DROP_REQUIRES, RV_SQL_DROP_PROVIDES, RV_SQL_DROP_PACKAGE};

	for (unsigned i = 0; i < RV_COUNT(all); i++)
		if (rv_db_run(db, all[i], err, "i", package) != 0)
			return -1;
	return 0;
}

int rv_installed_prune(struct rv_db *db, struct rv_error *err)
{
	return rv_db_run(db, RV_SQL_PRUNE, err, "") == 0 ? 0 : -1;
}

static int read_owned(
    struct rv_query *q, struct rv_arena *arena, struct rv_owned_list *out, struct rv_error *err)
{
	int rc;

	while ((rc = rv_query_next(q, err)) == 0) {
		struct rv_owned *o = rv_vec_add(out);

		o->folder = rv_query_arena(q, 0, arena);
		o->name = rv_query_arena(q, 1, arena);
		o->target = rv_query_arena(q, 2, arena);
		o->package = rv_query_int(q, 3);
		o->type = (enum rv_file_type)rv_query_int(q, 4);
	}
	return rc == RV_DB_END ? 0 : -1;
}

int rv_installed_in_folder(struct rv_db *db, struct rv_span folder, struct rv_arena *arena,
    struct rv_owned_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	return rv_db_query(db, RV_SQL_IN_FOLDER, &q, err, "s", folder) < 0
		   ? -1
		   : read_owned(&q, arena, out, err);
}

int rv_installed_folder_owners(struct rv_db *db, struct rv_span folder, struct rv_arena *arena,
    struct rv_owned_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	return rv_db_query(db, RV_SQL_FOLDER_OWNERS, &q, err, "s", folder) < 0
		   ? -1
		   : read_owned(&q, arena, out, err);
}

int rv_installed_links(
    struct rv_db *db, struct rv_arena *arena, struct rv_owned_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	return rv_db_query(db, RV_SQL_LINKS, &q, err, "") < 0 ? -1
							      : read_owned(&q, arena, out, err);
}

int rv_installed_through(struct rv_db *db, struct rv_span path, struct rv_arena *arena,
    struct rv_owned_list *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	return rv_db_query(db, RV_SQL_THROUGH, &q, err, "s", path) < 0
		   ? -1
		   : read_owned(&q, arena, out, err);
}
