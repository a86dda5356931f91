/* SPDX-License-Identifier: ISC */
/* Error objects: filled once, prefixed on the way up, never allocated. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int vfail(struct rv_error *err, enum rv_code code, const char *fmt, va_list ap)
    RV_PRINTF(3, 0);

static int vfail(struct rv_error *err, enum rv_code code, const char *fmt, va_list ap)
{
	if (!err)
		return -1;
	err->code = code;
	err->sys = 0;
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	return -1;
}

int rv_fail(struct rv_error *err, enum rv_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfail(err, code, fmt, ap);
	va_end(ap);
	return -1;
}

static void append_strerror(struct rv_error *err, int sys)
{
	char text[128];
	size_t used = strlen(err->msg);

	/* the GNU strerror_r may return a constant instead of filling text */
	const char *say = strerror_r(sys, text, sizeof(text));
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", say);
}

int rv_fail_sys(struct rv_error *err, const char *fmt, ...)
{
	int sys = errno;
	va_list ap;

	if (!err)
		return -1;
	va_start(ap, fmt);
	vfail(err, RV_SYS, fmt, ap);
	va_end(ap);
	err->sys = sys;
	append_strerror(err, sys);
	errno = sys;
	return -1;
}

int rv_context(struct rv_error *err, const char *fmt, ...)
{
	char old[RV_ERROR_MSG_BYTES];
	va_list ap;
	size_t used;

	if (!err)
		return -1;
	memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	used = strlen(err->msg);
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", old);
	return -1;
}

const char *rv_code_name(enum rv_code code)
{
	static const char *const names[] = {
	    [RV_OK] = "ok",
	    [RV_SYS] = "sys",
	    [RV_NOMEM] = "nomem",
	    [RV_LIMIT] = "limit",
	    [RV_INPUT] = "input",
	    [RV_FORMAT] = "format",
	    [RV_TRUST] = "trust",
	    [RV_STORE] = "store",
	    [RV_NET] = "net",
	    [RV_BUILD] = "build",
	    [RV_BUSY] = "busy",
	    [RV_CANCEL] = "cancel",
	    [RV_BUG] = "bug",
	};

	return (size_t)code < RV_COUNT(names) ? names[code] : "unknown";
}
