/* SPDX-License-Identifier: ISC */
/* The stage against the plists, in both directions. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "engine/plist.h"
#include "pkg/files.h"

#define REPORT_FAULTS 200
#define STAGE_DEPTH 128

static void path_fault(
    struct rv_plist *p, struct rv_buf *report, const char *what, const char *path, size_t sub)
{
	if (p->n_faults++ >= REPORT_FAULTS)
		return;
	rv_buf_addf(report, "%s: %s", what, path);
	if (sub != SIZE_MAX)
		rv_buf_addf(report, " (%s)", p->subpackages[sub]);
	rv_buf_add_char(report, '\n');
}

/* Every folder above an entry is its package's too. */
static void mark_parents(struct rv_plist *p, struct rv_span path)
{
	for (size_t at = rv_span_rfind(path, '/'); at < path.n; at = rv_span_rfind(path, '/')) {
		path = rv_span_sub(path, 0, at);
		if (rv_map_get(&p->dirs, path))
			return;
		rv_map_put(&p->dirs, path, &p->mark);
	}
}

static int read_target(
    struct rv_plist *p, int stage, struct rv_plist_entry *e, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(RV_PATH_MAX_BYTES);

	if (rv_file_readlink(stage, e->content, &target, err) != 0)
		return -1;
	e->target = rv_arena_strdup(&p->arena, rv_buf_str(&target));
	return 0;
}

/* Never through a link that the port staged: it would lead out of the stage. */
static int stat_staged(int stage, const char *path, struct rv_stat *out, struct rv_error *err)
{
	const char *slash = strrchr(path, '/');
	rv_auto(rv_str) char *parent = NULL;
	rv_auto_fd dir = -1;
	int rc;

	if (!slash)
		return rv_file_stat(stage, path, out, err);
	parent = rv_strndup(path, (size_t)(slash - path));
	rc = rv_file_open_beneath(stage, parent, O_RDONLY | O_DIRECTORY, 0, &dir, err);
	return rc != 0 ? rc : rv_file_stat(dir, slash + 1, out, err);
}

static int check_entry(struct rv_plist *p, int stage, struct rv_plist_entry *e,
    struct rv_buf *report, struct rv_error *err)
{
	int rc = stat_staged(stage, e->content, &e->stat, err);

	if (rc < 0)
		return -1;
	if (rc > 0) {
		path_fault(p, report, "listed but not staged", e->content, e->sub);
		return 0;
	}
	if (e->kind == RV_PLIST_DIR) {
		if (e->stat.kind != RV_DIR)
			path_fault(p, report, "listed as a folder but is none", e->path.p, e->sub);
		return 0;
	}
	if (e->stat.kind == RV_LINK && e->kind == RV_PLIST_FILE)
		return read_target(p, stage, e, err);
	if (e->stat.kind == RV_DIR)
		path_fault(p, report, "a folder, listed as a file (use @dir)", e->path.p, e->sub);
	else if (e->stat.kind != RV_FILE)
		path_fault(p, report, "neither file, folder nor link", e->path.p, e->sub);
	return 0;
}

struct walk {
	struct rv_plist *p;
	struct rv_buf *report;
	struct rv_buf path;
	size_t n_here; /* entries of the folder being walked */
	unsigned depth;
};

static int visit(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err);

static int visit_dir(struct walk *w, int dirfd, const char *name, struct rv_error *err)
{
	size_t above = w->n_here;
	int rc;

	if (++w->depth > STAGE_DEPTH)
		return rv_fail(err, RV_LIMIT, "stage: folders more than %d deep", STAGE_DEPTH);
	w->n_here = 0;
	rc = rv_dir_each(dirfd, name, visit, w, err);
	if (rc == 0 && w->n_here == 0 && !rv_map_get(&w->p->dirs, rv_buf_span(&w->path)))
		path_fault(w->p, w->report, "staged but not listed: an empty folder",
		    rv_buf_str(&w->path), SIZE_MAX);
	w->n_here = above;
	w->depth--;
	return rc;
}

static int visit(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct walk *w = ctx;
	size_t before = w->path.n;
	const struct rv_plist_entry *e;
	int rc = 0;

	w->n_here++;
	if (before)
		rv_buf_add_char(&w->path, '/');
	rv_buf_add_str(&w->path, entry->name);
	if (rv_buf_check(&w->path, "path in the stage", err) < 0)
		return -1;
	e = rv_map_get(&w->p->files, rv_buf_span(&w->path));
	if (entry->kind == RV_DIR)
		rc = visit_dir(w, dirfd, entry->name, err);
	else if (!e)
		path_fault(
		    w->p, w->report, "staged but not listed", rv_buf_str(&w->path), SIZE_MAX);
	else if (e->kind == RV_PLIST_CONFIG)
		path_fault(w->p, w->report, "staged, although @sample makes it", e->path.p, e->sub);
	rv_buf_cut(&w->path, before);
	return rc;
}

/* Folders that stage-dir of the framework makes for every port: empty ones say nothing. */
static const char *const standard_dirs[] = {"", "bin", "etc", "etc/rc.d", "include", "lib",
    "lib/pkgconfig", "libdata", "libexec", "sbin", "share", "share/doc", "share/examples",
    "share/info", "share/locale", "share/nls", "share/man", "share/man/man1", "share/man/man2",
    "share/man/man3", "share/man/man4", "share/man/man5", "share/man/man6", "share/man/man7",
    "share/man/man8", "share/man/man9", "share/man/manl", "share/man/mann", "www"};

static void mark_standard(struct rv_plist *p)
{
	for (size_t i = 0; i < RV_COUNT(standard_dirs); i++) {
		const char *path = *standard_dirs[i] ? rv_arena_fmt(&p->arena, "%s/%s", p->prefix.p,
							   standard_dirs[i])
						     : p->prefix.p;

		if (!rv_map_get(&p->dirs, rv_span_str(path)))
			rv_map_put(&p->dirs, rv_span_str(path), &p->mark);
	}
}

int rv_plist_check(struct rv_plist *p, int stage, struct rv_buf *report, struct rv_error *err)
{
	struct walk w = {.p = p, .report = report, .path = RV_BUF_INIT(RV_PATH_MAX_BYTES)};
	int rc;

	rv_vec_each (&p->entries, e) {
		if (check_entry(p, stage, *e, report, err) < 0)
			return rv_context(err, "stage");
		mark_parents(p, (*e)->path);
	}
	mark_standard(p);
	rc = rv_dir_each(stage, ".", visit, &w, err);
	rv_buf_release(&w.path);
	if (rc < 0)
		return rv_context(err, "stage");
	if (p->n_faults > REPORT_FAULTS)
		rv_buf_addf(report, "and %zu more\n", p->n_faults - REPORT_FAULTS);
	return 0;
}
