/* SPDX-License-Identifier: ISC */
/* Every variable of a make file that is read can be asked for. */
#include <stdint.h>

#include "port/mkvars.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_auto(rv_mkvars) struct rv_mkvars v = RV_MKVARS_INIT;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_span key;
	size_t i = 0;
	void *value;

	if (rv_mkvars_parse(rv_span((const char *)data, size), "fuzz", &v, &err) < 0)
		return 0;
	while (rv_map_next(&v.values, &i, &key, &value))
		rv_mkvars_get(&v, key);
	return 0;
}
