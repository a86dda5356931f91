/* SPDX-License-Identifier: ISC */
/*
 * Packing what a slot has staged: a pack worker outside the slot, given nothing but descriptors.
 * They travel with the request in the order that engine/pack_worker.h names. Each phase gets its
 * section in the log, with the faults of manifests.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "slot/slot.h"
#include "work/worker.h"

struct rv_pack_step {
	struct rv_worker_ctx *ctx; /* gets the pack worker's events */
	struct rv_slot *slot;
	int log_fd;
	const char *namebase;
	const char *out, *files; /* absolute; files may be NULL or absent */
	const struct rv_json *request;
};

/* *out: the pack worker's result, owned by the caller. */
int rv_pack_step_run(const struct rv_pack_step *step, struct rv_json **out, struct rv_error *err)
    RV_MUST_CHECK;
