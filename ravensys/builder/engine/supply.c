/* SPDX-License-Identifier: ISC */
/*
 * Asks one fetch worker for the distfiles of the whole queue and tells each node when all of its
 * files are there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/internal.h"
#include "os/clock.h"

struct wish {
	const char *path;
	rv_vec(uint32_t) nodes; /* that want it */
};

struct rv_supply {
	struct rv_engine *e;
	struct rv_worker *worker;
	rv_vec(struct wish) wishes;
	struct rv_map by_path; /* path to index + 1 */
	size_t *open;	       /* files still wanted, one a node */
	bool *told_of;
	rv_supply_fn *told;
	void *ctx;
};

void rv_supply_free(struct rv_supply *s)
{
	if (!s)
		return;
	rv_worker_free(s->worker);
	rv_vec_each (&s->wishes, w)
		rv_vec_release(&w->nodes);
	rv_vec_release(&s->wishes);
	rv_map_release(&s->by_path);
	free(s->open);
	free(s->told_of);
	free(s);
}

static void tell(struct rv_supply *s, uint32_t node, const struct rv_error *why)
{
	if (s->told_of[node])
		return;
	s->told_of[node] = true;
	s->told(s->ctx, node, why);
}

static struct rv_json *file_to_json(const struct rv_distfile *d)
{
	struct rv_json *o = rv_json_new_object(), *sites = rv_json_new_array();
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&d->sum.digest, hex);
	rv_json_set_string(o, "path", d->path);
	rv_json_set_string(o, "sha256", hex);
	rv_json_set_int(o, "size", (int64_t)d->sum.size);
	for (size_t i = 0; i < d->sites.n; i++)
		rv_json_append_string(sites, d->sites.v[i].text);
	rv_json_set(o, "sites", sites);
	return o;
}

/* < 0: this node alone cannot have what it wants. */
static int check_sums(const struct rv_node *n, struct rv_error *why)
{
	rv_vec_each (&n->recipe->distfiles, d)
		if (d->wanted && !d->has_sum)
			return rv_fail(
			    why, RV_INPUT, "distinfo lacks %s: run ravenadm dev distinfo", d->path);
	return 0;
}

static void wish_for(struct rv_supply *s, uint32_t node, struct rv_json *files)
{
	const struct rv_node *n = &s->e->graph.nodes.v[node];
	struct rv_error why = RV_ERROR_INIT;

	if (check_sums(n, &why) < 0) {
		tell(s, node, &why);
		return;
	}
	rv_vec_each (&n->recipe->distfiles, d) {
		size_t at = (size_t)(uintptr_t)rv_map_get(&s->by_path, rv_span_str(d->path));

		if (!d->wanted)
			continue;
		if (!at) {
			rv_vec_add(&s->wishes)->path = d->path;
			at = s->wishes.n;
			rv_map_put(&s->by_path, rv_span_str(d->path), (void *)(uintptr_t)at);
			rv_json_append(files, file_to_json(d));
		}
		rv_vec_push(&s->wishes.v[at - 1].nodes, node);
		s->open[node]++;
	}
	if (!s->open[node])
		tell(s, node, NULL);
}

/* Ends the wish: its nodes have one file less to wait for, or fail. */
static void settle(struct rv_supply *s, const char *path, const struct rv_error *why)
{
	size_t at = (size_t)(uintptr_t)rv_map_get(&s->by_path, rv_span_str(path));
	struct wish *w;

	if (!at)
		return;
	w = &s->wishes.v[at - 1];
	rv_vec_each (&w->nodes, node) {
		if (why)
			tell(s, *node, why);
		else if (--s->open[*node] == 0)
			tell(s, *node, NULL);
	}
	w->nodes.n = 0;
}

static void on_event(void *ctx, const struct rv_event *event)
{
	rv_event_emit(((struct rv_supply *)ctx)->e->bus, event);
}

static void on_note(void *ctx, int64_t id RV_UNUSED, const struct rv_json *note)
{
	const char *file = rv_json_string(rv_json_get(note, "file"));
	const char *msg = rv_json_string(rv_json_get(note, "msg"));
	struct rv_error why = RV_ERROR_INIT;

	if (!file)
		return;
	if (rv_json_bool(rv_json_get(note, "ok"), false)) {
		settle(ctx, file, NULL);
		return;
	}
	rv_fail(&why, RV_NET, "%s", msg ? msg : "download failed");
	settle(ctx, file, &why);
}

/* What is still open when the worker has ended cannot be had. */
static void end_all(struct rv_supply *s, const struct rv_error *why)
{
	for (uint32_t i = 0; i < s->e->graph.nodes.n; i++)
		if (s->open[i])
			tell(s, i, why);
}

static void on_result(void *ctx, int64_t id RV_UNUSED, const struct rv_json *result RV_UNUSED)
{
	struct rv_error why = RV_ERROR_INIT;

	rv_fail(&why, RV_BUG, "the fetch worker ended without a word on it");
	end_all(ctx, &why);
}

static void on_failed(void *ctx, int64_t id RV_UNUSED, const struct rv_error *why)
{
	end_all(ctx, why);
}

static int start_worker(
    struct rv_supply *s, struct rv_loop *loop, struct rv_json *files, struct rv_error *err)
{
	static const struct rv_worker_hooks hooks = {
	    .on_event = on_event,
	    .on_note = on_note,
	    .on_result = on_result,
	    .on_failed = on_failed,
	};
	rv_autofree(rv_json) struct rv_json *body = rv_json_copy(s->e->config->fetch);
	struct rv_worker_start how = {.kind = "fetch"};
	int64_t id;

	rv_json_set(body, "files", files);
	rv_json_set_string(body, "distfiles", s->e->config->distfiles_path);
	if (rv_worker_start(loop, &how, &hooks, s, &s->worker, err) < 0)
		return -1;
	if (rv_worker_ask(s->worker, body, NULL, &id, err) < 0)
		return -1;
	rv_worker_close(s->worker);
	return 0;
}

int rv_supply_start(struct rv_engine *e, struct rv_loop *loop, const bool *wanted,
    rv_supply_fn *told, void *ctx, struct rv_supply **out, struct rv_error *err)
{
	struct rv_supply *s = rv_alloc(sizeof(*s));
	struct rv_json *files = rv_json_new_array();

	s->e = e;
	s->told = told;
	s->ctx = ctx;
	s->open = rv_alloc_array(e->graph.nodes.n + 1, sizeof(*s->open));
	s->told_of = rv_alloc_array(e->graph.nodes.n + 1, sizeof(*s->told_of));
	*out = s;
	for (uint32_t i = 0; i < e->graph.nodes.n; i++)
		if (wanted[i])
			wish_for(s, i, files);
	if (!s->wishes.n) {
		rv_json_free(files);
		return 0;
	}
	return start_worker(s, loop, files, err);
}
