/* SPDX-License-Identifier: ISC */
/* distinfo: for each distfile a line "SHA256 SIZE [DIST_SUBDIR/]NAME". */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"

#define RV_DISTINFO_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define RV_DISTFILE_MAX_BYTES ((uint64_t)64 * 1024 * 1024 * 1024)

struct rv_sum {
	struct rv_sha256 digest;
	uint64_t size;
};

struct rv_distinfo_line {
	char *path;
	struct rv_sum sum;
};

struct rv_distinfo {
	struct rv_distinfo_line *v;
	size_t n, cap;
};

void rv_distinfo_release(struct rv_distinfo *d);
/*
 * RV_INPUT "WHAT:LINE: reason" for a line of another form, a path that is not clean, or one that
 * stands twice.
 */
int rv_distinfo_parse(struct rv_span text, const char *what, struct rv_distinfo *out,
    struct rv_error *err) RV_MUST_CHECK;
/* NULL when the path has no line. */
const struct rv_sum *rv_distinfo_find(const struct rv_distinfo *d, const char *path);
/* One line as it stands in the file. */
void rv_distinfo_add_line(struct rv_buf *out, const char *path, const struct rv_sum *sum);
