/* SPDX-License-Identifier: ISC */
/*
 * Order of package versions, VERSION[_REVISION][,EPOCH], as docs/rvn-version.7 defines it. Total on
 * any bytes: nothing overflows, nothing fails; versions that compare 0 may still differ in bytes
 * ("1" and "1.0").
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RV_VERSION_MAX_BYTES 120

/* < 0, 0, > 0 */
int rv_version_cmp(struct rv_span a, struct rv_span b);

/*
 * A package version in its strict form: [A-Za-z0-9][A-Za-z0-9.+]*(_[0-9]+)?(,[0-9]+)?, at most
 * RV_VERSION_MAX_BYTES.
 */
bool rv_version_valid(struct rv_span text);

/*
 * Appends the package version of a recipe: VERSION with "-", "," and "_" turned to ".", then
 * _REVISION and ,EPOCH where they are > 0. RV_INPUT when VERSION is empty, too long or holds
 * another character.
 */
int rv_version_make(struct rv_span version, uint64_t revision, uint64_t epoch, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
