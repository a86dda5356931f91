/* SPDX-License-Identifier: ISC */
/*
 * The pack worker. Its request is that of engine/pack.h; with it come the descriptors of the staged
 * tree, of WRKDIR, of the folder for packages and, when the port has one, of its files/, in this
 * order. Events: the phases check-plist and package; a manifest that does not fit gives a note
 * {"report": TEXT} before the error. Result: {"packages": [...]}.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "work/worker.h"

int rv_pack_worker_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err);
