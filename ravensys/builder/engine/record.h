/* SPDX-License-Identifier: ISC */
/*
 * What is remembered of the last good build of a port: its inputs by name, the packages that were
 * in its slot, and the packages that it made. Kept as JSON in the build history; a cache: the
 * packages themselves are the truth.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/vec.h"
#include "codec/json.h"

struct rv_record_input {
	const char *name, *digest; /* hex */
};

struct rv_record_package {
	const char *name; /* namebase~subpackage~variant */
	const char *version;
	const char *file;	/* name below packages/ABI/ */
	const char *content_id; /* hex */
	int64_t size;
	rv_vec(const char *) requires; /* names of packages */
	rv_vec(const char *) sonames;  /* provided */
};

struct rv_record {
	struct rv_arena arena;
	const char *digest; /* of all inputs, hex */
	bool inferred;	    /* read from the packages themselves: inputs is empty, digest holds */
	rv_vec(struct rv_record_input) inputs;
	rv_vec(struct rv_record_package) packages;
};

void rv_record_free(struct rv_record *r);
RV_DEFINE_FREEP(rv_record)
struct rv_record *rv_record_new(void) RV_MUST_CHECK;

struct rv_json *rv_record_to_json(const struct rv_record *r) RV_MUST_CHECK;
/*
 * RV_FORMAT when the text is of another form (an older program's): the caller then acts as if there
 * were none.
 */
int rv_record_from_json(const struct rv_json *v, struct rv_record **out, struct rv_error *err)
    RV_MUST_CHECK;

/*
 * {"name","version","file","content_id","size","requires":[],"sonames":[]}, as in a record and a
 * pack result.
 */
int rv_record_add_package(struct rv_record *r, const struct rv_json *v, struct rv_error *err)
    RV_MUST_CHECK;

/* NULL when there is none. */
const char *rv_record_input_find(const struct rv_record *r, const char *name);
