/* SPDX-License-Identifier: ISC */
/* Formats one line for the sink; never fails. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void rv_log(const struct rv_log *log, enum rv_log_level level, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	if (!log || !log->write || level > log->max)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log->write(log->ctx, level, text);
}
