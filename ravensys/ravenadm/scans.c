/* SPDX-License-Identifier: ISC */
/* From what a command reads to a scan of it. */
#include "ravenadm/scans.h"

#include "os/file.h"

static void say_faults(const struct rv_run *run, const struct rv_scan *s)
{
	struct rv_scan_fault f;

	for (uint32_t i = 0; i < rv_scan_fault_count(s); i++) {
		rv_scan_fault(s, i, &f);
		if (f.line)
			rv_cli_error(run, "%s:%u: %s", f.file, f.line, f.text);
		else
			rv_cli_error(run, "%s: %s", f.file, f.text);
	}
}

static int scan(
    const struct rv_run *run, struct rv_scan_how *how, struct rv_scan **out, struct rv_error *err)
{
	rv_auto_fd cache = -1;

	if (how->defaults->profile_path)
		rv_scan_cache(how->defaults->profile_path, &cache);
	how->cache_fd = cache;
	if (rv_scan_open(how, out, err) < 0)
		return -1;
	say_faults(run, *out);
	return 0;
}

int rv_adm_scan(const struct rv_run *run, const struct rv_reading *r, enum rv_scan_depth depth,
    struct rv_scan **out, struct rv_error *err)
{
	struct rv_scan_how how = {.trees = &r->trees,
	    .mk_fd = r->mk_fd,
	    .depth = depth,
	    .platform = &r->platform,
	    .defaults = &r->defaults};

	return scan(run, &how, out, err);
}

int rv_adm_scan_recipes(const struct rv_run *run, const struct rv_recipes *r,
    enum rv_scan_depth depth, struct rv_scan **out, struct rv_error *err)
{
	struct rv_scan_how how = {.trees = &r->trees,
	    .mk_fd = r->mk_fd,
	    .depth = depth,
	    .platform = &r->platform,
	    .defaults = &r->defaults};

	return scan(run, &how, out, err);
}
