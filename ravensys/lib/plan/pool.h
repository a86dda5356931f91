/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/plan: the solver's pool made from our packages. Versions become ranks "CLASS-SUB":
 * CLASS counts the different versions of a name in order, SUB is 1, or 2 for what replaces an
 * installed package of the same version.
 */
#pragma once

#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/repo.h>

#include "base/arena.h"
#include "base/map.h"
#include "plan/plan.h"

struct rv_ranked {
	const struct rv_plan_package *package;
	bool installed,
	    skipped; /* skipped: outranked by another repository, or installed as it is */
	uint32_t class, sub;
	Id id; /* solvable, 0: none */
};

struct rv_plan_group { /* all of one name, by version */
	const char *name;
	struct rv_ranked *first;
	size_t n;
	uint32_t classes;
};

struct rv_plan_relation { /* how a dependency is written for people */
	Id dep;
	const char *text;
};

struct rv_plan_pool {
	Pool *pool;
	struct rv_arena arena;
	struct rv_ranked *ranked; /* by name, then version */
	size_t n;
	struct rv_map groups;	  /* name -> struct rv_plan_group */
	struct rv_ranked **by_id; /* solvable id -> ranked; NULL for the solver's own */
	size_t n_ids;
	struct {
		struct rv_plan_relation *v;
		size_t n, cap;
	} relations;
};

void rv_plan_pool_make(struct rv_plan_pool *pp, const struct rv_plan_request *request);
void rv_plan_pool_release(struct rv_plan_pool *pp);

/* The installed one of a name, or NULL. */
const struct rv_ranked *rv_plan_installed(const struct rv_plan_pool *pp, const char *name);
/* The best one that is offered and not skipped, or NULL. */
const struct rv_ranked *rv_plan_best(const struct rv_plan_pool *pp, const char *name);

/* Adds a line for each reason of the solver's problems. */
struct s_Solver;
void rv_plan_explain(const struct rv_plan_pool *pp, struct s_Solver *solver, struct rv_buf *why);
