/* SPDX-License-Identifier: ISC */
/* ravenadm dev explode: buildsheets back into the folders that they could have been made of. */
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "port/sheet.h"
#include "ravenadm/cmds.h"
#include "ravenadm/dev.h"

struct exploding {
	struct rv_run *run;
	const char *tree; /* its path; NULL: one sheet */
	char bucket[16];
	int out_fd;
	size_t sheets, faulty;
};

static int count_entry(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	(void)dirfd;
	(void)entry;
	(void)err;
	++*(size_t *)ctx;
	return 0;
}

/* A new folder, or an empty one. */
static int open_empty(const char *path, int *out_fd, struct rv_error *err)
{
	size_t entries = 0;

	if (rv_dir_make(RV_CWD, path, 0755, err) < 0 || rv_dir_open_user(path, out_fd, err) != 0 ||
	    rv_dir_each(*out_fd, ".", count_entry, &entries, err) < 0)
		return -1;
	if (entries)
		return rv_fail(err, RV_INPUT, "%s: the folder is not empty", path);
	return 0;
}

/* Loads the sheet in *fd, closed at once, and gives it to out_fd. */
static int explode_fd(
    struct exploding *e, int *fd, const char *what, int out_fd, struct rv_error *err)
{
	struct rv_port_context context = {.compiled = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_autofree(rv_port) struct rv_port *port = NULL;
	int rc = rv_fd_read_all(*fd, what, &text, err);

	rv_fd_release(fd);
	if (rc < 0)
		return -1;
	if (rv_port_parse(rv_buf_span(&text), what, NULL, &context, &problems, &port, err) < 0)
		return rv_dev_say_problems(e->run, &problems, what, err);
	if (rv_sheet_explode(port, out_fd, err) < 0)
		return -1;
	e->sheets++;
	return 0;
}

/* --- a whole tree */

/* A sheet that cannot be exploded is said, and the others go on. */
static int explode_entry(
    void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct exploding *e = ctx;
	rv_auto_fd fd = -1, out_fd = -1;
	struct rv_error why = RV_ERROR_INIT;
	char path[512], what[1024];

	if (entry->kind != RV_FILE || entry->name[0] == '.')
		return 0;
	snprintf(path, sizeof(path), "%s/%s", e->bucket, entry->name);
	snprintf(what, sizeof(what), "%s/%s", e->tree, path);
	if (rv_dir_make_path(e->out_fd, path, 0755, err) < 0 ||
	    rv_dir_open(e->out_fd, path, &out_fd, err) != 0 ||
	    rv_file_open(dirfd, entry->name, &fd, err) != 0)
		return -1;
	if (explode_fd(e, &fd, what, out_fd, &why) == 0)
		return 0;
	if (why.code == RV_SYS) {
		*err = why;
		return rv_context(err, "%s", what);
	}
	rv_cli_error(e->run, "%s", why.msg);
	e->faulty++;
	return rv_dir_remove(e->out_fd, path, err) < 0 ? -1 : 0;
}

static int explode_bucket(
    void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct exploding *e = ctx;

	if (entry->kind != RV_DIR || strncmp(entry->name, "bucket_", 7) != 0 ||
	    strlen(entry->name) >= sizeof(e->bucket))
		return 0;
	snprintf(e->bucket, sizeof(e->bucket), "%s", entry->name);
	return rv_dir_each(dirfd, entry->name, explode_entry, e, err);
}

static int explode_tree(struct exploding *e, int tree_fd, struct rv_error *err)
{
	if (rv_dir_each(tree_fd, ".", explode_bucket, e, err) < 0)
		return -1;
	if (!e->sheets && !e->faulty)
		return rv_fail(err, RV_INPUT,
		    "%s is no tree of buildsheets: there is no file bucket_XX/NAMEBASE", e->tree);
	return 0;
}

static int report(const struct exploding *e)
{
	if (e->run->globals.json) {
		struct rv_json *doc = rv_json_new_object();

		rv_json_set_int(doc, "sheets", (int64_t)e->sheets);
		rv_json_set_int(doc, "faulty", (int64_t)e->faulty);
		rv_out_json(e->run, doc);
	} else if (e->tree) {
		rv_out_say(e->run, "%zu sheets exploded, %zu with faults\n", e->sheets, e->faulty);
	}
	return e->faulty ? RV_STATUS_PORTS : 0;
}

static int run_explode(struct rv_run *run, struct rv_error *err)
{
	const char *sheet = run->argv[0], *folder = run->argv[1];
	struct exploding e = {.run = run};
	rv_auto_fd fd = -1, out_fd = -1;
	struct rv_stat st;
	int rc = rv_file_open_user(sheet, &fd, err);

	if (rc > 0)
		return rv_fail(err, RV_INPUT, "%s: there is no such buildsheet", sheet);
	if (rc < 0 || rv_file_fstat(fd, &st, err) < 0 || open_empty(folder, &out_fd, err) < 0)
		return -1;
	e.out_fd = out_fd;
	e.tree = st.kind == RV_DIR ? sheet : NULL;
	rc = e.tree ? explode_tree(&e, fd, err) : explode_fd(&e, &fd, sheet, out_fd, err);
	return rc < 0 ? -1 : report(&e);
}

const struct rv_cmd rv_cmd_dev_explode = {
    .name = "dev explode",
    .synopsis = "SHEET|TREE DIR",
    .summary = "turn buildsheets back into source folders",
    .details = "DIR must be new or empty; of a compiled TREE it becomes a tree of source recipes. "
	       "What is\n"
	       "written compiles to the same bytes; a sheet for which that cannot be is refused. "
	       "Names of\n"
	       "definitions and comments are gone: a sheet has none.",
    .min = 2,
    .max = 2,
    .run = run_explode,
};
