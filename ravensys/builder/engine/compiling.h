/* SPDX-License-Identifier: ISC */
/*
 * Compiling a tree of source recipes to buildsheets, in threads and so in a worker. A sheet is
 * replaced whole; one that would not change is not touched; one whose recipe is gone is removed. A
 * recipe with faults keeps the sheet that it had, and all faults of all recipes are told.
 *
 * Request of the worker: {"what":"sheets", "source":PATH, "output":PATH, "mk", "genesis": BOOL,
 * "opsys","arch","release": TEXT}; descriptors: the source tree, the output, mk/ (if mk). Notes:
 * {"fault":LINES} and {"warning":LINES}, "FILE:LINE: reason" each, by bucket and name. Result:
 * {"ports","written","same","removed","faulty": N}.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "port/recipe.h"
#include "port/tree.h"
#include "work/worker.h"

struct rv_compiling {
	const struct rv_tree *source, *output;
	int mk_fd; /* -1: none */
	const struct rv_platform *platform;
	bool genesis;
	/* lines of text, a newline behind each; fault: the port was not compiled */
	void (*say)(void *ctx, bool fault, const char *lines);
	void *ctx;
};

struct rv_compiled {
	int64_t ports, written, same, removed, faulty;
};

/* RV_INPUT when the output is a tree of source recipes, or the source has none. */
int rv_compile_tree(const struct rv_compiling *c, struct rv_compiled *out, struct rv_error *err)
    RV_MUST_CHECK;

/* The worker's side, for a request with "what":"sheets". */
int rv_compiling_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err) RV_MUST_CHECK;
