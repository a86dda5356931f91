/* SPDX-License-Identifier: ISC */
/*
 * The catalogue of a repository: which packages it has, what they need and provide
 * (rvn-repository.5). Written once by the publisher, then read only: opened immutable and
 * defensive. Rows come in the order of their names.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"
#include "pkg/manifest.h"

#define RV_CATALOG_SCHEMA 1 /* user_version */

struct rv_catalog_package {
	int64_t id;	  /* in this catalogue */
	const char *name; /* namebase~subpackage~variant */
	const char *namebase, *subpackage, *variant, *version;
	const char *comment, *description, *www, *licence, *cpe; /* "" when absent */
	const char *categories;					 /* "a b c" */
	const char *options;					 /* "NAME=on NAME=off" */
	const char *abi, *prefix;
	const char *file; /* name~version.rvn */
	uint64_t size;	  /* of the package file */
	uint64_t plain_bytes, n_files;
	struct rv_sha256 sha256, content_id;
};
struct rv_catalog_packages { /* a vec: rv_vec_each, rv_vec_release */
	struct rv_catalog_package *v;
	size_t n, cap;
};
struct rv_catalog_require {
	int64_t package;
	const char *name;
	enum rv_require_kind kind;
	const char *version;
};
struct rv_catalog_requires { /* a vec */
	struct rv_catalog_require *v;
	size_t n, cap;
};
struct rv_catalog_soname {
	int64_t package;
	const char *soname;
};
struct rv_catalog_sonames { /* a vec */
	struct rv_catalog_soname *v;
	size_t n, cap;
};

/* --- reading; strings of the results live in the arena, v is the caller's */
struct rv_catalog;
/* 0, RV_CATALOG_ABSENT, < 0 RV_STORE. what names the repository in messages. */
enum { RV_CATALOG_ABSENT = 1 };
int rv_catalog_open(int dirfd, const char *name, struct rv_catalog **out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_catalog_close(struct rv_catalog *c); /* accepts NULL */
static inline void rv_catalog_freep(struct rv_catalog **c)
{
	rv_catalog_close(*c);
	*c = 0;
}

int rv_catalog_count(struct rv_catalog *c, int64_t *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * Appends the packages with this namebase, subpackage and variant; an empty span means any. All
 * empty: all.
 */
int rv_catalog_find(struct rv_catalog *c, const struct rv_ident *id, struct rv_arena *arena,
    struct rv_catalog_packages *out, struct rv_error *err) RV_MUST_CHECK;
/* Appends those with text in name, comment or description, whatever the case of ASCII letters. */
int rv_catalog_search(struct rv_catalog *c, struct rv_span text, struct rv_arena *arena,
    struct rv_catalog_packages *out, struct rv_error *err) RV_MUST_CHECK;
/* Of one package, or of all with package 0; ordered by package. */
int rv_catalog_requires(struct rv_catalog *c, int64_t package, struct rv_arena *arena,
    struct rv_catalog_requires *out, struct rv_error *err) RV_MUST_CHECK;
enum rv_catalog_side { RV_CATALOG_REQUIRED, RV_CATALOG_PROVIDED };
int rv_catalog_sonames(struct rv_catalog *c, enum rv_catalog_side side, int64_t package,
    struct rv_arena *arena, struct rv_catalog_sonames *out, struct rv_error *err) RV_MUST_CHECK;

/* --- writing */
struct rv_catalog_entry {
	const struct rv_manifest *manifest;
	uint64_t size;
	struct rv_sha256 sha256, content_id;
};
/*
 * Makes `name` in dirfd out of entries, which must be sorted by name without duplicates; the same
 * entries give the same bytes. The file must not exist; on failure it is removed.
 */
int rv_catalog_make(int dirfd, const char *name, const struct rv_catalog_entry *entries,
    size_t n_entries, struct rv_error *err) RV_MUST_CHECK;
