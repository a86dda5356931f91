/* SPDX-License-Identifier: ISC */
/*
 * Growing arrays of any type: struct { T *v; size_t n, cap; } made by rv_vec(T). The memory is the
 * vec's; what the items own is the caller's. Growth is overflow-checked.
 *
 *	rv_vec(struct rv_span) names = {0};
 *	rv_vec_push(&names, span);
 *	rv_vec_each(&names, it) use(*it);
 *	rv_vec_release(&names);
 */
#pragma once

#include <stddef.h>
#include <stdlib.h>

#include "base/alloc.h"

#define rv_vec(type)                                                                               \
	struct {                                                                                   \
		type *v;                                                                           \
		size_t n, cap;                                                                     \
	}

void *rv_vec_grow_(void *v, size_t *cap, size_t want, size_t item_bytes);

#define rv_vec_reserve(vec, count)                                                                 \
	((vec)->v = rv_vec_grow_((vec)->v, &(vec)->cap, (count), sizeof(*(vec)->v)))

#define rv_vec_push(vec, ...)                                                                      \
	(rv_vec_reserve((vec), (vec)->n + 1), (vec)->v[(vec)->n++] = (__VA_ARGS__))

/* A zeroed new last item, as a pointer. */
#define rv_vec_add(vec)                                                                            \
	(rv_vec_reserve((vec), (vec)->n + 1), memset(&(vec)->v[(vec)->n], 0, sizeof(*(vec)->v)),   \
	    &(vec)->v[(vec)->n++])

#define rv_vec_each(vec, it)                                                                       \
	for (__typeof__((vec)->v + 0) it = (vec)->v; it && it < (vec)->v + (vec)->n; it++)

#define rv_vec_release(vec) (free((vec)->v), (vec)->v = NULL, (vec)->n = (vec)->cap = 0)

#define rv_vec_sort(vec, cmp)                                                                      \
	((vec)->n > 1 ? qsort((vec)->v, (vec)->n, sizeof(*(vec)->v), (cmp)) : (void)0)
