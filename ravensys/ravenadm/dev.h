/* SPDX-License-Identifier: ISC */
/*
 * A recipe in a folder that the user names, with all that it needs: what the dev commands work on.
 */
#pragma once

#include "base/attr.h"
#include "cli/cmd.h"
#include "port/recipe.h"
#include "port/sheet.h"
#include "ravenadm/reading.h"

struct rv_dev {
	struct rv_reading reading;
	struct rv_port *port;
	struct rv_recipe *recipe;
	int fd;		     /* the folder; -1: a buildsheet was named */
	struct rv_buf sheet; /* then that */
};

#define RV_DEV_INIT                                                                                \
	((struct rv_dev){                                                                          \
	    .reading = RV_READING_INIT, .fd = -1, .sheet = RV_BUF_INIT(RV_SHEET_MAX_BYTES)})

/*
 * The first operand is the folder, or a buildsheet; the working folder without it. Fills reading,
 * port, fd, sheet. Every fault of the recipe is said on standard error; the error that comes back
 * counts them.
 */
int rv_dev_load(const struct rv_run *run, const struct rv_reading_opts *reading, struct rv_dev *d,
    struct rv_error *err) RV_MUST_CHECK;
/* The recipe of a variant too; NULL: std, or the first when the port has no std. */
int rv_dev_open(const struct rv_run *run, const struct rv_reading_opts *reading,
    const char *variant, struct rv_dev *d, struct rv_error *err) RV_MUST_CHECK;
/*
 * Says every problem on standard error; -1 with an error that counts them, or with *err as it is
 * when there are none.
 */
int rv_dev_say_problems(
    const struct rv_run *run, struct rv_problems *problems, const char *what, struct rv_error *err);
void rv_dev_release(struct rv_dev *d);
