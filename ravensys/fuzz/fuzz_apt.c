/* SPDX-License-Identifier: ISC */
/*
 * Lists of sources and source indexes of apt: every text that comes out lies in what went in or in
 * the arena.
 */
#include <stdint.h>
#include <stdlib.h>

#include "work/apt_text.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

static void found(void *ctx, struct rv_span directory, struct rv_span name, struct rv_span hex)
{
	const struct rv_span *text = ctx;

	if (hex.n != 64 || directory.n == 0 || name.n == 0 || name.p < text->p ||
	    name.p + name.n > text->p + text->n)
		abort();
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	static const char *const suites[] = {"trixie", "sid", NULL};
	struct rv_span text = rv_span((const char *)data, size);
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_apt_sources list = {0}, chosen = {0};

	rv_apt_parse_list(text, &arena, &list);
	rv_apt_parse_deb822(text, &arena, &list);
	rv_apt_choose(&list, "bookworm", suites, &arena, &chosen);
	rv_vec_each (&chosen, s)
		if (!*s->uri || !*s->suite)
			abort();
	rv_apt_scan_stanza(text, found, &text);
	rv_vec_release(&list);
	rv_vec_release(&chosen);
	return 0;
}
