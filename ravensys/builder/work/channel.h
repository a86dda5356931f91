/* SPDX-License-Identifier: ISC */
/*
 * Frames between the engine and a worker: 32-bit little-endian length, then one JSON document of
 * that many bytes. The engine's end never blocks (rv_channel on the loop); a worker's end blocks
 * (rv_frame_*). Descriptors travel with the first byte of a frame and are never mistaken for those
 * of another frame.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "os/loop.h"
#include "os/socket.h"

#define RV_FRAME_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* --- blocking */
int rv_frame_send(int fd, const struct rv_json *doc, const struct rv_fds *fds, struct rv_error *err)
    RV_MUST_CHECK;
enum { RV_FRAME_END = 1 }; /* outcome: the peer closed between two frames */
/* The caller owns *out and the descriptors in *fds (NULL: none wanted). 0, RV_FRAME_END, < 0. */
int rv_frame_receive(
    int fd, struct rv_json **out, struct rv_received_fds *fds, struct rv_error *err) RV_MUST_CHECK;

/* --- on a loop */
struct rv_channel;

/*
 * on_frame borrows doc and takes over the descriptors in fds. on_end is called once, when the peer
 * closed (why NULL) or a frame was broken. Both may free the channel. Results < 0 end the loop.
 */
struct rv_channel_hooks {
	int (*on_frame)(void *ctx, const struct rv_json *doc, struct rv_received_fds *fds,
	    struct rv_error *err);
	int (*on_end)(void *ctx, const struct rv_error *why, struct rv_error *err);
};

/* The channel owns fd from here on, also when it fails. */
int rv_channel_new(struct rv_loop *loop, int fd, const struct rv_channel_hooks *hooks, void *ctx,
    struct rv_channel **out, struct rv_error *err) RV_MUST_CHECK;
/*
 * Queued and sent when the peer takes it; the descriptors are duplicated. RV_LIMIT when doc is too
 * long.
 */
int rv_channel_post(struct rv_channel *c, const struct rv_json *doc, const struct rv_fds *fds,
    struct rv_error *err) RV_MUST_CHECK;
/* Nothing more will be posted: the peer sees the end after what is queued. */
void rv_channel_finish(struct rv_channel *c);
/* Takes what has arrived already; for a peer that is known to have ended. May call the hooks. */
int rv_channel_drain(struct rv_channel *c, struct rv_error *err) RV_MUST_CHECK;
void rv_channel_free(struct rv_channel *c);
RV_DEFINE_FREEP(rv_channel)
