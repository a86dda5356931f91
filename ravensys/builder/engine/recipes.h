/* SPDX-License-Identifier: ISC */
/*
 * What a profile says about recipes: the trees, the mk folder, the platform, the default versions.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "engine/profile.h"
#include "port/recipe.h"
#include "port/tree.h"

struct rv_recipes {
	struct rv_trees trees; /* the custom tree first */
	int mk_fd;
	const char *mk_path;
	struct rv_mkdata *mk; /* in arena */
	struct rv_platform platform;
	struct rv_defaults defaults;
	struct rv_arena arena;
};

#define RV_RECIPES_INIT ((struct rv_recipes){.mk_fd = -1})

/* What a command line may say instead of the profile. Zeroed: nothing. All borrowed. */
struct rv_recipes_how {
	const char *const *trees; /* the first has precedence */
	size_t n_trees;
	const char *mk;	      /* NULL: the Mk of the first of the trees that has one */
	const char *platform; /* OPSYS:ARCH[:RELEASE]: of a system root of its own */
	bool genesis;
	bool without_trees; /* the profile's are not opened: a recipe is named by its folder */
};

/* The trees that how names, else those of the profile, its custom one first. Part of the next. */
int rv_recipes_add_trees(const struct rv_profile *profile, const struct rv_recipes_how *how,
    struct rv_trees *trees, struct rv_error *err) RV_MUST_CHECK;
/* The profile and how must outlive *out. RV_INPUT names the key whose folder is missing. */
int rv_recipes_open(const struct rv_profile *profile, const struct rv_recipes_how *how,
    struct rv_recipes *out, struct rv_error *err) RV_MUST_CHECK;
void rv_recipes_release(struct rv_recipes *r);
