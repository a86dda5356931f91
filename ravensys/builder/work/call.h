/* SPDX-License-Identifier: ISC */
/* One request to one worker, waited for: for programs that have nothing else to do meanwhile. */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "codec/json.h"
#include "os/socket.h"

struct rv_worker_call {
	const char *kind;
	const struct rv_json *body; /* borrowed */
	const struct rv_fds *fds;   /* NULL: none */
	/* For each note; NULL: notes are not wanted. */
	void (*on_note)(void *ctx, const struct rv_json *note);
	void *ctx;
};

/* 0 with a copy of the result in *out (rv_json_free; out may be NULL); < 0: the worker's error. */
int rv_worker_call(const struct rv_worker_call *call, struct rv_json **out, struct rv_error *err)
    RV_MUST_CHECK;
