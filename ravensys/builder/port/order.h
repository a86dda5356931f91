/* SPDX-License-Identifier: ISC */
/*
 * The order in which Ravenports' program walks its hashed maps. The lines of a generated Makefile
 * come in it, so that ours can be compared with the original's.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"

struct rv_order {
	uint32_t *v; /* indexes into the keys, in walking order */
	size_t n, cap;
};

/* keys in the order of their insertion, all different. rv_vec_release(out). */
void rv_order_of(const char *const *keys, size_t n, struct rv_order *out);
