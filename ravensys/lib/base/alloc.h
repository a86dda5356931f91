/* SPDX-License-Identifier: ISC */
/*
 * Allocation. rv_alloc and friends never return NULL: running out of memory in a small fixed
 * allocation ends the program (a transaction must survive SIGKILL anyway). A size that came from
 * input is checked against a limit first and taken with rv_try_alloc, which may fail.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"

void *rv_alloc(size_t bytes) RV_MUST_CHECK;			/* zeroed */
void *rv_alloc_array(size_t count, size_t bytes) RV_MUST_CHECK; /* zeroed, overflow checked */
void *rv_realloc(void *old, size_t bytes) RV_MUST_CHECK;	/* new part not zeroed */
char *rv_strdup(const char *text) RV_MUST_CHECK;		/* NULL gives NULL */
char *rv_strndup(const char *text, size_t bytes) RV_MUST_CHECK; /* NUL-terminated copy */
char *rv_strfmt(const char *fmt, ...) RV_PRINTF(1, 2) RV_MUST_CHECK;

/* NULL when the memory cannot be had, or when a test armed a failure. Zeroed. */
void *rv_try_alloc(size_t bytes) RV_MUST_CHECK;

/* Tests: the n-th rv_try_alloc from now (1 = the next) fails once; 0 disarms. */
void rv_alloc_fail_at(unsigned n);

/*
 * Ends the program as rv_alloc does: for a foreign library that could not get a small fixed piece
 * of memory.
 */
RV_NORETURN void rv_alloc_failed(void);

/* rv_auto(rv_str) char *s = ...: freed at scope end. */
void rv_str_release(char **text);
