/* SPDX-License-Identifier: ISC */
/*
 * ravenadm status-everything: what a build of the whole tree would do, one line a port in the order
 * of building. While nothing was ever built no port is looked at one by one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/out.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/planning.h"

struct everything_opts {
	struct rv_reading_opts reading;
	const char *order;
	bool all;
};

static const struct rv_opt options[] = {
    RV_OPT_STRING(struct everything_opts, order, 0, "order", "ORDER",
	"build (default), or ravenports: what and in which order the original program lists"),
    RV_OPT_FLAG(
	struct everything_opts, all, 'a', "all", "show ports that are up to date or ignored too"),
    RV_READING_OPTIONS(struct everything_opts, reading),
    RV_OPT_END,
};

struct everything {
	struct rv_run *run;
	const struct everything_opts *opts;
	bool as_original;
	struct rv_planning planning;
	struct rv_engine *engine;	   /* NULL: nothing was ever built */
	const struct rv_verdict *verdicts; /* of its graph */
	uint32_t *in_graph;		   /* one a node of the plan: its number in the graph + 1 */
	size_t counts[RV_ACTION_IGNORE + 1];
};

/* What is said of one port. */
struct line {
	const char *key, *version, *was; /* NULL: not built before */
	enum rv_action action;
	const char *reason;
	char text[320]; /* of a reason that is made up */
};

static void from_verdict(const struct everything *all, uint32_t at, struct line *out)
{
	const struct rv_graph *g = rv_engine_graph(all->engine);
	const struct rv_node *node = &g->nodes.v[at];

	out->action = all->verdicts[at].action;
	out->reason = all->verdicts[at].reason;
	if (node->record && node->record->packages.n)
		out->was = node->record->packages.v[0].version;
}

static const char *ignored_because(const struct everything *all, uint32_t node, struct line *l)
{
	const struct rv_wholetree *w = &all->planning.whole;

	snprintf(l->text, sizeof(l->text), "needs %s, which is ignored",
	    rv_wholetree_key(w, w->nodes[node].culprit));
	return l->text;
}

static void fill_line(const struct everything *all, uint32_t node, struct line *out)
{
	struct rv_scan_variant v;
	struct rv_scan_port p;

	rv_scan_variant(all->planning.scan, node, &v);
	rv_scan_port(all->planning.scan, v.port, &p);
	*out = (struct line){
	    .key = v.key,
	    .version = p.pkgversion,
	    .action = RV_ACTION_BUILD,
	    .reason = "never built",
	};
	if (all->planning.whole.nodes[node].state == RV_PLAN_IGNORED) {
		out->action = RV_ACTION_IGNORE;
		out->reason = v.ignore ? v.ignore : ignored_because(all, node, out);
	} else if (all->engine && all->in_graph[node]) {
		from_verdict(all, all->in_graph[node] - 1, out);
	}
}

static void print_line(const struct everything *all, const struct line *l)
{
	bool why = !all->as_original && l->was;
	const char *colon = why ? ": " : "", *reason = why ? l->reason : "";

	if (l->action == RV_ACTION_IGNORE)
		rv_out_print(all->run, "%s (ignored: %s)\n", l->key, l->reason);
	else if (l->action == RV_ACTION_NONE)
		rv_out_print(all->run, "%s (up to date %s)\n", l->key, l->version);
	else if (!l->was)
		rv_out_print(all->run, "%s (new %s)\n", l->key, l->version);
	else if (strcmp(l->was, l->version) != 0)
		rv_out_print(
		    all->run, "%s (%s => %s%s%s)\n", l->key, l->was, l->version, colon, reason);
	else
		rv_out_print(all->run, "%s (%s %s%s%s)\n", l->key,
		    l->action == RV_ACTION_MAYBE && !all->as_original ? "maybe" : "rebuild",
		    l->version, colon, reason);
}

static struct rv_json *line_to_json(const struct line *l)
{
	struct rv_json *o = rv_json_new_object();

	rv_json_set_string(o, "port", l->key);
	rv_json_set_string(o, "version", l->version);
	rv_json_set_string(o, "action", rv_action_name(l->action));
	rv_json_set_string(o, "reason", l->reason);
	if (l->was)
		rv_json_set_string(o, "version_built", l->was);
	return o;
}

static void say(struct everything *all)
{
	struct rv_json *list = all->run->globals.json ? rv_json_new_array() : NULL;
	const struct rv_wholetree *w = &all->planning.whole;

	for (uint32_t i = 0; i < w->n; i++) {
		struct line line;

		if (w->nodes[w->order[i]].state == RV_PLAN_FAULTY)
			continue;
		fill_line(all, w->order[i], &line);
		all->counts[line.action]++;
		if (list)
			rv_json_append(list, line_to_json(&line));
		else if (all->opts->all || line.action == RV_ACTION_BUILD ||
			 line.action == RV_ACTION_MAYBE)
			print_line(all, &line);
	}
	if (list)
		rv_out_json(all->run, list);
	rv_cli_warn(all->run,
	    "%zu to build, %zu more if what they need changes, %zu up to date, "
	    "%zu ignored",
	    all->counts[RV_ACTION_BUILD], all->counts[RV_ACTION_MAYBE], all->counts[RV_ACTION_NONE],
	    all->counts[RV_ACTION_IGNORE]);
}

/* Verdicts, when there is anything that they could be about. */
static int decide(struct everything *all, struct rv_error *err)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_adm *a = rv_adm_of(all->run);
	const struct rv_graph *g;
	bool has_builds;

	if (rv_engine_open(&a->config, false, NULL, &all->engine, err) < 0 ||
	    rv_engine_has_builds(all->engine, &has_builds, err) < 0)
		return -1;
	if (!has_builds) {
		rv_engine_free(all->engine);
		all->engine = NULL;
		return 0;
	}
	if (rv_engine_load(all->engine, all->planning.scan, NULL, 0, &problems, err) < 0 ||
	    rv_engine_status(all->engine, false, &all->verdicts, err) < 0)
		return -1;
	g = rv_engine_graph(all->engine);
	all->in_graph = rv_alloc_array(all->planning.whole.n + 1, sizeof(*all->in_graph));
	for (uint32_t i = 0; i < g->nodes.n; i++)
		all->in_graph[g->nodes.v[i].in_tree] = i + 1;
	return 0;
}

static int run_status_everything(struct rv_run *run, struct rv_error *err)
{
	struct everything all = {.run = run, .opts = run->opts};
	const char *order = all.opts->order ? all.opts->order : "build";
	size_t faults = 0;
	int r;

	all.as_original = strcmp(order, "ravenports") == 0;
	if (!all.as_original && strcmp(order, "build") != 0)
		return rv_cli_usage(run, "--order %s: neither build nor ravenports", order);
	r = rv_planning_open(run, all.as_original, &all.planning, err);
	if (r == 0)
		r = decide(&all, err);
	if (r == 0) {
		faults = rv_planning_say_faults(run, &all.planning);
		say(&all);
	}
	rv_engine_free(all.engine);
	free(all.in_graph);
	rv_planning_release(&all.planning);
	if (r == 0 && faults)
		return RV_STATUS_FAILED;
	return r;
}

const struct rv_cmd rv_cmd_status_everything = {
    .name = "status-everything",
    .summary = "say what a build of the whole tree would do, in the order of building",
    .details = "One line a port: new, rebuild, OLD => NEW, or maybe when a dependency's new "
	       "content decides.",
    .needs = RV_ADM_PROFILE | RV_ADM_READING,
    .options = options,
    .opts_bytes = sizeof(struct everything_opts),
    .run = run_status_everything,
};
