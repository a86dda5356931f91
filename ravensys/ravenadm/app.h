/* SPDX-License-Identifier: ISC */
/*
 * What ravenadm's commands share: the profile of this call, its recipe trees, and the engine's
 * configuration made from both. Opened by the driver for every command with RV_ADM_PROFILE in its
 * needs.
 */
#pragma once

#include "cli/cmd.h"
#include "engine/engine.h"
#include "engine/profile.h"
#include "engine/recipes.h"
#include "ravenadm/origins.h"
#include "ravenadm/reading.h"

/* The options struct of commands that have no other options than those of reading. */
struct rv_adm_opts {
	struct rv_reading_opts reading;
};
extern const struct rv_opt rv_adm_reading_options[];

struct rv_adm {
	struct rv_profile *profile;
	struct rv_recipes recipes;
	struct rv_engine_config config;
	struct rv_arena arena;
};

/* The callbacks of struct rv_program. */
int rv_adm_open(struct rv_run *run, struct rv_error *err);
void rv_adm_close(struct rv_run *run);

static inline struct rv_adm *rv_adm_of(const struct rv_run *run)
{
	return run->app;
}

/* The scan of this call's trees and the origins of its operands, loaded into the engine. */
struct rv_adm_load {
	struct rv_scan *scan; /* outlives the engine */
	struct rv_origins origins;
	struct rv_problems problems;
};
void rv_adm_load_release(struct rv_adm_load *l);
/*
 * 0; > 0 the exit status, the faults were said; < 0. *l is zeroed before, and released by the
 * caller after the engine, whatever comes back.
 */
int rv_adm_load(struct rv_run *run, struct rv_engine *e, struct rv_adm_load *l,
    struct rv_error *err) RV_MUST_CHECK;

/* What a build of the operands would do: `status`, and `build` and `force` with -n. */
int rv_adm_say_status(struct rv_run *run, bool forced, struct rv_error *err);

/*
 * Says all faults of recipes: "FILE:LINE: reason" on standard error, with --json one document with
 * their classes on standard output. True when there were some; false: the error says what it was.
 */
bool rv_adm_say_problems(const struct rv_run *run, struct rv_problems *problems);

/*
 * A port of the trees by its name. RV_STATUS_FAILED when its recipe has faults: they were said.
 */
int rv_adm_load_port(const struct rv_run *run, const struct rv_recipes *recipes,
    const char *namebase, struct rv_port **out, struct rv_error *err) RV_MUST_CHECK;
