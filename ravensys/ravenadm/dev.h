/* SPDX-License-Identifier: ISC */
/*
 * A recipe in a folder that the user names, with all that it needs: what the dev commands work on.
 */
#pragma once

#include "base/attr.h"
#include "cli/cmd.h"
#include "port/recipe.h"
#include "ravenadm/reading.h"

struct rv_dev {
	struct rv_reading reading;
	struct rv_port *port;
	struct rv_recipe *recipe;
	int fd; /* the folder */
};

#define RV_DEV_INIT ((struct rv_dev){.reading = RV_READING_INIT, .fd = -1})

/*
 * The first operand is the folder, the working folder without it. variant NULL: std, or the first
 * when the port has no std. Every fault of the recipe is said on standard error; the error that
 * comes back counts them.
 */
int rv_dev_open(const struct rv_run *run, const struct rv_reading_opts *reading,
    const char *variant, struct rv_dev *d, struct rv_error *err) RV_MUST_CHECK;
void rv_dev_release(struct rv_dev *d);
