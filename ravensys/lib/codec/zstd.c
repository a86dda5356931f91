/* SPDX-License-Identifier: ISC */
/*
 * zstd frames by libzstd; skippable frames and the seek table by hand (libzstd has neither in its
 * stable API). Nothing is allocated by a size that a frame claims.
 */
#include "codec/zstd.h"

#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "base/alloc.h"

#define SKIPPABLE_MAGIC 0x184D2A50u
#define SEEKABLE_MAGIC 0x8F92EAB1u
#define SEEK_NIBBLE 0xEu
#define SEEK_CHECKSUM_FLAG 0x80u
#define SEEK_RESERVED_BITS 0x7Cu
/* from this level on libzstd's windows pass what readers accept */
#define LEVEL_OF_LARGE_WINDOW 20

struct rv_zstd_compressor {
	ZSTD_CCtx *ctx;
};

struct rv_zstd_decompressor {
	ZSTD_DCtx *ctx;
};

/* --- compress */

int rv_zstd_compressor_new(int level, struct rv_zstd_compressor **out, struct rv_error *err)
{
	ZSTD_CCtx *ctx;

	if (level < 1 || level > ZSTD_maxCLevel())
		return rv_fail(
		    err, RV_INPUT, "zstd level %d: not in 1 to %d", level, ZSTD_maxCLevel());
	ctx = ZSTD_createCCtx();
	if (!ctx)
		return rv_fail(err, RV_NOMEM, "zstd: no memory for a compressor");
	ZSTD_CCtx_setParameter(ctx, ZSTD_c_compressionLevel, level);
	if (level >= LEVEL_OF_LARGE_WINDOW)
		ZSTD_CCtx_setParameter(ctx, ZSTD_c_windowLog, RV_ZSTD_WINDOW_LOG_MAX);
	*out = rv_alloc(sizeof(**out));
	(*out)->ctx = ctx;
	return 0;
}

void rv_zstd_compressor_free(struct rv_zstd_compressor *c)
{
	if (!c)
		return;
	ZSTD_freeCCtx(c->ctx);
	free(c);
}

int rv_zstd_compress(
    struct rv_zstd_compressor *c, struct rv_span data, struct rv_buf *out, struct rv_error *err)
{
	size_t bound = ZSTD_compressBound(data.n), n;
	char *to = rv_buf_room(out, bound);

	if (!to)
		return rv_buf_check(out, "zstd frame", err);
	n = ZSTD_compress2(c->ctx, to, bound, data.p ? data.p : "", data.n);
	if (ZSTD_isError(n))
		return rv_fail(err, RV_NOMEM, "zstd: %s", ZSTD_getErrorName(n));
	rv_buf_added(out, n);
	return 0;
}

/* --- decompress */

int rv_zstd_decompressor_new(struct rv_zstd_decompressor **out, struct rv_error *err)
{
	ZSTD_DCtx *ctx = ZSTD_createDCtx();

	if (!ctx)
		return rv_fail(err, RV_NOMEM, "zstd: no memory for a decompressor");
	*out = rv_alloc(sizeof(**out));
	(*out)->ctx = ctx;
	return 0;
}

void rv_zstd_decompressor_free(struct rv_zstd_decompressor *d)
{
	if (!d)
		return;
	ZSTD_freeDCtx(d->ctx);
	free(d);
}

/* RFC 8878, 3.1.1.1: bit 5 of the descriptor (single segment) says that there is no window byte. */
static int check_window(struct rv_span frame, struct rv_error *err)
{
	unsigned char descriptor, window;

	if (frame.n < 6)
		return rv_fail(err, RV_FORMAT, "zstd frame: cut off");
	descriptor = (unsigned char)frame.p[4];
	window = (unsigned char)frame.p[5];
	if (!(descriptor & 0x20) && window > (RV_ZSTD_WINDOW_LOG_MAX - 10) << 3)
		return rv_fail(err, RV_FORMAT, "zstd frame: window larger than 2^%d bytes",
		    RV_ZSTD_WINDOW_LOG_MAX);
	return 0;
}

int rv_zstd_frame_size(struct rv_span at, size_t *out, struct rv_error *err)
{
	size_t n = ZSTD_findFrameCompressedSize(at.p ? at.p : "", at.n);

	if (ZSTD_isError(n))
		return rv_fail(err, RV_FORMAT, "zstd frame: %s", ZSTD_getErrorName(n));
	*out = n;
	return 0;
}

int rv_zstd_plain_size(struct rv_span frame, uint64_t max, uint64_t *out, struct rv_error *err)
{
	unsigned long long n = ZSTD_getFrameContentSize(frame.p ? frame.p : "", frame.n);

	if (n == ZSTD_CONTENTSIZE_ERROR)
		return rv_fail(err, RV_FORMAT, "zstd frame: not one");
	if (n == ZSTD_CONTENTSIZE_UNKNOWN)
		return rv_fail(err, RV_FORMAT, "zstd frame: does not say its plain size");
	if (n > max)
		return rv_fail(err, RV_FORMAT, "zstd frame: %llu plain bytes, at most %llu allowed",
		    n, (unsigned long long)max);
	*out = n;
	return 0;
}

int rv_zstd_decompress(struct rv_zstd_decompressor *d, struct rv_span frame, void *to,
    size_t plain_n, struct rv_error *err)
{
	size_t frame_n, n;
	uint64_t said;
	char none;

	if (rv_zstd_frame_size(frame, &frame_n, err) < 0 ||
	    rv_zstd_plain_size(frame, plain_n, &said, err) < 0 || check_window(frame, err) < 0)
		return -1;
	if (frame_n != frame.n)
		return rv_fail(
		    err, RV_FORMAT, "zstd frame: %zu bytes behind it", frame.n - frame_n);
	if (said != plain_n)
		return rv_fail(err, RV_FORMAT, "zstd frame: %llu plain bytes, %zu expected",
		    (unsigned long long)said, plain_n);
	n = ZSTD_decompressDCtx(d->ctx, plain_n ? to : &none, plain_n, frame.p, frame.n);
	if (ZSTD_isError(n))
		return rv_fail(err, RV_FORMAT, "zstd frame: %s", ZSTD_getErrorName(n));
	if (n != plain_n)
		return rv_fail(
		    err, RV_FORMAT, "zstd frame: %zu plain bytes, %zu expected", n, plain_n);
	return 0;
}

/* --- skippable frames */

static void add_le32(struct rv_buf *out, uint32_t v)
{
	char b[4] = {(char)(v & 255), (char)(v >> 8 & 255), (char)(v >> 16 & 255), (char)(v >> 24)};

	rv_buf_add(out, b, sizeof(b));
}

static uint32_t le32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void rv_zstd_skippable(struct rv_buf *out, unsigned nibble, struct rv_span payload)
{
	add_le32(out, SKIPPABLE_MAGIC | (nibble & 15));
	add_le32(out, (uint32_t)payload.n);
	rv_buf_add_span(out, payload);
}

int rv_zstd_skippable_parse(
    struct rv_span at, unsigned *out_nibble, struct rv_span *out_payload, struct rv_error *err)
{
	uint32_t magic, n;

	if (at.n < RV_ZSTD_SKIPPABLE_HEADER_BYTES)
		return rv_fail(err, RV_FORMAT, "skippable frame: cut off");
	magic = le32(at.p);
	n = le32(at.p + 4);
	if ((magic & ~15u) != SKIPPABLE_MAGIC)
		return rv_fail(err, RV_FORMAT, "skippable frame: not one");
	if (n > at.n - RV_ZSTD_SKIPPABLE_HEADER_BYTES)
		return rv_fail(err, RV_FORMAT, "skippable frame: cut off");
	*out_nibble = magic & 15;
	*out_payload = rv_span(at.p + RV_ZSTD_SKIPPABLE_HEADER_BYTES, n);
	return 0;
}

/* --- seek table */

void rv_zstd_seek_table(struct rv_buf *out, const struct rv_zstd_seek_entry *entries, size_t n)
{
	add_le32(out, SKIPPABLE_MAGIC | SEEK_NIBBLE);
	add_le32(out, (uint32_t)(n * 8 + RV_ZSTD_SEEK_FOOTER_BYTES));
	for (size_t i = 0; i < n; i++) {
		add_le32(out, entries[i].packed_n);
		add_le32(out, entries[i].plain_n);
	}
	add_le32(out, (uint32_t)n);
	rv_buf_add_char(out, 0);
	add_le32(out, SEEKABLE_MAGIC);
}

struct footer {
	size_t n, entry_bytes;
};

static int parse_footer(struct rv_span at, struct footer *out, struct rv_error *err)
{
	unsigned char descriptor;

	if (at.n != RV_ZSTD_SEEK_FOOTER_BYTES || le32(at.p + 5) != SEEKABLE_MAGIC)
		return rv_fail(err, RV_FORMAT, "seek table: not one");
	descriptor = (unsigned char)at.p[4];
	if (descriptor & SEEK_RESERVED_BITS)
		return rv_fail(err, RV_FORMAT, "seek table: reserved bits are set");
	out->n = le32(at.p);
	out->entry_bytes = descriptor & SEEK_CHECKSUM_FLAG ? 12 : 8;
	if (out->n > RV_ZSTD_SEEK_ENTRIES_MAX)
		return rv_fail(
		    err, RV_FORMAT, "seek table: more than %zu frames", RV_ZSTD_SEEK_ENTRIES_MAX);
	return 0;
}

int rv_zstd_seek_footer(struct rv_span footer, size_t *out_frame_n, struct rv_error *err)
{
	struct footer f;

	if (parse_footer(footer, &f, err) < 0)
		return -1;
	*out_frame_n =
	    RV_ZSTD_SKIPPABLE_HEADER_BYTES + f.n * f.entry_bytes + RV_ZSTD_SEEK_FOOTER_BYTES;
	return 0;
}

int rv_zstd_seek_table_parse(
    struct rv_span frame, struct rv_zstd_seek_entry **out, size_t *out_n, struct rv_error *err)
{
	struct rv_zstd_seek_entry *entries;
	struct rv_span payload;
	struct footer f;
	unsigned nibble;

	if (rv_zstd_skippable_parse(frame, &nibble, &payload, err) < 0)
		return rv_context(err, "seek table");
	if (nibble != SEEK_NIBBLE || payload.n < RV_ZSTD_SEEK_FOOTER_BYTES ||
	    payload.n + RV_ZSTD_SKIPPABLE_HEADER_BYTES != frame.n)
		return rv_fail(err, RV_FORMAT, "seek table: not one");
	if (parse_footer(rv_span_from(payload, payload.n - RV_ZSTD_SEEK_FOOTER_BYTES), &f, err) < 0)
		return -1;
	if (payload.n - RV_ZSTD_SEEK_FOOTER_BYTES != f.n * f.entry_bytes)
		return rv_fail(
		    err, RV_FORMAT, "seek table: its length is not that of %zu frames", f.n);
	entries = rv_try_alloc((f.n ? f.n : 1) * sizeof(*entries));
	if (!entries)
		return rv_fail(err, RV_NOMEM, "seek table: no memory for %zu frames", f.n);
	for (size_t i = 0; i < f.n; i++) {
		const char *at = payload.p + i * f.entry_bytes;

		entries[i] = (struct rv_zstd_seek_entry){le32(at), le32(at + 4)};
	}
	*out = entries;
	*out_n = f.n;
	return 0;
}
