/* SPDX-License-Identifier: ISC */
/* Every variable of a make file that is read can be asked for, and the branches that they tell. */
#include <stdint.h>

#include "port/mkdata.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static void look_at_branches(struct rv_span text)
{
	rv_auto(rv_mkdata) struct rv_mkdata d = RV_MKDATA_INIT;
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT((size_t)64 * 1024);

	if (rv_mkdata_parse(text, "fuzz", &d, NULL) < 0)
		return;
	for (int i = 0; i < RV_FAMILY_COUNT; i++) {
		rv_mkdata_list(&d, (enum rv_family)i, &list);
		rv_mkdata_branch(&d, (enum rv_family)i, RV_SPAN_LIT("540"));
	}
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_auto(rv_mkvars) struct rv_mkvars v = RV_MKVARS_INIT;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_span key;
	size_t i = 0;
	void *value;

	if (rv_mkvars_parse(rv_span((const char *)data, size), "fuzz", &v, &err) < 0)
		return 0;
	look_at_branches(rv_span((const char *)data, size));
	while (rv_map_next(&v.values, &i, &key, &value))
		rv_mkvars_get(&v, key);
	return 0;
}
