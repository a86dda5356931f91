/* SPDX-License-Identifier: ISC */
/* Growth for every vec type: doubling, overflow-checked. */
#include "base/vec.h"

void *rv_vec_grow_(void *v, size_t *cap, size_t want, size_t item_bytes)
{
	size_t bytes, count = *cap ? *cap : 8;

	if (want <= *cap)
		return v;
	while (count < want)
		count *= 2;
	if (__builtin_mul_overflow(count, item_bytes, &bytes))
		bytes = (size_t)-1;
	v = rv_realloc(v, bytes);
	*cap = count;
	return v;
}
