/* SPDX-License-Identifier: ISC */
/*
 * The values of +BUILD: where a package came from. It is not part of the content id: two builds
 * with different records and equal content are the same package. Never a host name, user name, path
 * of the builder or wall time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"

#define RV_BUILD_MAX_BYTES ((size_t)4 * 1024 * 1024)

struct rv_build_used { /* a package that was in the slot */
	const char *name, *version;
	struct rv_sha256 content_id;
};
struct rv_build_tool { /* of the host, in host mode: "cc" "Debian 12.2.0-14" */
	const char *name, *version;
};

struct rv_build {
	struct rv_arena arena;
	const char *builder;	   /* "ravenadm 0.1.0" */
	const char *system_root;   /* "host" or "ravensys" */
	struct rv_sha256 input;	   /* input digest, design of rebuilds; all zero: unknown */
	struct rv_sha256 recipe;   /* digest of the recipe folder */
	int64_t source_date_epoch; /* time of every file of the package */
	struct {
		struct rv_build_used *v;
		size_t n, cap;
	} used; /* sorted by name */
	struct {
		struct rv_build_tool *v;
		size_t n, cap;
	} tools; /* sorted by name */
};

void rv_build_init(struct rv_build *b);
void rv_build_release(struct rv_build *b);
int rv_build_parse(struct rv_span text, const char *what, struct rv_build *out,
    struct rv_error *err) RV_MUST_CHECK;
/* Sorts the lists and appends canonical JSON and a newline. */
int rv_build_encode(struct rv_build *b, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
