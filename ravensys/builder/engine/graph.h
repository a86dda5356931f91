/* SPDX-License-Identifier: ISC */
/*
 * The ports of one run: those asked for and all that they need, loaded, with their dependencies as
 * indices. Pure but for reading recipes. A node's index is stable; the order of nodes is that of
 * discovery.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "engine/host.h"
#include "engine/record.h"
#include "port/recipe.h"
#include "port/tree.h"

struct rv_node_dep {
	uint32_t node;	     /* the port that makes it */
	const char *package; /* namebase~subpackage~variant */
	const char *subpackage;
	bool direct_build; /* needed to build; false: only by what it makes */
};

struct rv_node {
	const char *key; /* namebase:variant */
	struct rv_port *port;
	struct rv_recipe *recipe;
	bool asked;			 /* named by the user, not pulled in */
	rv_vec(uint32_t) needs;		 /* nodes, each once */
	rv_vec(struct rv_node_dep) deps; /* packages that its slot starts from */
	rv_vec(const char *) host;	 /* build dependencies that the machine satisfies */
	struct rv_inputs inputs;	 /* all but the packages in the slot */
	struct rv_record *record; /* of the last good build, NULL: none; then of this run's */
	bool packages_there;	  /* every file of the record is under its final name */
};

struct rv_graph {
	struct rv_arena arena;
	rv_vec(struct rv_node) nodes;
	struct rv_map by_key;	  /* key to index + 1 */
	struct rv_map by_package; /* name to index + 1, filled as records become known */
};

struct rv_graph_env {
	const struct rv_trees *trees;
	const struct rv_host *host; /* NULL: nothing is satisfied by the machine */
	const struct rv_platform *platform;
	const struct rv_defaults *defaults;
	int mk_fd;
};

/*
 * Loads the origins and, recursively, what they need. A recipe with faults: RV_INPUT, all of them
 * in problems. What a port needs and no tree has, or its port does not make: RV_INPUT naming both.
 */
int rv_graph_load(const struct rv_graph_env *env, const char *const *origins, size_t n_origins,
    struct rv_graph *out, struct rv_problems *problems, struct rv_error *err) RV_MUST_CHECK;
void rv_graph_release(struct rv_graph *g);

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
