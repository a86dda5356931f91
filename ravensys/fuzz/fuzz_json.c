/* SPDX-License-Identifier: ISC */
/* What the reader accepts has one canonical form, which reads back to itself. */
#include <stdint.h>
#include <stdlib.h>

#include "codec/json.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static int canonical(struct rv_span text, struct rv_buf *out)
{
	rv_autofree(rv_json) struct rv_json *v = NULL;

	if (rv_json_parse(text, "fuzz", &v, NULL) < 0)
		return -1;
	return rv_json_canonical(v, RV_JSON_CONTROL_ESCAPED, out, NULL);
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_auto(rv_buf) struct rv_buf one = RV_BUF_INIT((size_t)64 << 20),
				      two = RV_BUF_INIT((size_t)64 << 20);

	if (canonical(rv_span((const char *)data, size), &one) < 0)
		return 0;
	if (canonical(rv_buf_span(&one), &two) < 0 ||
	    !rv_span_eq(rv_buf_span(&one), rv_buf_span(&two)))
		abort();
	return 0;
}
