/* SPDX-License-Identifier: ISC */
/* which: the packages that own a path. */
#include "base/vec.h"
#include "rvn/app.h"

/* 0, or 1 when nobody owns it. */
static int show_one(
    struct rv_run *run, const char *text, struct rv_json *list, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT((size_t)RV_PATH_MAX_BYTES + 1);
	struct rv_installed_list rows = {0};
	int rc = rv_system_path(rvn_system(run), text, &path, err);

	if (rc == 0)
		rc = rv_system_which(
		    rvn_system(run), rv_buf_span(&path), &rvn_app(run)->arena, &rows, err);
	rv_vec_each (&rows, row) {
		struct rv_json *j = rv_json_new_object();

		rv_json_set_string(j, "path", text);
		rv_json_set_string(j, "name", row->name);
		rv_json_set_string(j, "version", row->version);
		rv_json_append(list, j);
		if (!run->globals.json)
			rv_out_print(run, "%s: %s %s\n", text, row->name, row->version);
	}
	if (rc == 0 && rows.n == 0) {
		rv_cli_error(run, "%s: no package owns it", text);
		rc = RV_STATUS_FAILED;
	}
	rv_vec_release(&rows);
	return rc;
}

static int run_which(struct rv_run *run, struct rv_error *err)
{
	struct rv_json *list = rv_json_new_array();
	int rc, worst = 0;

	for (int i = 0; i < run->argc && worst >= 0; i++) {
		rc = show_one(run, run->argv[i], list, err);
		worst = rc < 0 || rc > worst ? rc : worst;
	}
	if (worst >= 0 && run->globals.json)
		rv_out_json(run, list);
	else
		rv_json_free(list);
	return worst;
}

const struct rv_cmd rv_cmd_which = {
    .name = "which",
    .synopsis = "PATH ...",
    .summary = "tell which packages own a file or folder",
    .min = 1,
    .max = RV_MANY,
    .needs = RVN_READ,
    .run = run_which,
};
