/* SPDX-License-Identifier: ISC */
/* The bytes of a frame, shared by both ends. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "codec/json.h"

#define RV_FRAME_HEAD_BYTES 4

/* Length and document; RV_LIMIT when it is longer than RV_FRAME_MAX_BYTES. */
int rv_frame_encode(const struct rv_json *doc, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;
/* The length in a head; RV_FORMAT when it is 0 or too long. */
int rv_frame_length(const unsigned char head[RV_FRAME_HEAD_BYTES], uint32_t *out,
    struct rv_error *err) RV_MUST_CHECK;
