/* SPDX-License-Identifier: ISC */
/*
 * The scan worker: what must be known and laid out before a port's slot can begin.
 *
 * Request: {"distfiles": [{"path","sha256"}], "packages": [{"path","name","content_id"}], "trees":
 * PATH} Result: {"source_date_epoch": N}: the newest time inside the distfiles, 1577836800 without
 * any. Every package is then unpacked below trees.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "work/worker.h"

#define RV_EPOCH_WITHOUT_DISTFILES 1577836800

int rv_prepare_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err);
