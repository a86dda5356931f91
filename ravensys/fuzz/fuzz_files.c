/* SPDX-License-Identifier: ISC */
/* +FILES: every line that is accepted is written to the same bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "base/vec.h"
#include "pkg/files.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span text = rv_span((const char *)data, size);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_arena arena = RV_ARENA_INIT;
	struct rv_file_entries all = {0};
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(RV_FILES_MAX_BYTES);
	int rc = rv_files_read(text, "fuzz", &arena, &all, &err);

	rv_vec_each (&all, e)
		if (rv_files_add(e, &out, &err) < 0)
			abort();
	if (out.n > text.n || !rv_span_eq(rv_buf_span(&out), rv_span_sub(text, 0, out.n)))
		abort();
	if (rc == 0 && out.n != text.n)
		abort();
	rv_vec_release(&all);
	rv_arena_release(&arena);
	return 0;
}
