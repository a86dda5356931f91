/* SPDX-License-Identifier: ISC */
/*
 * The options of every command that reads recipes, and what they open: trees, the mk folder, the
 * platform. What is not said comes from the profile. With --tree and --mk (or a tree that has its
 * own Mk) no profile has to exist.
 *
 *	struct jump_opts { struct rv_reading_opts reading; bool all; };
 *	static const struct rv_opt options[] = {
 *		RV_OPT_FLAG(struct jump_opts, all, 'a', "all", "..."),
 *		RV_READING_OPTIONS(struct jump_opts, reading),
 *		RV_OPT_END,
 *	};
 *
 * A command with RV_ADM_PROFILE among its needs has the same opened in rv_adm_of(run): there the
 * field must be the first of its options struct, and RV_ADM_READING among its needs.
 */
#pragma once

#include "base/attr.h"
#include "cli/cmd.h"
#include "engine/recipes.h"
#include "port/scan.h"

struct rv_reading_opts {
	struct rv_opt_list trees; /* --tree, the first has precedence */
	const char *mk;		  /* --mk */
	const char *platform;	  /* --platform */
	bool genesis;		  /* --genesis */
};

#define RV_READING_OPTION(type_, field_, kind_, name_, placeholder_, help_)                        \
	{                                                                                          \
		.name = (name_), .type = (kind_), .placeholder = (placeholder_), .help = (help_),  \
		.offset = offsetof(type_, field_), .shared = true,                                 \
	}
#define RV_READING_OPTIONS(type_, field_)                                                          \
	RV_READING_OPTION(type_, field_.trees, RV_OPT_IS_LIST, "tree", "DIR",                      \
	    "read recipes from here, source or compiled; more than once: the first wins"),         \
	    RV_READING_OPTION(type_, field_.mk, RV_OPT_IS_STRING, "mk", "DIR",                     \
		"their make framework (default: Mk of a tree given, else the profile's)"),         \
	    RV_READING_OPTION(type_, field_.platform, RV_OPT_IS_STRING, "platform",                \
		"OPSYS:ARCH[:RELEASE]", "read for this system instead of the present one"),        \
	    RV_READING_OPTION(type_, field_.genesis, RV_OPT_IS_FLAG, "genesis", NULL,              \
		"as in a system root that is being bootstrapped")

struct rv_reading {
	struct rv_profile *profile; /* of defaults only, when none is needed and none is there */
	struct rv_recipes recipes;
};

#define RV_READING_INIT ((struct rv_reading){.recipes = RV_RECIPES_INIT})

/* o may be NULL. On failure *out is released. */
int rv_reading_open(const struct rv_run *run, const struct rv_reading_opts *o,
    struct rv_reading *out, struct rv_error *err) RV_MUST_CHECK;
/* For a recipe that is named by its folder: only trees of --tree are opened, and --mk is enough. */
int rv_reading_open_without_trees(const struct rv_run *run, const struct rv_reading_opts *o,
    struct rv_reading *out, struct rv_error *err) RV_MUST_CHECK;
void rv_reading_release(struct rv_reading *r);

/* The profile of this call, or one of defaults when the options say all that is needed of it. */
int rv_reading_profile(const struct rv_run *run, const struct rv_reading_opts *o,
    struct rv_profile **out, struct rv_error *err) RV_MUST_CHECK;
/* The options as rv_recipes_open takes them. */
struct rv_recipes_how rv_reading_how(const struct rv_reading_opts *o);
