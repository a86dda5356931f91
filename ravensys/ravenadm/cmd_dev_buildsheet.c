/* SPDX-License-Identifier: ISC */
/* ravenadm dev buildsheet: a recipe in its compiled form. */
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/cmds.h"
#include "ravenadm/dev.h"

struct buildsheet_opts {
	struct rv_reading_opts reading;
	const char *output;
};

/* Recipes of the custom tree are compiled where they are needed, never into another tree. */
static int refuse_custom(const struct rv_dev *d, struct rv_error *err)
{
	const struct rv_profile *p = d->reading.profile;
	rv_auto(rv_str) char *path = rv_tree_place(NULL, d->port->namebase);
	rv_auto_fd custom = -1, port = -1;
	struct rv_stat a, b;

	if (d->fd < 0 || rv_profile_is_none(p, RV_PROFILE_UNKINDNESS) ||
	    rv_dir_open_user(rv_profile_text(p, RV_PROFILE_UNKINDNESS), &custom, NULL) != 0)
		return 0;
	if (rv_dir_open(custom, path, &port, NULL) != 0)
		return 0;
	if (rv_file_fstat(port, &a, err) < 0 || rv_file_fstat(d->fd, &b, err) < 0)
		return -1;
	if (a.ino != b.ino || a.dev != b.dev)
		return 0;
	return rv_fail(err, RV_INPUT,
	    "%s is of the custom tree: its sheet is not saved, the recipe is read where it is",
	    d->port->namebase);
}

static int save(struct rv_run *run, const char *tree, const struct rv_dev *d, struct rv_span text,
    struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_tree_place(NULL, d->port->namebase);
	rv_auto_fd tree_fd = -1;
	struct rv_stat st;
	int rc;

	if (refuse_custom(d, err) < 0)
		return -1;
	if (rv_dir_make(RV_CWD, tree, 0755, err) < 0)
		return -1;
	rc = rv_dir_open_user(tree, &tree_fd, err);
	if (rc != 0)
		return rc < 0 ? -1 : rv_fail(err, RV_INPUT, "%s: there is no such folder", tree);
	if (rv_file_stat(tree_fd, path, &st, err) == 0 && st.kind == RV_DIR)
		return rv_fail(err, RV_INPUT,
		    "%s/%s is a folder: %s is a tree of source recipes, not of buildsheets", tree,
		    path, tree);
	path[sizeof("bucket_XX") - 1] = '\0';
	if (rv_dir_make(tree_fd, path, 0755, err) < 0)
		return -1;
	path[sizeof("bucket_XX") - 1] = '/';
	if (rv_file_replace(tree_fd, path, 0644, text, err) < 0)
		return -1;
	if (run->globals.json)
		rv_out_json(run, rv_json_new_string(path));
	rv_out_say(run, "%s buildsheet created at:\n%s/%s\n", d->port->namebase, tree, path);
	return 0;
}

static int run_buildsheet(struct rv_run *run, struct rv_error *err)
{
	const struct buildsheet_opts *o = run->opts;
	rv_auto(rv_dev) struct rv_dev d = RV_DEV_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SHEET_MAX_BYTES);
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	const char *tree = o->output;

	if (run->argc > 1 && strcmp(run->argv[1], "save") != 0)
		return rv_cli_usage(
		    run, "behind DIR only 'save' can stand, not '%s'", run->argv[1]);
	if (rv_dev_load(run, &o->reading, &d, err) < 0)
		return -1;
	if (rv_sheet_check_options(d.port, &d.reading.recipes.platform, &problems, err) < 0 ||
	    rv_sheet_check_files(d.port, &problems, err) < 0)
		return rv_dev_say_problems(run, &problems, d.port->what, err);
	if (rv_sheet_write(d.port, d.reading.recipes.platform.genesis, &text, err) < 0)
		return -1;
	if (!tree && run->argc > 1)
		tree = rv_profile_text(d.reading.profile, RV_PROFILE_CONSPIRACY);
	if (tree)
		return save(run, tree, &d, rv_buf_span(&text), err);
	return rv_out_text(run, &text, d.port->namebase, err);
}

static const struct rv_opt options[] = {
    RV_OPT_STRING(struct buildsheet_opts, output, 'o', "output", "DIR",
	"write it into this compiled tree: DIR/bucket_XX/NAMEBASE"),
    RV_READING_OPTIONS(struct buildsheet_opts, reading),
    RV_OPT_END,
};

const struct rv_cmd rv_cmd_dev_buildsheet = {
    .name = "dev buildsheet",
    .synopsis = "[DIR [save]]",
    .summary = "print the buildsheet of a recipe",
    .details = "DIR is the folder with the specification, or a buildsheet; the present folder "
	       "without it.\n"
	       "With save it goes into the profile's tree, which must be a compiled one. Messages, "
	       "scripts and\n"
	       "triggers of files/ and the defaults of option groups are checked.",
    .min = 0,
    .max = 2,
    .options = options,
    .opts_bytes = sizeof(struct buildsheet_opts),
    .run = run_buildsheet,
};
