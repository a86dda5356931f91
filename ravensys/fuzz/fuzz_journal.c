/* SPDX-License-Identifier: ISC */
/*
 * Journals: events come in the order of their numbers, and a text without its last byte gives no
 * more of them.
 */
#include <stdint.h>
#include <stdlib.h>

#include "event/event_json.h"
#include "report/journal.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static int count(void *ctx, int64_t seq, const struct rv_event *event, struct rv_error *err)
{
	int64_t *n = ctx;
	rv_autofree(rv_json) struct rv_json *again = rv_event_to_json(event);

	(void)err;
	if (seq <= *n || !again)
		abort();
	*n = seq;
	return 0;
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span text = rv_span((const char *)data, size);
	struct rv_error err = RV_ERROR_INIT;
	int64_t whole = 0, torn = 0;

	if (rv_journal_read(text, "fuzz", count, &whole, &err) < 0) {
		if (err.code == RV_OK)
			abort();
		return 0;
	}
	if (size &&
	    (rv_journal_read(rv_span_sub(text, 0, size - 1), "fuzz", count, &torn, &err) < 0 ||
		torn > whole))
		abort();
	return 0;
}
