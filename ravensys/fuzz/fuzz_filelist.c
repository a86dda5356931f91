/* SPDX-License-Identifier: ISC */
/*
 * Manifests: what a buildsheet holds of one compresses to itself, and the normal form has nothing
 * to sort. But a path that ends in a slash may look like a folder's head, and an owner that no
 * system has (with a bracket or a comma) may make it sort once more.
 */
#include <stdint.h>
#include <stdlib.h>

#include "port/filelist.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

#define OUT_MAX ((size_t)16 << 20)

static bool has_slash_at_end(struct rv_span text)
{
	struct rv_span line;

	while (rv_span_next(&text, '\n', &line)) {
		while (line.n && line.p[line.n - 1] == ' ')
			line.n--;
		if (line.n && line.p[line.n - 1] == '/')
			return true;
	}
	return false;
}

static void check_compressed(struct rv_span text)
{
	rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(OUT_MAX), source = RV_BUF_INIT(OUT_MAX);
	rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(OUT_MAX), plain = RV_BUF_INIT(OUT_MAX);
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_filelist_compress(text, "fuzz", &packed, &err);

	if ((rc < 0) != (err.code != RV_OK))
		abort();
	rv_filelist_decompress(text, &plain);
	if (rc < 0 || has_slash_at_end(text))
		return;
	rv_filelist_source(rv_buf_span(&packed), &source);
	if (rv_filelist_compress(rv_buf_span(&source), "fuzz", &again, &err) < 0 ||
	    !rv_span_eq(rv_buf_span(&packed), rv_buf_span(&again)))
		abort();
}

static bool has_owner(struct rv_span text)
{
	static const char *const words[] = {"@owner", "@group", "@mode", "@("};

	for (size_t i = 0; i < RV_COUNT(words); i++)
		if (rv_span_find_span(text, rv_span_str(words[i])) < text.n)
			return true;
	return false;
}

static void check_sorted(struct rv_span text)
{
	rv_auto(rv_buf) struct rv_buf once = RV_BUF_INIT(OUT_MAX), twice = RV_BUF_INIT(OUT_MAX);

	rv_filelist_sort(text, &once);
	rv_filelist_sort(rv_buf_span(&once), &twice);
	if (!once.failed && !has_owner(text) &&
	    !rv_span_eq(rv_buf_span(&once), rv_buf_span(&twice)))
		abort();
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span text = rv_span((const char *)data, size);

	check_compressed(text);
	check_sorted(text);
	return 0;
}
