/* SPDX-License-Identifier: ISC */
/*
 * Puts every file of the plan beside its final name, in threads; and the barrier over all file
 * systems touched.
 */
#pragma once

#include "os/pool.h"
#include "txn/set.h"

/* ".rvn-TXN-N": the temporary beside the final name. */
enum { RV_TXN_TMP_BYTES = 64 };
void rv_txn_tmp_name(char out[RV_TXN_TMP_BYTES], int64_t txn, int64_t n);

/*
 * One descriptor for each file system, opened before anything is written there, so that no write
 * error is lost.
 */
struct rv_txn_barrier_fs {
	uint64_t dev;
	int fd;
};
struct rv_txn_barrier {
	struct {
		struct rv_txn_barrier_fs *v;
		size_t n, cap;
	} systems;
	/* borrowed paths: synced one by one where the barrier is not whole */
	struct rv_strings folders;
	bool whole;
};
void rv_txn_barrier_release(struct rv_txn_barrier *b);
/* A folder in which something changes; one that is missing is left out. */
int rv_txn_barrier_add(struct rv_txn_barrier *b, struct rv_dirs *dirs, const char *folder,
    struct rv_error *err) RV_MUST_CHECK;
int rv_txn_barrier_pass(struct rv_txn_barrier *b, struct rv_dirs *dirs, struct rv_error *err)
    RV_MUST_CHECK;

struct rv_txn_stage;
/*
 * Names everything, makes the new folders and hands the files to a pool. The set must outlive the
 * stage.
 */
int rv_txn_stage_start(struct rv_txn_set *s, int64_t txn, struct rv_txn_barrier *barrier,
    struct rv_txn_stage **out, struct rv_error *err) RV_MUST_CHECK;
/* Waits for the pool, then makes the hard links: everything is staged, nothing is durable yet. */
int rv_txn_stage_finish(struct rv_txn_stage *st, struct rv_error *err) RV_MUST_CHECK;
void rv_txn_stage_free(struct rv_txn_stage *st); /* waits for the pool; NULL allowed */
RV_DEFINE_FREEP(rv_txn_stage)
