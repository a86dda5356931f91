/* SPDX-License-Identifier: ISC */
/* From the profile and the options to a plan of the whole tree. */
#include "ravenadm/planning.h"

#include "ravenadm/app.h"
#include "ravenadm/scans.h"

void rv_planning_release(struct rv_planning *p)
{
	rv_wholetree_release(&p->whole);
	rv_host_release(&p->host);
	rv_scan_free(p->scan);
	*p = RV_PLANNING_INIT;
}

int rv_planning_open(
    const struct rv_run *run, bool as_original, struct rv_planning *out, struct rv_error *err)
{
	struct rv_adm *a = rv_adm_of(run);
	struct rv_wholetree_how how = {
	    .as_original = as_original,
	    .customs = a->recipes.trees.n > 1,
	};

	*out = RV_PLANNING_INIT;
	if (rv_recipes_scan(a->profile, &a->recipes, RV_SCAN_VARIANTS, &out->scan, err) < 0)
		return -1;
	if (a->config.host_root && !as_original) {
		if (rv_host_load(a->recipes.mk_fd, &out->host, err) < 0) {
			rv_planning_release(out);
			return -1;
		}
		how.host = &out->host;
	}
	how.scan = out->scan;
	rv_wholetree_make(&how, &out->whole);
	return 0;
}

size_t rv_planning_say_faults(const struct rv_run *run, const struct rv_planning *p)
{
	rv_scan_say_faults(run, p->scan, NULL);
	rv_vec_each (&p->whole.faults, f)
		rv_cli_error(run, "%s", f->text);
	return rv_scan_fault_count(p->scan) + p->whole.faults.n;
}
