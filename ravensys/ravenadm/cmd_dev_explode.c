/* SPDX-License-Identifier: ISC */
/* ravenadm dev explode: a buildsheet back into the folder that it could have been made of. */
#include "cli/out.h"
#include "os/file.h"
#include "port/sheet.h"
#include "ravenadm/cmds.h"
#include "ravenadm/dev.h"

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

static int run_explode(struct rv_run *run, struct rv_error *err)
{
	const char *sheet = run->argv[0], *folder = run->argv[1];
	struct rv_port_context context = {.compiled = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_autofree(rv_port) struct rv_port *port = NULL;
	rv_auto_fd fd = -1, out_fd = -1;
	int rc = rv_file_open_user(sheet, &fd, err);

	if (rc > 0)
		return rv_fail(err, RV_INPUT, "%s: there is no such buildsheet", sheet);
	if (rc < 0 || rv_fd_read_all(fd, sheet, &text, err) < 0)
		return -1;
	if (rv_port_parse(rv_buf_span(&text), sheet, NULL, &context, &problems, &port, err) < 0)
		return rv_dev_say_problems(run, &problems, sheet, err);
	if (open_empty(folder, &out_fd, err) < 0 || rv_sheet_explode(port, out_fd, err) < 0)
		return -1;
	rv_out_say(run, "%s: %zu file%s and its specification\n", folder, port->files.n_capsules,
	    port->files.n_capsules == 1 ? "" : "s");
	return 0;
}

const struct rv_cmd rv_cmd_dev_explode = {
    .name = "dev explode",
    .synopsis = "SHEET DIR",
    .summary = "turn a buildsheet back into a source folder",
    .details = "DIR must be new or empty. What is written compiles to the same bytes as SHEET; a "
	       "sheet for\n"
	       "which that cannot be is refused. Names of definitions and comments are gone: a "
	       "sheet has none.",
    .min = 2,
    .max = 2,
    .run = run_explode,
};
