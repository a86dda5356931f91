/* SPDX-License-Identifier: ISC */
/* bucket_XX/NAMEBASE in several folders. */
#include "port/tree.h"

#include <stdio.h>

#include "codec/digest.h"
#include "os/file.h"
#include "port/sheet.h"
#include "port/words.h"

#define NAMEBASE_MAX 127

void rv_trees_release(struct rv_trees *t)
{
	rv_vec_each (t, it) {
		free(it->path);
		rv_fd_release(&it->fd);
	}
	rv_vec_release(t);
}

int rv_trees_add(struct rv_trees *t, const char *path, struct rv_error *err)
{
	int fd = -1;

	int rc = rv_dir_open_user(path, &fd, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "recipe tree %s: there is no such folder", path);
	if (rc < 0)
		return rv_context(err, "recipe tree");
	rv_vec_push(t, (struct rv_tree){rv_strdup(path), fd});
	return 0;
}

static bool is_word(struct rv_span s, const char *more)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
		    !strchr(more, c))
			return false;
	}
	return s.n > 0 && s.p[0] != '.';
}

int rv_origin_parse(const char *text, struct rv_origin *out, struct rv_error *err)
{
	struct rv_span s = rv_span_str(text);
	size_t colon = rv_span_find(s, ':');
	struct rv_span name = rv_span_sub(s, 0, colon);
	struct rv_span variant = colon < s.n ? rv_span_from(s, colon + 1) : RV_SPAN_LIT("std");

	if (!is_word(name, "_-.") || !is_word(variant, "_.+") || name.n >= sizeof(out->namebase) ||
	    variant.n >= sizeof(out->variant))
		return rv_fail(err, RV_INPUT,
		    "'%s' is not the name of a port: NAMEBASE or NAMEBASE:VARIANT", text);
	snprintf(out->namebase, sizeof(out->namebase), "%.*s", RV_SPAN_ARG(name));
	snprintf(out->variant, sizeof(out->variant), "%.*s", RV_SPAN_ARG(variant));
	return 0;
}

/* --- names that are near */

#define NEAR_MAX 3

struct near {
	struct rv_span wanted;
	size_t limit;
	struct {
		char name[128];
		size_t distance;
	} best[NEAR_MAX];
	size_t n;
};

static int look_near(void *ctx, const char *namebase, struct rv_error *err)
{
	struct near *near = ctx;
	struct rv_span name = rv_span_str(namebase);
	size_t d = rv_word_distance(near->wanted, name), at;

	(void)err;
	if (near->wanted.n >= 3 && rv_span_starts(name, near->wanted))
		d = 1;
	if (d > near->limit || name.n >= sizeof(near->best[0].name))
		return 0;
	for (at = 0; at < near->n && near->best[at].distance <= d; at++)
		;
	if (at == NEAR_MAX)
		return 0;
	if (near->n < NEAR_MAX)
		near->n++;
	for (size_t i = near->n - 1; i > at; i--)
		near->best[i] = near->best[i - 1];
	snprintf(near->best[at].name, sizeof(near->best[at].name), "%s", namebase);
	near->best[at].distance = d;
	return 0;
}

static int no_port(const struct rv_trees *t, const char *namebase, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ERROR_MSG_BYTES);
	struct near near = {.wanted = rv_span_str(namebase)};

	near.limit = near.wanted.n < 4 ? 1 : near.wanted.n < 8 ? 2 : 3;
	if (rv_trees_each(t, look_near, &near, err) < 0)
		return -1;
	for (size_t i = 0; i < t->n; i++)
		rv_buf_addf(&text, "%s%s", i ? ", " : "", t->v[i].path);
	if (near.n)
		rv_buf_add_str(&text, "; the nearest names are: ");
	for (size_t i = 0; i < near.n; i++)
		rv_buf_addf(&text, "%s%s", i ? ", " : "", near.best[i].name);
	return rv_fail(err, RV_INPUT, "no port '%s' in %s", namebase, rv_buf_str(&text));
}

/* --- finding */

char *rv_tree_place(const char *tree, const char *namebase)
{
	char bucket[3];

	rv_bucket_of(rv_span_str(namebase), bucket);
	return tree ? rv_strfmt("%s/bucket_%s/%s", tree, bucket, namebase)
		    : rv_strfmt("bucket_%s/%s", bucket, namebase);
}

int rv_trees_find(
    const struct rv_trees *t, const char *namebase, struct rv_found_port *out, struct rv_error *err)
{
	rv_auto(rv_str) char *place = NULL;
	struct rv_stat st;

	if (!is_word(rv_span_str(namebase), "_-.") || strlen(namebase) > NAMEBASE_MAX)
		return rv_fail(err, RV_INPUT, "'%s' is not the name of a port", namebase);
	place = rv_tree_place(NULL, namebase);
	snprintf(out->folder, sizeof(out->folder), "%s", place);
	for (size_t i = 0; i < t->n; i++) {
		int rc = rv_file_stat(t->v[i].fd, out->folder, &st, err);

		if (rc < 0)
			return rv_context(err, "recipe tree %s", t->v[i].path);
		out->tree = &t->v[i];
		out->compiled = st.kind == RV_FILE;
		if (rc == 0 && (st.kind == RV_DIR || st.kind == RV_FILE))
			return 0;
	}
	return no_port(t, namebase, err);
}

static int load_sheet(const struct rv_port_files *files, const char *what,
    const struct rv_port_context *context, struct rv_problems *problems, struct rv_port **out,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	struct rv_port_context how = *context;
	int rc = rv_file_read(files->tree_fd, files->folder, &text, err);

	how.compiled = true;
	if (rc > 0)
		return rv_fail(err, RV_INPUT, "%s: the buildsheet has gone", what);
	if (rc < 0)
		return rc;
	return rv_port_parse(rv_buf_span(&text), what, files, &how, problems, out, err);
}

int rv_trees_load(const struct rv_trees *t, const char *namebase,
    const struct rv_port_context *context, struct rv_problems *problems, struct rv_port **out,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf what = RV_BUF_INIT(8192);
	rv_autofree(rv_port) struct rv_port *port = NULL;
	struct rv_port_files files;
	struct rv_found_port at;

	if (rv_trees_find(t, namebase, &at, err) < 0)
		return -1;
	files = (struct rv_port_files){.tree_fd = at.tree->fd, .folder = at.folder};
	rv_buf_addf(
	    &what, "%s/%s%s", at.tree->path, at.folder, at.compiled ? "" : "/" RV_SPECIFICATION);
	if ((at.compiled
		    ? load_sheet(&files, rv_buf_str(&what), context, problems, &port, err)
		    : rv_port_load(&files, rv_buf_str(&what), context, problems, &port, err)) < 0)
		return -1;
	if (strcmp(port->namebase, namebase) != 0)
		return rv_fail(err, RV_INPUT, "%s: NAMEBASE is '%s', but its place is that of '%s'",
		    rv_buf_str(&what), port->namebase, namebase);
	*out = port;
	port = NULL;
	return 0;
}

/* --- walking */

struct names {
	struct rv_arena arena;
	rv_vec(const char *) list;
	const char *bucket;
};

static int add_name(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct names *names = ctx;

	(void)dirfd;
	(void)err;
	if ((entry->kind == RV_DIR || entry->kind == RV_FILE) && entry->name[0] != '.')
		rv_vec_push(&names->list, rv_arena_strdup(&names->arena, entry->name));
	return 0;
}

static int add_bucket(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	if (entry->kind != RV_DIR || strncmp(entry->name, "bucket_", 7) != 0)
		return 0;
	return rv_dir_each(dirfd, entry->name, add_name, ctx, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int rv_trees_each(const struct rv_trees *t,
    int (*each)(void *ctx, const char *namebase, struct rv_error *err), void *ctx,
    struct rv_error *err)
{
	struct names names = {0};
	const char *last = "";
	int rc = 0;

	for (size_t i = 0; i < t->n && rc == 0; i++)
		rc = rv_dir_each(t->v[i].fd, ".", add_bucket, &names, err);
	rv_vec_sort(&names.list, by_name);
	for (size_t i = 0; i < names.list.n && rc == 0; i++) {
		if (strcmp(names.list.v[i], last) != 0)
			rc = each(ctx, names.list.v[i], err);
		last = names.list.v[i];
	}
	rv_vec_release(&names.list);
	rv_arena_release(&names.arena);
	return rc;
}
