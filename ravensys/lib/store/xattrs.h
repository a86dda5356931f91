/* SPDX-License-Identifier: ISC */
/*
 * Extended attributes of an entry as one blob of the database: little-endian lengths, name, value,
 * repeated.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "pkg/files.h"

void rv_xattrs_encode(const struct rv_file_entry *e, struct rv_buf *out);
/* Fills e->xattrs; false when the blob is damaged. */
bool rv_xattrs_decode(struct rv_span blob, struct rv_arena *arena, struct rv_file_entry *e);
