/* SPDX-License-Identifier: ISC */
/*
 * Writing a catalogue: one pass over sorted entries, in one transaction, so that equal entries give
 * equal bytes.
 */
#include "base/buf.h"
#include "os/file.h"
#include "store/catalog.h"
#include "store/catalog_sql.h"

#define LIST_MAX_BYTES ((size_t)1 << 20)

static void join(const struct rv_strings *list, struct rv_buf *out)
{
	for (size_t i = 0; i < list->n; i++)
		rv_buf_addf(out, "%s%s", i ? " " : "", list->v[i]);
}

static void join_options(const struct rv_manifest *m, struct rv_buf *out)
{
	for (size_t i = 0; i < m->options.n; i++)
		rv_buf_addf(out, "%s%s=%s", i ? " " : "", m->options.v[i].name,
		    m->options.v[i].on ? "on" : "off");
}

static struct rv_span sum_span(const struct rv_sha256 *sum)
{
	return rv_span((const char *)sum->b, sizeof(sum->b));
}

static int add_package(struct rv_db *db, int64_t id, const char *name,
    const struct rv_catalog_entry *e, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf categories = RV_BUF_INIT(LIST_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf options = RV_BUF_INIT(LIST_MAX_BYTES);
	const struct rv_manifest *m = e->manifest;

	join(&m->categories, &categories);
	join_options(m, &options);
	if (rv_buf_check(&categories, "categories", err) < 0 ||
	    rv_buf_check(&options, "options", err) < 0)
		return -1;
	return rv_db_run(db, CATALOG_ADD, err, "ittttttttttttttiiibb", id, name, m->namebase,
	    m->subpackage, m->variant, m->version, m->comment, m->description, m->www, m->licence,
	    m->cpe, rv_buf_str(&categories), rv_buf_str(&options), m->abi, m->prefix,
	    (int64_t)e->size, (int64_t)m->plain_bytes, (int64_t)m->n_files, sum_span(&e->sha256),
	    sum_span(&e->content_id));
}

static int add_sonames(struct rv_db *db, unsigned statement, int64_t id,
    const struct rv_strings *list, struct rv_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++)
		rc = rv_db_run(db, statement, err, "it", id, list->v[i]);
	return rc;
}

static int add_lists(
    struct rv_db *db, int64_t id, const struct rv_manifest *m, struct rv_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->requires.n; i++) {
		const struct rv_require *r = &m->requires.v[i];

		rc = rv_db_run(db, CATALOG_ADD_REQUIRE, err, "itit", id, r->name, (int64_t)r->kind,
		    r->version);
	}
	if (rc == 0)
		rc = add_sonames(db, CATALOG_ADD_NEEDED, id, &m->requires_sonames, err);
	if (rc == 0)
		rc = add_sonames(db, CATALOG_ADD_PROVIDED, id, &m->provides_sonames, err);
	return rc;
}

static int add_entry(
    struct rv_db *db, int64_t id, const struct rv_catalog_entry *e, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_IDENT_MAX_BYTES);
	struct rv_ident ident = rv_manifest_ident(e->manifest);
	int rc;

	rv_ident_add_name(&ident, &name);
	rc = add_package(db, id, rv_buf_str(&name), e, err);
	if (rc == 0)
		rc = add_lists(db, id, e->manifest, err);
	if (rc > 0)
		return rv_fail(
		    err, RV_BUG, "catalogue: %s, or what it lists, comes twice", rv_buf_str(&name));
	return rc < 0 ? rv_context(err, "%s", rv_buf_str(&name)) : 0;
}

static int fill(
    struct rv_db *db, const struct rv_catalog_entry *entries, size_t n, struct rv_error *err)
{
	rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;

	if (rv_db_begin(db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_entry(db, (int64_t)i + 1, &entries[i], err) < 0)
			return -1;
	return rv_db_commit(&tx, err);
}

int rv_catalog_make(int dirfd, const char *name, const struct rv_catalog_entry *entries,
    size_t n_entries, struct rv_error *err)
{
	struct rv_db *db = NULL;
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, name, &st, err);

	if (rc <= 0) /* what is there stays */
		return rc < 0 ? -1 : rv_fail(err, RV_STORE, "catalogue %s: exists already", name);
	rc = rv_db_make(dirfd, name, &rv_catalog_schema, &db, err);
	if (rc == 0)
		rc = fill(db, entries, n_entries, err);
	if (rc == 0)
		rc = rv_db_seal(db, err);
	rv_db_close(db);
	/* the first error is the one to tell */
	return rc < 0 && rv_file_unlink(dirfd, name, NULL) < 0 ? -1 : rc;
}
