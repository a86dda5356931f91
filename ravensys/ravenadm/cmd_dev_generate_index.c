/* SPDX-License-Identifier: ISC */
/* ravenadm dev generate-index: the files of Mk/Misc that list a tree. */
#include <stdio.h>

#include "cli/out.h"
#include "os/clock.h"
#include "os/file.h"
#include "port/index.h"
#include "ravenadm/cmds.h"
#include "ravenadm/reading.h"
#include "ravenadm/scans.h"

#define MISC RV_TREE_MK "/Misc"

struct index_opts {
	struct rv_reading_opts reading;
	const char *output;
};

/* Without --tree: the profile's published tree alone, not the custom one in front of it. */
static struct rv_recipes indexed(const struct rv_recipes *r, const struct index_opts *o)
{
	struct rv_recipes one = *r;

	if (o->reading.trees.n)
		return one;
	one.trees.v = r->trees.v + r->trees.n - 1;
	one.trees.n = 1;
	return one;
}

static int open_output(
    const struct rv_recipes *r, const struct index_opts *o, int *out_fd, struct rv_error *err)
{
	char path[4096];
	int rc;

	if (o->output) {
		if (rv_dir_make_path(RV_CWD, o->output, 0755, err) < 0)
			return -1;
		rc = rv_dir_open_user(o->output, out_fd, err);
		return rc > 0 ? rv_fail(err, RV_INPUT, "%s: there is no such folder", o->output)
			      : rc;
	}
	snprintf(path, sizeof(path), "%s/" MISC, r->trees.v[0].path);
	rc = rv_dir_open_user(path, out_fd, err);
	return rc > 0
		   ? rv_fail(err, RV_INPUT, "%s: there is no such folder; say --output DIR", path)
		   : rc;
}

/* A file that would not change is left alone. */
static int write_file(const struct rv_scan *s, enum rv_index_file file, uint64_t seconds, int dirfd,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_INDEX_MAX_BYTES);

	rv_index_write(s, file, seconds, &text);
	if (rv_buf_check(&text, rv_index_name(file), err) < 0)
		return -1;
	if (rv_file_holds(dirfd, rv_index_name(file), rv_buf_span(&text)))
		return 0;
	return rv_file_replace(dirfd, rv_index_name(file), 0644, rv_buf_span(&text), err);
}

static void say_totals(const struct rv_run *run, const struct rv_scan *s)
{
	struct rv_index_totals t = rv_index_totals(s);
	struct rv_json *doc;

	if (!run->globals.json) {
		rv_out_say(
		    run, "%u ports, %u variants, %u packages\n", t.ports, t.variants, t.packages);
		return;
	}
	doc = rv_json_new_object();
	rv_json_set_int(doc, "ports", t.ports);
	rv_json_set_int(doc, "variants", t.variants);
	rv_json_set_int(doc, "packages", t.packages);
	rv_out_json(run, doc);
}

static int run_index(struct rv_run *run, struct rv_error *err)
{
	rv_auto(rv_reading) struct rv_reading opened = RV_READING_INIT;
	struct rv_recipes r; /* a part of the other */
	rv_autofree(rv_scan) struct rv_scan *s = NULL;
	const struct index_opts *o = run->opts;
	int64_t began_ms = rv_clock_mono_ms(), took_ms;
	rv_auto_fd dirfd = -1;

	if (rv_reading_open(run, &o->reading, &opened, err) < 0)
		return -1;
	if (!opened.recipes.trees.n)
		return rv_fail(
		    err, RV_INPUT, "there is no tree: the profile names none; say --tree");
	r = indexed(&opened.recipes, o);
	if (open_output(&r, o, &dirfd, err) < 0 ||
	    rv_adm_scan(run, opened.profile, &r, RV_SCAN_HEADS, &s, err) < 0)
		return -1;
	if (rv_scan_fault_count(s))
		return rv_fail(err, RV_INPUT,
		    "the index is as it was: mend the recipes above, or take them out of the tree");
	/* a tree that is not mounted, say */
	if (!rv_scan_port_count(s))
		return rv_fail(err, RV_INPUT, "%s: there is no port in it: the index is as it was",
		    r.trees.v[0].path);
	took_ms = rv_clock_mono_ms() - began_ms;
	for (int i = 0; i < RV_INDEX_FILES; i++)
		if (write_file(
			s, (enum rv_index_file)i, (uint64_t)(took_ms + 500) / 1000, dirfd, err) < 0)
			return rv_context(err, "write the index");
	say_totals(run, s);
	return 0;
}

static const struct rv_opt options[] = {
    RV_OPT_STRING(struct index_opts, output, 0, "output", "DIR",
	"write the files here, not to " MISC " of the first tree"),
    RV_READING_OPTIONS(struct index_opts, reading),
    RV_OPT_END,
};

const struct rv_cmd rv_cmd_dev_generate_index = {
    .name = "dev generate-index",
    .summary = "write the index files of a tree",
    .details = "conspiracy_variants, fpc_equivalents, rvnindex.txt, repology.json, summary.txt. "
	       "With a recipe\nthat has faults nothing is written.",
    .options = options,
    .opts_bytes = sizeof(struct index_opts),
    .run = run_index,
};
