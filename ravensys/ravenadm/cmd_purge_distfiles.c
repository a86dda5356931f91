/* SPDX-License-Identifier: ISC */
/*
 * ravenadm purge-distfiles: deletes what no recipe wants. Invariant: a file stays when any recipe
 * of any tree could want it on any system with any option, and everything stays when that cannot
 * be told.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/purge.h"

#define DEPTH_MAX 32
#define PATH_MAX_BYTES 4096
#define PART ".part"	      /* of a download that is continued */
#define TRANSIENT "transient" /* where other programs keep their locks and parts */

static int keep_wanted(struct rv_purge *p, const struct rv_scan *scan, struct rv_error *err)
{
	struct rv_scan_port port;

	(void)err;
	for (uint32_t i = 0; i < rv_scan_port_count(scan); i++) {
		rv_scan_port(scan, i, &port);
		for (uint32_t k = 0; k < port.distpaths.n; k++)
			rv_purge_keep(p, rv_scan_at(&port.distpaths, k));
	}
	return 0;
}

struct walk {
	struct rv_purge *purge;
	char path[PATH_MAX_BYTES]; /* of the folder, with a slash at its end */
	unsigned depth;
};

static bool is_wanted(const struct rv_purge *p, const char *path)
{
	struct rv_span s = rv_span_str(path), part = RV_SPAN_LIT(PART);

	if (rv_map_get(&p->keep, s))
		return true;
	return rv_span_ends(s, part) && rv_map_get(&p->keep, rv_span_sub(s, 0, s.n - part.n));
}

static int look(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err);

static int look_into(struct walk *w, int dirfd, const char *name, struct rv_error *err)
{
	size_t n = strlen(w->path);
	int rc;

	if (w->depth == DEPTH_MAX || n + strlen(name) + 2 > sizeof(w->path))
		return 0;
	snprintf(w->path + n, sizeof(w->path) - n, "%s/", name);
	w->depth++;
	rc = rv_dir_each(dirfd, name, look, w, err);
	w->depth--;
	w->path[n] = '\0';
	/* only an empty one goes */
	if (rc == 0 && !w->purge->run->globals.dry_run)
		rc = rv_dir_remove(dirfd, name, err);
	return rc < 0 ? -1 : 0;
}

static int look(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct walk *w = ctx;
	char path[PATH_MAX_BYTES];

	if (entry->name[0] == '.' || (w->depth == 0 && strcmp(entry->name, TRANSIENT) == 0))
		return 0;
	if (entry->kind == RV_DIR)
		return look_into(w, dirfd, entry->name, err);
	if (entry->kind != RV_FILE ||
	    snprintf(path, sizeof(path), "%s%s", w->path, entry->name) >= (int)sizeof(path))
		return 0;
	if (is_wanted(w->purge, path))
		return 0;
	return rv_purge_delete(w->purge, dirfd, entry->name, path, err);
}

static int refuse(const struct rv_purge *p, struct rv_error *err)
{
	return rv_fail(err, RV_INPUT,
	    "%s: nothing is deleted: recipes have %" PRIu32
	    " fault%s, and what they want cannot be "
	    "told: mend them, or take their trees out of the profile",
	    rv_profile_text(p->profile, p->folder), p->faults, p->faults == 1 ? "" : "s");
}

static int run_purge(struct rv_run *run, struct rv_error *err)
{
	rv_auto(rv_purge) struct rv_purge p = RV_PURGE_INIT;
	struct walk w = {.purge = &p};

	p.run = run;
	p.folder = RV_PROFILE_DISTFILES;
	if (rv_purge_open(&p, keep_wanted, err) < 0)
		return -1;
	if (p.faults)
		return refuse(&p, err);
	/* whoever fetches holds it */
	if (p.fd >= 0 && !run->globals.dry_run &&
	    rv_lock_folder(p.fd, rv_profile_text(p.profile, p.folder), 0, err) < 0)
		return rv_context(err, "distfiles are being fetched");
	if (p.fd >= 0 && rv_dir_each(p.fd, ".", look, &w, err) < 0)
		return -1;
	rv_purge_say(&p);
	return 0;
}

const struct rv_cmd rv_cmd_purge_distfiles = {
    .name = "purge-distfiles",
    .summary = "delete the distfiles that no recipe wants",
    .details = "What a variant, option or system of any tree could want stays, in every profile of "
	       "the configuration that shares the folder. Nothing is deleted when a recipe has "
	       "faults, or while a run is under way. Trees of --tree count besides the profile's.",
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_purge,
};
