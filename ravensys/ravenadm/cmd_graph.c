/* SPDX-License-Identifier: ISC */
/* ravenadm graph: who needs whom, and by which line of its recipe. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "cli/out.h"
#include "ravenadm/app.h"
#include "ravenadm/cause.h"
#include "ravenadm/cmds.h"
#include "ravenadm/planning.h"
#include "ravenadm/scans.h"

struct graph_opts {
	struct rv_reading_opts reading;
	bool reverse;
	const char *format, *why;
};

static const struct rv_opt options[] = {
    RV_OPT_FLAG(
	struct graph_opts, reverse, 'r', "reverse", "what needs the ports, not what they need"),
    RV_OPT_STRING(struct graph_opts, format, 'f', "format", "FORMAT", "dot (default) or json"),
    RV_OPT_STRING(struct graph_opts, why, 'w', "why", "TARGET",
	"only the shortest way from the ports (from each that needs it) to this one"),
    RV_READING_OPTIONS(struct graph_opts, reading),
    RV_OPT_END,
};

struct graph {
	struct rv_run *run;
	const struct graph_opts *opts;
	struct rv_planning planning;
	bool *marks;	      /* nodes to be shown */
	uint32_t *only;	      /* --why: the one need of each marked node, RV_SCAN_NONE: all */
	struct rv_json *json; /* edges; NULL: DOT */
};

static const struct rv_wholetree *whole(const struct graph *g)
{
	return &g->planning.whole;
}

/* --- which nodes */
static int find_node(const struct graph *g, const char *origin, uint32_t *out, struct rv_error *err)
{
	const struct rv_scan *scan = g->planning.scan;
	struct rv_found_port found;
	struct rv_origin o;
	uint32_t port;

	if (rv_origin_parse(origin, &o, err) < 0)
		return -1;
	port = rv_scan_find(scan, o.namebase);
	if (port == RV_SCAN_NONE) {
		/* says which trees do not have it, and the nearest names */
		if (rv_trees_find(&rv_adm_of(g->run)->recipes.trees, o.namebase, &found, err) < 0)
			return -1;
		rv_scan_say_faults(g->run, scan, o.namebase);
		return rv_fail(err, RV_INPUT, "%s: its recipe has faults", o.namebase);
	}
	*out = rv_scan_find_variant(scan, port, o.variant);
	if (*out == RV_SCAN_NONE)
		return rv_fail(err, RV_INPUT, "%s has no variant %s", o.namebase, o.variant);
	return 0;
}

static int mark_asked(struct graph *g, const struct rv_origins *origins, struct rv_error *err)
{
	for (size_t i = 0; i < origins->n; i++) {
		uint32_t node;

		if (find_node(g, origins->v[i], &node, err) < 0)
			return -1;
		rv_dag_reach(&whole(g)->dag, node, g->opts->reverse, g->marks);
	}
	if (!origins->n)
		memset(g->marks, true, whole(g)->n);
	return 0;
}

/* Breadth first from the target against the needs: each node's next step towards it. */
static void steps_towards(const struct graph *g, uint32_t target, uint32_t *step)
{
	uint32_t *queue = rv_alloc_array(whole(g)->n + 1, sizeof(*queue)), n = 0;

	for (uint32_t i = 0; i < whole(g)->n; i++)
		step[i] = RV_SCAN_NONE;
	step[target] = target;
	queue[n++] = target;
	for (uint32_t done = 0; done < n; done++)
		rv_dag_each_dependent (&whole(g)->dag, queue[done], it) {
			if (step[*it] != RV_SCAN_NONE)
				continue;
			step[*it] = queue[done];
			queue[n++] = *it;
		}
	free(queue);
}

static int mark_ways(struct graph *g, const struct rv_origins *origins, struct rv_error *err)
{
	uint32_t target, at;

	if (find_node(g, g->opts->why, &target, err) < 0)
		return -1;
	g->only = rv_alloc_array(whole(g)->n + 1, sizeof(*g->only));
	steps_towards(g, target, g->only);
	g->marks[target] = true;
	for (size_t i = 0; i < origins->n; i++) {
		if (find_node(g, origins->v[i], &at, err) < 0)
			return -1;
		if (g->only[at] == RV_SCAN_NONE)
			return rv_fail(err, RV_INPUT, "%s does not need %s",
			    rv_wholetree_key(whole(g), at), rv_wholetree_key(whole(g), target));
		for (; at != target; at = g->only[at])
			g->marks[at] = true;
	}
	for (uint32_t i = 0; i < whole(g)->n && !origins->n; i++)
		g->marks[i] = g->only[i] != RV_SCAN_NONE;
	return 0;
}

/* --- edges with what they come from */
struct edge {
	const struct graph *g;
	uint32_t from, to;
	struct rv_buf label;   /* DOT */
	struct rv_json *whys;  /* JSON */
	struct rv_cause cause; /* with --why */
};

static void add_label(struct edge *e, const struct rv_need *need, unsigned line, const char *cause)
{
	rv_buf_addf(&e->label, "%s%s%s%s%s %s", e->label.n ? "\\n" : "",
	    rv_need_keyword(need->kind), need->by ? "[" : "", need->by ? need->by : "",
	    need->by ? "]" : "", need->dep.subpackage);
	if (line)
		rv_buf_addf(&e->label, " (line %u)", line);
	else if (cause)
		rv_buf_addf(&e->label, " (%s)", cause);
}

static void add_why(void *ctx, uint32_t node RV_UNUSED, const struct rv_need *need)
{
	struct edge *e = ctx;
	const char *cause;
	struct rv_json *o;
	unsigned line;

	if (need->dep.target != e->to || need->host)
		return;
	cause = rv_cause_of(&e->cause, need, &line);
	if (!e->whys) {
		add_label(e, need, line, cause);
		return;
	}
	o = rv_json_new_object();
	rv_json_set_string(o, "keyword", rv_need_keyword(need->kind));
	if (need->by)
		rv_json_set_string(o, "of", need->by);
	rv_json_set_string(o, "subpackage", need->dep.subpackage);
	if (line)
		rv_json_set_int(o, "line", line);
	if (cause)
		rv_json_set_string(o, "added_by", cause);
	rv_json_append(e->whys, o);
}

static void show_edge(const struct graph *g, uint32_t from, uint32_t to)
{
	const char *a = rv_wholetree_key(whole(g), from), *b = rv_wholetree_key(whole(g), to);
	struct edge e = {.g = g, .from = from, .to = to, .label = RV_BUF_INIT((size_t)1024 * 1024)};
	struct rv_json *o;

	e.whys = g->json ? rv_json_new_array() : NULL;
	if (g->only)
		rv_cause_open(rv_adm_of(g->run), a, &e.cause);
	rv_wholetree_needs(whole(g), from, add_why, &e);
	if (g->json) {
		o = rv_json_new_object();
		rv_json_set_string(o, "from", a);
		rv_json_set_string(o, "to", b);
		rv_json_set(o, "why", e.whys);
		rv_json_append(g->json, o);
	} else {
		rv_out_print(
		    g->run, "\t\"%s\" -> \"%s\" [label=\"%s\"];\n", a, b, rv_buf_str(&e.label));
	}
	rv_buf_release(&e.label);
	rv_cause_release(&e.cause);
}

static void show_edges(const struct graph *g)
{
	for (uint32_t i = 0; i < whole(g)->n; i++) {
		/* a way is told from its beginning */
		uint32_t node = whole(g)->order[g->only ? whole(g)->n - 1 - i : i];

		if (!g->marks[node])
			continue;
		rv_dag_each_need (&whole(g)->dag, node, need)
			if (g->marks[*need] && (!g->only || g->only[node] == *need))
				show_edge(g, node, *need);
	}
}

static struct rv_json *nodes_to_json(const struct graph *g)
{
	struct rv_json *list = rv_json_new_array();

	for (uint32_t i = 0; i < whole(g)->n; i++) {
		struct rv_scan_variant v;
		struct rv_scan_port p;
		struct rv_json *o;

		if (!g->marks[whole(g)->order[i]])
			continue;
		rv_scan_variant(g->planning.scan, whole(g)->order[i], &v);
		rv_scan_port(g->planning.scan, v.port, &p);
		o = rv_json_new_object();
		rv_json_set_string(o, "port", v.key);
		rv_json_set_string(o, "version", p.pkgversion);
		rv_json_set_int(o, "dependents", whole(g)->dag.weight[whole(g)->order[i]]);
		if (v.ignore)
			rv_json_set_string(o, "ignore", v.ignore);
		rv_json_append(list, o);
	}
	return list;
}

static void show_dot(const struct graph *g)
{
	rv_out_print(g->run, "digraph ports {\n");
	for (uint32_t i = 0; i < whole(g)->n; i++)
		if (g->marks[whole(g)->order[i]])
			rv_out_print(
			    g->run, "\t\"%s\";\n", rv_wholetree_key(whole(g), whole(g)->order[i]));
	show_edges(g);
	rv_out_print(g->run, "}\n");
}

static void show_json(struct graph *g)
{
	struct rv_json *o = rv_json_new_object();

	rv_json_set(o, "nodes", nodes_to_json(g));
	g->json = rv_json_new_array();
	show_edges(g);
	rv_json_set(o, "edges", g->json);
	rv_out_json(g->run, o);
}

/* Of a part of the tree only its own. */
static size_t say_faults(const struct graph *g, bool part)
{
	size_t n = 0;

	if (!part)
		return rv_planning_say_faults(g->run, &g->planning);
	rv_vec_each (&whole(g)->faults, f) {
		if (!g->marks[f->node])
			continue;
		rv_cli_error(g->run, "%s", f->text);
		n++;
	}
	return n;
}

static int show(struct graph *g, bool json, struct rv_error *err)
{
	rv_auto(rv_origins) struct rv_origins origins = {0};

	if (rv_planning_open(g->run, false, &g->planning, err) < 0 ||
	    rv_origins_of(g->run, &origins, err) < 0)
		return -1;
	g->marks = rv_alloc_array(whole(g)->n + 1, sizeof(*g->marks));
	if ((g->opts->why ? mark_ways : mark_asked)(g, &origins, err) < 0)
		return -1;
	if (json)
		show_json(g);
	else
		show_dot(g);
	return say_faults(g, origins.n > 0) ? RV_STATUS_FAILED : 0;
}

static int run_graph(struct rv_run *run, struct rv_error *err)
{
	struct graph g = {.run = run, .opts = run->opts};
	const char *format = g.opts->format ? g.opts->format : run->globals.json ? "json" : "dot";
	int r;

	if (strcmp(format, "dot") != 0 && strcmp(format, "json") != 0)
		return rv_cli_usage(run, "--format %s: neither dot nor json", format);
	if (g.opts->why && g.opts->reverse)
		return rv_cli_usage(run, "--why goes from the ports to the target: no --reverse");
	r = show(&g, strcmp(format, "json") == 0, err);
	free(g.marks);
	free(g.only);
	rv_planning_release(&g.planning);
	return r;
}

const struct rv_cmd rv_cmd_graph = {
    .name = "graph",
    .synopsis = "[PORT ...]",
    .summary = "show what ports need, or what needs them, and why",
    .details = "Without PORT: the whole tree. Each edge says the keyword of the recipe (EXRUN: of "
	       "which subpackage) and the subpackage that is wanted.",
    .max = RV_MANY,
    .needs = RV_ADM_PROFILE | RV_ADM_READING,
    .options = options,
    .opts_bytes = sizeof(struct graph_opts),
    .run = run_graph,
};
