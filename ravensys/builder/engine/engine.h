/* SPDX-License-Identifier: ISC */
/*
 * The build engine: one process, one poll loop, no threads. It loads the ports of a run, decides
 * what is built, drives the fetch, scan and slot workers, publishes packages under their final
 * names and records what was made.
 *
 *	rv_engine_open   rv_engine_load   rv_engine_status or rv_engine_build   rv_engine_free
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/graph.h"
#include "engine/verdict.h"
#include "event/event.h"

#define RV_ENGINE_LOCK "lock" /* in the profile's folder: held by whoever builds or purges */

/* All texts are borrowed for the engine's life; folders are absolute and exist. */
struct rv_engine_config {
	const char *profile; /* its name */
	const char *abi;     /* linux:x86_64:host.debian.12 */
	const char *prefix;  /* /raven */
	bool host_root;	     /* the system root is the machine's own */
	struct rv_platform platform;
	struct rv_defaults defaults;
	const struct rv_trees *trees;
	const char *mk_path, *distfiles_path, *packages_path, *logs_path, *buildbase_path;
	const char *profile_path; /* history, lock, the fetch worker's state */
	struct rv_json *fetch;	  /* what the fetch worker must know of the profile; borrowed */
	unsigned builders, jobs;  /* slots at a time, make jobs in each */
	uint64_t tmpfs_bytes, memory_bytes;
	int64_t watchdog_s, deadline_s; /* of every phase; 0: by phase */
	int64_t first_id;
};

struct rv_engine;

/*
 * writes: takes the profile's lock (RV_BUSY) and cleans what a killed run left; else only reads,
 * and a folder that is not there is an empty one.
 */
int rv_engine_open(const struct rv_engine_config *config, bool writes, struct rv_event_bus *bus,
    struct rv_engine **out, struct rv_error *err) RV_MUST_CHECK;
void rv_engine_free(struct rv_engine *e);
RV_DEFINE_FREEP(rv_engine)

/* Is there anything in the history or among the packages? Without: every port is new. */
int rv_engine_has_builds(struct rv_engine *e, bool *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * The ports asked for ("namebase[:variant]"; n 0: every port that can be planned) and what they
 * need. Faults of recipes: RV_INPUT, listed in problems. The scan is of the configuration's trees
 * and platform, and borrowed until the engine's end.
 */
int rv_engine_load(struct rv_engine *e, const struct rv_scan *scan, const char *const *origins,
    size_t n, struct rv_problems *problems, struct rv_error *err) RV_MUST_CHECK;

const struct rv_graph *rv_engine_graph(const struct rv_engine *e);
/* The nodes of the graph in the order in which they are built, borrowed. */
const uint32_t *rv_engine_order(const struct rv_engine *e);
/* One verdict a node of the graph, borrowed until the engine's end. */
int rv_engine_status(struct rv_engine *e, bool forced, const struct rv_verdict **out,
    struct rv_error *err) RV_MUST_CHECK;

enum rv_outcome {
	RV_OUTCOME_BUILT,
	RV_OUTCOME_FAILED,
	RV_OUTCOME_SKIPPED,
	RV_OUTCOME_IGNORED,
	RV_OUTCOME_UP_TO_DATE,
	RV_OUTCOMES,
	RV_OUTCOME_UNDECIDED = RV_OUTCOMES, /* the run was cancelled before */
};

struct rv_port_result {
	const char *port;
	enum rv_outcome outcome;
	const char *reason;
	int64_t elapsed_ms;
};

struct rv_run_result {
	size_t counts[RV_OUTCOMES + 1];
	const struct rv_port_result *ports; /* one a node, borrowed until the engine's end */
	size_t n_ports;
	int64_t elapsed_ms;
	bool cancelled; /* by SIGINT, SIGTERM or SIGHUP */
};

/* Runs until nothing is left. That ports failed is no error: see counts. */
int rv_engine_build(struct rv_engine *e, bool forced, struct rv_run_result *out,
    struct rv_error *err) RV_MUST_CHECK;

/* {"built":N,"failed":N,"skipped":N,"ignored":N,"up_to_date":N,"seconds":S,"ports":[...]} */
struct rv_json *rv_run_result_to_json(const struct rv_run_result *r) RV_MUST_CHECK;

/*
 * Removes what a killed run left in a profile's folders unless a run is under way. For every
 * command.
 */
int rv_engine_clean(const struct rv_engine_config *config, struct rv_error *err) RV_MUST_CHECK;
