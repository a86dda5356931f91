/* SPDX-License-Identifier: ISC */
/*
 * ravenadm dev jump: a line for a shell's eval that goes to a port's source folder: in the custom
 * tree, in a tree that the working folder is in, or in the profile's.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/places.h"

/* The folder of the port in a tree, NULL when there is none with its source. */
static int look_in(const char *path, const char *namebase, char **out, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	const struct rv_tree tree = {.path = NULL, .fd = -1};
	struct rv_tree at = tree;
	bool compiled = false;
	int rc = rv_dir_open_user(*path ? path : "/", &fd, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	at.path = rv_strdup(path);
	at.fd = fd;
	rc = rv_places_look(&at, namebase, &compiled, err);
	free(at.path);
	if (rc == 0 && !compiled)
		*out = rv_tree_place(path, namebase);
	return rc < 0 ? -1 : 0;
}

/* The working folder and those above it: somewhere in a port, one is the top of its tree. */
static int look_upwards(const char *namebase, char **out, struct rv_error *err)
{
	char *here = realpath(".", NULL);
	struct rv_span rest = rv_span_str(here);
	int rc = 0;

	while (rc == 0 && !*out && rest.n) {
		here[rest.n] = '\0';
		rc = look_in(rest.n == 1 ? "" : here, namebase, out, err);
		rest.n = rv_span_rfind(rest, '/');
	}
	free(here);
	return rc;
}

static int look_in_trees(const struct rv_trees *trees, size_t from, const char *namebase,
    char **out, struct rv_error *err)
{
	for (size_t i = from; i < trees->n && !*out; i++)
		if (look_in(trees->v[i].path, namebase, out, err) < 0)
			return -1;
	return 0;
}

static int find(
    const struct rv_run *run, const struct rv_places *p, char **out, struct rv_error *err)
{
	const struct rv_adm_opts *o = run->opts;
	const char *namebase = run->argv[0];
	size_t first = o->reading.trees.n ? p->trees.n : p->has_custom;

	for (size_t i = 0; i < first && !*out; i++)
		if (look_in(p->trees.v[i].path, namebase, out, err) < 0)
			return -1;
	if (!*out && !o->reading.trees.n && look_upwards(namebase, out, err) < 0)
		return -1;
	return look_in_trees(&p->trees, first, namebase, out, err);
}

/* In single quotes, where only those themselves mean something to a shell. */
static void print_snippet(const struct rv_run *run, const char *path)
{
	rv_out_print(run, "cd '");
	for (const char *p = path; *p; p++) {
		if (*p == '\'')
			rv_out_print(run, "'\\''");
		else
			rv_out_print(run, "%c", *p);
	}
	rv_out_print(run, "' && pwd\n");
}

static int not_found(const struct rv_run *run, struct rv_error *err)
{
	/* so that the eval fails too */
	if (!run->globals.json)
		rv_out_print(run, "false\n");
	return rv_fail(err, RV_INPUT,
	    "%s: no tree has its source: go into a checkout of the source tree, or give --tree DIR",
	    run->argv[0]);
}

static int run_jump(struct rv_run *run, struct rv_error *err)
{
	const struct rv_adm_opts *o = run->opts;
	rv_auto(rv_places) struct rv_places places = RV_PLACES_INIT;
	rv_auto(rv_str) char *path = NULL;

	if (rv_places_check_name(run->argv[0], err) < 0)
		return -1;
	/* somewhere in a source tree no profile is needed */
	if (rv_places_open(run, &o->reading.trees, &places, err) < 0) {
		if (o->reading.trees.n || run->globals.conf)
			return -1;
		*err = RV_ERROR_INIT;
	}
	if (find(run, &places, &path, err) < 0)
		return -1;
	if (!path)
		return not_found(run, err);
	if (run->globals.json)
		rv_out_json(run, rv_json_new_string(path));
	else
		print_snippet(run, path);
	return 0;
}

const struct rv_cmd rv_cmd_dev_jump = {
    .name = "dev jump",
    .synopsis = "NAMEBASE",
    .summary = "print a line for a shell's eval that goes to a port's source",
    .details = "For instance:  rj() { eval \"$(ravenadm dev jump \"$1\")\"; }\n"
	       "The custom tree is looked at first, then the trees that the working folder is in, "
	       "then the profile's.",
    .min = 1,
    .max = 1,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_jump,
};
