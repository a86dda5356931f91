/* SPDX-License-Identifier: ISC */
/* Opening, loading and the state before a run; the run itself is cycle.c. */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "engine/internal.h"
#include "os/clock.h"
#include "os/file.h"

/* Every other command holds the lock for the moment that its cleaning takes. */
#define LOCK_WAIT_MS 1000

static const char *outcome_name(enum rv_outcome o)
{
	static const char *const names[] = {
	    [RV_OUTCOME_BUILT] = "built",
	    [RV_OUTCOME_FAILED] = "failed",
	    [RV_OUTCOME_SKIPPED] = "skipped",
	    [RV_OUTCOME_IGNORED] = "ignored",
	    [RV_OUTCOME_UP_TO_DATE] = "up_to_date",
	    [RV_OUTCOME_UNDECIDED] = "undecided",
	};

	return names[o];
}

static void release_verdicts(struct rv_engine *e)
{
	for (size_t i = 0; e->verdicts && i < e->graph.nodes.n; i++)
		rv_verdict_release(&e->verdicts[i]);
	free(e->verdicts);
	e->verdicts = NULL;
}

void rv_engine_free(struct rv_engine *e)
{
	if (!e)
		return;
	release_verdicts(e);
	free(e->results);
	rv_sched_free(e->sched);
	rv_graph_release(&e->graph);
	rv_wholetree_release(&e->whole);
	rv_inputs_env_release(&e->inputs);
	rv_host_release(&e->host);
	rv_db_close(e->builds);
	rv_fd_release(&e->mk_fd);
	rv_fd_release(&e->packages_fd);
	rv_fd_release(&e->logs_fd);
	rv_fd_release(&e->buildbase_fd);
	rv_fd_release(&e->profile_fd);
	rv_lock_release(&e->lock);
	free(e);
}

static int open_folders(struct rv_engine *e, bool writes, struct rv_error *err)
{
	const struct rv_engine_config *c = e->config;
	const struct {
		const char *path, *what;
		int *fd;
		bool must;
	} folders[] = {
	    {c->mk_path, "the mk folder", &e->mk_fd, true},
	    {c->packages_path, "the profile's packages folder", &e->packages_fd, writes},
	    {c->logs_path, "the profile's logs folder", &e->logs_fd, writes},
	    {c->buildbase_path, "the profile's buildbase", &e->buildbase_fd, writes},
	    {c->profile_path, "the profile's folder", &e->profile_fd, writes},
	};

	for (size_t i = 0; i < RV_COUNT(folders); i++) {
		int r = rv_dir_open_user(folders[i].path, folders[i].fd, err);

		if (r > 0 && folders[i].must)
			return rv_fail(err, RV_INPUT, "%s: no such folder: %s", folders[i].path,
			    folders[i].what);
		if (r < 0)
			return rv_context(err, "%s", folders[i].what);
	}
	return 0;
}

static int open_builds(struct rv_engine *e, bool writes, struct rv_error *err)
{
	return rv_builds_open(
	    e->profile_fd, RV_BUILDS_FILE, writes ? RV_DB_WRITE : RV_DB_READ, &e->builds, err);
}

/* A damaged history is laid aside: it is a cache, and the packages say what it said. */
static int lay_history_aside(struct rv_engine *e, struct rv_error *err)
{
	static const char *const suffixes[] = {"-wal", "-shm", ""};
	char from[64], to[64];

	for (size_t i = 0; i < RV_COUNT(suffixes); i++) {
		snprintf(from, sizeof(from), "%s%s", RV_BUILDS_FILE, suffixes[i]);
		snprintf(to, sizeof(to), "%s.damaged%s", RV_BUILDS_FILE, suffixes[i]);
		if (rv_file_rename(e->profile_fd, from, e->profile_fd, to, RV_RENAME_OVER, err) < 0)
			return -1;
	}
	return 0;
}

static int open_history(struct rv_engine *e, bool writes, struct rv_error *err)
{
	int r = e->profile_fd < 0 ? 0 : open_builds(e, writes, err);

	if (r < 0 && err->code == RV_FORMAT) {
		e->history_lost = *err;
		/* who only reads does without */
		if (!writes)
			return 0;
		r = lay_history_aside(e, err);
		if (r == 0)
			r = open_builds(e, writes, err);
	}
	return r < 0 ? rv_context(err, "build history") : 0;
}

static void set_inputs_env(struct rv_engine *e)
{
	e->inputs = (struct rv_inputs_env){
	    .mk_fd = e->mk_fd,
	    .mk_path = e->config->mk_path,
	    .host = e->config->host_root ? &e->host : NULL,
	    .platform = &e->config->platform,
	    .abi = e->config->abi,
	    .prefix = e->config->prefix,
	};
}

static int make_trees_folder(struct rv_engine *e, struct rv_error *err)
{
	return rv_dir_make(e->buildbase_fd, "trees", 0755, err);
}

int rv_engine_open(const struct rv_engine_config *config, bool writes, struct rv_event_bus *bus,
    struct rv_engine **out, struct rv_error *err)
{
	rv_autofree(rv_engine) struct rv_engine *e = rv_alloc(sizeof(*e));

	e->config = config;
	e->bus = bus;
	e->lock = RV_LOCK_INIT;
	e->mk_fd = e->packages_fd = e->logs_fd = e->buildbase_fd = e->profile_fd = -1;
	if (open_folders(e, writes, err) < 0)
		return -1;
	if (writes) {
		if (rv_lock_take(&e->lock, e->profile_fd, RV_ENGINE_LOCK, "ravenadm build",
			LOCK_WAIT_MS, err) < 0)
			return rv_context(err, "profile %s", config->profile);
		if (rv_clean_folders(e, err) < 0 || rv_clean_trees_of_other_boots(e, err) < 0 ||
		    make_trees_folder(e, err) < 0)
			return -1;
	}
	if (open_history(e, writes, err) < 0)
		return -1;
	if (config->host_root && rv_host_load(e->mk_fd, &e->host, err) < 0)
		return -1;
	set_inputs_env(e);
	*out = e;
	e = NULL;
	return 0;
}

static const char *name_of(void *ctx, uint32_t node)
{
	return ((struct rv_engine *)ctx)->graph.nodes.v[node].key;
}

static int make_sched(struct rv_engine *e, struct rv_error *err)
{
	struct rv_graph *g = &e->graph;

	e->sched = rv_sched_new(g->nodes.n);
	for (uint32_t i = 0; i < g->nodes.n; i++)
		rv_vec_each (&g->nodes.v[i].needs, need)
			rv_sched_need(e->sched, i, *need);
	return rv_sched_start(e->sched, name_of, e, err);
}

/* For verdicts; what is built gets its inputs from make itself (job.c). */
static int ask_inputs(void *ctx, struct rv_node *node, struct rv_error *err)
{
	struct rv_engine *e = ctx;
	bool was_open = node->recipe != NULL;
	int r = rv_graph_open_node(&e->graph, node, err);

	if (r < 0)
		return rv_context(err, "%s", node->key);
	r = rv_inputs_by_record(&e->inputs, node, err);
	if (!was_open)
		rv_graph_close_node(node);
	return r;
}

int rv_engine_load(struct rv_engine *e, const struct rv_scan *scan, const char *const *origins,
    size_t n, struct rv_problems *problems, struct rv_error *err)
{
	const struct rv_wholetree_how how = {
	    .scan = scan,
	    .host = e->config->host_root ? &e->host : NULL,
	    .unordered = true,
	};
	const struct rv_graph_env env = {
	    .whole = &e->whole,
	    .trees = e->config->trees,
	    .platform = &e->config->platform,
	    .defaults = &e->config->defaults,
	};

	rv_wholetree_make(&how, &e->whole);
	if (rv_graph_load(&env, origins, n, &e->graph, problems, err) < 0 || make_sched(e, err) < 0)
		return -1;
	e->graph.ask_inputs = ask_inputs;
	e->graph.ask_ctx = e;
	return rv_recall_all(e, err);
}

const uint32_t *rv_engine_order(const struct rv_engine *e)
{
	return rv_sched_order(e->sched);
}

const struct rv_graph *rv_engine_graph(const struct rv_engine *e)
{
	return &e->graph;
}

int rv_engine_status(
    struct rv_engine *e, bool forced, const struct rv_verdict **out, struct rv_error *err)
{
	release_verdicts(e);
	e->verdicts = rv_alloc_array(e->graph.nodes.n + 1, sizeof(*e->verdicts));
	if (rv_verdict_all(&e->graph, forced, e->verdicts, err) < 0)
		return -1;
	*out = e->verdicts;
	return 0;
}

static void set_seconds(struct rv_json *o, int64_t elapsed_ms)
{
	/* canonical JSON knows integers only; whole seconds, rounded up so that work is never 0 */
	rv_json_set_int(o, "seconds", (elapsed_ms + 999) / 1000);
	rv_json_set_int(o, "milliseconds", elapsed_ms);
}

struct rv_json *rv_run_result_to_json(const struct rv_run_result *r)
{
	struct rv_json *o = rv_json_new_object(), *ports = rv_json_new_array();

	for (int i = 0; i < RV_OUTCOMES; i++)
		rv_json_set_int(o, outcome_name((enum rv_outcome)i), (int64_t)r->counts[i]);
	set_seconds(o, r->elapsed_ms);
	if (r->cancelled)
		rv_json_set_bool(o, "cancelled", true);
	for (size_t i = 0; i < r->n_ports; i++) {
		struct rv_json *p = rv_json_new_object();

		rv_json_set_string(p, "port", r->ports[i].port);
		rv_json_set_string(p, "outcome", outcome_name(r->ports[i].outcome));
		rv_json_set_string(p, "reason", r->ports[i].reason ? r->ports[i].reason : "");
		set_seconds(p, r->ports[i].elapsed_ms);
		rv_json_append(ports, p);
	}
	rv_json_set(o, "ports", ports);
	return o;
}
