/* SPDX-License-Identifier: ISC */
/*
 * The plan of whole trees, from a scan and without a recipe being read again: every variant of
 * every port, who needs whom and why, what is missing, cycles, and the order of building. A node's
 * number is the index of its variant in the scan, which is borrowed, as the host is.
 *
 * A fault of one port spoils the plan of those alone that need it.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "engine/host.h"
#include "port/scan.h"
#include "sched/dag.h"

struct rv_wholetree_how {
	const struct rv_scan *scan; /* RV_SCAN_VARIANTS */
	const struct rv_host *host; /* what it provides is not needed for building; NULL: nothing */
	/*
	 * As the original program counts: nothing waits for its compiler's port, and ports of
	 * custom trees come after the others of the same weight.
	 */
	bool as_original;
	bool customs;	/* there is more than one tree */
	bool unordered; /* order and weights are not wanted: a run weighs its own part */
};

enum rv_plan_state {
	RV_PLAN_GOOD,
	RV_PLAN_IGNORED, /* not for this platform, or in need of one that is not */
	RV_PLAN_FAULTY,	 /* needs what is not there, is in a cycle, or in need of such a one */
};

struct rv_plan_node {
	enum rv_plan_state state;
	uint32_t culprit; /* the need that is ignored or faulty; itself when it is its own */
};

struct rv_plan_fault {
	uint32_t node; /* that has it; of a cycle, one in it */
	const char *text;
	const char *culprit; /* namebase of the port whose recipe has faults, or NULL */
};

struct rv_wholetree {
	struct rv_wholetree_how how;
	uint32_t n;
	struct rv_dag dag;
	struct rv_plan_node *nodes;
	/*
	 * Most transitive dependents first, then by number: what is needed comes before what needs
	 * it. NULL when unordered.
	 */
	uint32_t *order;
	struct {
		struct rv_plan_fault *v;
		size_t n, cap;
	} faults; /* of the dependencies; the recipes' own are the scan's */
	struct rv_arena arena;
};

void rv_wholetree_make(const struct rv_wholetree_how *how, struct rv_wholetree *out);
void rv_wholetree_release(struct rv_wholetree *t);
const char *rv_wholetree_key(const struct rv_wholetree *t, uint32_t node); /* namebase:variant */

/* Is the need met before the node is built? Not: by what the system root has. */
bool rv_wholetree_waits(const struct rv_wholetree *t, uint32_t node, uint32_t need);

/* The keyword that a dependency comes from, as rv_dep_kind and one more. */
#define RV_NEED_EXRUN RV_DEP_KINDS
#define RV_NEED_KINDS (RV_DEP_KINDS + 1)

struct rv_need {
	unsigned kind;
	struct rv_scan_dep dep;
	const char *by; /* EXRUN: the subpackage that has it; else NULL */
	bool host;	/* the machine has it: no edge */
};

const char *rv_need_keyword(unsigned kind); /* "BUILD_DEPENDS" ... "EXRUN" */
/* Every dependency of a node, in the order of its recipe. */
typedef void rv_need_fn(void *ctx, uint32_t node, const struct rv_need *need);
void rv_wholetree_needs(const struct rv_wholetree *t, uint32_t node, rv_need_fn *told, void *ctx);
