/* SPDX-License-Identifier: ISC */
/* No entry of a manifest that is read has a path that leaves its folder. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "port/plist.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_plist p;
	struct rv_error err = RV_ERROR_INIT;

	if (rv_plist_parse(rv_span((const char *)data, size), "fuzz", &p, &err) < 0)
		return 0;
	for (size_t i = 0; i < p.n; i++)
		if (p.v[i].kind != RV_PLIST_COMMENT &&
		    (strcmp(p.v[i].path, "..") == 0 || strncmp(p.v[i].path, "../", 3) == 0 ||
			strstr(p.v[i].path, "/../") || p.v[i].mode > 07777))
			abort();
	rv_plist_release(&p);
	return 0;
}
