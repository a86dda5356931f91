/* SPDX-License-Identifier: ISC */
/* ravenadm dev dump: what was read of a recipe. */
#include "cli/out.h"
#include "port/dump.h"
#include "ravenadm/cmds.h"
#include "ravenadm/dev.h"
#include "ravenadm/whole.h"

static int write_all(struct rv_whole *w, const struct rv_port *p, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_DUMP_MAX_BYTES);

	rv_port_dump(p, &rv_whole_reading(w)->recipes.platform, &text);
	return rv_whole_write(w, p->namebase, &text, err);
}

static int run_dump(struct rv_run *run, struct rv_error *err)
{
	const struct rv_whole_opts *o = run->opts;
	rv_auto(rv_dev) struct rv_dev d = RV_DEV_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_DUMP_MAX_BYTES);

	if (rv_whole_wanted(run))
		return rv_whole_run(run, "dumps", write_all, err);
	if (rv_dev_load(run, &o->reading, &d, err) < 0)
		return -1;
	rv_port_dump(d.port, &d.reading.recipes.platform, &text);
	return rv_out_text(run, &text, d.port->namebase, err);
}

static const struct rv_opt options[] = {RV_WHOLE_OPTIONS};

const struct rv_cmd rv_cmd_dev_dump = {
    .name = "dev dump",
    .synopsis = "[DIR]",
    .summary = "print what was read of a recipe, every keyword, given or not",
    .details = "With --all and --output a file NAMEBASE for every recipe.",
    .min = 0,
    .max = 1,
    .options = options,
    .opts_bytes = sizeof(struct rv_whole_opts),
    .run = run_dump,
};
