/* SPDX-License-Identifier: ISC */
/*
 * The subset of UCL that recipes use for scripts, messages and keywords: "key: value", "key { ...
 * }", quoted and bare words, integers, true and false, lists, <<TAG texts, comments (# and C
 * style), separators , ; and newline. A key that comes twice becomes a list of all its values. No
 * variables, includes, macros, units or fractions.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/json.h"

#define RV_UCL_MAX_BYTES ((size_t)1024 * 1024)
#define RV_UCL_DEPTH 16

/* The object; RV_INPUT "WHAT:LINE: reason". */
int rv_ucl_parse(struct rv_span text, const char *what, struct rv_json **out, struct rv_error *err)
    RV_MUST_CHECK;
