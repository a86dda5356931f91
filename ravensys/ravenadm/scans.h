/* SPDX-License-Identifier: ISC */
/* The scan of all recipes, for commands. */
#pragma once

#include "base/attr.h"
#include "cli/cmd.h"
#include "port/scan.h"
#include "ravenadm/reading.h"

/*
 * The facts of every port that r reads, kept in the profile's folder (or the cache of who has no
 * profile). Recipes with faults are said on standard error, all of them, and are no failure: ask
 * rv_scan_fault_count to know.
 */
int rv_adm_scan(const struct rv_run *run, const struct rv_reading *r, enum rv_scan_depth depth,
    struct rv_scan **out, struct rv_error *err) RV_MUST_CHECK;
