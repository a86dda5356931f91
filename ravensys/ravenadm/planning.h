/* SPDX-License-Identifier: ISC */
/* The plan of the whole tree of this call, and what is said of its faults. */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "cli/cmd.h"
#include "engine/wholetree.h"

struct rv_planning {
	struct rv_scan *scan;
	struct rv_host host;
	struct rv_wholetree whole;
};

#define RV_PLANNING_INIT ((struct rv_planning){0})

/* For a command with RV_ADM_PROFILE. */
int rv_planning_open(const struct rv_run *run, bool as_original, struct rv_planning *out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_planning_release(struct rv_planning *p);

/* Every fault of recipes and dependencies on standard error; how many there are. */
size_t rv_planning_say_faults(const struct rv_run *run, const struct rv_planning *p);
