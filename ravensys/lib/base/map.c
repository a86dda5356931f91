/* SPDX-License-Identifier: ISC */
/* Open addressing with linear probing over an insertion-ordered item array. */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static uint64_t hash_bytes(struct rv_span s)
{
	uint64_t h = 1469598103934665603u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h ^ (h >> 29);
}

void rv_map_release(struct rv_map *m)
{
	free(m->items);
	free(m->table);
	*m = RV_MAP_INIT;
}

/* The table slot that holds key, or the empty one where it belongs. */
static size_t probe(const struct rv_map *m, struct rv_span key)
{
	size_t mask = m->table_size - 1;
	size_t at = (size_t)hash_bytes(key) & mask;

	while (m->table[at] && !rv_span_eq(m->items[m->table[at] - 1].key, key))
		at = (at + 1) & mask;
	return at;
}

static void rebuild(struct rv_map *m, size_t size)
{
	free(m->table);
	m->table = rv_alloc_array(size, sizeof(*m->table));
	m->table_size = size;
	for (size_t i = 0; i < m->n; i++)
		m->table[probe(m, m->items[i].key)] = (uint32_t)(i + 1);
}

void *rv_map_put(struct rv_map *m, struct rv_span key, void *value)
{
	struct rv_map_slot *item;
	void *old;
	size_t at;

	if ((m->n + 1) * 2 > m->table_size)
		rebuild(m, m->table_size ? m->table_size * 2 : 16);
	at = probe(m, key);
	if (!m->table[at]) {
		if (m->n == m->cap) {
			m->cap = m->cap ? m->cap * 2 : 8;
			m->items = rv_realloc(m->items, m->cap * sizeof(*m->items));
		}
		m->items[m->n++] = (struct rv_map_slot){key, NULL};
		m->table[at] = (uint32_t)m->n;
	}
	item = &m->items[m->table[at] - 1];
	old = item->value;
	if (!old)
		m->live++;
	item->value = value;
	return old;
}

void *rv_map_get(const struct rv_map *m, struct rv_span key)
{
	size_t at;

	if (!m->table_size)
		return NULL;
	at = probe(m, key);
	return m->table[at] ? m->items[m->table[at] - 1].value : NULL;
}

void *rv_map_remove(struct rv_map *m, struct rv_span key)
{
	struct rv_map_slot *item;
	void *old;
	size_t at;

	if (!m->table_size)
		return NULL;
	at = probe(m, key);
	if (!m->table[at])
		return NULL;
	item = &m->items[m->table[at] - 1];
	old = item->value;
	item->value = NULL;
	if (old)
		m->live--;
	return old;
}

size_t rv_map_count(const struct rv_map *m)
{
	return m->live;
}

bool rv_map_next(const struct rv_map *m, size_t *i, struct rv_span *key, void **value)
{
	while (*i < m->n && !m->items[*i].value)
		++*i;
	if (*i >= m->n)
		return false;
	*key = m->items[*i].key;
	*value = m->items[*i].value;
	++*i;
	return true;
}
