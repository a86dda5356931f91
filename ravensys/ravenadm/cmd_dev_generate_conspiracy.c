/* SPDX-License-Identifier: ISC */
/* ravenadm dev generate-conspiracy: the buildsheets of a whole tree of recipes. */
#include <stdlib.h>

#include "base/alloc.h"
#include "cli/out.h"
#include "engine/compiling.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/lock.h"
#include "ravenadm/cmds.h"
#include "ravenadm/reading.h"

struct conspiracy_opts {
	struct rv_reading_opts reading;
	const char *output;
};

/* What the worker tells, on standard error as it comes, or kept for --json. */
struct told {
	const struct rv_run *run;
	struct rv_json *faults, *warnings;
};

static void say(void *ctx, bool fault, const char *lines)
{
	struct told *told = ctx;
	struct rv_span rest = rv_span_str(lines), line;

	while (rv_span_next(&rest, '\n', &line)) {
		rv_json_append(fault ? told->faults : told->warnings, rv_json_new_span(line));
		if (fault)
			rv_cli_error(told->run, "%.*s", RV_SPAN_ARG(line));
		else
			rv_cli_warn(told->run, "warning: %.*s", RV_SPAN_ARG(line));
	}
}

/* The source tree is what is read; the mk folder may be that of the output. */
static int open_reading(struct rv_run *run, struct rv_reading *out, struct rv_error *err)
{
	const struct conspiracy_opts *o = run->opts;
	struct rv_reading_opts reading = o->reading;
	const char *trees[2] = {run->argv[0], o->output};

	if (reading.trees.n)
		return rv_cli_usage(run, "the tree is named without --tree");
	if (o->output && rv_dir_make_path(RV_CWD, o->output, 0755, err) < 0)
		return -1;
	reading.trees = (struct rv_opt_list){.v = trees, .n = o->output ? 2 : 1};
	return rv_reading_open(run, &reading, out, err);
}

static int open_output(const char *path, struct rv_tree *out, struct rv_error *err)
{
	int rc;

	*out = (struct rv_tree){.path = rv_strdup(path), .fd = -1};
	rc = rv_dir_open_user(path, &out->fd, err);
	if (rc > 0)
		return rv_fail(err, RV_INPUT, "%s: there is no such folder", path);
	/* two at once would take each other's hidden files away */
	return rc < 0 ? -1 : rv_lock_folder(out->fd, path, 0, err);
}

static int report(
    struct rv_run *run, struct told *told, const struct rv_compiled *done, double seconds)
{
	struct rv_json *doc;

	if (!run->globals.json) {
		rv_out_say(run,
		    "%lld ports: %lld sheets written, %lld unchanged, %lld removed, %lld ports "
		    "with "
		    "faults, %.2f s\n",
		    (long long)done->ports, (long long)done->written, (long long)done->same,
		    (long long)done->removed, (long long)done->faulty, seconds);
		return done->faulty ? RV_STATUS_PORTS : 0;
	}
	doc = rv_json_new_object();
	rv_json_set_int(doc, "ports", done->ports);
	rv_json_set_int(doc, "written", done->written);
	rv_json_set_int(doc, "unchanged", done->same);
	rv_json_set_int(doc, "removed", done->removed);
	rv_json_set_int(doc, "faulty", done->faulty);
	rv_json_set(doc, "faults", rv_json_copy(told->faults));
	rv_json_set(doc, "warnings", rv_json_copy(told->warnings));
	rv_out_json(run, doc);
	return done->faulty ? RV_STATUS_PORTS : 0;
}

/* That of --output, or the profile's tree. */
static int choose_output(const struct rv_run *run, const struct rv_reading *reading,
    struct rv_tree *out, struct rv_error *err)
{
	const struct conspiracy_opts *o = run->opts;

	if (o->output)
		return open_output(o->output, out, err);
	if (rv_profile_is_none(reading->profile, RV_PROFILE_CONSPIRACY))
		return rv_fail(
		    err, RV_INPUT, "the profile has no tree to write to: give --output DIR");
	return open_output(rv_profile_text(reading->profile, RV_PROFILE_CONSPIRACY), out, err);
}

static int compile(struct rv_run *run, const struct rv_reading *reading, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *faults = rv_json_new_array();
	rv_autofree(rv_json) struct rv_json *warnings = rv_json_new_array();
	struct told told = {run, faults, warnings};
	struct rv_compiling how = {.source = &reading->recipes.trees.v[0],
	    .mk_fd = reading->recipes.mk_fd,
	    .platform = &reading->recipes.platform,
	    .genesis = reading->recipes.platform.genesis,
	    .say = say,
	    .ctx = &told};
	int64_t began_ms = rv_clock_now_ms();
	struct rv_compiled done;
	struct rv_tree output = {.fd = -1};
	int rc = choose_output(run, reading, &output, err);

	how.output = &output;
	if (rc == 0)
		rc = rv_compile_tree(&how, &done, err);
	rv_fd_release(&output.fd);
	free(output.path);
	if (rc < 0)
		return -1;
	return report(run, &told, &done, (double)(rv_clock_now_ms() - began_ms) / 1000);
}

static int run_conspiracy(struct rv_run *run, struct rv_error *err)
{
	struct rv_reading reading = RV_READING_INIT;
	int rc = open_reading(run, &reading, err);

	if (rc == 0)
		rc = compile(run, &reading, err);
	rv_reading_release(&reading);
	return rc;
}

static const struct rv_opt options[] = {
    RV_OPT_STRING(struct conspiracy_opts, output, 'o', "output", "DIR",
	"the compiled tree to bring up to date (default: the profile's tree)"),
    RV_READING_OPTIONS(struct conspiracy_opts, reading),
    RV_OPT_END,
};

const struct rv_cmd rv_cmd_dev_generate_conspiracy = {
    .name = "dev generate-conspiracy",
    .synopsis = "SOURCE_TREE",
    .summary = "compile a tree of recipes to buildsheets",
    .details = "Sheets that would not change are left alone, those without a recipe are removed. "
	       "A recipe\n"
	       "with faults keeps the sheet it had; all faults of all recipes are said, and the "
	       "status is 3.",
    .min = 1,
    .max = 1,
    .options = options,
    .opts_bytes = sizeof(struct conspiracy_opts),
    .run = run_conspiracy,
};
