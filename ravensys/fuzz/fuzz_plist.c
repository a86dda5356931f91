/* SPDX-License-Identifier: ISC */
/* No entry of a manifest that is read has a path that leaves the root. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plist.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static void look(const struct rv_plist_entry *e)
{
	const char *path = e->path.p;

	if (path[0] == '/' || strcmp(path, "..") == 0 || strncmp(path, "../", 3) == 0 ||
	    strstr(path, "/../") || strlen(path) != e->path.n ||
	    (e->mode != RV_MODE_DEFAULT && e->mode > 07777))
		abort();
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	static const char *const subpackages[] = {"primary", NULL};
	rv_auto(rv_plist) struct rv_plist p;
	rv_auto(rv_buf) struct rv_buf report = RV_BUF_INIT((size_t)64 * 1024 * 1024);

	rv_plist_init(&p, "/raven", subpackages);
	rv_plist_read(&p, 0, rv_span((const char *)data, size), &report);
	for (size_t i = 0; i < p.entries.n; i++)
		look(p.entries.v[i]);
	return 0;
}
