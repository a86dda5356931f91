/* SPDX-License-Identifier: ISC */
/* ravenadm status: what a build of these ports would do, and why. */
#include "cli/out.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"

static void print_json(struct rv_run *run, const struct rv_graph *g, const uint32_t *order,
    const struct rv_verdict *verdicts)
{
	struct rv_json *all = rv_json_new_array();

	for (size_t i = 0; i < g->nodes.n; i++)
		rv_json_append(all, rv_verdict_to_json(&g->nodes.v[order[i]], &verdicts[order[i]]));
	rv_out_json(run, all);
}

static void print_table(struct rv_run *run, const struct rv_graph *g, const uint32_t *order,
    const struct rv_verdict *verdicts)
{
	rv_auto(rv_table) struct rv_table table = RV_TABLE_INIT(3);

	for (size_t i = 0; i < g->nodes.n; i++) {
		rv_table_add(&table, rv_action_name(verdicts[order[i]].action));
		rv_table_add(&table, g->nodes.v[order[i]].key);
		rv_table_add(&table, verdicts[order[i]].reason);
	}
	rv_table_print(&table, run);
}

int rv_adm_say_status(struct rv_run *run, bool forced, struct rv_error *err)
{
	struct rv_adm *a = rv_adm_of(run);
	rv_auto(rv_adm_load) struct rv_adm_load l = {0};
	rv_autofree(rv_engine) struct rv_engine *e = NULL;
	const struct rv_verdict *verdicts;
	int r;

	if (rv_engine_open(&a->config, false, NULL, &e, err) < 0)
		return -1;
	r = rv_adm_load(run, e, &l, err);
	if (r != 0)
		return r;
	if (rv_engine_status(e, forced, &verdicts, err) < 0)
		return -1;
	if (run->globals.json)
		print_json(run, rv_engine_graph(e), rv_engine_order(e), verdicts);
	else
		print_table(run, rv_engine_graph(e), rv_engine_order(e), verdicts);
	return 0;
}

static int run_status(struct rv_run *run, struct rv_error *err)
{
	return rv_adm_say_status(run, false, err);
}

const struct rv_cmd rv_cmd_status = {
    .name = "status",
    .synopsis = "PORT ...",
    .summary = "say what a build would do, and why, without building",
    .details = "build: an input changed. maybe: a dependency will be built and its new content "
	       "decides. none: up to date. "
	       "ignore: not for this platform.",
    .min = 1,
    .max = RV_MANY,
    .needs = RV_ADM_PROFILE | RV_ADM_READING,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_status,
};
