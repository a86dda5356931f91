/* SPDX-License-Identifier: ISC */
/* A chain of blocks; a request larger than a block gets one of its own. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"

/* blocks grow from the first to the second: thousands of small arenas stay small */
#define FIRST_BLOCK_BYTES ((size_t)1024)
#define BLOCK_BYTES ((size_t)16 * 1024)

struct rv_arena_block {
	struct rv_arena_block *next;
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

void rv_arena_release(struct rv_arena *a)
{
	struct rv_arena_block *b = a->head, *next;

	for (; b; b = next) {
		next = b->next;
		free(b);
	}
	a->head = NULL;
}

static size_t block_bytes(const struct rv_arena_block *last, size_t need)
{
	size_t size = last ? 2 * last->size : FIRST_BLOCK_BYTES;

	if (size > BLOCK_BYTES)
		size = BLOCK_BYTES;
	return size > need ? size : need;
}

void *rv_arena_alloc(struct rv_arena *a, size_t bytes)
{
	size_t align = _Alignof(max_align_t);
	size_t need = (bytes + align - 1) / align * align;
	struct rv_arena_block *b = a->head;
	size_t size;
	void *p;

	if (!b || b->size - b->used < need) {
		size = block_bytes(b, need);
		b = rv_alloc(sizeof(*b) + size);
		b->size = size;
		b->next = a->head;
		a->head = b;
	}
	p = b->data + b->used;
	b->used += need;
	return p;
}

char *rv_arena_strndup(struct rv_arena *a, const char *text, size_t n)
{
	char *copy = rv_arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, text, n);
	return copy;
}

char *rv_arena_strdup(struct rv_arena *a, const char *text)
{
	return text ? rv_arena_strndup(a, text, strlen(text)) : NULL;
}

struct rv_span rv_arena_span(struct rv_arena *a, struct rv_span s)
{
	return rv_span(rv_arena_strndup(a, s.p, s.n), s.n);
}

char *rv_arena_fmt(struct rv_arena *a, const char *fmt, ...)
{
	char few[256], *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(few, sizeof(few), fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n < sizeof(few))
		return rv_arena_strndup(a, few, (size_t)n);
	text = rv_arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return text;
}
