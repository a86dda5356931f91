/* SPDX-License-Identifier: ISC */
/*
 * Owned growing bytes with a hard ceiling set at initialisation. The data is always NUL-terminated
 * and never NULL once something was added. Errors are sticky: after the ceiling was hit every
 * further add does nothing, and rv_buf_check (or any *_check caller at the end) reports it once.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

struct rv_buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;  /* ceiling in bytes */
	bool failed; /* the ceiling was hit, or a test armed an allocation failure */
};

#define RV_BUF_INIT(max_bytes) ((struct rv_buf){.max = (max_bytes)})

void rv_buf_release(struct rv_buf *b); /* accepts the zero value; keeps max */
void rv_buf_reset(struct rv_buf *b);   /* empty it, keep the memory */

void rv_buf_add(struct rv_buf *b, const void *data, size_t n);
void rv_buf_add_str(struct rv_buf *b, const char *text);
void rv_buf_add_span(struct rv_buf *b, struct rv_span s);
void rv_buf_add_char(struct rv_buf *b, char c);
void rv_buf_addf(struct rv_buf *b, const char *fmt, ...) RV_PRINTF(2, 3);
void rv_buf_vaddf(struct rv_buf *b, const char *fmt, va_list ap) RV_PRINTF(2, 0);

/*
 * Room for n more bytes: a pointer to write them to, NULL when the ceiling forbids it; then
 * rv_buf_added(b, n).
 */
char *rv_buf_room(struct rv_buf *b, size_t n);
void rv_buf_added(struct rv_buf *b, size_t n);

void rv_buf_cut(struct rv_buf *b, size_t n); /* shorten to n bytes */

/* 0, or -1 with RV_LIMIT naming `what`. */
int rv_buf_check(const struct rv_buf *b, const char *what, struct rv_error *err) RV_MUST_CHECK;

static inline struct rv_span rv_buf_span(const struct rv_buf *b)
{
	return rv_span(b->p, b->n);
}

/* The text, never NULL. */
static inline const char *rv_buf_str(const struct rv_buf *b)
{
	return b->p ? b->p : "";
}

/* Hand the memory over (the caller frees); b is empty afterwards. Never NULL. */
char *rv_buf_take(struct rv_buf *b) RV_MUST_CHECK;
