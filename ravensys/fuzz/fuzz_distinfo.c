/* SPDX-License-Identifier: ISC */
/* What is read and written again reads the same. */
#include <stdint.h>
#include <stdlib.h>

#include "port/distinfo.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(2 * RV_DISTINFO_MAX_BYTES);
	struct rv_distinfo one, two;
	struct rv_error err = RV_ERROR_INIT;

	if (rv_distinfo_parse(rv_span((const char *)data, size), "fuzz", &one, &err) < 0)
		return 0;
	for (size_t i = 0; i < one.n; i++)
		rv_distinfo_add_line(&text, one.v[i].path, &one.v[i].sum);
	if (rv_distinfo_parse(rv_buf_span(&text), "fuzz", &two, &err) < 0 || one.n != two.n)
		abort();
	rv_distinfo_release(&one);
	rv_distinfo_release(&two);
	return 0;
}
