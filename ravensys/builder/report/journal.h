/* SPDX-License-Identifier: ISC */
/*
 * The journal of a run (docs/ravenadm-journal.5): every event as a line of JSON, for people, views
 * and resuming. Durable at the start and the end of the run and of each port. A file a run:
 * logs/journal-YYYYMMDDTHHMMSSZ-SEQ.jsonl.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "event/event.h"

#define RV_JOURNAL_VERSION 1
#define RV_JOURNAL_PREFIX "journal-"
#define RV_JOURNAL_LINE_MAX_BYTES ((size_t)64 * 1024)
#define RV_JOURNAL_KEPT 30 /* older ones are removed when a new one begins */

/* A listener that writes a new journal in logs_dirfd; the bus owns it. */
int rv_journal_listener(
    int logs_dirfd, int64_t now_s, struct rv_listener *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * Calls each for every event of a journal's text, in order; event strings are borrowed for the
 * call. A torn last line (no newline, or not JSON) is dropped. RV_FORMAT naming what and the line
 * for anything else.
 */
int rv_journal_read(struct rv_span text, const char *what,
    int (*each)(void *ctx, int64_t seq, const struct rv_event *event, struct rv_error *err),
    void *ctx, struct rv_error *err) RV_MUST_CHECK;
