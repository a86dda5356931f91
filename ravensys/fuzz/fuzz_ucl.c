/* SPDX-License-Identifier: ISC */
/* The UCL subset: what is accepted has a canonical JSON form. */
#include <stdint.h>
#include <stdlib.h>

#include "codec/ucl.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_error err = RV_ERROR_INIT;
	rv_autofree(rv_json) struct rv_json *v = NULL;
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT((size_t)64 << 20);

	if (rv_ucl_parse(rv_span((const char *)data, size), "fuzz", &v, &err) < 0)
		return 0;
	if (rv_json_canonical(v, RV_JSON_CONTROL_ESCAPED, &out, &err) < 0)
		abort();
	return 0;
}
