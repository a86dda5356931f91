/* SPDX-License-Identifier: ISC */
/* Plists: no path that a package may not hold comes out of one. */
#include <stdint.h>
#include <stdlib.h>

#include "base/vec.h"
#include "engine/plist.h"
#include "pkg/files.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"primary", "dev"};
	rv_auto(rv_buf) struct rv_buf report = RV_BUF_INIT((size_t)1 << 20);
	struct rv_span text = rv_span((const char *)data, size);
	struct rv_plist p;

	rv_plist_init(&p, "/raven", names);
	rv_plist_read(&p, 0, text, &report);
	rv_plist_read(&p, 1, rv_span_from(text, size / 2), &report);
	rv_vec_each (&p.entries, e)
		if (rv_path_fault((*e)->path) ||
		    ((*e)->mode > 07777 && (*e)->mode != RV_MODE_DEFAULT))
			abort();
	rv_plist_release(&p);
	return 0;
}
