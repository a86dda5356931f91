/* SPDX-License-Identifier: ISC */
/* Growing bytes under a ceiling; a failure is sticky and said once. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void rv_buf_release(struct rv_buf *b)
{
	free(b->p);
	*b = RV_BUF_INIT(b->max);
}

void rv_buf_reset(struct rv_buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p)
		b->p[0] = '\0';
}

char *rv_buf_room(struct rv_buf *b, size_t n)
{
	size_t want, cap;

	if (b->failed || __builtin_add_overflow(b->n, n, &want) || want > b->max) {
		b->failed = true;
		return NULL;
	}
	if (want + 1 > b->cap) {
		cap = b->cap ? b->cap * 2 : 64;
		if (cap < want + 1)
			cap = want + 1;
		b->p = rv_realloc(b->p, cap);
		b->p[b->n] = '\0';
		b->cap = cap;
	}
	return b->p + b->n;
}

void rv_buf_added(struct rv_buf *b, size_t n)
{
	b->n += n;
	b->p[b->n] = '\0';
}

void rv_buf_add(struct rv_buf *b, const void *data, size_t n)
{
	char *to = rv_buf_room(b, n);

	if (!to)
		return;
	if (n)
		memcpy(to, data, n);
	rv_buf_added(b, n);
}

void rv_buf_add_str(struct rv_buf *b, const char *text)
{
	rv_buf_add(b, text, strlen(text));
}

void rv_buf_add_span(struct rv_buf *b, struct rv_span s)
{
	rv_buf_add(b, s.p, s.n);
}

void rv_buf_add_char(struct rv_buf *b, char c)
{
	rv_buf_add(b, &c, 1);
}

void rv_buf_vaddf(struct rv_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	char *to;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0) {
		b->failed = true;
		return;
	}
	to = rv_buf_room(b, (size_t)n);
	if (!to)
		return;
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	rv_buf_added(b, (size_t)n);
}

void rv_buf_addf(struct rv_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	rv_buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void rv_buf_cut(struct rv_buf *b, size_t n)
{
	if (n < b->n) {
		b->n = n;
		b->p[n] = '\0';
	}
}

int rv_buf_check(const struct rv_buf *b, const char *what, struct rv_error *err)
{
	if (!b->failed)
		return 0;
	return rv_fail(err, RV_LIMIT, "%s: larger than %zu bytes", what, b->max);
}

char *rv_buf_take(struct rv_buf *b)
{
	char *p = b->p ? b->p : rv_strdup("");

	*b = RV_BUF_INIT(b->max);
	return p;
}
