/* SPDX-License-Identifier: ISC */
/*
 * Test harness: TAP on standard output, one process a file.
 *
 *	int main(void)
 *	{
 *		tap_ok(1 + 1 == 2, "sum of %d and %d", 1, 1);
 *		tap_int(f(), 0, "f succeeds");
 *		tap_str(text, "wanted", "the text");
 *		return tap_done();
 *	}
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/err.h"

static int tap_count_, tap_failed_;

static RV_UNUSED RV_PRINTF(4, 5) bool tap_result_(
    bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	tap_count_++;
	if (!good)
		tap_failed_++;
	printf("%s %d - ", good ? "ok" : "not ok", tap_count_);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (!good)
		printf("# at %s:%d\n", file, line);
	fflush(stdout);
	return good;
}

#define tap_ok(cond, ...) tap_result_((cond), __FILE__, __LINE__, __VA_ARGS__)

#define tap_int(got, want, ...)                                                                    \
	do {                                                                                       \
		long long g_ = (long long)(got), w_ = (long long)(want);                           \
		if (!tap_ok(g_ == w_, __VA_ARGS__))                                                \
			printf("# got %lld, wanted %lld\n", g_, w_);                               \
	} while (0)

#define tap_str(got, want, ...)                                                                    \
	do {                                                                                       \
		const char *g_ = (got), *w_ = (want);                                              \
		if (!tap_ok(g_ && w_ && strcmp(g_, w_) == 0, __VA_ARGS__))                         \
			printf(                                                                    \
			    "# got '%s', wanted '%s'\n", g_ ? g_ : "(null)", w_ ? w_ : "(null)");  \
	} while (0)

/* rc == 0, and if not the error's text as a diagnostic */
#define tap_good(rc, err, ...)                                                                     \
	do {                                                                                       \
		int r_ = (rc);                                                                     \
		if (!tap_ok(r_ == 0, __VA_ARGS__))                                                 \
			printf("# returned %d: %s\n", r_, (err)->msg);                             \
	} while (0)

#define tap_skip(count, ...)                                                                       \
	do {                                                                                       \
		for (int i_ = 0; i_ < (count); i_++) {                                             \
			printf("ok %d # SKIP ", ++tap_count_);                                     \
			printf(__VA_ARGS__);                                                       \
			printf("\n");                                                              \
		}                                                                                  \
	} while (0)

static RV_UNUSED int tap_done(void)
{
	printf("1..%d\n", tap_count_);
	return tap_failed_ ? 1 : 0;
}
