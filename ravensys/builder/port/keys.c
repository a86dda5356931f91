/* SPDX-License-Identifier: ISC */
/* Keyword and helper tables, and the search in them: sorted by name, as the .def files are. */
#include "port/keys.h"

const struct rv_key_info rv_keys[RV_KEY_COUNT] = {
#define RV_KEY_ROW(name, kind, stage, check) {#name, RV_KIND_##kind, RV_STAGE_##stage},
#include "port/keys.def"
#undef RV_KEY_ROW
};

const struct rv_helper_info rv_helpers[RV_HELPER_COUNT] = {
#define RV_HELPER_ROW(name, when, key, items, check)                                               \
	{#name, RV_WHEN_##when, RV_KEY_##key, RV_ITEMS_##items},
#include "port/helpers.def"
#undef RV_HELPER_ROW
};

enum rv_port_key rv_key_find(struct rv_span name)
{
	size_t low = 0, high = RV_KEY_COUNT;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = rv_span_cmp(name, rv_span_str(rv_keys[mid].name));

		if (c == 0)
			return (enum rv_port_key)mid;
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return RV_KEY_COUNT;
}

enum rv_helper rv_helper_find(struct rv_span name)
{
	size_t low = 0, high = RV_HELPER_COUNT;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = rv_span_cmp(name, rv_span_str(rv_helpers[mid].name));

		if (c == 0)
			return (enum rv_helper)mid;
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return RV_HELPER_COUNT;
}
