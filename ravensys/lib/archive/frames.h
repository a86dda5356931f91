/* SPDX-License-Identifier: ISC */
/*
 * A plain byte stream turned into independent zstd frames by a pool. One thread puts bytes in;
 * frames are compressed in any order, kept in memory up to a bound and beyond it in an unlinked
 * file; afterwards they are taken in order.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/zstd.h"

struct rv_frames;

/*
 * spill_fd: an empty file for what does not fit in memory; stays the caller's. threads 0: one per
 * processor.
 */
int rv_frames_new(int level, unsigned threads, int spill_fd, struct rv_frames **out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_frames_free(struct rv_frames *f); /* waits for running jobs */
RV_DEFINE_FREEP(rv_frames)

uint64_t rv_frames_plain_bytes(const struct rv_frames *f); /* put in so far */
void rv_frames_add(struct rv_frames *f, struct rv_span data);
void rv_frames_add_zeros(struct rv_frames *f, size_t n);
/* Room of the current frame to fill directly: at least 1 byte; then rv_frames_added. */
char *rv_frames_room(struct rv_frames *f, size_t *out_n);
void rv_frames_added(struct rv_frames *f, size_t n);

/* Compresses the last frame and waits for all. */
int rv_frames_finish(struct rv_frames *f, struct rv_error *err) RV_MUST_CHECK;
size_t rv_frames_count(const struct rv_frames *f);
struct rv_zstd_seek_entry rv_frames_sizes(const struct rv_frames *f, size_t i);
/* The compressed frame i, valid until the next call. */
int rv_frames_packed(struct rv_frames *f, size_t i, struct rv_span *out, struct rv_error *err)
    RV_MUST_CHECK;
