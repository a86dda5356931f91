/* SPDX-License-Identifier: ISC */
/* The files of a port in its source folder, or in its buildsheet. */
#include "port/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "os/file.h"
#include "port/filelist.h"

#define PATH_MAX_BYTES 4096

void rv_file_names_release(struct rv_file_names *n)
{
	rv_vec_release(n);
	rv_arena_release(&n->arena);
}

static int below_tree(
    const struct rv_port_files *f, const char *path, struct rv_buf *out, struct rv_error *err)
{
	rv_buf_addf(out, "%s/%s", f->folder, path);
	return rv_buf_check(out, "the path of a port's file", err);
}

/* --- capsules */

static int by_path(const void *key, const void *capsule)
{
	return strcmp(key, ((const struct rv_capsule *)capsule)->path);
}

static const struct rv_capsule *capsule_of(const struct rv_port_files *f, const char *path)
{
	if (!f->n_capsules)
		return NULL;
	return bsearch(path, f->capsules, f->n_capsules, sizeof(*f->capsules), by_path);
}

/* The bytes with the header before them, which must still say what it said. */
static int read_again(const struct rv_port_files *f, const struct rv_capsule *c, struct rv_buf *out,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf header = RV_BUF_INIT(PATH_MAX_BYTES);
	rv_auto_fd fd = -1;
	char *to;
	int rc;

	rv_buf_addf(&header, "[FILE:%zu:%s]\n", c->n, c->path);
	rc = rv_file_open_beneath(f->tree_fd, f->folder, O_RDONLY, 0, &fd, err);
	if (rc == RV_ABSENT)
		return rv_fail(err, RV_FORMAT, "%s: the buildsheet has gone", f->folder);
	to = rc < 0 ? NULL : rv_buf_room(out, header.n + c->n);
	if (rc < 0 || rv_buf_check(out, c->path, err) < 0 ||
	    rv_fd_pread(fd, f->folder, to, header.n + c->n, c->at - header.n, err) < 0)
		return -1;
	if (memcmp(to, header.p, header.n) != 0)
		return rv_fail(
		    err, RV_FORMAT, "%s: the buildsheet changed while it was in use", f->folder);
	memmove(to, to + header.n, c->n);
	rv_buf_added(out, c->n);
	return 0;
}

int rv_port_files_raw(
    const struct rv_port_files *f, const char *path, struct rv_buf *out, struct rv_error *err)
{
	const struct rv_capsule *c = capsule_of(f, path);

	if (!c)
		return RV_ABSENT;
	if (!f->text.n)
		return read_again(f, c, out, err);
	rv_buf_add(out, f->text.p + c->at, c->n);
	return rv_buf_check(out, c->path, err);
}

static int read_capsule(
    const struct rv_port_files *f, const char *path, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	int rc;

	if (strncmp(path, "manifests/", 10) != 0)
		return rv_port_files_raw(f, path, out, err);
	rc = rv_port_files_raw(f, path, &packed, err);
	if (rc != 0)
		return rc;
	rv_filelist_decompress(rv_buf_span(&packed), out);
	return rv_buf_check(out, path, err);
}

static void list_capsules(
    const struct rv_port_files *f, const char *folder, struct rv_file_names *out)
{
	size_t n = strlen(folder);

	for (size_t i = 0; i < f->n_capsules; i++) {
		const char *path = f->capsules[i].path;

		if (strncmp(path, folder, n) == 0 && path[n] == '/')
			rv_vec_push(out, rv_arena_strdup(&out->arena, path + n + 1));
	}
}

/* --- both */

int rv_port_files_has(const struct rv_port_files *f, const char *path, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(PATH_MAX_BYTES);
	struct rv_stat st;
	int rc;

	if (f->compiled)
		return capsule_of(f, path) ? 0 : RV_ABSENT;
	if (f->tree_fd < 0)
		return RV_ABSENT;
	if (below_tree(f, path, &name, err) < 0)
		return -1;
	rc = rv_file_stat(f->tree_fd, rv_buf_str(&name), &st, err);
	return rc == 0 && st.kind != RV_FILE ? RV_ABSENT : rc;
}

int rv_port_files_read(
    const struct rv_port_files *f, const char *path, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(PATH_MAX_BYTES);
	struct rv_stat st;
	rv_auto_fd fd = -1;
	int rc;

	if (f->compiled)
		return read_capsule(f, path, out, err);
	if (f->tree_fd < 0)
		return RV_ABSENT;
	if (below_tree(f, path, &name, err) < 0)
		return -1;
	rc =
	    rv_file_open_beneath(f->tree_fd, rv_buf_str(&name), O_RDONLY | O_NONBLOCK, 0, &fd, err);
	if (rc != 0)
		return rc;
	if (rv_file_fstat(fd, &st, err) < 0)
		return -1;
	if (st.kind != RV_FILE)
		return rv_fail(err, RV_INPUT, "%s: not a plain file", path);
	return rv_fd_read_all(fd, path, out, err);
}

struct listing {
	struct rv_file_names *out;
	const char *folder;
};

/* Those of a sheet in the order of its capsules, which are sorted. */
static void list_capsule_folders(const struct rv_port_files *f, struct rv_file_names *out)
{
	for (size_t i = 0; i < f->n_capsules; i++) {
		const char *path = f->capsules[i].path, *slash = strchr(path, '/');
		const char *last = out->n ? out->v[out->n - 1] : "";
		size_t n = slash ? (size_t)(slash - path) : 0;

		if (slash && (strlen(last) != n || strncmp(last, path, n) != 0))
			rv_vec_push(out, rv_arena_strndup(&out->arena, path, n));
	}
}

static int add_folder(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;

	(void)dirfd;
	(void)err;
	if (entry->kind == RV_DIR)
		rv_vec_push(l->out, rv_arena_strdup(&l->out->arena, entry->name));
	return 0;
}

int rv_port_files_folders(
    const struct rv_port_files *f, struct rv_file_names *out, struct rv_error *err)
{
	struct listing l = {.out = out};
	int rc;

	*out = (struct rv_file_names){0};
	if (f->compiled)
		list_capsule_folders(f, out);
	if (f->compiled || f->tree_fd < 0)
		return 0;
	rc = rv_dir_each(f->tree_fd, f->folder, add_folder, &l, err);
	if (rc < 0)
		rv_file_names_release(out);
	return rc;
}

static int add_name(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct listing *l = ctx;

	(void)dirfd;
	if (entry->name[0] == '.' || entry->kind == RV_DIR)
		return 0;
	if (entry->kind != RV_FILE)
		return rv_fail(err, RV_INPUT, "%s/%s is no plain file", l->folder, entry->name);
	rv_vec_push(l->out, rv_arena_strdup(&l->out->arena, entry->name));
	return 0;
}

int rv_port_files_list(const struct rv_port_files *f, const char *folder, struct rv_file_names *out,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(PATH_MAX_BYTES);
	struct listing l = {.out = out, .folder = folder};
	struct rv_stat st;
	int rc;

	*out = (struct rv_file_names){0};
	if (f->compiled)
		list_capsules(f, folder, out);
	if (f->compiled || f->tree_fd < 0)
		return 0;
	if (below_tree(f, folder, &name, err) < 0)
		return -1;
	rc = rv_file_stat(f->tree_fd, rv_buf_str(&name), &st, err);
	if (rc != 0 || st.kind != RV_DIR)
		return rc < 0 ? rc : 0;
	rc = rv_dir_each(f->tree_fd, rv_buf_str(&name), add_name, &l, err);
	if (rc < 0)
		rv_file_names_release(out);
	return rc;
}
