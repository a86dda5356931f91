/* SPDX-License-Identifier: ISC */
/*
 * From a request to ordered steps. Every path out of rv_plan_make frees the solver's memory; the
 * plan holds pointers to the caller's packages only.
 */
#include "plan/plan.h"

#include <string.h>

#include <solv/pool.h>
#include <solv/solver.h>
#include <solv/transaction.h>

#include "base/vec.h"
#include "plan/pool.h"

#define OFFERED_MAX ((size_t)4 * 1024 * 1024)

struct work {
	const struct rv_plan_request *request;
	struct rv_plan_pool pp;
	Queue jobs;
	Solver *solver;
	struct rv_plan *plan;
};

void rv_plan_release(struct rv_plan *p)
{
	rv_vec_release(&p->steps);
	rv_vec_release(&p->wanted);
	rv_vec_release(&p->held);
}

const char *rv_plan_action_name(enum rv_plan_action action)
{
	static const char *const names[] = {"install", "upgrade", "remove"};

	return names[action];
}

const char *rv_plan_reason_name(enum rv_plan_reason reason)
{
	static const char *const names[] = {
	    "asked", "needed", "newer", "rebuilt", "forced", "unneeded", "depends"};

	return names[reason];
}

static bool is_named(const struct work *w, const char *name)
{
	for (size_t i = 0; i < w->request->n_names; i++)
		if (strcmp(w->request->names[i], name) == 0)
			return true;
	return false;
}

/* Every name must mean something for the kind of request. */
static int check_names(const struct work *w, struct rv_error *err)
{
	for (size_t i = 0; i < w->request->n_names; i++) {
		const char *name = w->request->names[i];
		bool installed = rv_plan_installed(&w->pp, name) != NULL;

		if (w->request->kind == RV_PLAN_INSTALL && !installed &&
		    !rv_plan_best(&w->pp, name))
			return rv_fail(
			    err, RV_INPUT, "%s: no such package in the catalogues", name);
		if (w->request->kind != RV_PLAN_INSTALL && !installed)
			return rv_fail(err, RV_INPUT, "%s: not installed", name);
	}
	return 0;
}

static void add_job(struct work *w, int how, const char *name)
{
	queue_push2(&w->jobs, how | SOLVER_SOLVABLE_NAME, pool_str2id(w->pp.pool, name, 1));
}

static bool is_newer(const struct rv_ranked *offered, const struct rv_ranked *installed)
{
	return offered->class > installed->class ||
	       (offered->class == installed->class && offered->sub > installed->sub);
}

static void add_install_job(struct work *w, const char *name)
{
	const struct rv_ranked *installed = rv_plan_installed(&w->pp, name);
	const struct rv_ranked *best = rv_plan_best(&w->pp, name);

	if (installed && best && is_newer(best, installed))
		queue_push2(&w->jobs, SOLVER_INSTALL | SOLVER_SOLVABLE, best->id);
	else
		add_job(w, SOLVER_INSTALL, name);
}

static void add_userinstalled_jobs(struct work *w)
{
	for (size_t i = 0; i < w->pp.n; i++)
		if (w->pp.ranked[i].installed && !w->pp.ranked[i].package->automatic)
			queue_push2(
			    &w->jobs, SOLVER_USERINSTALLED | SOLVER_SOLVABLE, w->pp.ranked[i].id);
}

static void add_jobs(struct work *w)
{
	const struct rv_plan_request *rq = w->request;

	if (rq->kind == RV_PLAN_AUTOREMOVE)
		add_userinstalled_jobs(w);
	if (rq->kind == RV_PLAN_UPGRADE && rq->n_names == 0)
		queue_push2(&w->jobs, SOLVER_UPDATE | SOLVER_SOLVABLE_ALL, 0);
	for (size_t i = 0; i < rq->n_names; i++) {
		if (rq->kind == RV_PLAN_INSTALL)
			add_install_job(w, rq->names[i]);
		else
			add_job(w, rq->kind == RV_PLAN_REMOVE ? SOLVER_ERASE : SOLVER_UPDATE,
			    rq->names[i]);
	}
}

static int solve(struct work *w)
{
	if (w->solver)
		solver_free(w->solver);
	w->solver = solver_create(w->pp.pool);
	if (w->request->kind == RV_PLAN_REMOVE && w->request->with_dependents)
		solver_set_flag(w->solver, SOLVER_FLAG_ALLOW_UNINSTALL, 1);
	return solver_solve(w->solver, &w->jobs);
}

/* The second half of autoremove: what the first solution found unneeded becomes the request. */
static int solve_unneeded(struct work *w)
{
	Queue unneeded;

	queue_init(&unneeded);
	solver_get_unneeded(w->solver, &unneeded, 0);
	queue_empty(&w->jobs);
	for (int i = 0; i < unneeded.count; i++)
		queue_push2(&w->jobs, SOLVER_ERASE | SOLVER_SOLVABLE, unneeded.elements[i]);
	queue_free(&unneeded);
	return solve(w);
}

/* --- steps */
static enum rv_plan_reason upgrade_reason(const struct rv_ranked *from, const struct rv_ranked *to)
{
	if (to->class > from->class)
		return RV_REASON_NEWER;
	return strcmp(from->package->content_id, to->package->content_id) == 0 ? RV_REASON_FORCED
									       : RV_REASON_REBUILT;
}

static void add_install_step(struct work *w, const struct rv_ranked *to)
{
	const struct rv_ranked *from = rv_plan_installed(&w->pp, to->package->name);
	bool asked = w->request->kind == RV_PLAN_INSTALL && is_named(w, to->package->name);
	struct rv_plan_step *s = rv_vec_add(&w->plan->steps);

	s->to = to->package;
	s->from = from ? from->package : NULL;
	s->action = from ? RV_STEP_UPGRADE : RV_STEP_INSTALL;
	s->automatic = !asked && (!from || from->package->automatic);
	if (from)
		s->reason = upgrade_reason(from, to);
	else
		s->reason = asked ? RV_REASON_ASKED : RV_REASON_NEEDED;
}

static void add_remove_step(struct work *w, const struct rv_ranked *from)
{
	struct rv_plan_step *s = rv_vec_add(&w->plan->steps);

	s->from = from->package;
	s->action = RV_STEP_REMOVE;
	s->automatic = from->package->automatic;
	if (w->request->kind == RV_PLAN_AUTOREMOVE)
		s->reason = RV_REASON_UNNEEDED;
	else
		s->reason = is_named(w, from->package->name) ? RV_REASON_ASKED : RV_REASON_DEPENDS;
}

/* Is the installed package replaced by another of its name in these steps? */
static bool replaced(const struct work *w, const Transaction *t, const struct rv_ranked *old)
{
	for (int i = 0; i < t->steps.count; i++) {
		const struct rv_ranked *r = w->pp.by_id[t->steps.elements[i]];

		if (r && !r->installed && strcmp(r->package->name, old->package->name) == 0)
			return true;
	}
	return false;
}

static void take_steps(struct work *w)
{
	Transaction *t = solver_create_transaction(w->solver);

	transaction_order(t, 0);
	for (int i = 0; i < t->steps.count; i++) {
		const struct rv_ranked *r = w->pp.by_id[t->steps.elements[i]];

		if (r && !r->installed)
			add_install_step(w, r);
	}
	for (int i = 0; i < t->steps.count; i++) {
		const struct rv_ranked *r = w->pp.by_id[t->steps.elements[i]];

		if (r && r->installed && !replaced(w, t, r))
			add_remove_step(w, r);
	}
	transaction_free(t);
}

static bool has_step(const struct work *w, const struct rv_plan_package *installed)
{
	rv_vec_each (&w->plan->steps, s)
		if (s->from == installed)
			return true;
	return false;
}

static void take_wanted(struct work *w)
{
	for (size_t i = 0; i < w->request->n_names; i++) {
		const struct rv_ranked *r = rv_plan_installed(&w->pp, w->request->names[i]);

		if (r && r->package->automatic && !has_step(w, r->package))
			rv_vec_push(&w->plan->wanted, r->package);
	}
}

static void take_held(struct work *w)
{
	for (size_t i = 0; i < w->pp.n; i++) {
		const struct rv_ranked *r = &w->pp.ranked[i], *best;

		if (!r->installed || (w->request->n_names && !is_named(w, r->package->name)))
			continue;
		best = rv_plan_best(&w->pp, r->package->name);
		if (best && is_newer(best, r) && !has_step(w, r->package))
			rv_vec_push(&w->plan->held, r->package);
	}
}

static int make(struct work *w, struct rv_buf *why, struct rv_error *err)
{
	int problems, rc = check_names(w, err);

	if (rc < 0)
		return rc;
	add_jobs(w);
	problems = solve(w);
	if (problems == 0 && w->request->kind == RV_PLAN_AUTOREMOVE)
		problems = solve_unneeded(w);
	if (problems) {
		rv_plan_explain(&w->pp, w->solver, why);
		return RV_PLAN_IMPOSSIBLE;
	}
	take_steps(w);
	if (w->request->kind == RV_PLAN_INSTALL)
		take_wanted(w);
	if (w->request->kind == RV_PLAN_UPGRADE)
		take_held(w);
	return 0;
}

int rv_plan_make(const struct rv_plan_request *request, struct rv_plan *out, struct rv_buf *why,
    struct rv_error *err)
{
	struct work w = {.request = request, .plan = out};
	int rc;

	*out = RV_PLAN_INIT;
	if (request->n_offered > OFFERED_MAX || request->n_installed > OFFERED_MAX)
		return rv_fail(err, RV_LIMIT, "plan: more than %zu packages", OFFERED_MAX);
	rv_plan_pool_make(&w.pp, request);
	queue_init(&w.jobs);
	rc = make(&w, why, err);
	if (w.solver)
		solver_free(w.solver);
	queue_free(&w.jobs);
	rv_plan_pool_release(&w.pp);
	if (rc != 0)
		rv_plan_release(out);
	return rc;
}
