/* SPDX-License-Identifier: ISC */
/* Where ports are, for commands that read no recipe: trees by --tree, else those of the profile. */
#pragma once

#include "base/attr.h"
#include "cli/cmd.h"
#include "port/tree.h"
#include "ravenadm/reading.h"

struct rv_places {
	struct rv_profile *profile; /* NULL: it was not needed */
	struct rv_trees trees;
	bool has_custom; /* the first tree is the profile's custom one */
};

#define RV_PLACES_INIT ((struct rv_places){0})

int rv_places_open(const struct rv_run *run, const struct rv_opt_list *trees, struct rv_places *out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_places_release(struct rv_places *p);

/* Whether the tree has the port, as a folder (source) or as a file (compiled). RV_ABSENT. */
int rv_places_look(const struct rv_tree *tree, const char *namebase, bool *out_compiled,
    struct rv_error *err) RV_MUST_CHECK;
/* Whether it can be the name of a port at all: else RV_INPUT. */
int rv_places_check_name(const char *namebase, struct rv_error *err) RV_MUST_CHECK;
