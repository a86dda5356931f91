/* SPDX-License-Identifier: ISC */
/*
 * The table of site macros and mirror templates: the input is the table, and its last line a site
 * and a template.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "work/distsites.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	static const struct rv_mirror_file file = {"n ame", "sub/", "00ff"};
	struct rv_span text = rv_span((const char *)data, size);
	size_t last = rv_span_rfind(text, '\n');
	rv_auto(rv_str) char *site = rv_span_dup(rv_span_from(text, last == size ? 0 : last + 1));
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	rv_autofree(rv_sites) struct rv_sites *s = NULL;
	struct rv_urls urls = {0};
	const char *url;

	if (rv_mirror_expand(site, &file, &arena, &url, NULL) == 0 && strstr(url, "%{name}"))
		abort();
	if (rv_sites_parse(rv_span_sub(text, 0, last), "fuzz", &s, NULL) < 0)
		return 0;
	rv_sites_expand(s, site, "file", &arena, &urls);
	rv_vec_each (&urls, u)
		if (strlen(*u) < 4 || strcmp(*u + strlen(*u) - 4, "file") != 0)
			abort();
	rv_vec_release(&urls);
	return 0;
}
