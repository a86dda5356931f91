/* SPDX-License-Identifier: ISC */
/* What the files that do operations share. */
#pragma once

#include "txn/ops.h"

struct rv_op_step {
	struct rv_txn_exec *x;
	const struct rv_txnlog_op *op;
	int fd; /* the folder */
	char tmp[RV_TXN_TMP_BYTES];
};

/*
 * from gets the name `to`, which nothing may have. Where the system must do it in two steps, what
 * a kill between them left (two names of one file) is brought to its end. 0, RV_ABSENT (no from:
 * done before), RV_EXISTS, < 0.
 */
int rv_op_move(int fd, const char *from, const char *to, struct rv_error *err) RV_MUST_CHECK;
int rv_op_move_to(int from_fd, const char *from, int to_fd, const char *to, struct rv_error *err)
    RV_MUST_CHECK;
int rv_op_foreign(const struct rv_op_step *s, const char *what, struct rv_error *err) RV_MUST_CHECK;
/*
 * What is in .rvn-TXN-n moves into the folder of the name, which somebody made meanwhile; nothing
 * of his is touched.
 */
int rv_op_merge(struct rv_op_step *s, struct rv_error *err) RV_MUST_CHECK;
int rv_op_exchange(struct rv_op_step *s, struct rv_error *err) RV_MUST_CHECK;
/* One removal, with folder in place of the operation's own. */
int rv_op_remove_in(struct rv_txn_exec *x, const struct rv_txnlog_op *op, const char *folder,
    struct rv_error *err) RV_MUST_CHECK;
