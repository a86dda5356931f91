/* SPDX-License-Identifier: ISC */
/* The catalogue's compressed form: zstd frames of at most 4 MiB of plain bytes each. */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RV_REPO_PACKED_MAX_BYTES ((size_t)256 << 20)
#define RV_REPO_PLAIN_MAX_BYTES ((uint64_t)2 << 30)
#define RV_REPO_FRAME_BYTES ((size_t)4 << 20)

/*
 * The content of fd, from its start, appended to out as frames. The same content gives the same
 * bytes.
 */
int rv_repo_pack(int fd, const char *what, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
/* Writes the plain bytes of packed to fd. RV_FORMAT naming what. */
int rv_repo_unpack(struct rv_span packed, const char *what, int fd, struct rv_error *err)
    RV_MUST_CHECK;
