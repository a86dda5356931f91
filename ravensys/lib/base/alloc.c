/* SPDX-License-Identifier: ISC */
/* The only place that aborts for want of memory, and the only mutable state of lib/base. */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned fail_countdown;

void rv_alloc_failed(void)
{
	static const char text[] = "out of memory\n";

	fwrite(text, 1, sizeof(text) - 1, stderr);
	abort();
}

void *rv_alloc(size_t bytes)
{
	void *p = calloc(1, bytes ? bytes : 1);

	if (!p)
		rv_alloc_failed();
	return p;
}

void *rv_alloc_array(size_t count, size_t bytes)
{
	size_t total;

	if (__builtin_mul_overflow(count, bytes, &total))
		rv_alloc_failed();
	return rv_alloc(total);
}

void *rv_realloc(void *old, size_t bytes)
{
	void *p = realloc(old, bytes ? bytes : 1);

	if (!p)
		rv_alloc_failed();
	return p;
}

char *rv_strndup(const char *text, size_t bytes)
{
	char *copy = rv_alloc(bytes + 1);

	if (bytes)
		memcpy(copy, text, bytes);
	return copy;
}

char *rv_strdup(const char *text)
{
	return text ? rv_strndup(text, strlen(text)) : NULL;
}

char *rv_strfmt(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		rv_alloc_failed();
	return text;
}

void *rv_try_alloc(size_t bytes)
{
	if (fail_countdown && --fail_countdown == 0)
		return NULL;
	return calloc(1, bytes ? bytes : 1);
}

void rv_alloc_fail_at(unsigned n)
{
	fail_countdown = n;
}

void rv_str_release(char **text)
{
	free(*text);
	*text = NULL;
}
