/* SPDX-License-Identifier: ISC */
/*
 * Variables of a make file that holds data (raven.versions.mk, raven.information.mk), read without
 * running make: NAME=, NAME?=, NAME:=, NAME+=, comments, line continuation, .if / .elif / .else /
 * .endif over defined(X), ${X:Mpattern} and ${X} == "text", nested ${X}. What stands in .for is
 * passed over.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/span.h"

#define RV_MKVARS_MAX_BYTES ((size_t)1024 * 1024)

struct rv_mkvars {
	struct rv_arena arena;
	struct rv_map values; /* name -> char *, not expanded */
};

#define RV_MKVARS_INIT ((struct rv_mkvars){0})

void rv_mkvars_release(struct rv_mkvars *v);
/* RV_INPUT "WHAT:LINE: reason" for a line that it does not understand. */
int rv_mkvars_parse(struct rv_span text, const char *what, struct rv_mkvars *out,
    struct rv_error *err) RV_MUST_CHECK;
/* The expanded value, from the arena. NULL when the variable is not set or refers to itself. */
const char *rv_mkvars_get(struct rv_mkvars *v, struct rv_span name);
