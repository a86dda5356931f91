/* SPDX-License-Identifier: ISC */
/* Both sides of compiling a tree: the request and its answer here, the work in compiling_run.c. */
#include "engine/compiling.h"

#include <string.h>

#include "os/file.h"
#include "work/call.h"

struct telling {
	const struct rv_compiling *c;
};

static void on_note(void *ctx, const struct rv_json *note)
{
	const struct rv_compiling *c = ((const struct telling *)ctx)->c;
	const char *fault = rv_json_string(rv_json_get(note, "fault"));
	const char *warning = rv_json_string(rv_json_get(note, "warning"));

	if (c->say && (fault || warning))
		c->say(c->ctx, fault != NULL, fault ? fault : warning);
}

static int take_counts(const struct rv_json *result, struct rv_compiled *out, struct rv_error *err)
{
	static const char what[] = "answer of the worker that compiles";

	if (rv_json_want_int(result, "ports", what, &out->ports, err) < 0 ||
	    rv_json_want_int(result, "written", what, &out->written, err) < 0 ||
	    rv_json_want_int(result, "same", what, &out->same, err) < 0 ||
	    rv_json_want_int(result, "removed", what, &out->removed, err) < 0 ||
	    rv_json_want_int(result, "faulty", what, &out->faulty, err) < 0)
		return -1;
	return 0;
}

int rv_compile_tree(const struct rv_compiling *c, struct rv_compiled *out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *body = rv_json_new_object();
	rv_autofree(rv_json) struct rv_json *result = NULL;
	int fd[3] = {c->source->fd, c->output->fd, c->mk_fd};
	struct telling telling = {c};
	struct rv_fds fds = {.fd = fd, .n = c->mk_fd < 0 ? 2 : 3};
	struct rv_worker_call call = {
	    .kind = "scan", .body = body, .fds = &fds, .on_note = on_note, .ctx = &telling};

	rv_json_set_string(body, "what", "sheets");
	rv_json_set_string(body, "source", c->source->path);
	rv_json_set_string(body, "output", c->output->path);
	rv_json_set_bool(body, "mk", c->mk_fd >= 0);
	rv_json_set_bool(body, "genesis", c->genesis);
	rv_json_set_string(body, "opsys", c->platform->opsys);
	rv_json_set_string(body, "arch", c->platform->arch);
	rv_json_set_string(body, "release", c->platform->release);
	if (rv_worker_call(&call, &result, err) < 0)
		return -1;
	return take_counts(result, out, err);
}
