/* SPDX-License-Identifier: ISC */
/* Searching and cutting of borrowed bytes; nothing here allocates but rv_span_dup. */
#include "base/span.h"

#include "base/alloc.h"

int rv_span_cmp(struct rv_span a, struct rv_span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool rv_span_starts(struct rv_span s, struct rv_span prefix)
{
	return s.n >= prefix.n && rv_span_eq(rv_span(s.p, prefix.n), prefix);
}

bool rv_span_ends(struct rv_span s, struct rv_span suffix)
{
	return s.n >= suffix.n && rv_span_eq(rv_span_from(s, s.n - suffix.n), suffix);
}

size_t rv_span_find(struct rv_span s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

size_t rv_span_rfind(struct rv_span s, char c)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == c)
			return i - 1;
	return s.n;
}

size_t rv_span_find_span(struct rv_span s, struct rv_span part)
{
	const char *hit = s.n ? memmem(s.p, s.n, part.p, part.n) : NULL;

	return hit ? (size_t)(hit - s.p) : s.n;
}

struct rv_span rv_span_sub(struct rv_span s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return rv_span(s.p ? s.p + from : s.p, n);
}

struct rv_span rv_span_from(struct rv_span s, size_t from)
{
	return rv_span_sub(s, from, s.n);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct rv_span rv_span_trim(struct rv_span s)
{
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	while (s.n && is_blank(s.p[0]))
		s = rv_span_from(s, 1);
	return s;
}

bool rv_span_next(struct rv_span *rest, char sep, struct rv_span *out)
{
	size_t at;

	if (!rest->n)
		return false;
	at = rv_span_find(*rest, sep);
	*out = rv_span_sub(*rest, 0, at);
	*rest = rv_span_from(*rest, at + 1);
	return true;
}

bool rv_span_to_u64(struct rv_span s, uint64_t *out)
{
	uint64_t v = 0;

	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

char *rv_span_dup(struct rv_span s)
{
	return rv_strndup(s.p, s.n);
}
