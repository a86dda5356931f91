/* SPDX-License-Identifier: ISC */
/* Shared by the files of builder/engine alone. */
#pragma once

#include "engine/engine.h"
#include "engine/inputs.h"
#include "os/lock.h"
#include "os/loop.h"
#include "sched/sched.h"
#include "store/history.h"
#include "work/worker.h"

struct rv_engine {
	const struct rv_engine_config *config;
	struct rv_event_bus *bus;
	struct rv_lock lock;
	int mk_fd, packages_fd, logs_fd, buildbase_fd, profile_fd;
	struct rv_host host;
	struct rv_inputs_env inputs;
	struct rv_wholetree whole;
	struct rv_graph graph;
	struct rv_sched *sched;
	struct rv_db *builds; /* NULL: none yet */
	struct rv_error
	    history_lost; /* why the history was begun anew, told when there are listeners */
	struct rv_verdict *verdicts;
	struct rv_port_result *results;
};

#define RV_INCOMING ".incoming-" /* packages/ABI/.incoming-N: packages of a port that is not done */

/* --- supply.c: the distfiles of the whole queue, by one fetch worker */
struct rv_supply;
/* told: one node's distfiles are all there (why NULL), or one of them cannot be had. */
typedef void rv_supply_fn(void *ctx, uint32_t node, const struct rv_error *why);
/*
 * wanted: one flag a node. *out stays NULL when every file is there already; told is then called
 * for each.
 */
int rv_supply_start(struct rv_engine *e, struct rv_loop *loop, const bool *wanted,
    rv_supply_fn *told, void *ctx, struct rv_supply **out, struct rv_error *err) RV_MUST_CHECK;
void rv_supply_free(struct rv_supply *s);

/* --- job.c: one port in one slot, from /port to published packages */
struct rv_job;
/* record: taken over by the callee when the port was built, else NULL with why. */
typedef void rv_job_fn_done(
    void *ctx, struct rv_job *job, struct rv_record *record, const struct rv_error *why);
struct rv_job_start {
	uint32_t node;
	unsigned slot;	    /* 1.. */
	const char *digest; /* input digest, hex */
	rv_job_fn_done *done;
	void *ctx;
};
int rv_job_start(struct rv_engine *e, struct rv_loop *loop, const struct rv_job_start *how,
    struct rv_job **out, struct rv_error *err) RV_MUST_CHECK;
void rv_job_free(struct rv_job *job); /* kills its workers, removes its folders */
uint32_t rv_job_node(const struct rv_job *job);
unsigned rv_job_slot(const struct rv_job *job);
int64_t rv_job_elapsed_ms(const struct rv_job *job);

/* --- request.c: what is asked of the workers; all owned by the caller */
struct rv_json *rv_request_scan(const struct rv_engine *e, const struct rv_node *node,
    const struct rv_slot_packages *packages) RV_MUST_CHECK;
int rv_request_slot(struct rv_engine *e, const struct rv_job_start *how, int64_t source_date_epoch,
    const struct rv_slot_packages *packages, struct rv_json **out, struct rv_error *err)
    RV_MUST_CHECK;

/* --- publish.c */
struct rv_publish {
	uint32_t node;
	const char *incoming; /* folder below packages/ABI/ that the pack worker wrote to */
	int64_t elapsed_ms, peak_memory_bytes;
};
/* The packages of a slot's result, as a record with the inputs of now. */
int rv_publish_record(struct rv_engine *e, const struct rv_node *node, const char *digest,
    const struct rv_json *packages, struct rv_record **out, struct rv_error *err) RV_MUST_CHECK;
/* To their final names; whatever else there is of this port variant goes; the history is told. */
int rv_publish_packages(struct rv_engine *e, const struct rv_publish *how,
    const struct rv_record *record, struct rv_error *err) RV_MUST_CHECK;
void rv_publish_add_inputs(struct rv_record *r, const struct rv_inputs *inputs);
int rv_publish_put(struct rv_engine *e, const struct rv_node *node, const struct rv_record *record,
    int64_t elapsed_ms, int64_t peak_memory_bytes, struct rv_error *err) RV_MUST_CHECK;

/* --- recall.c */
/*
 * Loads every node's record: from the history, and where that never knew of the port from its
 * packages. Looks whether they are there.
 */
int rv_recall_all(struct rv_engine *e, struct rv_error *err) RV_MUST_CHECK;
/* A record that was read from packages and holds: the history is told. Others: nothing. */
int rv_recall_keep(struct rv_engine *e, struct rv_node *node, struct rv_error *err) RV_MUST_CHECK;

/* --- clean.c: under the lock */
int rv_clean_folders(struct rv_engine *e, struct rv_error *err) RV_MUST_CHECK;
int rv_clean_trees_of_other_boots(struct rv_engine *e, struct rv_error *err) RV_MUST_CHECK;
/* Package trees that no package on record is made of. */
int rv_clean_trees(struct rv_engine *e, struct rv_error *err) RV_MUST_CHECK;
