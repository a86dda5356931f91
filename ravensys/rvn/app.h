/* SPDX-License-Identifier: ISC */
/*
 * What the commands of rvn share: the opened root, progress, and the walk from a request to a
 * changed system.
 */
#pragma once

#include "cli/cmd.h"
#include "cli/out.h"
#include "system/system.h"

/* Bits of rv_cmd.needs: how the root is opened. A dry run turns WRITE into READ. */
enum {
	RVN_READ = 1,
	RVN_WRITE = 2,
	RVN_MAY_WRITE = 4,
	/* READ, and catalogues that are missing or old are fetched first where that is possible */
	RVN_LOOK = 8,
};

struct rvn_app {
	struct rv_system *system;
	struct rv_arena arena; /* of the command */
	struct rv_event_bus bus;
	struct rv_log log;
	struct rv_progress progress;
	char *command; /* "rvn install hello" */
};

int rvn_open(struct rv_run *run, struct rv_error *err) RV_MUST_CHECK;
void rvn_close(struct rv_run *run);
static inline struct rvn_app *rvn_app(const struct rv_run *run)
{
	return run->app;
}
static inline struct rv_system *rvn_system(const struct rv_run *run)
{
	return rvn_app(run)->system;
}

/* All operands; texts in the app's arena. */
int rvn_resolve(struct rv_run *run, enum rv_system_want want, struct rv_system_names *out,
    struct rv_error *err) RV_MUST_CHECK;
/* Plan, show, ask, apply, tell. 0 or an exit status. */
int rvn_change(struct rv_run *run, const struct rv_system_request *request, struct rv_error *err)
    RV_MUST_CHECK;

/* The installed row of a name, or NULL; *out lives in the app's arena. */
int rvn_find_installed(struct rv_run *run, const char *name, struct rv_installed *out, bool *found,
    struct rv_error *err) RV_MUST_CHECK;

extern const struct rv_cmd rv_cmd_catalog, rv_cmd_install, rv_cmd_upgrade, rv_cmd_remove,
    rv_cmd_autoremove, rv_cmd_info, rv_cmd_search, rv_cmd_which, rv_cmd_check, rv_cmd_exec,
    rv_cmd_history;
