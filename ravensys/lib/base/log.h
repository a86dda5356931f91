/* SPDX-License-Identifier: ISC */
/*
 * The log sink: what a library must say without failing (a warning, a debug line) goes through one
 * callback that the program sets in a struct it passes along. A NULL sink drops everything.
 */
#pragma once

#include "base/attr.h"

enum rv_log_level { RV_LOG_ERROR, RV_LOG_WARN, RV_LOG_INFO, RV_LOG_DEBUG };

struct rv_log {
	void (*write)(void *ctx, enum rv_log_level level, const char *text);
	void *ctx;
	enum rv_log_level max; /* levels above it are not formatted */
};

void rv_log(const struct rv_log *log, enum rv_log_level level, const char *fmt, ...)
    RV_PRINTF(3, 4);
