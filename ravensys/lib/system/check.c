/* SPDX-License-Identifier: ISC */
/* Installed files against the database, kept for the caller; and paths as users give them. */
#include <string.h>

#include "base/vec.h"
#include "store/installed_write.h"
#include "system/internal.h"
#include "txn/dirs.h"
#include "txn/links.h"

struct check {
	struct rv_arena *arena;
	struct rv_findings *out;
};

static int keep(void *ctx, const struct rv_verify_finding *f, struct rv_error *err)
{
	struct check *c = ctx;

	(void)err;
	rv_vec_push(c->out, (struct rv_verify_finding){
				.kind = f->kind,
				.package = rv_arena_strdup(c->arena, f->package),
				.path = rv_arena_strdup(c->arena, f->path),
				.detail = rv_arena_strdup(c->arena, f->detail ? f->detail : ""),
			    });
	return 0;
}

static bool is_wanted(const struct rv_system_names *names, const char *name)
{
	if (!names)
		return true;
	rv_vec_each (names, n)
		if (strcmp(*n, name) == 0)
			return true;
	return false;
}

int rv_system_check(struct rv_system *s, const struct rv_system_names *names,
    struct rv_arena *arena, struct rv_findings *out, struct rv_system_checked *counts,
    struct rv_error *err)
{
	struct check c = {.arena = arena, .out = out};
	struct rv_installed_list rows = {0}, wanted = {0};
	struct rv_verify how = {.root_fd = s->root_fd,
	    .prefix = "/" RV_SYSTEM_PREFIX,
	    .db = s->db,
	    .found = keep,
	    .ctx = &c};
	int rc = 0;

	*counts = (struct rv_system_checked){0};
	if (!s->db)
		return 0;
	rc = rv_installed_all(s->db, 0, arena, &rows, err);
	rv_vec_each (&rows, row)
		if (is_wanted(names, row->name))
			rv_vec_push(&wanted, *row);
	counts->packages = wanted.n;
	if (rc == 0)
		rc = rv_txn_verify(&how, wanted.v, wanted.n, &counts->faults, err);
	rv_vec_release(&rows);
	rv_vec_release(&wanted);
	return rc;
}

int rv_system_path(
    const struct rv_system *s, const char *text, struct rv_buf *out, struct rv_error *err)
{
	struct rv_span path = rv_span_str(text), root = rv_span_str(s->root), part;

	while (root.n > 1 && root.p[root.n - 1] == '/')
		root.n--;
	if (root.n > 1 && rv_span_starts(path, root) && (path.n == root.n || path.p[root.n] == '/'))
		path = rv_span_from(path, root.n);
	while (rv_span_next(&path, '/', &part)) {
		if (part.n == 0 || rv_span_is(part, "."))
			continue;
		if (rv_span_is(part, ".."))
			return rv_fail(err, RV_INPUT, "%s: '..' is not followed here", text);
		if (out->n)
			rv_buf_add_char(out, '/');
		rv_buf_add_span(out, part);
	}
	return rv_buf_check(out, text, err);
}

/* What packages say of a place counts first; then where the place really is. */
int rv_system_which(struct rv_system *s, struct rv_span path, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err)
{
	rv_auto(rv_links) struct rv_links links = RV_LINKS_INIT(RV_SPAN_LIT(RV_SYSTEM_PREFIX));
	rv_auto(rv_buf) struct rv_buf really = RV_BUF_INIT((size_t)RV_PATH_MAX_BYTES * 2);
	struct rv_owned_list owned = {0};
	struct rv_span folder;
	int rc;

	if (!s->db)
		return 0;
	rc = rv_installed_which(s->db, path, arena, out, err);
	if (rc < 0 || out->n)
		return rc;
	rc = rv_installed_links(s->db, arena, &owned, err);
	rv_vec_each (&owned, o)
		rv_links_add(&links, rv_span_str(rv_arena_fmt(arena, "%s/%s", o->folder, o->name)),
		    rv_span_str(o->target), o->package);
	rv_vec_release(&owned);
	/* out of the prefix or in circles: nobody owns that */
	if (rc < 0 || rv_links_resolve(&links, rv_path_folder(path), 0, &folder, NULL) < 0)
		return rc;
	rv_buf_addf(&really, "%.*s/%.*s", RV_SPAN_ARG(folder), RV_SPAN_ARG(rv_path_name(path)));
	return rv_installed_which(s->db, rv_buf_span(&really), arena, out, err);
}
