/* SPDX-License-Identifier: ISC */
/*
 * The worker that compiles a tree. New sheets are written under hidden names while threads read;
 * when all are there and on the medium they get their names: a tree that was interrupted has every
 * sheet whole, old or new.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "codec/digest.h"
#include "engine/compiling.h"
#include "os/file.h"
#include "os/pool.h"
#include "port/mkdata.h"
#include "port/sheet.h"

#define JOB_PORTS 32
#define WAITING ".%s.new" /* the hidden name of a sheet */

struct compiling {
	struct rv_tree source, output;
	int mk_fd;
	struct rv_mkdata mk;
	struct rv_platform platform;
	bool genesis;
	struct rv_arena arena;
	struct {
		struct compiled_port *v;
		size_t n, cap;
	} ports;
};

struct compiled_port {
	const char *bucket, *name; /* "bucket_A1" */
	char *faults, *warnings;   /* lines; NULL: none */
	bool written;		   /* under its hidden name */
};

struct job {
	struct compiling *c;
	size_t from, to;
};

static void compiling_release(struct compiling *c)
{
	rv_vec_each (&c->ports, it) {
		free(it->faults);
		free(it->warnings);
	}
	rv_vec_release(&c->ports);
	rv_mkdata_release(&c->mk);
	rv_arena_release(&c->arena);
	rv_fd_release(&c->source.fd);
	rv_fd_release(&c->output.fd);
	rv_fd_release(&c->mk_fd);
}

/* --- what there is */

struct listing {
	struct compiling *c;
	const char *bucket;
	const struct rv_map *wanted; /* of the output: the ports by bucket/name */
	int64_t removed;
	bool removing;
};

static bool is_bucket(const struct rv_dir_entry *entry)
{
	return entry->kind == RV_DIR && strncmp(entry->name, "bucket_", 7) == 0 &&
	       strlen(entry->name) == strlen("bucket_XX");
}

static int add_port(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;
	struct compiled_port *port;

	(void)dirfd;
	(void)err;
	if (entry->kind != RV_DIR || entry->name[0] == '.')
		return 0;
	port = rv_vec_add(&l->c->ports);
	port->bucket = l->bucket;
	port->name = rv_arena_strdup(&l->c->arena, entry->name);
	return 0;
}

static int list_bucket(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;

	if (!is_bucket(entry))
		return 0;
	l->bucket = rv_arena_strdup(&l->c->arena, entry->name);
	if (rv_dir_make(l->c->output.fd, entry->name, 0755, err) < 0)
		return -1;
	return rv_dir_each(dirfd, entry->name, add_port, l, err);
}

/* A folder where a sheet would be: that is no compiled tree, and nothing is done to it. */
static int check_sheet(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	const struct listing *l = ctx;

	(void)dirfd;
	if (entry->kind != RV_DIR)
		return 0;
	return rv_fail(err, RV_INPUT,
	    "%s is a tree of source recipes (%s/%s is a folder): buildsheets go to a tree of their "
	    "own",
	    l->c->output.path, l->bucket, entry->name);
}

static int check_bucket(
    void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;

	if (!is_bucket(entry))
		return 0;
	l->bucket = entry->name;
	return rv_dir_each(dirfd, entry->name, check_sheet, l, err);
}

/* --- one port */

static void keep_lines(struct rv_problems *problems, const struct rv_error *why, char **out)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)1024 * 1024);

	if (problems->count)
		rv_problems_print(problems, &text);
	else
		rv_buf_addf(&text, "%s\n", why->msg);
	*out = rv_strdup(rv_buf_str(&text));
}

static int check_place(
    const struct compiled_port *at, const struct rv_port *port, struct rv_error *err)
{
	char bucket[3];

	rv_bucket_of(rv_span_str(at->name), bucket);
	if (strcmp(port->namebase, at->name) == 0 && strcmp(at->bucket + 7, bucket) == 0)
		return 0;
	rv_bucket_of(rv_span_str(port->namebase), bucket);
	return rv_fail(err, RV_INPUT, "%s: NAMEBASE is '%s', whose place is bucket_%s/%s",
	    port->what, port->namebase, bucket, port->namebase);
}

static void hidden_name(const struct compiled_port *at, char *out, size_t n)
{
	snprintf(out, n, "%s/" WAITING, at->bucket, at->name);
}

static int write_hidden(
    const struct compiling *c, struct compiled_port *at, struct rv_span text, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	char path[512];
	int rc;

	hidden_name(at, path, sizeof(path));
	rc = rv_file_create(c->output.fd, path, 0644, &fd, err);
	/* of a run that was interrupted */
	if (rc == RV_EXISTS && rv_file_unlink(c->output.fd, path, err) >= 0)
		rc = rv_file_create(c->output.fd, path, 0644, &fd, err);
	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_BUSY, "%s: somebody else writes it", path);
	at->written = true;
	return rv_fd_write(fd, path, text.p, text.n, err);
}

/* What the recipe itself is to blame for goes to at->faults, with 0. */
static int compile_port(
    const struct compiling *c, struct compiled_port *at, struct rv_buf *text, struct rv_error *err)
{
	struct rv_port_context context = {.mk = &c->mk, .check_files = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto(rv_problems) struct rv_problems warnings = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *port = NULL;
	struct rv_port_files files = {.tree_fd = c->source.fd};
	struct rv_error why = RV_ERROR_INIT;
	char path[512], what[1024];

	snprintf(path, sizeof(path), "%s/%s", at->bucket, at->name);
	snprintf(what, sizeof(what), "%s/%s/" RV_SPECIFICATION, c->source.path, path);
	files.folder = path;
	rv_buf_reset(text);
	if (rv_port_load(&files, what, &context, &problems, &port, &why) < 0 ||
	    check_place(at, port, &why) < 0 ||
	    rv_sheet_check_options(port, &c->platform, &problems, &why) < 0 ||
	    rv_sheet_write(port, c->genesis, text, &why) < 0) {
		keep_lines(&problems, &why, &at->faults);
		return 0;
	}
	if (rv_sheet_check_files(port, &warnings, &why) < 0)
		keep_lines(&warnings, &why, &at->warnings);
	if (rv_file_holds(c->output.fd, path, rv_buf_span(text)))
		return 0;
	return write_hidden(c, at, rv_buf_span(text), err);
}

static int run_job(void *ctx, struct rv_error *err)
{
	const struct job *job = ctx;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SHEET_MAX_BYTES);

	for (size_t i = job->from; i < job->to; i++)
		if (compile_port(job->c, &job->c->ports.v[i], &text, err) < 0)
			return rv_context(err, "%s", job->c->output.path);
	return 0;
}

static int compile_all(struct compiling *c, struct rv_error *err)
{
	rv_autofree(rv_pool) struct rv_pool *pool = NULL;
	size_t n = (c->ports.n + JOB_PORTS - 1) / JOB_PORTS;
	struct job *jobs = rv_alloc_array(n + 1, sizeof(*jobs));
	int rc = rv_pool_new(0, 0, &pool, err);

	for (size_t i = 0; i < n && rc == 0; i++) {
		size_t to = (i + 1) * JOB_PORTS;

		jobs[i] = (struct job){c, i * JOB_PORTS, to < c->ports.n ? to : c->ports.n};
		rv_pool_add(pool, run_job, &jobs[i]);
	}
	if (rc == 0)
		rc = rv_pool_finish(pool, err);
	free(jobs);
	return rc;
}

/* --- names */

static void forget_hidden(const struct compiling *c)
{
	char path[512];

	for (size_t i = 0; i < c->ports.n; i++) {
		if (!c->ports.v[i].written)
			continue;
		hidden_name(&c->ports.v[i], path, sizeof(path));
		(void)!rv_file_unlink(c->output.fd, path, NULL);
	}
}

static int name_all(struct compiling *c, struct rv_error *err)
{
	char from[512], to[512];
	bool any = false;

	rv_vec_each (&c->ports, it)
		any = any || it->written;
	if (any && rv_barrier(c->output.fd, c->output.path, err) < 0)
		return -1;
	rv_vec_each (&c->ports, it) {
		if (!it->written)
			continue;
		hidden_name(it, from, sizeof(from));
		snprintf(to, sizeof(to), "%s/%s", it->bucket, it->name);
		if (rv_file_rename(c->output.fd, from, c->output.fd, to, RV_RENAME_OVER, err) != 0)
			return rv_context(err, "%s", c->output.path);
	}
	return 0;
}

/* --- sheets without a recipe */

static int remove_sheet(
    void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", l->bucket, entry->name);
	if (entry->kind == RV_DIR || rv_map_get(l->wanted, rv_span_str(path)))
		return 0;
	l->removed += entry->name[0] != '.';
	return rv_file_unlink(dirfd, entry->name, err) < 0 ? -1 : 0;
}

static int sweep_bucket(
    void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;

	if (!is_bucket(entry))
		return 0;
	l->bucket = entry->name;
	if (rv_dir_each(dirfd, entry->name, remove_sheet, l, err) < 0)
		return -1;
	return rv_dir_remove(dirfd, entry->name, err) < 0 ? -1 : 0;
}

static int remove_stale(struct compiling *c, int64_t *out, struct rv_error *err)
{
	rv_auto(rv_map) struct rv_map wanted = RV_MAP_INIT;
	struct listing l = {.c = c, .wanted = &wanted};

	rv_vec_each (&c->ports, it)
		rv_map_put(&wanted,
		    rv_span_str(rv_arena_fmt(&c->arena, "%s/%s", it->bucket, it->name)), it);
	if (rv_dir_each(c->output.fd, ".", sweep_bucket, &l, err) < 0)
		return rv_context(err, "%s", c->output.path);
	*out = l.removed;
	return 0;
}

/* --- the request */

#define WHAT "request to compile a tree"

static int take(const struct rv_json *body, struct rv_received_fds *fds, struct compiling *c,
    struct rv_error *err)
{
	const char *source, *output;
	bool mk = rv_json_bool(rv_json_get(body, "mk"), false);

	if (rv_json_want_string(body, "source", WHAT, &source, err) < 0 ||
	    rv_json_want_string(body, "output", WHAT, &output, err) < 0 ||
	    rv_json_want_string(body, "opsys", WHAT, &c->platform.opsys, err) < 0 ||
	    rv_json_want_string(body, "arch", WHAT, &c->platform.arch, err) < 0 ||
	    rv_json_want_string(body, "release", WHAT, &c->platform.release, err) < 0)
		return -1;
	if (fds->n != (mk ? 3u : 2u))
		return rv_fail(err, RV_FORMAT, WHAT ": %u descriptors came with it", fds->n);
	c->source = (struct rv_tree){rv_arena_strdup(&c->arena, source), rv_take_fd(&fds->fd[0])};
	c->output = (struct rv_tree){rv_arena_strdup(&c->arena, output), rv_take_fd(&fds->fd[1])};
	c->mk_fd = mk ? rv_take_fd(&fds->fd[2]) : -1;
	c->genesis = rv_json_bool(rv_json_get(body, "genesis"), false);
	return 0;
}

static int prepare(struct compiling *c, struct rv_error *err)
{
	struct listing l = {.c = c};

	if (rv_dir_each(c->output.fd, ".", check_bucket, &l, err) < 0)
		return -1;
	if (rv_dir_each(c->source.fd, ".", list_bucket, &l, err) < 0)
		return rv_context(err, "recipe tree %s", c->source.path);
	if (!c->ports.n)
		return rv_fail(err, RV_INPUT,
		    "%s is no tree of source recipes: there is no folder bucket_XX/NAMEBASE",
		    c->source.path);
	return c->mk_fd < 0 ? 0 : rv_mkdata_load(c->mk_fd, &c->mk, err);
}

static int say(struct rv_worker_ctx *ctx, const char *key, const char *lines, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *note = rv_json_new_object();

	rv_json_set_string(note, key, lines);
	return rv_worker_note(ctx, note, err);
}

static int answer(struct rv_worker_ctx *ctx, const struct compiling *c, int64_t removed,
    struct rv_json **out, struct rv_error *err)
{
	int64_t written = 0, faulty = 0;

	for (size_t i = 0; i < c->ports.n; i++) {
		const struct compiled_port *it = &c->ports.v[i];

		if ((it->faults && say(ctx, "fault", it->faults, err) < 0) ||
		    (it->warnings && say(ctx, "warning", it->warnings, err) < 0))
			return -1;
		written += it->written;
		faulty += it->faults != NULL;
	}
	*out = rv_json_new_object();
	rv_json_set_int(*out, "ports", (int64_t)c->ports.n);
	rv_json_set_int(*out, "written", written);
	rv_json_set_int(*out, "same", (int64_t)c->ports.n - written - faulty);
	rv_json_set_int(*out, "removed", removed);
	rv_json_set_int(*out, "faulty", faulty);
	return 0;
}

int rv_compiling_run(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	rv_auto(compiling) struct compiling c = {
	    .source = {.fd = -1}, .output = {.fd = -1}, .mk_fd = -1};
	int64_t removed = 0;

	if (take(body, fds, &c, err) < 0 || prepare(&c, err) < 0)
		return -1;
	if (compile_all(&c, err) < 0 || name_all(&c, err) < 0) {
		forget_hidden(&c);
		return -1;
	}
	if (remove_stale(&c, &removed, err) < 0)
		return -1;
	return answer(ctx, &c, removed, out, err);
}
