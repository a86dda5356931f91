/* SPDX-License-Identifier: ISC */
/*
 * The ports that a command line names: its operands, or, when the only one is an existing file, the
 * lines of that file (blank ones are skipped).
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "cli/cmd.h"

#define RV_ORIGINS_MAX_BYTES ((size_t)4 * 1024 * 1024) /* of the file */

struct rv_origins {
	struct rv_arena arena;
	const char **v; /* "namebase[:variant]", of a file: checked */
	size_t n, cap;
};

/* RV_INPUT "FILE:LINE: ..." for a line that is no port's name, and for a file without any. */
int rv_origins_of(const struct rv_run *run, struct rv_origins *out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_origins_release(struct rv_origins *o);
