/* SPDX-License-Identifier: ISC */
/* From what a command reads to a scan of it. */
#include "ravenadm/scans.h"

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

int rv_adm_scan(const struct rv_run *run, const struct rv_reading *r, enum rv_scan_depth depth,
    struct rv_scan **out, struct rv_error *err)
{
	if (rv_reading_scan(r, depth, out, err) < 0)
		return -1;
	say_faults(run, *out);
	return 0;
}
