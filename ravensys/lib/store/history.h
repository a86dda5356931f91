/* SPDX-License-Identifier: ISC */
/*
 * The build history of a profile (profile/history.sqlite): the last good build of each port as the engine recorded it, how
 * long builds took, and what is known of distfiles. A cache: losing it costs a rebuild, never correctness.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/digest.h"

struct rv_history;

#define RV_HISTORY_NAME "history.sqlite"

/* Made when missing. readonly: 0 with *out NULL when there is none. */
int rv_history_open(int dirfd, bool readonly, struct rv_history **out, struct rv_error *err) RV_MUST_CHECK;
void rv_history_close(struct rv_history *h); /* accepts NULL */

enum { RV_HISTORY_ABSENT = 1 };
/* The record (JSON text, the engine's) of a port's last good build. 0, RV_HISTORY_ABSENT, < 0. */
int rv_history_record(struct rv_history *h, const char *port, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
struct rv_history_build {
	const char *port, *digest, *outcome; /* digest: of the inputs, hex; outcome: "built" or "failed" */
	const char *record;                  /* JSON; NULL keeps the one there is (a failure) */
	int64_t started_s, elapsed_ms, peak_memory_bytes;
};
int rv_history_add(struct rv_history *h, const struct rv_history_build *build, struct rv_error *err) RV_MUST_CHECK;
/* Of the newest good build; RV_HISTORY_ABSENT when there was none. */
int rv_history_cost(struct rv_history *h, const char *port, int64_t *out_elapsed_ms, int64_t *out_memory_bytes,
    struct rv_error *err) RV_MUST_CHECK;
/* No build of this port is on record any more. */
int rv_history_forget(struct rv_history *h, const char *port, struct rv_error *err) RV_MUST_CHECK;
