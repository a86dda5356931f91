/* SPDX-License-Identifier: ISC */
/*
 * From the commit to the end, for the command that began a transaction and for the one that goes on
 * with it.
 */
#pragma once

#include "txn/ops.h"

/*
 * The scripts before, the operations, the barrier, `applied`, the scripts after, `done`. state:
 * where the record is. barrier: NULL makes one.
 */
int rv_txn_complete(const struct rv_txn_env *env, int64_t txn, enum rv_txn_state state,
    struct rv_txn_result *result, struct rv_error *err) RV_MUST_CHECK;
/* From intent: everything staged goes, durably, then the record says cancelled. */
int rv_txn_cancel(const struct rv_txn_env *env, int64_t txn, struct rv_error *err) RV_MUST_CHECK;
