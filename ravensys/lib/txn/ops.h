/* SPDX-License-Identifier: ISC */
/*
 * The ordered operations between the commit and `applied`. Each may be repeated at any time with
 * the same end: it looks at what is there and does what is left to do.
 */
#pragma once

#include "txn/set.h"
#include "txn/stage.h"

enum rv_txn_op_kind {
	RV_OP_PLACE,	/* the new folder, staged as .rvn-TXN-n, gets its name */
	RV_OP_RENAME,	/* the file or link staged as .rvn-TXN-n gets its name */
	RV_OP_EXCHANGE, /* .rvn-TXN-n and what has the name change places: the type changes */
	RV_OP_MODE,	/* mode and owner of a folder that stays */
	RV_OP_REMOVE,	/* a file or link goes */
	RV_OP_RMDIR,	/* a folder goes, if it is empty */
};
enum {
	RV_OP_NEW =
	    1, /* RENAME: nothing had the name when it was checked; nothing is overwritten */
	RV_OP_CONFIG = 2, /* RENAME, REMOVE: only if the file is as it was shipped (sha256) */
	RV_OP_HARD = 4,	  /* RENAME: another name of the same file may have got it there already */
	RV_OP_FOLDER = 8, /* EXCHANGE: a folder comes; else one goes */
	RV_OP_OWNER = 16, /* MODE: owner too */
};

/* Writes the operations of a checked set inside the caller's database transaction. */
int rv_txn_ops_write(struct rv_txn_set *s, int64_t txn, struct rv_error *err) RV_MUST_CHECK;

struct rv_txn_exec {
	const struct rv_txn_env *env;
	struct rv_dirs dirs;
	int64_t txn;
	struct rv_txnlog_ops ops;
	size_t at;
	struct rv_txn_result *result;
};
/* All of them, in order. < 0: the message names the path; the rest waits. */
int rv_txn_ops_run(struct rv_txn_exec *x, struct rv_error *err) RV_MUST_CHECK;
/* A warning to the user and a line in the history. */
int rv_txn_note(struct rv_txn_exec *x, const char *object, const char *text, struct rv_error *err)
    RV_MUST_CHECK;
