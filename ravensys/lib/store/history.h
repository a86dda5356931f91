/* SPDX-License-Identifier: ISC */
/*
 * The build history of one profile: what each port last made, from which inputs, how long and with
 * how much memory. A cache: rebuilding decisions use it, and losing it costs builds, never
 * correctness. One writer, the engine.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "pkg/files.h"
#include "store/db.h"

#define RV_BUILDS_FILE "builds.sqlite"

/* 0, RV_DB_ABSENT (RV_DB_READ only), < 0. */
int rv_builds_open(int dirfd, const char *name, enum rv_db_mode mode, struct rv_db **out,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_built_package {
	const char *name; /* namebase~subpackage~variant~version */
	struct rv_sha256 content_id;
};
struct rv_built {
	const char *port;	/* namebase:variant */
	struct rv_sha256 input; /* input digest */
	const char *facts;	/* JSON: the named inputs behind the digest, for "what changed" */
	int64_t seconds, memory_kib; /* wall time of the build, peak memory */
	const char *phases;	     /* JSON: phase to milliseconds */
	int64_t ended_s;
	struct {
		struct rv_built_package *v; /* got: in the arena */
		size_t n, cap;
	} packages;
};

/* Replace what is known of b->port, durably. */
int rv_builds_put(struct rv_db *db, const struct rv_built *b, struct rv_error *err) RV_MUST_CHECK;
/* 0, RV_DB_END (unknown), RV_BUILDS_FORGOTTEN, < 0. */
enum { RV_BUILDS_FORGOTTEN = 2 };
int rv_builds_get(struct rv_db *db, const char *port, struct rv_arena *arena, struct rv_built *out,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * What is known of port does not hold any more, durably: got as RV_BUILDS_FORGOTTEN, unlike a port
 * of which this history never knew.
 */
int rv_builds_forget(struct rv_db *db, const char *port, struct rv_error *err) RV_MUST_CHECK;
/* Each port that is known or forgotten. fn: < 0 ends it with *err. */
int rv_builds_each_port(struct rv_db *db,
    int (*fn)(void *ctx, const char *port, struct rv_error *err), void *ctx, struct rv_error *err)
    RV_MUST_CHECK;
/* Each content id of a package that is known, at least once. fn: < 0 ends it with *err. */
int rv_builds_each_content(struct rv_db *db,
    int (*fn)(void *ctx, const struct rv_sha256 *content_id, struct rv_error *err), void *ctx,
    struct rv_error *err) RV_MUST_CHECK;
