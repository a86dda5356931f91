/* SPDX-License-Identifier: ISC */
/* install, upgrade, remove, autoremove: a request each. */
#include "base/vec.h"
#include "rvn/app.h"

/* Catalogues first, unless nothing may be changed. */
static int update(struct rv_run *run, struct rv_error *err)
{
	size_t changed;

	if (run->globals.dry_run)
		return 0;
	return rv_system_update(rvn_system(run), false, &changed, err);
}

static int change(struct rv_run *run, struct rv_system_request *request, enum rv_system_want want,
    struct rv_error *err)
{
	struct rv_system_names names = {0};
	int rc = rvn_resolve(run, want, &names, err);

	request->names = &names;
	if (rc == 0)
		rc = rvn_change(run, request, err);
	rv_vec_release(&names);
	return rc;
}

struct install_opts {
	bool force;
};

static const struct rv_opt install_options[] = {
    RV_OPT_FLAG(struct install_opts, force, 'f', "force", "again, though the same is installed"),
    RV_OPT_END,
};

static int run_install(struct rv_run *run, struct rv_error *err)
{
	const struct install_opts *opts = run->opts;
	struct rv_system_request request = {.kind = RV_PLAN_INSTALL, .force = opts->force};

	if (update(run, err) < 0)
		return -1;
	return change(run, &request, RV_WANT_OFFERED, err);
}

static int run_upgrade(struct rv_run *run, struct rv_error *err)
{
	struct rv_system_request request = {.kind = RV_PLAN_UPGRADE};

	if (update(run, err) < 0)
		return -1;
	return change(run, &request, RV_WANT_INSTALLED, err);
}

struct remove_opts {
	bool dependents;
};

static const struct rv_opt remove_options[] = {
    RV_OPT_FLAG(struct remove_opts, dependents, 'd', "dependents", "also what needs them"),
    RV_OPT_END,
};

static int run_remove(struct rv_run *run, struct rv_error *err)
{
	const struct remove_opts *opts = run->opts;
	struct rv_system_request request = {
	    .kind = RV_PLAN_REMOVE, .with_dependents = opts->dependents};

	return change(run, &request, RV_WANT_INSTALLED, err);
}

static int run_autoremove(struct rv_run *run, struct rv_error *err)
{
	struct rv_system_request request = {.kind = RV_PLAN_AUTOREMOVE};

	return rvn_change(run, &request, err);
}

const struct rv_cmd rv_cmd_install = {
    .name = "install",
    .synopsis = "NAME ...",
    .summary = "install packages and what they need, in one transaction",
    .details = "NAME is namebase, namebase~subpackage or namebase~subpackage~variant. A bare "
	       "namebase means its\n"
	       "subpackage set, else single, else primary, of the variant that is installed, else "
	       "std, else the\n"
	       "first. What is installed already is upgraded when something newer is offered.",
    .min = 1,
    .max = RV_MANY,
    .needs = RVN_WRITE,
    .options = install_options,
    .opts_bytes = sizeof(struct install_opts),
    .run = run_install,
};

const struct rv_cmd rv_cmd_upgrade = {
    .name = "upgrade",
    .synopsis = "[NAME ...]",
    .summary = "upgrade everything, or the named packages",
    .max = RV_MANY,
    .needs = RVN_WRITE,
    .run = run_upgrade,
};

const struct rv_cmd rv_cmd_remove = {
    .name = "remove",
    .synopsis = "NAME ...",
    .summary = "remove packages",
    .details = "A bare namebase means every installed package of it.",
    .min = 1,
    .max = RV_MANY,
    .needs = RVN_WRITE,
    .options = remove_options,
    .opts_bytes = sizeof(struct remove_opts),
    .run = run_remove,
};

const struct rv_cmd rv_cmd_autoremove = {
    .name = "autoremove",
    .summary = "remove packages that came as dependencies and that nothing needs any more",
    .needs = RVN_WRITE,
    .run = run_autoremove,
};
