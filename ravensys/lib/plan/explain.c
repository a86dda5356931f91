/* SPDX-License-Identifier: ISC */
/* The solver's problems in our words: one reason a line, packages by name and version. */
#include <string.h>

#include <solv/pool.h>
#include <solv/solver.h>
#include <solv/problems.h>

#include "base/vec.h"
#include "plan/pool.h"

#define REASONS_MAX 12

struct reason {
	int type;
	Id source, target, dep;
};

/* %s: the source package; %d: the dependency; %t: the target package. */
static const struct {
	int type;
	const char *text;
} texts[] = {
    {SOLVER_RULE_PKG_NOT_INSTALLABLE, "%s cannot be installed"},
    {SOLVER_RULE_PKG_NOTHING_PROVIDES_DEP, "%s needs %d, which nothing offers"},
    {SOLVER_RULE_PKG_REQUIRES, "%s needs %d"},
    {SOLVER_RULE_PKG_SELF_CONFLICT, "%s conflicts with itself"},
    {SOLVER_RULE_PKG_CONFLICTS, "%s and %t cannot both be installed"},
    {SOLVER_RULE_PKG_SAME_NAME, "%s and %t cannot both be installed"},
    {SOLVER_RULE_PKG_OBSOLETES, "%s replaces %t"},
    {SOLVER_RULE_UPDATE, "%s is installed and may not go"},
    {SOLVER_RULE_FEATURE, "%s is installed and may not go"},
    {SOLVER_RULE_JOB_NOTHING_PROVIDES_DEP, "nothing offers %d"},
    {SOLVER_RULE_JOB_UNKNOWN_PACKAGE, "%d: there is no such package"},
    {SOLVER_RULE_BEST, "%s is not the newest version"},
};

static const char *text_of(int type)
{
	for (size_t i = 0; i < RV_COUNT(texts); i++)
		if (texts[i].type == type)
			return texts[i].text;
	return NULL;
}

static void add_package(const struct rv_plan_pool *pp, Id id, struct rv_buf *out)
{
	const struct rv_ranked *r = id > 0 && (size_t)id < pp->n_ids ? pp->by_id[id] : NULL;

	if (r)
		rv_buf_addf(out, "%s %s", r->package->name, r->package->version);
	else
		rv_buf_add_str(out, "the request");
}

static void add_dep(const struct rv_plan_pool *pp, Id dep, struct rv_buf *out)
{
	for (size_t i = 0; i < pp->relations.n; i++) {
		if (pp->relations.v[i].dep != dep)
			continue;
		rv_buf_add_str(out, pp->relations.v[i].text);
		return;
	}
	rv_buf_add_str(out, dep ? pool_dep2str(pp->pool, dep) : "it");
}

static void add_reason(
    const struct rv_plan_pool *pp, const char *text, const struct reason *r, struct rv_buf *out)
{
	for (; *text; text++) {
		if (*text != '%') {
			rv_buf_add_char(out, *text);
			continue;
		}
		text++;
		if (*text == 's')
			add_package(pp, r->source, out);
		else if (*text == 't')
			add_package(pp, r->target, out);
		else
			add_dep(pp, r->dep, out);
	}
}

/* Adds the line unless it stands there already. */
static bool add_line(struct rv_buf *why, const struct rv_buf *line)
{
	struct rv_span rest = rv_buf_span(why), one;

	while (rv_span_next(&rest, '\n', &one))
		if (rv_span_eq(one, rv_buf_span(line)))
			return false;
	rv_buf_add_span(why, rv_buf_span(line));
	rv_buf_add_char(why, '\n');
	return true;
}

/*
 * That something installed has to stay is worth a line only when nothing else explains the problem.
 */
static bool is_weak(int type)
{
	return type == SOLVER_RULE_UPDATE || type == SOLVER_RULE_FEATURE ||
	       type == SOLVER_RULE_BEST;
}

static unsigned explain_problem(const struct rv_plan_pool *pp, Solver *solver, const Queue *rules,
    bool weak, struct rv_buf *why)
{
	unsigned lines = 0;

	for (int i = 0; i < rules->count && lines < REASONS_MAX; i++) {
		struct reason r = {0};
		rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT((size_t)4096);
		const char *text;

		r.type =
		    (int)solver_ruleinfo(solver, rules->elements[i], &r.source, &r.target, &r.dep);
		text = text_of(r.type);
		if (!text || is_weak(r.type) != weak)
			continue;
		add_reason(pp, text, &r, &line);
		lines += add_line(why, &line);
	}
	return lines;
}

void rv_plan_explain(const struct rv_plan_pool *pp, Solver *solver, struct rv_buf *why)
{
	for (Id problem = solver_next_problem(solver, 0); problem;
	     problem = solver_next_problem(solver, problem)) {
		Queue rules;

		queue_init(&rules);
		solver_findallproblemrules(solver, problem, &rules);
		if (explain_problem(pp, solver, &rules, false, why) == 0)
			explain_problem(pp, solver, &rules, true, why);
		queue_free(&rules);
	}
}
