/* SPDX-License-Identifier: ISC */
/*
 * Chains of buckets, a new key at the head of its chain. When there are then more keys than
 * buckets, their number becomes the next prime of a list, and every chain is emptied into the new
 * ones from its head.
 */
#include "port/order.h"

#include <string.h>

#include "base/alloc.h"
#include "base/attr.h"

#define NONE UINT32_MAX

struct chains {
	uint32_t *head; /* per bucket */
	uint32_t *next; /* per key */
	uint32_t *hash;
	size_t buckets;
};

static uint32_t hash_of(const char *key)
{
	uint32_t h = 0;

	for (; *key; key++)
		h = (uint32_t)(unsigned char)*key + (h << 6) + (h << 16) - h;
	return h;
}

static size_t prime_for(size_t n)
{
	static const size_t primes[] = {
	    53, 97, 193, 389, 769, 1543, 3079, 6151, 12289, 24593, 49157};

	for (size_t i = 0; i < RV_COUNT(primes); i++)
		if (primes[i] >= n)
			return primes[i];
	return n;
}

static uint32_t *new_heads(size_t buckets)
{
	uint32_t *head = rv_alloc_array(buckets, sizeof(*head));

	for (size_t i = 0; i < buckets; i++)
		head[i] = NONE;
	return head;
}

static void push(struct chains *c, uint32_t key)
{
	size_t at = c->hash[key] % c->buckets;

	c->next[key] = c->head[at];
	c->head[at] = key;
}

static void grow(struct chains *c, size_t buckets)
{
	uint32_t *old = c->head, key, next;
	size_t old_buckets = c->buckets;

	c->head = new_heads(buckets);
	c->buckets = buckets;
	for (size_t i = 0; i < old_buckets; i++)
		for (key = old[i]; key != NONE; key = next) {
			next = c->next[key];
			push(c, key);
		}
	free(old);
}

void rv_order_of(const char *const *keys, size_t n, struct rv_order *out)
{
	struct chains c = {.next = rv_alloc_array(n + 1, sizeof(*c.next)),
	    .hash = rv_alloc_array(n + 1, sizeof(*c.hash)),
	    .buckets = prime_for(1)};

	c.head = new_heads(c.buckets);
	for (uint32_t i = 0; i < n; i++) {
		c.hash[i] = hash_of(keys[i]);
		push(&c, i);
		if (i + 1 > c.buckets)
			grow(&c, prime_for(i + 1));
	}
	*out = (struct rv_order){0};
	for (size_t b = 0; b < c.buckets; b++)
		for (uint32_t key = c.head[b]; key != NONE; key = c.next[key])
			rv_vec_push(out, key);
	free(c.head);
	free(c.next);
	free(c.hash);
}
