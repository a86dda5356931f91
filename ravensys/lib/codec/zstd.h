/* SPDX-License-Identifier: ISC */
/*
 * zstd frames (RFC 8878), skippable frames and the seekable format's table (zstd
 * contrib/seekable_format specification). Window at most 2^24 when reading. A frame's plain size
 * must be written in its header.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RV_ZSTD_WINDOW_LOG_MAX 24

struct rv_zstd_compressor; /* reusable context; one per thread */
int rv_zstd_compressor_new(int level, struct rv_zstd_compressor **out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_zstd_compressor_free(struct rv_zstd_compressor *c);
RV_DEFINE_FREEP(rv_zstd_compressor)
/* Appends one whole frame (content size in the header, no checksum) holding data. */
int rv_zstd_compress(struct rv_zstd_compressor *c, struct rv_span data, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_zstd_decompressor;
int rv_zstd_decompressor_new(struct rv_zstd_decompressor **out, struct rv_error *err) RV_MUST_CHECK;
void rv_zstd_decompressor_free(struct rv_zstd_decompressor *d);
RV_DEFINE_FREEP(rv_zstd_decompressor)
/*
 * One whole frame that must fill frame exactly and give exactly plain_n bytes to `to`. Else
 * RV_FORMAT.
 */
int rv_zstd_decompress(struct rv_zstd_decompressor *d, struct rv_span frame, void *to,
    size_t plain_n, struct rv_error *err) RV_MUST_CHECK;
/*
 * Length in bytes of the frame (zstd or skippable) that `at` begins with; RV_FORMAT when it is not
 * whole.
 */
int rv_zstd_frame_size(struct rv_span at, size_t *out, struct rv_error *err) RV_MUST_CHECK;
/* The plain size in the frame's header; RV_FORMAT when unknown or above max. */
int rv_zstd_plain_size(struct rv_span frame, uint64_t max, uint64_t *out, struct rv_error *err)
    RV_MUST_CHECK;

/* Skippable frame: magic 0x184D2A50 + nibble, 32-bit little-endian length, payload. */
void rv_zstd_skippable(struct rv_buf *out, unsigned nibble, struct rv_span payload);
#define RV_ZSTD_SKIPPABLE_HEADER_BYTES 8
int rv_zstd_skippable_parse(struct rv_span at, unsigned *out_nibble, struct rv_span *out_payload,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_zstd_seek_entry {
	uint32_t packed_n, plain_n;
};
/* The seek table as a skippable frame (nibble 0xE), without checksums. */
void rv_zstd_seek_table(struct rv_buf *out, const struct rv_zstd_seek_entry *entries, size_t n);
#define RV_ZSTD_SEEK_ENTRIES_MAX ((size_t)1 << 20)
#define RV_ZSTD_SEEK_FOOTER_BYTES 9
/*
 * From a file's last RV_ZSTD_SEEK_FOOTER_BYTES: the length of the seek-table frame that they end.
 */
int rv_zstd_seek_footer(struct rv_span footer, size_t *out_frame_n, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * Parses a whole seek-table frame (as found at a file's end), with or without checksums (not looked
 * at); at most RV_ZSTD_SEEK_ENTRIES_MAX entries, allocated, the caller frees. The sums of the
 * lengths are the caller's to check.
 */
int rv_zstd_seek_table_parse(struct rv_span frame, struct rv_zstd_seek_entry **out, size_t *out_n,
    struct rv_error *err) RV_MUST_CHECK;
