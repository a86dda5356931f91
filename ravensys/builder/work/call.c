/* SPDX-License-Identifier: ISC */
/* A loop that lives for one answer. */
#include "work/call.h"

#include "os/loop.h"
#include "work/worker.h"

struct asking {
	const struct rv_worker_call *call;
	struct rv_loop *loop;
	struct rv_json *result;
	struct rv_error why;
};

static void on_note(void *ctx, int64_t id RV_UNUSED, const struct rv_json *note)
{
	const struct asking *a = ctx;

	if (a->call->on_note)
		a->call->on_note(a->call->ctx, note);
}

static void on_result(void *ctx, int64_t id RV_UNUSED, const struct rv_json *result)
{
	struct asking *a = ctx;

	a->result = rv_json_copy(result);
	rv_loop_stop(a->loop);
}

static void on_failed(void *ctx, int64_t id RV_UNUSED, const struct rv_error *why)
{
	struct asking *a = ctx;

	a->why = *why;
	rv_loop_stop(a->loop);
}

int rv_worker_call(const struct rv_worker_call *call, struct rv_json **out, struct rv_error *err)
{
	static const struct rv_worker_hooks hooks = {
	    .on_note = on_note, .on_result = on_result, .on_failed = on_failed};
	struct rv_worker_start start = {.kind = call->kind};
	rv_autofree(rv_loop) struct rv_loop *loop = NULL;
	rv_autofree(rv_worker) struct rv_worker *worker = NULL;
	struct asking a = {.call = call, .why = RV_ERROR_INIT};
	int64_t id;

	if (rv_loop_new(&loop, err) < 0)
		return -1;
	a.loop = loop;
	if (rv_worker_start(loop, &start, &hooks, &a, &worker, err) < 0 ||
	    rv_worker_ask(worker, call->body, call->fds, &id, err) < 0 ||
	    rv_loop_run(loop, err) < 0) {
		rv_json_free(a.result);
		return -1;
	}
	if (!a.result) {
		*err = a.why;
		return -1;
	}
	if (out)
		*out = a.result;
	else
		rv_json_free(a.result);
	return 0;
}
