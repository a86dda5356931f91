/* SPDX-License-Identifier: ISC */
/* ravenadm dev makefile: what a recipe makes, for the people who write recipes. */
#include "cli/out.h"
#include "ravenadm/cmds.h"
#include "ravenadm/dev.h"

struct makefile_opts {
	struct rv_reading_opts reading;
};

static int run_makefile(struct rv_run *run, struct rv_error *err)
{
	rv_auto(rv_dev) struct rv_dev d = RV_DEV_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);

	if (rv_dev_open(run, run->opts, run->argc > 1 ? run->argv[1] : NULL, &d, err) < 0)
		return -1;
	rv_recipe_makefile(d.recipe, &text);
	if (rv_buf_check(&text, "Makefile", err) < 0)
		return -1;
	rv_out_print(run, "%s", rv_buf_str(&text));
	return 0;
}

static const struct rv_opt options[] = {
    RV_READING_OPTIONS(struct makefile_opts, reading),
    RV_OPT_END,
};

const struct rv_cmd rv_cmd_dev_makefile = {
    .name = "dev makefile",
    .synopsis = "[DIR [VARIANT]]",
    .summary = "print the Makefile that a recipe makes",
    .details = "DIR is the folder with the specification, the present one without it. VARIANT is "
	       "std, or the\n"
	       "first variant of a port that has no std.",
    .min = 0,
    .max = 2,
    .options = options,
    .opts_bytes = sizeof(struct makefile_opts),
    .run = run_makefile,
};
