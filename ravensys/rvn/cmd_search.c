/* SPDX-License-Identifier: ISC */
/* search: look into the catalogues. */
#include <string.h>

#include "base/vec.h"
#include "rvn/app.h"

static int show(struct rv_run *run, const struct rv_system_offers *offers, struct rv_error *err)
{
	struct rv_table t = RV_TABLE_INIT(4);
	struct rv_json *list = rv_json_new_array();
	int rc = 0;

	rv_vec_each (offers, o) {
		struct rv_installed row;
		bool found = false;
		struct rv_json *j;

		rc = rvn_find_installed(run, o->row.name, &row, &found, err);
		if (rc < 0)
			break;
		rv_table_add(&t, found ? "*" : "");
		rv_table_add(&t, o->row.name);
		rv_table_add(&t, o->row.version);
		rv_table_add(&t, o->row.comment);
		j = rv_json_new_object();
		rv_json_set_string(j, "name", o->row.name);
		rv_json_set_string(j, "version", o->row.version);
		rv_json_set_string(j, "comment", o->row.comment);
		rv_json_set_string(
		    j, "repository", rv_system_repos(rvn_system(run))->v[o->repo].name);
		rv_json_set_int(j, "size", (int64_t)o->row.size);
		rv_json_set_int(j, "plain_bytes", (int64_t)o->row.plain_bytes);
		if (found)
			rv_json_set_string(j, "installed", row.version);
		rv_json_append(list, j);
	}
	if (rc == 0 && run->globals.json)
		rv_out_json(run, list);
	else
		rv_json_free(list);
	if (rc == 0 && !run->globals.json)
		rv_table_print(&t, run);
	rv_table_release(&t);
	return rc;
}

/* The offers that every one of the words fits. */
static int run_search(struct rv_run *run, struct rv_error *err)
{
	struct rv_system_offers offers = {0};
	int rc = rv_system_search(
	    rvn_system(run), rv_span_str(run->argv[0]), &rvn_app(run)->arena, &offers, err);

	for (int i = 1; rc == 0 && i < run->argc; i++) {
		struct rv_system_offers more = {0};
		size_t kept = 0;

		rc = rv_system_search(
		    rvn_system(run), rv_span_str(run->argv[i]), &rvn_app(run)->arena, &more, err);
		for (size_t a = 0, b = 0; a < offers.n; a++) {
			while (b < more.n && strcmp(more.v[b].row.name, offers.v[a].row.name) < 0)
				b++;
			if (b < more.n && strcmp(more.v[b].row.name, offers.v[a].row.name) == 0)
				offers.v[kept++] = offers.v[a];
		}
		offers.n = kept;
		rv_vec_release(&more);
	}
	if (rc == 0)
		rc = show(run, &offers, err);
	if (rc == 0 && offers.n == 0) {
		rv_cli_warn(run, "search: nothing found");
		rc = RV_STATUS_FAILED;
	}
	rv_vec_release(&offers);
	return rc;
}

const struct rv_cmd rv_cmd_search = {
    .name = "search",
    .synopsis = "TEXT ...",
    .summary = "look for packages in the catalogues",
    .details = "Finds packages that have every TEXT in their name, comment or description. What is "
	       "installed has a *.",
    .min = 1,
    .max = RV_MANY,
    .needs = RVN_LOOK,
    .run = run_search,
};
