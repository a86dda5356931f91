/* SPDX-License-Identifier: ISC */
/* Frames, skippable frames and the seek table out of any bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "codec/zstd.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

#define PLAIN_MAX ((size_t)1 << 20)

static void decompress(struct rv_span frame)
{
	rv_autofree(rv_zstd_decompressor) struct rv_zstd_decompressor *d = NULL;
	uint64_t n;
	char *to;

	if (rv_zstd_plain_size(frame, PLAIN_MAX, &n, NULL) < 0 ||
	    rv_zstd_decompressor_new(&d, NULL) < 0)
		return;
	to = malloc(n + 1);
	if (to && rv_zstd_decompress(d, frame, to, n, NULL) < 0)
		to[0] = 0;
	free(to);
}

static void seek_table(struct rv_span file)
{
	struct rv_zstd_seek_entry *entries = NULL;
	size_t n = 0, frame_n;

	if (file.n < RV_ZSTD_SEEK_FOOTER_BYTES ||
	    rv_zstd_seek_footer(
		rv_span_from(file, file.n - RV_ZSTD_SEEK_FOOTER_BYTES), &frame_n, NULL) < 0 ||
	    frame_n > file.n)
		return;
	if (rv_zstd_seek_table_parse(rv_span_from(file, file.n - frame_n), &entries, &n, NULL) ==
		0 &&
	    n > RV_ZSTD_SEEK_ENTRIES_MAX)
		abort();
	free(entries);
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span file = rv_span((const char *)data, size), payload;
	unsigned nibble;

	decompress(file);
	seek_table(file);
	if (rv_zstd_skippable_parse(file, &nibble, &payload, NULL) == 0 && payload.n > size)
		abort();
	return 0;
}
