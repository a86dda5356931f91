/* SPDX-License-Identifier: ISC */
/* A profile that is read has a value for every key, and none that the table calls wrong. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/profile.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	rv_autofree(rv_profile) struct rv_profile *p = NULL;
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_profile_parse(rv_span((const char *)data, size), "fuzz", NULL, &p, &err);

	if ((rc < 0) != (err.code != RV_OK))
		abort();
	for (int i = 0; rc == 0 && i < RV_PROFILE_KEY_COUNT; i++)
		if (!rv_profile_text(p, (enum rv_profile_key)i))
			abort();
	return 0;
}
