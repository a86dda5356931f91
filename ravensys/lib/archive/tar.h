/* SPDX-License-Identifier: ISC */
/*
 * pax/ustar members as docs/rvn-package.5 says: the bytes depend on the entry and the time alone.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "pkg/files.h"

#define RV_TAR_BLOCK 512u
#define RV_TAR_END_BYTES ((size_t)1024) /* two blocks of zeros */

/* Bytes of zeros behind a content of that size. */
static inline size_t rv_tar_padding(uint64_t size)
{
	return (size_t)((RV_TAR_BLOCK - size % RV_TAR_BLOCK) % RV_TAR_BLOCK);
}

/* Appends the header blocks of an entry, without its content. */
int rv_tar_add_header(const struct rv_file_entry *e, int64_t time_s, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
/* Appends a whole member: header, text, padding. For the three members of frame 1. */
int rv_tar_add_text(const char *name, struct rv_span text, int64_t time_s, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * Cuts such a member off *rest: RV_FORMAT unless it is byte for byte what rv_tar_add_text makes of
 * name, the text found and some time.
 */
int rv_tar_cut_text(struct rv_span *rest, const char *name, struct rv_span *out_text,
    struct rv_error *err) RV_MUST_CHECK;
