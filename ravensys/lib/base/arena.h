/* SPDX-License-Identifier: ISC */
/*
 * Memory of one phase: taken piece by piece, freed once. Pointers into it are never freed one by
 * one.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"

struct rv_arena_block;

struct rv_arena {
	struct rv_arena_block *head;
};

#define RV_ARENA_INIT ((struct rv_arena){0})

void rv_arena_release(struct rv_arena *a);
void *rv_arena_alloc(struct rv_arena *a, size_t bytes) RV_MUST_CHECK; /* zeroed, max aligned */
char *rv_arena_strdup(struct rv_arena *a, const char *text);	      /* NULL gives NULL */
char *rv_arena_strndup(struct rv_arena *a, const char *text, size_t n);
struct rv_span rv_arena_span(struct rv_arena *a, struct rv_span s); /* copy, NUL after it */
char *rv_arena_fmt(struct rv_arena *a, const char *fmt, ...) RV_PRINTF(2, 3);
