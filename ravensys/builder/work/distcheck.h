/* SPDX-License-Identifier: ISC */
/*
 * Is a distfile there, with the right sum? What was summed up once is remembered by size, time and
 * inode, in a file "verified" of the worker's state folder: a file that was not touched is not read
 * again. Losing that file costs time only.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "codec/digest.h"

struct rv_distcheck;

/* An unreadable or damaged record is begun anew. state_fd and dist_fd stay the caller's. */
int rv_distcheck_open(int state_fd, int dist_fd, struct rv_distcheck **out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_distcheck_free(struct rv_distcheck *c);
RV_DEFINE_FREEP(rv_distcheck)

enum {
	RV_DIST_ABSENT = 1,
	RV_DIST_WRONG = 2, /* something else lies under that name */
};
/* path is relative to dist_fd. 0 there and right, RV_DIST_*, < 0. */
int rv_distcheck_file(struct rv_distcheck *c, const char *path, const struct rv_sha256 *sum,
    uint64_t size, struct rv_error *err) RV_MUST_CHECK;
/* Records a file that was summed up while it was written. */
int rv_distcheck_note(struct rv_distcheck *c, const char *path, const struct rv_sha256 *sum,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * Makes temp the file path, both relative to dist_fd, if it is what sum and size say: summed up,
 * made durable, renamed. 0, RV_DIST_ABSENT, RV_DIST_WRONG (temp stays), < 0.
 */
struct rv_distfile_sum {
	struct rv_sha256 sum;
	uint64_t size;
};
int rv_distcheck_adopt(struct rv_distcheck *c, const char *temp, const char *path,
    const struct rv_distfile_sum *want, struct rv_error *err) RV_MUST_CHECK;
/* Writes the record if it has changed. */
int rv_distcheck_save(struct rv_distcheck *c, struct rv_error *err) RV_MUST_CHECK;
