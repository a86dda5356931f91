/* SPDX-License-Identifier: ISC */
/* The fetch worker; the worker is this program, called with --worker. */
#include "tests/tap.h"

#include "work/distfetch.h"
#include "work/worker.h"

static const struct rv_worker_kind kinds[] = {{"fetch", rv_distfetch_run}, {NULL, NULL}};

int main(int argc, char **argv)
{
	if (argc > 2)
		return rv_worker_main(kinds, argv[2], argc > 3 ? argv[3] : NULL);
	return tap_done();
}
