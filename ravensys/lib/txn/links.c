/* SPDX-License-Identifier: ISC */
/* See links.h. */
#include "txn/links.h"
#include "base/buf.h"
#include "txn/dirs.h"

enum { MAX_FOLLOWED = 32, MAX_BYTES = 8192 };

void rv_links_release(struct rv_links *l)
{
	rv_map_release(&l->links);
	rv_map_release(&l->resolved);
	rv_arena_release(&l->arena);
}

void rv_links_add(struct rv_links *l, struct rv_span path, struct rv_span target, int64_t package)
{
	struct rv_owned_link *link = rv_arena_alloc(&l->arena, sizeof(*link));

	*link = (struct rv_owned_link){rv_arena_span(&l->arena, target), package};
	rv_map_put(&l->links, rv_arena_span(&l->arena, path), link);
}

struct walk {
	struct rv_buf at;   /* resolved so far */
	struct rv_buf rest; /* still to go */
	unsigned followed;
};

static void walk_release(struct walk *w)
{
	rv_buf_release(&w->at);
	rv_buf_release(&w->rest);
}

static void follow(struct walk *w, struct rv_span target)
{
	rv_auto(rv_buf) struct rv_buf rest = RV_BUF_INIT(MAX_BYTES);

	if (target.n > 0 && target.p[0] == '/')
		rv_buf_reset(&w->at);
	rv_buf_add_span(&rest, target);
	rv_buf_add_char(&rest, '/');
	rv_buf_add_span(&rest, rv_buf_span(&w->rest));
	rv_buf_reset(&w->rest);
	rv_buf_add_span(&w->rest, rv_buf_span(&rest));
	w->rest.failed |= rest.failed;
	w->followed++;
}

/* One component is taken from rest; false when it was the last. */
static bool next_part(struct walk *w, struct rv_buf *part)
{
	struct rv_span rest = rv_buf_span(&w->rest);
	size_t from = 0, n;

	while (from < rest.n && rest.p[from] == '/')
		from++;
	rest = rv_span_from(rest, from);
	if (rest.n == 0)
		return false;
	n = rv_span_find(rest, '/');
	rv_buf_reset(part);
	rv_buf_add_span(part, rv_span_sub(rest, 0, n));
	rest = rv_span_from(rest, n);
	memmove(w->rest.p, rest.p, rest.n);
	rv_buf_cut(&w->rest, rest.n);
	return true;
}

static int step(
    struct rv_links *l, struct walk *w, struct rv_span part, int64_t package, struct rv_error *err)
{
	const struct rv_owned_link *link;
	size_t before = w->at.n;

	if (rv_span_is(part, "."))
		return 0;
	if (rv_span_is(part, "..")) {
		rv_buf_cut(&w->at, rv_path_folder(rv_buf_span(&w->at)).n);
		return 0;
	}
	if (before > 0)
		rv_buf_add_char(&w->at, '/');
	rv_buf_add_span(&w->at, part);
	link = rv_map_get(&l->links, rv_buf_span(&w->at));
	if (!link)
		return 0;
	if (link->package == package)
		return rv_fail(err, RV_FORMAT, "%s: is a link and a folder in the same package",
		    rv_buf_str(&w->at));
	if (w->followed >= MAX_FOLLOWED)
		return rv_fail(err, RV_INPUT, "%s: too many links", rv_buf_str(&w->at));
	rv_buf_cut(&w->at, before);
	follow(w, link->target);
	return 0;
}

static int walk_all(struct rv_links *l, struct walk *w, int64_t package, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf part = RV_BUF_INIT(MAX_BYTES);

	while (next_part(w, &part))
		if (step(l, w, rv_buf_span(&part), package, err) < 0)
			return -1;
	if (rv_buf_check(&w->at, "resolved path", err) < 0 ||
	    rv_buf_check(&w->rest, "resolved path", err) < 0)
		return -1;
	return 0;
}

int rv_links_resolve(struct rv_links *l, struct rv_span folder, int64_t package,
    struct rv_span *out, struct rv_error *err)
{
	struct rv_span *known = rv_map_get(&l->resolved, folder);

	if (!known) {
		rv_auto(walk) struct walk w = {
		    .at = RV_BUF_INIT(MAX_BYTES), .rest = RV_BUF_INIT(MAX_BYTES)};

		rv_buf_add_span(&w.rest, folder);
		if (walk_all(l, &w, package, err) < 0)
			return rv_context(err, "%.*s", RV_SPAN_ARG(folder));
		if (!rv_path_beneath(rv_buf_span(&w.at), l->prefix))
			return rv_fail(err, RV_INPUT, "%.*s: leads out of the prefix, to /%s",
			    RV_SPAN_ARG(folder), rv_buf_str(&w.at));
		known = rv_arena_alloc(&l->arena, sizeof(*known));
		*known = rv_arena_span(&l->arena, rv_buf_span(&w.at));
		/* with a link on the way the answer depends on who asks */
		if (w.followed == 0)
			rv_map_put(&l->resolved, rv_arena_span(&l->arena, folder), known);
	}
	*out = *known;
	return 0;
}
