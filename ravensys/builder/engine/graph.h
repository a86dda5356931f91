/* SPDX-License-Identifier: ISC */
/*
 * The ports of one run: those asked for and all that they need, with their dependencies as indices.
 * Who needs whom comes from the plan of the whole tree; a recipe is read when it is wanted and
 * dropped when its port is done. A node's index is stable; nodes are in the order of the scan.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "engine/record.h"
#include "engine/wholetree.h"
#include "port/recipe.h"
#include "port/tree.h"

struct rv_node_dep {
	uint32_t node; /* the port that makes it */
	const char *subpackage;
	bool direct_build; /* needed to build; false: only by what it makes */
};

struct rv_node {
	/* texts of the scan */
	const char *key; /* namebase:variant */
	const char *namebase, *variant, *pkgversion;
	const char *ignore;		 /* why it cannot be built here, NULL when it can */
	struct rv_scan_list subpackages; /* names */
	uint32_t in_tree;		 /* its number in the whole tree */
	bool asked;			 /* named by the user, not pulled in */
	rv_vec(uint32_t) needs;		 /* nodes, each once */
	rv_vec(struct rv_node_dep) deps; /* packages that its slot starts from */
	rv_vec(const char *) host;	 /* build dependencies that the machine satisfies */
	struct rv_port *port;		 /* these two: NULL unless opened */
	struct rv_recipe *recipe;
	struct rv_inputs inputs;  /* all but the packages in the slot; empty: not asked for yet */
	struct rv_record *record; /* of the last good build, NULL: none; then of this run's */
	bool packages_there;	  /* every file of the record is under its final name */
};

struct rv_graph_env {
	const struct rv_wholetree *whole;
	const struct rv_trees *trees;
	const struct rv_platform *platform;
	const struct rv_defaults *defaults;
};

struct rv_graph {
	struct rv_graph_env env;
	struct rv_arena arena;
	rv_vec(struct rv_node) nodes;
	struct rv_map by_package; /* name to index + 1, filled as records become known */
	/* Fills node->inputs where they are empty; NULL: they are as they are. */
	int (*ask_inputs)(void *ctx, struct rv_node *node, struct rv_error *err);
	void *ask_ctx;
};

/*
 * The origins ("namebase[:variant]"; n_origins 0: every port that can be planned) and what they
 * transitively need. A recipe with faults: RV_INPUT, all of them in problems. What a port needs and
 * no tree has, or its port does not make, and cycles: RV_INPUT naming both. env is borrowed for the
 * graph's life.
 */
int rv_graph_load(const struct rv_graph_env *env, const char *const *origins, size_t n_origins,
    struct rv_graph *out, struct rv_problems *problems, struct rv_error *err) RV_MUST_CHECK;
void rv_graph_release(struct rv_graph *g);

/*
 * Reads the node's recipe unless it is open. RV_INPUT when it has faults by now, or needs something
 * else than when the run was planned.
 */
int rv_graph_open_node(struct rv_graph *g, struct rv_node *node, struct rv_error *err)
    RV_MUST_CHECK;
void rv_graph_close_node(struct rv_node *node);

/* What one slot holds: packages by name, sorted, each once. */
struct rv_slot_package {
	const struct rv_node *node;
	const struct rv_record_package *package;
};
struct rv_slot_packages {
	struct rv_slot_package *v;
	size_t n, cap;
};

/*
 * The closure of a node's dependencies over the `requires` of the packages on record. RV_BUILD
 * naming the package when one is not on record (its port was not built). out: rv_vec_release.
 */
int rv_graph_slot_packages(const struct rv_graph *g, const struct rv_node *node,
    struct rv_slot_packages *out, struct rv_error *err) RV_MUST_CHECK;

/* Makes the packages of node->record known to rv_graph_slot_packages. */
void rv_graph_publish(struct rv_graph *g, struct rv_node *node);
