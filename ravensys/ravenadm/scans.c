/* SPDX-License-Identifier: ISC */
/* From what a command reads to a scan of it. */
#include "ravenadm/scans.h"

#include <string.h>

#include "engine/scanning.h"
#include "os/file.h"

void rv_scan_say_faults(const struct rv_run *run, const struct rv_scan *s, const char *namebase)
{
	struct rv_scan_fault f;

	for (uint32_t i = 0; i < rv_scan_fault_count(s); i++) {
		rv_scan_fault(s, i, &f);
		if (namebase && strcmp(f.namebase, namebase) != 0)
			continue;
		if (f.line)
			rv_cli_error(run, "%s:%u: %s", f.file, f.line, f.text);
		else
			rv_cli_error(run, "%s: %s", f.file, f.text);
	}
}

int rv_recipes_scan(const struct rv_profile *profile, const struct rv_recipes *recipes,
    enum rv_scan_depth depth, struct rv_scan **out, struct rv_error *err)
{
	struct rv_scan_how how = {
	    .trees = &recipes->trees,
	    .mk_fd = recipes->mk_fd,
	    .depth = depth,
	    .platform = &recipes->platform,
	    .defaults = &recipes->defaults,
	};
	int r;

	rv_scan_cache(rv_profile_text(profile, RV_PROFILE_PROFILE), &how.cache_fd);
	r = rv_scan_open(&how, out, err);
	rv_fd_release(&how.cache_fd);
	return r;
}

int rv_adm_scan(const struct rv_run *run, const struct rv_profile *profile,
    const struct rv_recipes *recipes, enum rv_scan_depth depth, struct rv_scan **out,
    struct rv_error *err)
{
	if (rv_recipes_scan(profile, recipes, depth, out, err) < 0)
		return -1;
	rv_scan_say_faults(run, *out, NULL);
	return 0;
}
