/* SPDX-License-Identifier: ISC */
/* `ravenadm --worker KIND [--request FILE]`: what the engine starts for all heavy work. */
#include "ravenadm/workers.h"

#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "engine/pack_worker.h"
#include "engine/prepare.h"
#include "slot/request.h"
#include "work/distfetch.h"
#include "work/worker.h"

static const struct rv_worker_kind kinds[] = {
    {"slot", rv_slot_worker_run},
    {"fetch", rv_distfetch_run},
    {"pack", rv_pack_worker_run},
    {"scan", rv_prepare_run},
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
