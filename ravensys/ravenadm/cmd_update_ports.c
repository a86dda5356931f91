/* SPDX-License-Identifier: ISC */
/* ravenadm check-ports, update-ports: the published tree of recipes and its releases. */
#include <string.h>

#include "cli/out.h"
#include "engine/profile.h"
#include "engine/update.h"
#include "port/tree.h"
#include "ravenadm/cmds.h"

struct update_opts {
	const char *sum;
};

static const struct rv_opt options[] = {
    RV_OPT_STRING(struct update_opts, sum, 0, "sha256", "HEX",
	"take the archive only when this is its SHA-256"),
    RV_OPT_END,
};

struct update {
	struct rv_profile *profile;
	struct rv_update how;
	struct rv_updated done;
	struct rv_sha256 sum;
	struct rv_event_bus bus;
	struct rv_progress progress;
};

static void update_release(struct update *u)
{
	rv_progress_end(&u->progress);
	rv_event_bus_release(&u->bus);
	rv_profile_free(u->profile);
}

static int on_event(void *ctx, const struct rv_event *e, struct rv_error *err)
{
	struct update *u = ctx;

	(void)err;
	if (e->kind == RV_EVENT_DOWNLOAD_PROGRESS)
		rv_progress_set(&u->progress, e->download.name, (uint64_t)e->download.done_bytes,
		    (uint64_t)e->download.total_bytes, true);
	return 0;
}

static int open_update(struct rv_run *run, struct update *u, struct rv_error *err)
{
	const char *conf = rv_profile_conf_path(run->globals.conf);

	if (rv_profile_load(conf, NULL, &u->profile, err) < 0)
		return -1;
	if (rv_profile_is_none(u->profile, RV_PROFILE_CONSPIRACY))
		return rv_fail(err, RV_INPUT,
		    "%s: directory_conspiracy is none: set it to the folder that the tree shall "
		    "have",
		    conf);
	u->how = (struct rv_update){.tree = rv_profile_text(u->profile, RV_PROFILE_CONSPIRACY),
	    .profile_path = rv_profile_text(u->profile, RV_PROFILE_PROFILE),
	    .latest_url = rv_profile_text(u->profile, RV_PROFILE_PORTS_LATEST),
	    .archive_url = rv_profile_text(u->profile, RV_PROFILE_PORTS_ARCHIVE),
	    .bus = &u->bus};
	rv_progress_begin(&u->progress, run);
	rv_event_bus_add(
	    &u->bus, &(struct rv_listener){.name = "terminal", .on_event = on_event, .ctx = u});
	return 0;
}

static void print_json(const struct rv_run *run, const struct update *u, const char *verb)
{
	struct rv_json *o = rv_json_new_object();

	rv_json_set_string(o, "tree", u->how.tree);
	rv_json_set_string(o, "installed", u->done.from);
	rv_json_set_string(o, "release", u->done.to);
	rv_json_set_bool(o, verb, u->done.due);
	rv_out_json(run, o);
}

static int run_check(struct rv_run *run, struct rv_error *err)
{
	__attribute__((cleanup(update_release))) struct update u = {0};

	if (open_update(run, &u, err) < 0 || rv_update_look(&u.how, &u.done, err) < 0)
		return -1;
	rv_progress_end(&u.progress);
	if (run->globals.json) {
		print_json(run, &u, "due");
	} else if (!u.done.from[0]) {
		rv_out_print(run, "no release is installed at %s; the latest is %s\n", u.how.tree,
		    u.done.to);
	} else if (!u.done.due) {
		rv_out_print(run, "the latest release, %s, is installed\n", u.done.to);
	} else {
		rv_out_print(run,
		    "%s is installed, and the latest release is %s: run 'ravenadm "
		    "update-ports'\n",
		    u.done.from, u.done.to);
	}
	return 0;
}

static int update(struct rv_run *run, struct update *u, struct rv_error *err)
{
	const struct update_opts *o = run->opts;

	if (o->sum) {
		if (!rv_sha256_parse(rv_span_str(o->sum), &u->sum))
			return rv_cli_usage(run, "--sha256: 64 hexadecimal digits are wanted");
		u->how.sum = &u->sum;
	}
	u->how.tag = run->argc > 0 ? run->argv[0] : NULL;
	if (u->how.tag && !rv_release_is_valid(u->how.tag))
		return rv_cli_usage(run, "'%s' is no release: YYYYMMDD.N is wanted", u->how.tag);
	return run->globals.dry_run ? rv_update_look(&u->how, &u->done, err)
				    : rv_update_make(&u->how, &u->done, err);
}

/* Its recipes were written for its own framework. */
static void say_mk(const struct rv_run *run, const struct update *u)
{
	rv_auto(rv_str) char *own = rv_strfmt("%s/" RV_TREE_MK, u->how.tree);
	const char *mk = rv_profile_text(u->profile, RV_PROFILE_MK);

	if (u->done.due && strcmp(own, mk) != 0)
		rv_cli_warn(run, "directory_mk is %s, not the tree's own %s", mk, own);
}

static int run_update(struct rv_run *run, struct rv_error *err)
{
	__attribute__((cleanup(update_release))) struct update u = {0};
	int rc = open_update(run, &u, err);

	if (rc == 0)
		rc = update(run, &u, err);
	rv_progress_end(&u.progress);
	if (rc != 0)
		return rc;
	say_mk(run, &u);
	if (run->globals.json)
		print_json(run, &u, run->globals.dry_run ? "due" : "updated");
	else if (!u.done.due)
		rv_out_say(run, "%s: release %s is there already\n", u.how.tree, u.done.to);
	else
		rv_out_say(run, "%s: %s release %s%s%s\n", u.how.tree,
		    run->globals.dry_run ? "would become" : "is now", u.done.to,
		    u.done.from[0] ? ", was " : "", u.done.from);
	return 0;
}

const struct rv_cmd rv_cmd_check_ports = {
    .name = "check-ports",
    .summary = "say whether there is a newer release of the tree of recipes",
    .run = run_check,
};

const struct rv_cmd rv_cmd_update_ports = {
    .name = "update-ports",
    .synopsis = "[YYYYMMDD.N]",
    .summary = "bring the tree of recipes to the latest release, or to the one named",
    .details = "The release is unpacked beside directory_conspiracy and looked at, and then takes "
	       "its place at once: whatever breaks the update off, the tree is the old one or the "
	       "new one. A folder that holds something else than a release is left alone.",
    .min = 0,
    .max = 1,
    .options = options,
    .opts_bytes = sizeof(struct update_opts),
    .run = run_update,
};
