/* SPDX-License-Identifier: ISC */
/* Three versions, a line each: the order is antisymmetric and transitive. */
#include <stdint.h>
#include <stdlib.h>

#include "pkg/version.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span rest = rv_span((const char *)data, size), v[3] = {{0}};

	for (size_t i = 0; i < 3; i++)
		if (!rv_span_next(&rest, '\n', &v[i]))
			v[i] = RV_SPAN_NULL;
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++)
			if (rv_version_cmp(v[i], v[k]) != -rv_version_cmp(v[k], v[i]))
				abort();
	if (rv_version_cmp(v[0], v[1]) <= 0 && rv_version_cmp(v[1], v[2]) <= 0 &&
	    rv_version_cmp(v[0], v[2]) > 0)
		abort();
	if (rv_version_cmp(v[0], v[1]) == 0 &&
	    rv_version_cmp(v[0], v[2]) != rv_version_cmp(v[1], v[2]))
		abort();
	return 0;
}
