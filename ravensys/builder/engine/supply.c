/* SPDX-License-Identifier: ISC */
/*
 * Asks one fetch worker for the distfiles of the whole queue, in the order of building and in
 * batches, so that a recipe is read shortly before its files are asked for; tells each node when
 * all of its files are there. Invariant: every node is told once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/internal.h"
#include "os/clock.h"

/* ports: the first ones are there soon, and the worker is not idle often */
#define FIRST_BATCH 64
#define BATCH 1024

struct wish {
	const char *path;
	bool settled;
	const struct rv_error *why; /* settled, but cannot be had */
	rv_vec(uint32_t) nodes;	    /* that want it */
};

struct rv_supply {
	struct rv_engine *e;
	struct rv_loop *loop;
	struct rv_worker *worker;
	uint32_t *queue; /* nodes that want files; those before next were asked for */
	size_t n_queue, next;
	struct rv_arena arena;
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
	rv_arena_release(&s->arena);
	free(s->queue);
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

static size_t add_wish(struct rv_supply *s, const char *path)
{
	path = rv_arena_strdup(&s->arena, path);
	rv_vec_add(&s->wishes)->path = path;
	rv_map_put(&s->by_path, rv_span_str(path), (void *)(uintptr_t)s->wishes.n);
	return s->wishes.n;
}

/* Why the file cannot be had, when that is known already. */
static const struct rv_error *wish_for_file(
    struct rv_supply *s, uint32_t node, const struct rv_distfile *d, struct rv_json *files)
{
	size_t at = (size_t)(uintptr_t)rv_map_get(&s->by_path, rv_span_str(d->path));
	struct wish *w;

	if (!at) {
		at = add_wish(s, d->path);
		rv_json_append(files, file_to_json(d));
	}
	w = &s->wishes.v[at - 1];
	if (!w->settled) {
		rv_vec_push(&w->nodes, node);
		s->open[node]++;
	}
	return w->why;
}

static void wish_for(struct rv_supply *s, uint32_t node, struct rv_json *files)
{
	struct rv_node *n = &s->e->graph.nodes.v[node];
	const struct rv_error *file_why, *first = NULL;
	struct rv_error why = RV_ERROR_INIT;

	/* something that it needs has failed meanwhile */
	if (rv_sched_state(s->e->sched, node) != RV_SCHED_WAITING) {
		s->told_of[node] = true;
		return;
	}
	if (rv_graph_open_node(&s->e->graph, n, &why) < 0 || check_sums(n, &why) < 0) {
		rv_graph_close_node(n);
		tell(s, node, &why);
		return;
	}
	rv_vec_each (&n->recipe->distfiles, d) {
		file_why = d->wanted ? wish_for_file(s, node, d, files) : NULL;
		first = first ? first : file_why;
	}
	rv_graph_close_node(n);
	if (first || !s->open[node])
		tell(s, node, first);
}

static const struct rv_error *keep_error(struct rv_supply *s, const struct rv_error *why)
{
	struct rv_error *kept;

	if (!why)
		return NULL;
	kept = rv_arena_alloc(&s->arena, sizeof(*kept));
	*kept = *why;
	return kept;
}

/* Ends the wish: its nodes have one file less to wait for, or fail. */
static void settle(struct rv_supply *s, const char *path, const struct rv_error *why)
{
	size_t at = (size_t)(uintptr_t)rv_map_get(&s->by_path, rv_span_str(path));
	struct wish *w;

	if (!at)
		return;
	w = &s->wishes.v[at - 1];
	w->settled = true;
	w->why = keep_error(s, why);
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

/* What was asked for and is still open cannot be had. */
static void end_open(struct rv_supply *s, const struct rv_error *why)
{
	for (size_t i = 0; i < s->next; i++)
		if (s->open[s->queue[i]])
			tell(s, s->queue[i], why);
}

static int ask_next(struct rv_supply *s, struct rv_error *err);

static void on_failed(void *ctx, int64_t id RV_UNUSED, const struct rv_error *why)
{
	struct rv_supply *s = ctx;

	end_open(s, why);
	for (; s->next < s->n_queue; s->next++)
		tell(s, s->queue[s->next], why);
}

static void on_result(void *ctx, int64_t id, const struct rv_json *result RV_UNUSED)
{
	struct rv_supply *s = ctx;
	struct rv_error why = RV_ERROR_INIT;

	rv_fail(&why, RV_BUG, "the fetch worker ended without a word on it");
	end_open(s, &why);
	if (ask_next(s, &why) < 0)
		on_failed(ctx, id, &why);
}

static int start_worker(struct rv_supply *s, struct rv_error *err)
{
	static const struct rv_worker_hooks hooks = {
	    .on_event = on_event,
	    .on_note = on_note,
	    .on_result = on_result,
	    .on_failed = on_failed,
	};
	struct rv_worker_start how = {.kind = "fetch"};

	return rv_worker_start(s->loop, &how, &hooks, s, &s->worker, err);
}

/* Takes files over. */
static int ask_for(struct rv_supply *s, struct rv_json *files, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *body = rv_json_copy(s->e->config->fetch);
	int64_t id;

	rv_json_set(body, "files", files);
	rv_json_set_string(body, "distfiles", s->e->config->distfiles_path);
	if (!s->worker && start_worker(s, err) < 0)
		return -1;
	return rv_worker_ask(s->worker, body, NULL, &id, err);
}

/* Until one batch has files that were not asked for before, or nothing is left. */
static int ask_next(struct rv_supply *s, struct rv_error *err)
{
	while (s->next < s->n_queue) {
		size_t end = s->next + (s->next ? BATCH : FIRST_BATCH), before = s->wishes.n;
		struct rv_json *files = rv_json_new_array();

		for (; s->next < end && s->next < s->n_queue; s->next++)
			wish_for(s, s->queue[s->next], files);
		if (s->wishes.n > before)
			return ask_for(s, files, err);
		rv_json_free(files);
	}
	if (s->worker)
		rv_worker_close(s->worker);
	return 0;
}

static bool wants_files(const struct rv_engine *e, uint32_t node)
{
	struct rv_scan_variant v;

	rv_scan_variant(e->whole.how.scan, e->graph.nodes.v[node].in_tree, &v);
	return v.distfiles.n > 0;
}

int rv_supply_start(struct rv_engine *e, struct rv_loop *loop, const bool *wanted,
    rv_supply_fn *told, void *ctx, struct rv_supply **out, struct rv_error *err)
{
	struct rv_supply *s = rv_alloc(sizeof(*s));
	const uint32_t *order = rv_engine_order(e);
	size_t n = e->graph.nodes.n;

	s->e = e;
	s->loop = loop;
	s->told = told;
	s->ctx = ctx;
	s->queue = rv_alloc_array(n + 1, sizeof(*s->queue));
	s->open = rv_alloc_array(n + 1, sizeof(*s->open));
	s->told_of = rv_alloc_array(n + 1, sizeof(*s->told_of));
	*out = s;
	for (size_t i = 0; i < n; i++)
		if (wanted[order[i]] && wants_files(e, order[i]))
			s->queue[s->n_queue++] = order[i];
		else if (wanted[order[i]])
			tell(s, order[i], NULL);
	return ask_next(s, err);
}
