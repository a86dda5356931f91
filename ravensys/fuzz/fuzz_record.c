/* SPDX-License-Identifier: ISC */
/* Build records: what is read and written again is read as the same. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/record.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static int read_record(struct rv_span text, struct rv_record **out)
{
	rv_autofree(rv_json) struct rv_json *v = NULL;

	if (rv_json_parse(text, "fuzz", &v, NULL) < 0)
		return -1;
	return rv_record_from_json(v, out, NULL);
}

static void write_record(const struct rv_record *r, struct rv_buf *out)
{
	rv_autofree(rv_json) struct rv_json *v = rv_record_to_json(r);

	rv_json_compact(v, out);
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_autofree(rv_record) struct rv_record *one = NULL, *two = NULL;
	rv_auto(rv_buf) struct rv_buf a = RV_BUF_INIT((size_t)64 << 20),
				      b = RV_BUF_INIT((size_t)64 << 20);

	if (read_record(rv_span((const char *)data, size), &one) < 0)
		return 0;
	rv_record_input_find(one, "recipe");
	write_record(one, &a);
	if (read_record(rv_buf_span(&a), &two) < 0)
		abort();
	write_record(two, &b);
	if (!rv_span_eq(rv_buf_span(&a), rv_buf_span(&b)))
		abort();
	return 0;
}
