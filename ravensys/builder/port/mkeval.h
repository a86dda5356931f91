/* SPDX-License-Identifier: ISC */
/* Inside builder/port: the parts of the evaluator of make files. */
#pragma once

#include <stdbool.h>

#include "port/mkvars.h"

#define RV_MK_DEPTH_MAX 32
#define RV_MK_VALUE_MAX_BYTES ((size_t)256 * 1024)
#define RV_MK_WORK_MAX ((size_t)4 * 1024 * 1024) /* bytes that all expansions of a file may make */
#define RV_MK_WORK_EACH 32			 /* an expansion counts for as many more */

struct rv_mk {
	const struct rv_map *raw; /* name -> char * */
	size_t work;		  /* bytes made so far */
	const char *why;	  /* of the last failure: a sentence, static */
};

/* Appends text with every ${...}, $(...), $x and $$ replaced. < 0 with mk->why. */
int rv_mk_expand(struct rv_mk *mk, struct rv_span text, unsigned depth, struct rv_buf *out)
    RV_MUST_CHECK;
/* Length of the variable reference that text begins with ("${...}"), 0 when it has no end. */
size_t rv_mk_reference(struct rv_span text);
/* The condition of an .if. < 0 with mk->why. */
int rv_mk_condition(struct rv_mk *mk, struct rv_span text, bool *out) RV_MUST_CHECK;
/* One modifier applied to a value; mk->why for one that is not known. */
int rv_mk_modify(struct rv_mk *mk, struct rv_span modifier, struct rv_span value,
    struct rv_buf *out) RV_MUST_CHECK;
