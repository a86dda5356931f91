/* SPDX-License-Identifier: ISC */
/*
 * Reading a catalogue. Sizes in it are signed, but negative ones would still be a lie: they are
 * refused.
 */
#include "store/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "pkg/ident.h"
#include "pkg/utf8.h"
#include "pkg/version.h"
#include "store/catalog_sql.h"
#include "store/schema_catalog.h"

#define COLUMNS                                                                                    \
	"id, name, namebase, subpackage, variant, version, comment, description, www, licence, "   \
	"cpe, categories, options, abi, prefix, size, plain_bytes, n_files, sha256, content_id"

static const char *const statements[CATALOG_STATEMENTS] = {
    [CATALOG_COUNT] = "SELECT count(*) FROM package",
    [CATALOG_FIND] = "SELECT " COLUMNS " FROM package WHERE (?1 IS NULL OR namebase = ?1)"
		     " AND (?2 IS NULL OR subpackage = ?2) AND (?3 IS NULL OR variant = ?3)"
		     " ORDER BY id",
    [CATALOG_SEARCH] = "SELECT " COLUMNS " FROM package WHERE instr(lower(name), ?1)"
		       " OR instr(lower(comment), ?1) OR instr(lower(description), ?1) ORDER BY id",
    [CATALOG_REQUIRES] =
	"SELECT package, name, kind, version FROM require WHERE package = ? ORDER BY name",
    [CATALOG_REQUIRES_ALL] =
	"SELECT package, name, kind, version FROM require ORDER BY package, name",
    [CATALOG_NEEDED] =
	"SELECT package, soname FROM require_soname WHERE package = ? ORDER BY soname",
    [CATALOG_NEEDED_ALL] = "SELECT package, soname FROM require_soname ORDER BY package, soname",
    [CATALOG_PROVIDED] =
	"SELECT package, soname FROM provide_soname WHERE package = ? ORDER BY soname",
    [CATALOG_PROVIDED_ALL] = "SELECT package, soname FROM provide_soname ORDER BY package, soname",
    [CATALOG_ADD] = "INSERT INTO package (" COLUMNS
		    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CATALOG_ADD_REQUIRE] =
	"INSERT INTO require (package, name, kind, version) VALUES (?, ?, ?, ?)",
    [CATALOG_ADD_NEEDED] = "INSERT INTO require_soname (package, soname) VALUES (?, ?)",
    [CATALOG_ADD_PROVIDED] = "INSERT INTO provide_soname (package, soname) VALUES (?, ?)",
};

const struct rv_db_schema rv_catalog_schema = {
    .what = "catalogue",
    .application_id = 0x52564e43,
    .steps = RV_SCHEMA_CATALOG,
    .n_steps = RV_SCHEMA_CATALOG_STEPS,
    .statements = statements,
    .n_statements = RV_COUNT(statements),
};
_Static_assert(RV_SCHEMA_CATALOG_STEPS == RV_CATALOG_SCHEMA, "the header names the version");

#define COUNT_MAX ((int64_t)1 << 50)

struct rv_catalog {
	struct rv_db *db;
};

int rv_catalog_open(int dirfd, const char *name, struct rv_catalog **out, struct rv_error *err)
{
	struct rv_db *db = NULL;
	int rc = rv_db_open(dirfd, name, RV_DB_FIXED, &rv_catalog_schema, &db, err);

	if (rc != 0)
		return rc < 0 ? -1 : RV_CATALOG_ABSENT;
	*out = rv_alloc(sizeof(**out));
	(*out)->db = db;
	return 0;
}

void rv_catalog_close(struct rv_catalog *c)
{
	if (!c)
		return;
	rv_db_close(c->db);
	free(c);
}

int rv_catalog_count(struct rv_catalog *c, int64_t *out, struct rv_error *err)
{
	return rv_db_get_int(c->db, CATALOG_COUNT, out, err, "");
}

/* --- packages */

static const char *text_of(const struct rv_query *q, int column, struct rv_arena *arena)
{
	const char *text = rv_query_text(q, column);

	return text ? rv_arena_strdup(arena, text) : "";
}

static bool sum_of(const struct rv_query *q, int column, struct rv_sha256 *out)
{
	struct rv_span blob = rv_query_blob(q, column);

	if (blob.n != RV_SHA256_BYTES)
		return false;
	memcpy(out->b, blob.p, RV_SHA256_BYTES);
	return true;
}

static bool count_of(const struct rv_query *q, int column, uint64_t *out)
{
	int64_t n = rv_query_int(q, column);

	*out = n < 0 ? 0 : (uint64_t)n;
	return n >= 0 && n <= COUNT_MAX; /* sums of them do not overflow */
}

/* Names become parts of paths, texts go to terminals: a signature makes neither harmless. */
static bool is_sound(const struct rv_catalog_package *p)
{
	const char *const lines[] = {
	    p->comment, p->www, p->licence, p->cpe, p->categories, p->options, p->abi, p->prefix};
	struct rv_ident id;

	if (rv_ident_parse(rv_span_str(p->name), &id, NULL) < 0 ||
	    !rv_span_is(id.namebase, p->namebase) || !rv_span_is(id.subpackage, p->subpackage) ||
	    !rv_span_is(id.variant, p->variant) || !rv_version_valid(rv_span_str(p->version)))
		return false;
	for (size_t i = 0; i < RV_COUNT(lines); i++)
		if (!rv_utf8_plain(rv_span_str(lines[i])))
			return false;
	return rv_utf8_text(rv_span_str(p->description));
}

static int read_package(const struct rv_query *q, struct rv_arena *arena,
    struct rv_catalog_package *out, struct rv_error *err)
{
	const char **const texts[] = {&out->name, &out->namebase, &out->subpackage, &out->variant,
	    &out->version, &out->comment, &out->description, &out->www, &out->licence, &out->cpe,
	    &out->categories, &out->options, &out->abi, &out->prefix};

	out->id = rv_query_int(q, 0);
	for (size_t i = 0; i < RV_COUNT(texts); i++)
		*texts[i] = text_of(q, (int)i + 1, arena);
	out->file = rv_arena_fmt(arena, "%s~%s" RV_PACKAGE_SUFFIX, out->name, out->version);
	if (!count_of(q, 15, &out->size) || !count_of(q, 16, &out->plain_bytes) ||
	    !count_of(q, 17, &out->n_files) || !sum_of(q, 18, &out->sha256) ||
	    !sum_of(q, 19, &out->content_id) || !is_sound(out))
		return rv_fail(err, RV_FORMAT,
		    "catalogue: row %lld is damaged, or its names are none: its publisher must "
		    "mend it",
		    (long long)out->id);
	return 0;
}

static int read_packages(struct rv_query *q, struct rv_arena *arena,
    struct rv_catalog_packages *out, struct rv_error *err)
{
	int rc;

	while ((rc = rv_query_next(q, err)) == 0) {
		struct rv_catalog_package *p = rv_vec_add(out);

		if (read_package(q, arena, p, err) < 0)
			return -1;
	}
	return rc < 0 ? -1 : 0;
}

static struct rv_span or_null(struct rv_span s)
{
	return s.n ? s : RV_SPAN_NULL;
}

int rv_catalog_find(struct rv_catalog *c, const struct rv_ident *id, struct rv_arena *arena,
    struct rv_catalog_packages *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;

	if (rv_db_query(c->db, CATALOG_FIND, &q, err, "sss", or_null(id->namebase),
		or_null(id->subpackage), or_null(id->variant)) < 0)
		return -1;
	return read_packages(&q, arena, out, err);
}

int rv_catalog_search(struct rv_catalog *c, struct rv_span text, struct rv_arena *arena,
    struct rv_catalog_packages *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	char *lower = rv_arena_strndup(arena, text.p ? text.p : "", text.n);

	for (char *p = lower; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	if (rv_db_query(c->db, CATALOG_SEARCH, &q, err, "t", lower) < 0)
		return -1;
	return read_packages(&q, arena, out, err);
}

/* --- what they need and provide */

int rv_catalog_requires(struct rv_catalog *c, int64_t package, struct rv_arena *arena,
    struct rv_catalog_requires *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	int rc = package ? rv_db_query(c->db, CATALOG_REQUIRES, &q, err, "i", package)
			 : rv_db_query(c->db, CATALOG_REQUIRES_ALL, &q, err, "");

	if (rc < 0)
		return -1;
	while ((rc = rv_query_next(&q, err)) == 0) {
		int64_t kind = rv_query_int(&q, 2);

		if (kind < RV_REQUIRE_ANY || kind > RV_REQUIRE_SAME)
			return rv_fail(err, RV_FORMAT, "catalogue: unknown kind of requirement");
		rv_vec_push(out, (struct rv_catalog_require){.package = rv_query_int(&q, 0),
				     .name = text_of(&q, 1, arena),
				     .kind = (enum rv_require_kind)kind,
				     .version = text_of(&q, 3, arena)});
	}
	return rc < 0 ? -1 : 0;
}

int rv_catalog_sonames(struct rv_catalog *c, enum rv_catalog_side side, int64_t package,
    struct rv_arena *arena, struct rv_catalog_sonames *out, struct rv_error *err)
{
	rv_auto(rv_query) struct rv_query q = RV_QUERY_INIT;
	unsigned one = side == RV_CATALOG_REQUIRED ? CATALOG_NEEDED : CATALOG_PROVIDED;
	unsigned all = side == RV_CATALOG_REQUIRED ? CATALOG_NEEDED_ALL : CATALOG_PROVIDED_ALL;
	int rc = package ? rv_db_query(c->db, one, &q, err, "i", package)
			 : rv_db_query(c->db, all, &q, err, "");

	if (rc < 0)
		return -1;
	while ((rc = rv_query_next(&q, err)) == 0)
		rv_vec_push(out, (struct rv_catalog_soname){.package = rv_query_int(&q, 0),
				     .soname = text_of(&q, 1, arena)});
	return rc < 0 ? -1 : 0;
}
