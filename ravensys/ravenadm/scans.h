/* SPDX-License-Identifier: ISC */
/* The scan of all recipes, for commands. */
#pragma once

#include "base/attr.h"
#include "cli/cmd.h"
#include "engine/recipes.h"
#include "port/scan.h"

/*
 * The facts of every port of the trees (rv_scan_free). They are kept in the profile's folder where
 * that can be written.
 */
int rv_recipes_scan(const struct rv_profile *profile, const struct rv_recipes *recipes,
    enum rv_scan_depth depth, struct rv_scan **out, struct rv_error *err) RV_MUST_CHECK;
/*
 * The same, with rv_scan_say_faults of all. Faults are no failure: ask rv_scan_fault_count to know.
 */
int rv_adm_scan(const struct rv_run *run, const struct rv_profile *profile,
    const struct rv_recipes *recipes, enum rv_scan_depth depth, struct rv_scan **out,
    struct rv_error *err) RV_MUST_CHECK;

/* Says the faults of one port's recipe, namebase NULL: of every recipe, on standard error. */
void rv_scan_say_faults(const struct rv_run *run, const struct rv_scan *s, const char *namebase);
