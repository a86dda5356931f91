/* SPDX-License-Identifier: ISC */
/* DEF variables of a specification and ${name:modifier} in its values. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/span.h"

#define RV_EXPAND_MAX_BYTES 512 /* what an expansion may give, less one */

struct rv_defs {
	struct rv_arena arena;
	struct rv_map values; /* name -> char * */
};

void rv_defs_release(struct rv_defs *d);
void rv_defs_set(struct rv_defs *d, struct rv_span name, struct rv_span value);
const char *rv_defs_get(const struct rv_defs *d, struct rv_span name); /* NULL when not defined */

/* The reason of a failed expansion; bytes enough for a name and a sentence. */
struct rv_expand_error {
	char text[256];
};

/*
 * Replaces every ${...} until none is left. 0, or < 0 with *why: undefined variable, empty name,
 * modifier not known, no closing brace, longer than RV_EXPAND_MAX_BYTES.
 */
int rv_expand(const struct rv_defs *d, struct rv_span text, struct rv_buf *out,
    struct rv_expand_error *why) RV_MUST_CHECK;

/*
 * A line of a make target: ${X} is replaced where X is a DEF, and {{Y}} in what replaces it becomes
 * ${Y}; all else is left for make, and so is a DEF whose name has one letter only.
 */
void rv_expand_target_line(const struct rv_defs *d, struct rv_span line, struct rv_buf *out);

/* {{VAR}} to ${VAR}. */
void rv_expand_braces(struct rv_span text, struct rv_buf *out);
