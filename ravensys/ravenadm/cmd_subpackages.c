/* SPDX-License-Identifier: ISC */
/* ravenadm subpackages: which packages a port variant makes. */
#include <stdio.h>

#include "cli/out.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"

static void print(const struct rv_run *run, const struct rv_origin *origin,
    const struct rv_items *names, struct rv_json *all)
{
	struct rv_json *o, *list;
	char key[sizeof(struct rv_origin) + 1];

	if (!run->globals.json) {
		rv_out_print(run, "%s:%s subpackages:", origin->namebase, origin->variant);
		for (size_t i = 0; i < names->n; i++)
			rv_out_print(run, " %s", names->v[i].text);
		rv_out_print(run, "\n");
		return;
	}
	o = rv_json_new_object();
	list = rv_json_new_array();
	snprintf(key, sizeof(key), "%s:%s", origin->namebase, origin->variant);
	rv_json_set_string(o, "port", key);
	for (size_t i = 0; i < names->n; i++)
		rv_json_append_string(list, names->v[i].text);
	rv_json_set(o, "subpackages", list);
	rv_json_append(all, o);
}

static int one(struct rv_run *run, const struct rv_recipes *recipes, const char *text,
    struct rv_json *all, struct rv_error *err)
{
	rv_autofree(rv_port) struct rv_port *port = NULL;
	struct rv_origin origin;
	int rc;

	if (rv_origin_parse(text, &origin, err) < 0)
		return -1;
	rc = rv_adm_load_port(run, recipes, origin.namebase, &port, err);
	if (rc != 0)
		return rc;
	if (rv_port_want_variant(port, origin.variant, err) < 0)
		return -1;
	print(run, &origin, rv_port_array(port, RV_KEY_SPKGS, origin.variant), all);
	return 0;
}

static int run_subpackages(struct rv_run *run, struct rv_error *err)
{
	rv_auto(rv_reading) struct rv_reading reading = RV_READING_INIT;
	rv_autofree(rv_json) struct rv_json *all = rv_json_new_array();
	rv_auto(rv_origins) struct rv_origins origins = {0};
	int rc = rv_reading_open(run, run->opts, &reading, err);

	if (rc == 0)
		rc = rv_origins_of(run, &origins, err);
	for (size_t i = 0; i < origins.n && rc == 0; i++)
		rc = one(run, &reading.recipes, origins.v[i], all, err);
	if (rc == 0 && run->globals.json) {
		rv_out_json(run, all);
		all = NULL;
	}
	return rc;
}

const struct rv_cmd rv_cmd_subpackages = {
    .name = "subpackages",
    .synopsis = "PORT ...",
    .summary = "list the subpackages of port variants",
    .details = "A single operand may be a file with a port a line.",
    .min = 1,
    .max = RV_MANY,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_subpackages,
};
