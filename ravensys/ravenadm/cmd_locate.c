/* SPDX-License-Identifier: ISC */
/* ravenadm locate: in which bucket of which tree a port is, or would have to be. */
#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/places.h"

struct found {
	const char *namebase;
	size_t tree; /* index; the last one when it is in none */
	bool there, custom, compiled;
	char *path;
};

/* In none of the trees: 0, and *out_why says so with the nearest names. */
static int look(const struct rv_places *p, const char *namebase, struct found *f,
    struct rv_error *out_why, struct rv_error *err)
{
	struct rv_found_port at;

	*f = (struct found){.namebase = namebase, .tree = p->trees.n - 1};
	*out_why = RV_ERROR_INIT;
	if (rv_trees_find(&p->trees, namebase, &at, out_why) == 0) {
		f->there = true;
		f->tree = (size_t)(at.tree - p->trees.v);
		f->compiled = at.compiled;
		f->custom = f->tree == 0 && p->has_custom;
	} else if (out_why->code != RV_INPUT) {
		*err = *out_why;
		return -1;
	}
	f->path = rv_tree_place(p->trees.v[f->tree].path, namebase);
	return 0;
}

static void print(const struct rv_run *run, const struct found *f)
{
	if (!f->there)
		rv_out_print(run, "Does not exist at %s\n", f->path);
	else
		rv_out_print(run, "%s at %s\n", f->custom ? "Custom port found" : "Found", f->path);
}

static void add_json(struct rv_json *all, const struct rv_places *p, const struct found *f)
{
	struct rv_json *o = rv_json_new_object();

	rv_json_set_string(o, "namebase", f->namebase);
	rv_json_set_bool(o, "found", f->there);
	rv_json_set_string(o, "path", f->path);
	rv_json_set_string(o, "tree", p->trees.v[f->tree].path);
	if (f->there) {
		rv_json_set_bool(o, "custom", f->custom);
		rv_json_set_string(o, "form", f->compiled ? "compiled" : "source");
	}
	rv_json_append(all, o);
}

static int run_locate(struct rv_run *run, struct rv_error *err)
{
	const struct rv_adm_opts *o = run->opts;
	rv_auto(rv_places) struct rv_places places = RV_PLACES_INIT;
	rv_autofree(rv_json) struct rv_json *all = rv_json_new_array();
	int status = 0;

	if (rv_places_open(run, &o->reading.trees, &places, err) < 0)
		return -1;
	for (int i = 0; i < run->argc; i++) {
		struct rv_error why;
		struct found f;

		if (rv_places_check_name(run->argv[i], err) < 0 ||
		    look(&places, run->argv[i], &f, &why, err) < 0)
			return -1;
		if (run->globals.json)
			add_json(all, &places, &f);
		else
			print(run, &f);
		free(f.path);
		if (f.there)
			continue;
		status = RV_STATUS_FAILED;
		rv_cli_error(run, "%s", why.msg);
	}
	if (run->globals.json) {
		rv_out_json(run, all);
		all = NULL;
	}
	return status;
}

const struct rv_cmd rv_cmd_locate = {
    .name = "locate",
    .synopsis = "NAMEBASE ...",
    .summary = "say where a port is, or would have to be",
    .details = "The bucket of a port follows from its name alone. Status 1 when a port is in none "
	       "of the trees.",
    .min = 1,
    .max = RV_MANY,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_locate,
};
