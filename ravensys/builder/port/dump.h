/* SPDX-License-Identifier: ISC */
/*
 * What was read of a recipe, for people: every keyword, whether given or not, aligned with tabs, as
 * the original's `dev dump` prints it byte for byte (docs/specification.5 explains the keywords).
 * Nothing of variants and options is applied.
 */
#pragma once

#include "base/buf.h"
#include "port/recipe.h"

#define RV_DUMP_MAX_BYTES ((size_t)32 * 1024 * 1024)

/* The last lines say the platform; genesis shows in RPATH_CHECK_FATAL. */
void rv_port_dump(const struct rv_port *p, const struct rv_platform *platform, struct rv_buf *out);
