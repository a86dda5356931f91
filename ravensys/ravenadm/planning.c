/* SPDX-License-Identifier: ISC */
/* From the profile and the options to a plan of the whole tree. */
#include "ravenadm/planning.h"

#include <string.h>

#include "ravenadm/app.h"

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

/* namebase NULL: of all */
static uint32_t say_recipes(
    const struct rv_run *run, const struct rv_planning *p, const char *namebase)
{
	uint32_t n = rv_scan_fault_count(p->scan);
	struct rv_scan_fault fault;

	for (uint32_t i = 0; i < n; i++) {
		rv_scan_fault(p->scan, i, &fault);
		if (namebase && strcmp(fault.namebase, namebase) != 0)
			continue;
		if (fault.line)
			rv_cli_error(run, "%s:%u: %s", fault.file, fault.line, fault.text);
		else
			rv_cli_error(run, "%s: %s", fault.file, fault.text);
	}
	return n;
}

void rv_planning_say_faults_of(
    const struct rv_run *run, const struct rv_planning *p, const char *namebase)
{
	say_recipes(run, p, namebase);
}

size_t rv_planning_say_faults(const struct rv_run *run, const struct rv_planning *p)
{
	uint32_t n = say_recipes(run, p, NULL);

	rv_vec_each (&p->whole.faults, f)
		rv_cli_error(run, "%s", f->text);
	return n + p->whole.faults.n;
}
