/* SPDX-License-Identifier: ISC */
/*
 * The record of the one transaction that may be pending, and of those that were: what lib/txn
 * writes and what a later command continues from. Every function but rv_txnlog_add_op is a durable
 * SQLite transaction of its own when the caller has none open.
 */
#pragma once

#include "store/installed.h"

struct rv_txnlog_op {
	int kind; /* lib/txn's */
	const char *folder, *name;
	int64_t n; /* of the temporary; 0: none */
	unsigned flags;
	uint32_t mode, uid, gid;
	bool has_sha256;
	struct rv_sha256 sha256;
};
struct rv_txnlog_ops { /* a vec */
	struct rv_txnlog_op *v;
	size_t n, cap;
};

enum rv_txnlog_script_state { RV_SCRIPT_WAITS, RV_SCRIPT_BEGUN, RV_SCRIPT_ENDED, RV_SCRIPT_BROKEN };
struct rv_txnlog_script {
	int64_t seq;
	const char *package, *version, *old_version;
	enum rv_script_phase phase;
	enum rv_script_language language;
	const char *text;
	struct rv_strings args;
	enum rv_txnlog_script_state state;
};
struct rv_txnlog_scripts { /* a vec */
	struct rv_txnlog_script *v;
	size_t n, cap;
};

struct rv_txnlog_intent {
	const char *command;
	uint32_t uid;
	int64_t begun_s;
	const struct rv_history_package *packages;
	size_t n_packages;
	const char *const *folders; /* in which temporaries may come to lie */
	size_t n_folders;
	const struct rv_txnlog_script *scripts; /* seq is given by their order */
	size_t n_scripts;
};

/* RV_BUG when another one is pending. */
int rv_txnlog_begin(struct rv_db *db, const struct rv_txnlog_intent *intent, int64_t *out_id,
    struct rv_error *err) RV_MUST_CHECK;
/* Inside the caller's transaction. */
int rv_txnlog_add_op(struct rv_db *db, const struct rv_txnlog_op *op, struct rv_error *err)
    RV_MUST_CHECK;
int rv_txnlog_set_state(struct rv_db *db, int64_t id, enum rv_txn_state state, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * Somebody goes on with it. Also makes what was read durable: a state that was written, but not
 * synced, by a process that died is on the medium once this returns, and a half-written one can no
 * more come to life.
 */
int rv_txnlog_resume(struct rv_db *db, int64_t id, struct rv_error *err) RV_MUST_CHECK;
/* Done or cancelled; what only a pending transaction needs is forgotten. */
int rv_txnlog_end(struct rv_db *db, int64_t id, enum rv_txn_state state, int64_t now_s,
    struct rv_error *err) RV_MUST_CHECK;
/* Add a line to the transaction's note. */
int rv_txnlog_note(struct rv_db *db, int64_t id, const char *line, struct rv_error *err)
    RV_MUST_CHECK;

int rv_txnlog_folders(struct rv_db *db, struct rv_arena *arena, struct rv_strings *out,
    struct rv_error *err) RV_MUST_CHECK;
int rv_txnlog_ops(struct rv_db *db, struct rv_arena *arena, struct rv_txnlog_ops *out,
    struct rv_error *err) RV_MUST_CHECK;
int rv_txnlog_scripts(struct rv_db *db, struct rv_arena *arena, struct rv_txnlog_scripts *out,
    struct rv_error *err) RV_MUST_CHECK;
int rv_txnlog_set_script(struct rv_db *db, int64_t seq, enum rv_txnlog_script_state state,
    struct rv_error *err) RV_MUST_CHECK;
