/* SPDX-License-Identifier: ISC */
/* ravenadm dev makefile and dev depends: what a recipe makes, for the people who write recipes. */
#include <stdio.h>

#include "cli/out.h"
#include "ravenadm/cmds.h"
#include "ravenadm/dev.h"
#include "ravenadm/whole.h"

typedef void text_fn(const struct rv_recipe *r, struct rv_buf *out);

static int write_variants(
    struct rv_whole *w, const struct rv_port *p, text_fn *make, struct rv_error *err)
{
	const struct rv_reading *r = rv_whole_reading(w);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
	const struct rv_items *variants = rv_port_variants(p);
	char name[256];

	for (size_t i = 0; i < variants->n; i++) {
		rv_autofree(rv_recipe) struct rv_recipe *recipe = NULL;
		const char *variant = variants->v[i].text;

		if (rv_recipe_make(
			p, variant, &r->recipes.platform, &r->recipes.defaults, &recipe, err) < 0)
			return rv_context(err, "%s:%s", p->namebase, variant);
		rv_buf_reset(&text);
		make(recipe, &text);
		snprintf(name, sizeof(name), "%s:%s", p->namebase, variant);
		if (rv_whole_write(w, name, &text, err) < 0)
			return -1;
	}
	return 0;
}

static int write_makefiles(struct rv_whole *w, const struct rv_port *p, struct rv_error *err)
{
	return write_variants(w, p, rv_recipe_makefile, err);
}

static int write_dependencies(struct rv_whole *w, const struct rv_port *p, struct rv_error *err)
{
	return write_variants(w, p, rv_recipe_dependencies, err);
}

static int print(struct rv_run *run, text_fn *make, struct rv_error *err)
{
	const struct rv_whole_opts *o = run->opts;
	rv_auto(rv_dev) struct rv_dev d = RV_DEV_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);

	if (rv_dev_open(run, &o->reading, run->argc > 1 ? run->argv[1] : NULL, &d, err) < 0)
		return -1;
	make(d.recipe, &text);
	return rv_out_text(run, &text, d.port->namebase, err);
}

static int run_makefile(struct rv_run *run, struct rv_error *err)
{
	if (rv_whole_wanted(run))
		return rv_whole_run(run, "Makefiles", write_makefiles, err);
	return print(run, rv_recipe_makefile, err);
}

static int run_depends(struct rv_run *run, struct rv_error *err)
{
	if (rv_whole_wanted(run))
		return rv_whole_run(run, "dependency lists", write_dependencies, err);
	return print(run, rv_recipe_dependencies, err);
}

static const struct rv_opt options[] = {RV_WHOLE_OPTIONS};

const struct rv_cmd rv_cmd_dev_makefile = {
    .name = "dev makefile",
    .synopsis = "[DIR [VARIANT]]",
    .summary = "print the Makefile that a recipe makes",
    .details = "DIR is the folder with the specification, the present one without it. VARIANT is "
	       "std, or the\n"
	       "first variant of a port that has no std. With --all and --output a file\n"
	       "NAMEBASE:VARIANT for every variant of every recipe.",
    .min = 0,
    .max = 2,
    .options = options,
    .opts_bytes = sizeof(struct rv_whole_opts),
    .run = run_makefile,
};

const struct rv_cmd rv_cmd_dev_depends = {
    .name = "dev depends",
    .synopsis = "[DIR [VARIANT]]",
    .summary = "print what a recipe needs to build and to run",
    .details = "Operands and options are those of dev makefile.",
    .min = 0,
    .max = 2,
    .options = options,
    .opts_bytes = sizeof(struct rv_whole_opts),
    .run = run_depends,
};
