/* SPDX-License-Identifier: ISC */
/*
 * What a profile says about recipes: the trees, the mk folder, the platform, the default versions.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "engine/profile.h"
#include "port/recipe.h"
#include "port/tree.h"

struct rv_recipes {
	struct rv_trees trees; /* the custom tree first */
	int mk_fd;
	struct rv_platform platform;
	struct rv_defaults defaults;
};

#define RV_RECIPES_INIT ((struct rv_recipes){.mk_fd = -1})

/* The profile must outlive *out. RV_INPUT names the key whose folder is missing. */
int rv_recipes_open(const struct rv_profile *profile, struct rv_recipes *out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_recipes_release(struct rv_recipes *r);
