/* SPDX-License-Identifier: ISC */
/* An event that is read and written again is read as the same. */
#include <stdint.h>
#include <stdlib.h>

#include "event/event_json.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_autofree(rv_json) struct rv_json *v = NULL, *one = NULL, *two = NULL;
	rv_auto(rv_buf) struct rv_buf a = RV_BUF_INIT((size_t)64 << 20),
				      b = RV_BUF_INIT((size_t)64 << 20);
	struct rv_event event, again;

	if (rv_json_parse(rv_span((const char *)data, size), "fuzz", &v, NULL) < 0 ||
	    rv_event_from_json(v, &event, NULL) != 0)
		return 0;
	one = rv_event_to_json(&event);
	if (rv_event_from_json(one, &again, NULL) != 0)
		abort();
	two = rv_event_to_json(&again);
	rv_json_compact(one, &a);
	rv_json_compact(two, &b);
	if (!rv_span_eq(rv_buf_span(&a), rv_buf_span(&b)))
		abort();
	return 0;
}
