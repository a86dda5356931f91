/* SPDX-License-Identifier: ISC */
/*
 * Archives that others made (distfiles), read by libarchive: what the builder must know about them.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum { RV_FOREIGN_NOT_ARCHIVE = 1 }; /* outcome: a plain file */

#define RV_FOREIGN_MAX_ENTRIES 4000000

/*
 * The newest modification time of any entry, in seconds; reads from the descriptor's start to its
 * end. Damaged archives are RV_FORMAT naming `what`.
 */
int rv_foreign_newest_time(int fd, const char *what, int64_t *out_s, struct rv_error *err)
    RV_MUST_CHECK;
