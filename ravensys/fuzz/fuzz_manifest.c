/* SPDX-License-Identifier: ISC */
/* +MANIFEST and +BUILD: what is accepted is written to the same bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "pkg/build.h"
#include "pkg/manifest.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_span text = rv_span((const char *)data, size);
	struct rv_error err = RV_ERROR_INIT;
	struct rv_manifest m;
	struct rv_build b;

	if (rv_manifest_parse(text, "fuzz", &m, &err) == 0) {
		rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(RV_MANIFEST_MAX_BYTES);

		if (rv_manifest_encode(&m, &out, &err) < 0 || !rv_span_eq(rv_buf_span(&out), text))
			abort();
		rv_manifest_release(&m);
	}
	if (rv_build_parse(text, "fuzz", &b, &err) == 0) {
		rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(RV_BUILD_MAX_BYTES);

		if (rv_build_encode(&b, &out, &err) < 0 || !rv_span_eq(rv_buf_span(&out), text))
			abort();
		rv_build_release(&b);
	}
	return 0;
}
