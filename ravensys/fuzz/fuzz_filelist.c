/* SPDX-License-Identifier: ISC */
/*
 * Lists of files of recipes: any text can be expanded and sorted; sorted twice is sorted once; what
 * compresses can be expanded.
 */
#include <stdint.h>
#include <stdlib.h>

#include "port/filelist.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

static void sort_twice(struct rv_span text)
{
	rv_auto(rv_buf) struct rv_buf once = RV_BUF_INIT(MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf twice = RV_BUF_INIT(MAX_BYTES);

	rv_filelist_sort(text, &once);
	rv_filelist_sort(rv_buf_span(&once), &twice);
	if (!rv_span_eq(rv_buf_span(&once), rv_buf_span(&twice)))
		abort();
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span text = rv_span((const char *)data, size);
	rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf full = RV_BUF_INIT(MAX_BYTES);
	struct rv_error err = RV_ERROR_INIT;

	sort_twice(text);
	rv_filelist_decompress(text, &full);
	if ((rv_filelist_compress(text, "fuzz", &packed, &err) < 0) != (err.code != RV_OK))
		abort();
	rv_buf_reset(&full);
	rv_filelist_source(rv_buf_span(&packed), &full);
	return 0;
}
