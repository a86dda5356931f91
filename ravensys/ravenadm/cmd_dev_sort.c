/* SPDX-License-Identifier: ISC */
/* ravenadm dev sort: the manifests of a recipe in their normal form. */
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "port/filelist.h"
#include "port/files.h"
#include "ravenadm/cmds.h"

/* Replaced at once or not at all; left alone when it is sorted already. */
static int sort_manifest(struct rv_run *run, const struct rv_port_files *files, const char *name,
    struct rv_json *sorted_files, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf sorted = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	char path[512];

	snprintf(path, sizeof(path), "manifests/%s", name);
	if (rv_port_files_read(files, path, &text, err) != 0)
		return rv_context(err, "%s", path);
	rv_filelist_sort(rv_buf_span(&text), &sorted);
	if (rv_buf_check(&sorted, path, err) < 0)
		return -1;
	if (rv_span_eq(rv_buf_span(&text), rv_buf_span(&sorted)))
		return 0;
	if (!run->globals.dry_run &&
	    rv_file_replace(files->tree_fd, path, 0644, rv_buf_span(&sorted), err) < 0)
		return -1;
	rv_json_append_string(sorted_files, path);
	rv_out_say(run, "%s\n", path);
	return 0;
}

static int run_sort(struct rv_run *run, struct rv_error *err)
{
	const char *dir = run->argc > 0 ? run->argv[0] : ".";
	rv_autofree(rv_json) struct rv_json *sorted = rv_json_new_array();
	struct rv_port_files files = RV_PORT_FILES_NONE;
	struct rv_file_names names;
	rv_auto_fd fd = -1;
	int rc = rv_dir_open_user(dir, &fd, err);

	if (rc > 0)
		return rv_fail(err, RV_INPUT, "%s: there is no such folder", dir);
	files.tree_fd = fd;
	if (rc < 0 || rv_port_files_list(&files, "manifests", &names, err) < 0)
		return -1;
	if (!names.n)
		rc = rv_fail(err, RV_INPUT, "%s: there are no manifests", dir);
	for (size_t i = 0; i < names.n && rc == 0; i++)
		if (strncmp(names.v[i], "plist.", 6) == 0)
			rc = sort_manifest(run, &files, names.v[i], sorted, err);
	rv_file_names_release(&names);
	if (rc == 0 && run->globals.json)
		rv_out_json(run, rv_json_copy(sorted));
	return rc;
}

const struct rv_cmd rv_cmd_dev_sort = {
    .name = "dev sort",
    .synopsis = "[DIR]",
    .summary = "bring the manifests of a recipe into their normal form",
    .details = "DIR is the folder with the specification, the present one without it. Every file "
	       "manifests/plist.*\n"
	       "that changes is named; with --dry-run it only would.",
    .min = 0,
    .max = 1,
    .run = run_sort,
};
