/* SPDX-License-Identifier: ISC */
/*
 * The worker's side. Invariant: every request is answered by exactly one result or error, whatever
 * its kind does.
 */
#include <string.h>

#include "base/buf.h"
#include "event/event_json.h"
#include "os/file.h"
#include "work/channel.h"
#include "work/worker.h"

#define REQUEST_MAX_BYTES RV_FRAME_MAX_BYTES

struct rv_worker_ctx {
	int fd; /* of the engine; < 0: lines of JSON to standard output */
	int64_t id;
	bool answered; /* for a request from a file: with a result */
};

struct rv_json *rv_worker_request(const char *kind, int64_t id, const struct rv_json *body)
{
	struct rv_json *request = rv_json_new_object();

	rv_json_set_int(request, "v", RV_WORKER_VERSION);
	rv_json_set_string(request, "kind", kind);
	rv_json_set_int(request, "id", id);
	rv_json_set(request, "body", rv_json_copy(body));
	return request;
}

/* Sends {"id":N,key:value}; takes value over. */
static int say(
    struct rv_worker_ctx *ctx, const char *key, struct rv_json *value, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *doc = rv_json_new_object();
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(RV_FRAME_MAX_BYTES);

	rv_json_set_int(doc, "id", ctx->id);
	rv_json_set(doc, key, value);
	if (ctx->fd >= 0)
		return rv_frame_send(ctx->fd, doc, NULL, err);
	rv_json_compact(doc, &line);
	rv_buf_add_char(&line, '\n');
	if (rv_buf_check(&line, "worker answer", err) < 0)
		return -1;
	return rv_fd_write(1, "standard output", line.p, line.n, err);
}

int rv_worker_event(struct rv_worker_ctx *ctx, const struct rv_event *event, struct rv_error *err)
{
	return say(ctx, "event", rv_event_to_json(event), err);
}

int rv_worker_note(struct rv_worker_ctx *ctx, const struct rv_json *note, struct rv_error *err)
{
	return say(ctx, "note", rv_json_copy(note), err);
}

static int send_event(void *ctx, const struct rv_event *event, struct rv_error *err)
{
	return rv_worker_event(ctx, event, err);
}

struct rv_listener rv_worker_listener(struct rv_worker_ctx *ctx)
{
	return (struct rv_listener){.name = "worker", .on_event = send_event, .ctx = ctx};
}

static struct rv_json *error_to_json(const struct rv_error *why)
{
	struct rv_json *v = rv_json_new_object();

	rv_json_set_string(v, "code", rv_code_name(why->code));
	rv_json_set_int(v, "sys", why->sys);
	rv_json_set_string(v, "msg", why->msg);
	return v;
}

static int check_request(const struct rv_json *request, const char *kind, struct rv_error *why)
{
	const char *said;
	int64_t version;

	if (rv_json_want_int(request, "v", "worker request", &version, why) < 0 ||
	    rv_json_want_string(request, "kind", "worker request", &said, why) < 0)
		return -1;
	if (version != RV_WORKER_VERSION)
		return rv_fail(why, RV_FORMAT,
		    "worker request: version %d is not known to this program", (int)version);
	if (strcmp(said, kind) != 0)
		return rv_fail(why, RV_FORMAT,
		    "worker request: for a worker of kind '%s', not '%s'", said, kind);
	return 0;
}

static int answer(struct rv_worker_ctx *ctx, const struct rv_worker_kind *kind,
    const struct rv_json *request, struct rv_received_fds *fds, struct rv_error *err)
{
	struct rv_error why = RV_ERROR_INIT;
	struct rv_json *result = NULL;
	const struct rv_json *body = NULL;
	int rc = check_request(request, kind->name, &why);

	if (rc == 0)
		rc = rv_json_want_object(request, "body", "worker request", &body, &why);
	if (rc == 0)
		rc = rv_json_want_int(request, "id", "worker request", &ctx->id, &why);
	if (rc == 0)
		rc = kind->run(ctx, body, fds, &result, &why);
	if (rc < 0) {
		rv_json_free(result);
		return say(ctx, "error", error_to_json(&why), err);
	}
	ctx->answered = true;
	return say(ctx, "result", result ? result : rv_json_new_object(), err);
}

static int serve_channel(const struct rv_worker_kind *kind, struct rv_error *err)
{
	struct rv_worker_ctx ctx = {.fd = RV_WORKER_FD};

	for (;;) {
		rv_autofree(rv_json) struct rv_json *request = NULL;
		rv_auto(rv_received_fds) struct rv_received_fds fds = {.n = 0};
		int rc = rv_frame_receive(ctx.fd, &request, &fds, err);

		if (rc != 0)
			return rc < 0 ? -1 : 0;
		if (answer(&ctx, kind, request, &fds, err) < 0)
			return -1;
	}
}

static int serve_file(const struct rv_worker_kind *kind, const char *path, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *request = NULL;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(REQUEST_MAX_BYTES);
	struct rv_received_fds none = {.n = 0};
	struct rv_worker_ctx ctx = {.fd = -1};
	rv_auto_fd fd = -1;
	int rc = rv_file_open_user(path, &fd, err);

	if (rc > 0)
		return rv_fail(err, RV_INPUT, "request '%s': there is no such file", path);
	if (rc < 0 || rv_fd_read_all(fd, path, &text, err) < 0 ||
	    rv_json_parse(rv_buf_span(&text), path, &request, err) < 0 ||
	    answer(&ctx, kind, request, &none, err) < 0)
		return -1;
	return ctx.answered ? 0 : 1;
}

static int complain(const char *kind, const struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(RV_ERROR_MSG_BYTES + 200);

	rv_buf_addf(&line, "ravenadm: worker %.100s: %s\n", kind, err->msg);
	/* nowhere is left to say that this failed too */
	if (rv_fd_write(2, "standard error", line.p, line.n, NULL) < 0)
		return 1;
	return 1;
}

int rv_worker_main(const struct rv_worker_kind *kinds, const char *kind, const char *request)
{
	struct rv_error err = RV_ERROR_INIT;
	int rc;

	while (kinds->name && strcmp(kinds->name, kind) != 0)
		kinds++;
	if (!kinds->name) {
		rv_fail(&err, RV_INPUT, "no such kind of worker");
		(void)complain(kind, &err);
		return 2;
	}
	rc = request ? serve_file(kinds, request, &err) : serve_channel(kinds, &err);
	if (rc < 0)
		return complain(kind, &err);
	return rc;
}
