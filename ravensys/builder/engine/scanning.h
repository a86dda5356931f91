/* SPDX-License-Identifier: ISC */
/*
 * The scan of whole trees from a program without threads: the file in the cache when it fits, else
 * a scan worker brings it up to date and the result is mapped.
 *
 * Request of the worker: {"what":"tree", "trees":[PATH], "heads", "mk", "cache": BOOL,
 * "platform":{}, "host_compiler", "genesis", "defaults":{}, "job_limit", "builders"}, the last six not with
 * heads; descriptors: the output file, mk/ (if mk), the cache (if cache), the trees. Result: {}.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "port/scan.h"
#include "work/worker.h"

/*
 * 0 with *out (rv_scan_free). Faults of recipes are no error: ask rv_scan_fault_count. < 0: a tree
 * cannot be read, or the worker failed.
 */
int rv_scan_open(const struct rv_scan_how *how, struct rv_scan **out, struct rv_error *err)
    RV_MUST_CHECK;

/*
 * The folder of the scans below the profile's, made when it is missing; -1 when it cannot be used:
 * then nothing is kept.
 */
void rv_scan_cache(const char *profile_path, int *out_fd);

/* The worker's side, for a request with "what":"tree". */
int rv_scanning_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err) RV_MUST_CHECK;
