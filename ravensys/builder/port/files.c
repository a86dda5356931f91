/* SPDX-License-Identifier: ISC */
/* The files of a port in its source folder. */
#include "port/files.h"

#include <fcntl.h>

#include "os/file.h"

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

int rv_port_files_has(const struct rv_port_files *f, const char *path, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(PATH_MAX_BYTES);
	struct rv_stat st;
	int rc;

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
	rv_auto_fd fd = -1;
	int rc;

	if (f->tree_fd < 0)
		return RV_ABSENT;
	if (below_tree(f, path, &name, err) < 0)
		return -1;
	rc = rv_file_open_beneath(f->tree_fd, rv_buf_str(&name), O_RDONLY, 0, &fd, err);
	return rc == 0 ? rv_fd_read_all(fd, path, out, err) : rc;
}

struct listing {
	struct rv_file_names *out;
	const char *folder;
};

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
	if (f->tree_fd < 0)
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
