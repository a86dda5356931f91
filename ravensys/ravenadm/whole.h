/* SPDX-License-Identifier: ISC */
/*
 * --all --output DIR of the dev commands: what they print of one recipe, of every recipe of the
 * trees, a file each.
 */
#pragma once

#include "base/attr.h"
#include "cli/cmd.h"
#include "port/recipe.h"
#include "ravenadm/reading.h"

struct rv_whole_opts {
	struct rv_reading_opts reading;
	bool all;
	const char *output;
};

#define RV_WHOLE_OPTIONS                                                                           \
	RV_OPT_FLAG(struct rv_whole_opts, all, 'a', "all", "of every recipe of the trees"),        \
	    RV_OPT_STRING(struct rv_whole_opts, output, 'o', "output", "DIR",                      \
		"with --all: write a file each into this folder"),                                 \
	    RV_READING_OPTIONS(struct rv_whole_opts, reading), RV_OPT_END

/* Was --all or --output said? Then rv_whole_run. */
static inline bool rv_whole_wanted(const struct rv_run *run)
{
	const struct rv_whole_opts *o = run->opts;

	return o->all || o->output;
}

struct rv_whole; /* a run over all recipes */

/* A file of the output, complete or not there at all. */
int rv_whole_write(struct rv_whole *w, const char *name, const struct rv_buf *text,
    struct rv_error *err) RV_MUST_CHECK;
const struct rv_reading *rv_whole_reading(const struct rv_whole *w);

/*
 * Calls each with every port; it writes what it makes. Recipes with faults are said, all of them,
 * and left out: the exit status is then RV_STATUS_FAILED. noun: "Makefiles".
 */
int rv_whole_run(struct rv_run *run, const char *noun,
    int (*each)(struct rv_whole *w, const struct rv_port *p, struct rv_error *err),
    struct rv_error *err) RV_MUST_CHECK;
