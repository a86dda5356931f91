/* SPDX-License-Identifier: ISC */
/*
 * Byte-string keys to pointers: open addressing. Keys are borrowed: they must live as long as the
 * map (put them in an arena, or let the value own them). Iteration is in insertion order.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct rv_map_slot {
	struct rv_span key;
	void *value; /* NULL with a key = removed */
};

struct rv_map {
	struct rv_map_slot *items; /* in order of insertion; removed ones stay with value NULL */
	size_t n, cap;
	uint32_t *table; /* index + 1 into items */
	size_t table_size;
	size_t live;
};

#define RV_MAP_INIT ((struct rv_map){0})

void rv_map_release(struct rv_map *m); /* does not touch the values */
/* Set key to value (not NULL); returns the value that was there, or NULL. */
void *rv_map_put(struct rv_map *m, struct rv_span key, void *value);
void *rv_map_get(const struct rv_map *m, struct rv_span key); /* NULL when absent */
void *rv_map_remove(struct rv_map *m, struct rv_span key);    /* the value that was there */
size_t rv_map_count(const struct rv_map *m);
/* size_t i = 0; while (rv_map_next(&m, &i, &key, &value)) ... */
bool rv_map_next(const struct rv_map *m, size_t *i, struct rv_span *key, void **value);
