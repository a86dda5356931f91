/* SPDX-License-Identifier: ISC */
/*
 * Variables of a make file that holds data (raven.versions.mk, raven.information.mk), read without
 * running make, as `bmake -V` would say them. Understood: = ?= := += and .undef, comments,
 * continued lines; .if .elif .else .endif with && || ! ( ), defined(), empty(), == != < <= > >=;
 * .for over any number of variables; nested ${} and the modifiers of the table in mkexpand.c.
 * .include is passed over; != and commands are refused, so that nothing is ever run.
 *
 * Hostile input ends: lines, loops, depth and the bytes of every expansion are counted.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/span.h"

#define RV_MKVARS_MAX_BYTES ((size_t)1024 * 1024) /* of a file */

struct rv_mkvars {
	struct rv_arena arena;
	struct rv_map raw;    /* name -> char *, not expanded */
	struct rv_map values; /* name -> char *, expanded; in the order of the file */
};

#define RV_MKVARS_INIT ((struct rv_mkvars){0})

void rv_mkvars_release(struct rv_mkvars *v);
/* RV_INPUT "WHAT:LINE: reason" for a line that it does not understand. */
int rv_mkvars_parse(struct rv_span text, const char *what, struct rv_mkvars *out,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * The expanded value. NULL when the variable is not set, refers to itself, or has a modifier that
 * is not known.
 */
const char *rv_mkvars_get(const struct rv_mkvars *v, struct rv_span name);
