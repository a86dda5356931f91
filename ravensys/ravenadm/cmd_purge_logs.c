/* SPDX-License-Identifier: ISC */
/* ravenadm purge-logs: deletes the logs of port variants that there are no more. */
#include <stdio.h>
#include <string.h>

#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/purge.h"

#define BETWEEN "___" /* NAMEBASE___VARIANT.log */
#define LOG_NAME_BYTES 256

static int keep_ports(struct rv_purge *p, const struct rv_scan *scan, struct rv_error *err)
{
	struct rv_scan_variant variant;
	struct rv_scan_fault fault;
	struct rv_scan_port port;
	char name[LOG_NAME_BYTES];

	(void)err;
	for (uint32_t i = 0; i < rv_scan_variant_count(scan); i++) {
		rv_scan_variant(scan, i, &variant);
		rv_scan_port(scan, variant.port, &port);
		snprintf(name, sizeof(name), "%s" BETWEEN "%s.log", port.namebase, variant.name);
		rv_purge_keep(p, name);
	}
	/* which variants a recipe with faults has cannot be told */
	for (uint32_t i = 0; i < rv_scan_fault_count(scan); i++) {
		rv_scan_fault(scan, i, &fault);
		snprintf(name, sizeof(name), "%s" BETWEEN, fault.namebase);
		rv_purge_keep(p, name);
	}
	return 0;
}

/* By its whole name, or by "NAMEBASE___" at whichever place parts it. */
static bool is_kept(const struct rv_purge *p, struct rv_span name)
{
	struct rv_span between = RV_SPAN_LIT(BETWEEN);

	if (rv_map_get(&p->keep, name))
		return true;
	for (size_t at = between.n; at <= name.n; at++)
		if (rv_span_ends(rv_span_sub(name, 0, at), between) &&
		    rv_map_get(&p->keep, rv_span_sub(name, 0, at)))
			return true;
	return false;
}

static int look(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct rv_purge *p = ctx;
	struct rv_span name = rv_span_str(entry->name);

	if (entry->kind != RV_FILE || name.p[0] == '0' ||
	    !rv_span_ends(name, RV_SPAN_LIT(".log")) || !strstr(entry->name, BETWEEN) ||
	    is_kept(p, name))
		return 0;
	return rv_purge_delete(p, dirfd, entry->name, entry->name, err);
}

static int run_purge(struct rv_run *run, struct rv_error *err)
{
	rv_auto(rv_purge) struct rv_purge p = RV_PURGE_INIT;

	p.run = run;
	p.folder = RV_PROFILE_LOGS;
	if (rv_purge_open(&p, keep_ports, err) < 0)
		return -1;
	if (p.fd >= 0 && rv_dir_each(p.fd, ".", look, &p, err) < 0)
		return -1;
	rv_purge_say(&p);
	return 0;
}

const struct rv_cmd rv_cmd_purge_logs = {
    .name = "purge-logs",
    .summary = "delete the logs of port variants that there are no more",
    .details = "Logs whose names begin with 0, and journals, stay; so do all logs of a port whose "
	       "recipe has faults. Trees of --tree count besides the profile's.",
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_purge,
};
