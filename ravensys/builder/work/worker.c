/* SPDX-License-Identifier: ISC */
/*
 * The engine's side. Invariant: w->pending holds exactly the requests that were asked and not
 * answered; when the child has ended each of them gets its on_failed before on_exit.
 */
#include "work/worker.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "event/event_json.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/spawn.h"
#include "work/channel.h"

struct rv_worker {
	struct rv_loop *loop;
	char *kind;
	struct rv_child child;
	struct rv_watch *child_watch;
	struct rv_channel *channel;
	struct rv_worker_hooks hooks;
	void *ctx;
	rv_vec(int64_t) pending; /* in the order in which they will be answered */
	int64_t last_id;
	struct rv_error broken; /* why the channel ended before the child */
	unsigned busy;		/* hooks running */
	bool freed;
};

/* --- answers */

static bool take_pending(struct rv_worker *w, int64_t id)
{
	for (size_t i = 0; i < w->pending.n; i++) {
		if (w->pending.v[i] != id)
			continue;
		memmove(&w->pending.v[i], &w->pending.v[i + 1],
		    (w->pending.n - i - 1) * sizeof(w->pending.v[0]));
		w->pending.n--;
		return true;
	}
	return false;
}

static enum rv_code code_of(const char *name)
{
	for (int code = RV_OK + 1; code <= RV_BUG; code++)
		if (name && strcmp(name, rv_code_name((enum rv_code)code)) == 0)
			return (enum rv_code)code;
	return RV_BUG;
}

static void got_error(struct rv_worker *w, int64_t id, const struct rv_json *v)
{
	struct rv_error why = RV_ERROR_INIT;
	const char *msg = rv_json_string(rv_json_get(v, "msg"));
	int64_t sys = 0;

	rv_fail(
	    &why, code_of(rv_json_string(rv_json_get(v, "code"))), "%s", msg ? msg : "no reason");
	if (rv_json_int(rv_json_get(v, "sys"), &sys))
		why.sys = (int)sys;
	if (w->hooks.on_failed)
		w->hooks.on_failed(w->ctx, id, &why);
}

static void got_event(struct rv_worker *w, const struct rv_json *v)
{
	struct rv_event event;

	/* one that is not understood is of a newer kind: it is only progress */
	if (w->hooks.on_event && rv_event_from_json(v, &event, NULL) == 0)
		w->hooks.on_event(w->ctx, &event);
}

static void got_frame(struct rv_worker *w, const struct rv_json *doc)
{
	const struct rv_json *v;
	int64_t id = 0;

	if (!rv_json_int(rv_json_get(doc, "id"), &id))
		return;
	if ((v = rv_json_get(doc, "event"))) {
		got_event(w, v);
	} else if ((v = rv_json_get(doc, "note"))) {
		if (w->hooks.on_note)
			w->hooks.on_note(w->ctx, id, v);
	} else if ((v = rv_json_get(doc, "result"))) {
		if (take_pending(w, id) && w->hooks.on_result)
			w->hooks.on_result(w->ctx, id, v);
	} else if ((v = rv_json_get(doc, "error")) && take_pending(w, id)) {
		got_error(w, id, v);
	}
}

static void release_memory(struct rv_worker *w)
{
	rv_vec_release(&w->pending);
	free(w->kind);
	free(w);
}

/* After hooks: true when one of them freed w. */
static bool leave(struct rv_worker *w)
{
	bool freed = --w->busy == 0 && w->freed;

	if (freed)
		release_memory(w);
	return freed;
}

static int on_frame(
    void *ctx, const struct rv_json *doc, struct rv_received_fds *fds, struct rv_error *err)
{
	struct rv_worker *w = ctx;

	(void)err;
	/* no kind of worker sends descriptors back */
	rv_received_fds_release(fds);
	w->busy++;
	got_frame(w, doc);
	(void)leave(w);
	return 0;
}

static void fail_pending(struct rv_worker *w, const struct rv_exit *how)
{
	struct rv_error why = RV_ERROR_INIT;
	char text[80];

	if (w->broken.code != RV_OK)
		rv_fail(&why, w->broken.code, "worker %s: %s", w->kind, w->broken.msg);
	else
		rv_fail(&why, RV_BUG, "worker %s: ended before its answer: %s", w->kind,
		    rv_exit_text(how, text, sizeof(text)));
	while (w->pending.n > 0 && !w->freed) {
		int64_t id = w->pending.v[0];

		(void)take_pending(w, id);
		if (w->hooks.on_failed)
			w->hooks.on_failed(w->ctx, id, &why);
	}
}

/* Once: the child is no more. */
static void finish(struct rv_worker *w, const struct rv_exit *how)
{
	fail_pending(w, how);
	if (!w->freed && w->hooks.on_exit)
		w->hooks.on_exit(w->ctx, how);
}

/*
 * A broken frame: what it still does cannot be told any more. A good end comes by the child watch.
 */
static int on_channel_end(void *ctx, const struct rv_error *why, struct rv_error *err)
{
	struct rv_worker *w = ctx;
	struct rv_exit killed = {.signalled = true, .status = 9};

	(void)err;
	if (!why || !w->child_watch)
		return 0;
	w->broken = *why;
	rv_watch_remove(w->child_watch);
	w->child_watch = NULL;
	rv_child_kill(&w->child);
	w->busy++;
	finish(w, &killed);
	(void)leave(w);
	return 0;
}

static int on_child(void *ctx, const struct rv_exit *how, struct rv_error *err)
{
	struct rv_worker *w = ctx;
	int rc;

	w->child_watch = NULL;
	w->busy++;
	rc = rv_channel_drain(w->channel, err);
	if (!w->freed)
		finish(w, how);
	(void)leave(w);
	return rc;
}

/* --- start */

static const struct {
	const char *name;
	const char *kind; /* NULL: every kind */
} passed_env[] = {
    {"http_proxy", "fetch"},
    {"https_proxy", "fetch"},
    {"HTTPS_PROXY", "fetch"},
    {"all_proxy", "fetch"},
    {"ALL_PROXY", "fetch"},
    {"no_proxy", "fetch"},
    {"NO_PROXY", "fetch"},
    {"SSL_CERT_FILE", "fetch"},
    {"RV_TEST_NOW", NULL},
    {"RV_FAULT", NULL},
    {"ASAN_OPTIONS", NULL},
    {"UBSAN_OPTIONS", NULL},
};

/* Fills env with allocated strings; its last is NULL. */
static void make_env(const char *kind, char *env[RV_COUNT(passed_env) + 3])
{
	size_t n = 0;

	env[n++] = rv_strdup("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	env[n++] = rv_strdup("LC_ALL=C");
	for (size_t i = 0; i < RV_COUNT(passed_env); i++) {
		const char *v = rv_env_get(passed_env[i].name);

		if (v && (!passed_env[i].kind || strcmp(passed_env[i].kind, kind) == 0))
			env[n++] = rv_strfmt("%s=%s", passed_env[i].name, v);
	}
	env[n] = NULL;
}

static int start_child(
    struct rv_worker *w, const struct rv_worker_start *how, int socket, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf self = RV_BUF_INIT(4096);
	char *env[RV_COUNT(passed_env) + 3];
	const char *argv[] = {how->program, "--worker", how->kind, NULL};
	struct rv_spawn spawn = RV_SPAWN_INIT;
	int rc = how->program ? 0 : rv_self_path(&self, err);

	if (rc < 0)
		return -1;
	if (!how->program)
		argv[0] = rv_buf_str(&self);
	make_env(how->kind, env);
	spawn.argv = argv;
	spawn.env = how->env ? how->env : (const char *const *)env;
	spawn.stderr_fd = how->stderr_fd == 0 ? 2 : how->stderr_fd;
	spawn.pass_fds = &socket;
	spawn.n_pass_fds = 1;
	spawn.die_with_parent = true;
	rc = rv_spawn_start(&spawn, &w->child, err);
	for (char **e = env; *e; e++)
		free(*e);
	return rc;
}

int rv_worker_start(struct rv_loop *loop, const struct rv_worker_start *how,
    const struct rv_worker_hooks *hooks, void *ctx, struct rv_worker **out, struct rv_error *err)
{
	static const struct rv_channel_hooks channel_hooks = {on_frame, on_channel_end};
	struct rv_worker *w = rv_alloc(sizeof(*w));
	int pair[2] = {-1, -1}, rc;

	w->loop = loop;
	w->kind = rv_strdup(how->kind);
	w->child = RV_CHILD_INIT;
	w->hooks = *hooks;
	w->ctx = ctx;
	rc = rv_socket_pair(pair, err);
	if (rc == 0)
		rc =
		    rv_channel_new(loop, rv_take_fd(&pair[0]), &channel_hooks, w, &w->channel, err);
	if (rc == 0)
		rc = start_child(w, how, pair[1], err);
	rv_fd_release(&pair[1]);
	if (rc < 0) {
		rv_worker_free(w);
		*out = NULL;
		return rv_context(err, "start worker %s", how->kind);
	}
	w->child_watch = rv_loop_child(loop, &w->child, on_child, w);
	*out = w;
	return 0;
}

int rv_worker_ask(struct rv_worker *w, const struct rv_json *body, const struct rv_fds *fds,
    int64_t *out_id, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *request = NULL;

	if (!w->child_watch)
		return rv_fail(err, RV_CANCEL, "worker %s: has ended", w->kind);
	*out_id = ++w->last_id;
	request = rv_worker_request(w->kind, *out_id, body);
	if (rv_channel_post(w->channel, request, fds, err) < 0)
		return -1;
	rv_vec_push(&w->pending, *out_id);
	return 0;
}

void rv_worker_close(struct rv_worker *w)
{
	rv_channel_finish(w->channel);
}

void rv_worker_free(struct rv_worker *w)
{
	if (!w)
		return;
	rv_watch_remove(w->child_watch);
	w->child_watch = NULL;
	rv_child_release(&w->child);
	rv_channel_free(w->channel);
	w->channel = NULL;
	w->freed = true;
	if (w->busy == 0)
		release_memory(w);
}
