/* SPDX-License-Identifier: ISC */
/*
 * Borrowed bytes: pointer and length, not NUL-terminated, never freed. Parsers take and give spans.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct rv_span {
	const char *p;
	size_t n;
};

#define RV_SPAN_NULL ((struct rv_span){0})
#define RV_SPAN_LIT(lit) ((struct rv_span){(lit), sizeof(lit) - 1})
/* For printf: ("%.*s", RV_SPAN_ARG(s)) */
#define RV_SPAN_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct rv_span rv_span(const char *p, size_t n)
{
	return (struct rv_span){p, n};
}

static inline struct rv_span rv_span_str(const char *text)
{
	return (struct rv_span){text, text ? strlen(text) : 0};
}

static inline bool rv_span_eq(struct rv_span a, struct rv_span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool rv_span_is(struct rv_span a, const char *text)
{
	return rv_span_eq(a, rv_span_str(text));
}

int rv_span_cmp(struct rv_span a, struct rv_span b); /* byte order, shorter first */
bool rv_span_starts(struct rv_span s, struct rv_span prefix);
bool rv_span_ends(struct rv_span s, struct rv_span suffix);
/* Index of the first / last c, or s.n when there is none. */
size_t rv_span_find(struct rv_span s, char c);
size_t rv_span_rfind(struct rv_span s, char c);
/* Index of the first occurrence of part, or s.n. */
size_t rv_span_find_span(struct rv_span s, struct rv_span part);
struct rv_span rv_span_sub(struct rv_span s, size_t from, size_t n); /* clamped */
struct rv_span rv_span_from(struct rv_span s, size_t from);	     /* clamped */
struct rv_span rv_span_trim(struct rv_span s);			     /* space, tab, CR, LF */

/*
 * Cut the next piece up to sep off *rest: true and *out set while there is one. "a,,b" gives three
 * pieces, the second empty; "" gives none; a final separator does not give a last empty piece.
 */
bool rv_span_next(struct rv_span *rest, char sep, struct rv_span *out);

/* Decimal digits only, no sign, no blank, no overflow. false leaves *out alone. */
bool rv_span_to_u64(struct rv_span s, uint64_t *out);

char *rv_span_dup(struct rv_span s) RV_MUST_CHECK; /* NUL-terminated copy, the caller frees */
