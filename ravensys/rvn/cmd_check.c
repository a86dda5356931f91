/* SPDX-License-Identifier: ISC */
/*
 * check: installed files against the database. By its owner it first completes what an earlier rvn
 * left pending.
 */
#include "base/vec.h"
#include "rvn/app.h"

static void print_json(const struct rv_run *run, const struct rv_findings *findings,
    const struct rv_system_checked *counts)
{
	struct rv_json *doc = rv_json_new_object(), *list = rv_json_new_array();

	rv_json_set_int(doc, "packages", (int64_t)counts->packages);
	rv_json_set_int(doc, "faults", (int64_t)counts->faults);
	rv_vec_each (findings, f) {
		struct rv_json *j = rv_json_new_object();

		rv_json_set_string(j, "package", f->package);
		rv_json_set_string(j, "path", f->path);
		rv_json_set_string(j, "what", rv_verify_kind_name(f->kind));
		rv_json_set_string(j, "detail", f->detail);
		rv_json_set_bool(j, "fault", rv_verify_is_fault(f->kind));
		rv_json_append(list, j);
	}
	rv_json_set(doc, "findings", list);
	rv_out_json(run, doc);
}

static void print_text(const struct rv_run *run, const struct rv_findings *findings,
    const struct rv_system_checked *counts)
{
	size_t unapplied = 0;

	rv_vec_each (findings, f) {
		if (f->kind == RV_VERIFY_UNAPPLIED)
			unapplied++;
		else
			rv_out_print(run, "%s: /%s: %s%s%s\n", f->package, f->path,
			    rv_verify_kind_name(f->kind), *f->detail ? ": " : "", f->detail);
	}
	rv_out_say(run, "%zu packages, %llu differences\n", counts->packages,
	    (unsigned long long)counts->faults);
	if (unapplied)
		rv_out_say(run,
		    "%zu packages were installed by a user who is not root: owners, set-id bits "
		    "and "
		    "capabilities were not applied\n",
		    unapplied);
}

static int run_check(struct rv_run *run, struct rv_error *err)
{
	struct rv_system_checked counts;
	struct rv_system_names names = {0};
	struct rv_findings findings = {0};
	int rc = rvn_resolve(run, RV_WANT_INSTALLED, &names, err);

	if (rc == 0)
		rc = rv_system_check(rvn_system(run), run->argc ? &names : NULL,
		    &rvn_app(run)->arena, &findings, &counts, err);
	if (rc == 0 && run->globals.json)
		print_json(run, &findings, &counts);
	else if (rc == 0)
		print_text(run, &findings, &counts);
	if (rc == 0 && counts.faults) {
		rv_cli_error(run,
		    "check: %llu differences; 'rvn install --force NAME' puts a package's files "
		    "back",
		    (unsigned long long)counts.faults);
		rc = RV_STATUS_FAILED;
	}
	rv_vec_release(&names);
	rv_vec_release(&findings);
	return rc;
}

const struct rv_cmd rv_cmd_check = {
    .name = "check",
    .synopsis = "[NAME ...]",
    .summary = "compare installed files with what was installed",
    .details = "Edited configuration files are told and are no difference. Run by who may write, "
	       "it first completes\n"
	       "a transaction that was interrupted.",
    .max = RV_MANY,
    .needs = RVN_MAY_WRITE,
    .run = run_check,
};
