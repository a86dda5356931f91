/* SPDX-License-Identifier: ISC */
/* `ravenadm --worker KIND [--request FILE]`: what the engine starts for all heavy work. */
#include "ravenadm/workers.h"

#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "engine/compiling.h"
#include "engine/pack_worker.h"
#include "engine/prepare.h"
#include "engine/scanning.h"
#include "slot/request.h"
#include "work/distfetch.h"
#include "work/worker.h"

/* Whole trees, to know them or to compile them, or what a port's slot needs. */
static int run_scan(struct rv_worker_ctx *ctx, const struct rv_json *body,
    struct rv_received_fds *fds, struct rv_json **out, struct rv_error *err)
{
	const char *what = rv_json_string(rv_json_get(body, "what"));

	if (what && strcmp(what, "tree") == 0)
		return rv_scanning_run(ctx, body, fds, out, err);
	if (what && strcmp(what, "sheets") == 0)
		return rv_compiling_run(ctx, body, fds, out, err);
	return rv_prepare_run(ctx, body, fds, out, err);
}

static const struct rv_worker_kind kinds[] = {
    {"slot", rv_slot_worker_run},
    {"fetch", rv_distfetch_run},
    {"pack", rv_pack_worker_run},
    {"scan", run_scan},
    {NULL, NULL},
};

int rv_adm_worker_main(int argc, char **argv)
{
	if (argc == 3)
		return rv_worker_main(kinds, argv[2], NULL);
	if (argc == 5 && strcmp(argv[3], "--request") == 0)
		return rv_worker_main(kinds, argv[2], argv[4]);
	fprintf(stderr, "usage: ravenadm --worker KIND [--request FILE]\n");
	return RV_STATUS_USAGE;
}
