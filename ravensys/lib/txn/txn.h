/* SPDX-License-Identifier: ISC */
/*
 * Carries a plan out so that a kill, a power cut or a failing disk at any moment leaves the old
 * system or the new one, whole, once the next command that may write has run.
 *
 *	rv_txn_lock
 *	rv_txn_recover
 *	solve, fetch, verify each package file's SHA-256
 *	rv_txn_apply
 *
 * rv_txn_apply checks the whole set, writes down what it is about to do (intent), stages every file
 * beside its final name, makes that durable, commits the package rows and the ordered operations in
 * one SQLite transaction, runs the scripts that come before, the operations, makes them durable,
 * runs the scripts that come after. Before the commit any failure takes everything back; after it
 * the transaction stays pending and rv_txn_recover goes on with it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/reader.h"
#include "base/attr.h"
#include "base/err.h"
#include "event/event.h"
#include "os/lock.h"
#include "store/txnlog.h"

struct rv_txn_item {
	enum rv_txn_action action; /* INSTALL, UPGRADE, REMOVE */
	/* what comes: open, its whole file verified; NULL: REMOVE */
	const struct rv_package *package;
	int64_t installed;		 /* row of what goes; 0: INSTALL */
	bool automatic;			 /* what the row will say */
	const char *repository, *reason; /* "" from a file; "asked for", "required by ..." */
};

struct rv_txn_plan {
	const char *command; /* what the user ran, for the history */
	/* Installs and upgrades, dependencies first; then removals, dependents first. */
	const struct rv_txn_item *items;
	size_t n_items;
	/* Names of installed packages that are wanted for themselves from now on. */
	const char *const *wanted;
	size_t n_wanted;
};

/*
 * Runs one script in a child and waits. 0: it ended well; 1: it did not, *reason says why; < 0: it
 * could not be started, which counts as failed.
 */
typedef int rv_txn_script_fn(
    void *ctx, const struct rv_txnlog_script *script, struct rv_buf *reason, struct rv_error *err);

struct rv_txn_env {
	int root_fd;
	const char *prefix; /* of all packages: "/raven" */
	int db_fd;	    /* the folder RV_INSTALLED_DIR */
	struct rv_db *db;   /* rv_installed_open(db_fd, RV_DB_WRITE) */
	rv_txn_script_fn *script;
	void *script_ctx;
	/* may be NULL: progress and warnings (kept configuration, failed scripts) */
	struct rv_event_bus *bus;
	unsigned threads; /* 0: one per processor */
};

/*
 * Takes the lock of the root whose RV_INSTALLED_DIR is db_fd. As rv_lock_take: RV_BUSY names pid
 * and command.
 */
int rv_txn_lock(struct rv_lock *lock, int db_fd, const char *command, int wait_ms,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_txn_result {
	int64_t id;		 /* in the history; 0: there was nothing to do */
	unsigned failed_scripts; /* each was told as a warning; the command exits 1 */
	unsigned kept_configs;	 /* files of the user that stay, ours lies beside as .rvnnew */
	bool cancelled;		 /* rv_txn_recover: it was taken back, not completed */
};

/*
 * All of it, for a caller that holds the lock and has nothing pending. < 0 before the commit:
 * nothing has changed, *err lists what is in the way (at most ten lines, one a conflict). < 0 after
 * it: the transaction is pending, and the message says so and names the path.
 */
int rv_txn_apply(const struct rv_txn_env *env, const struct rv_txn_plan *plan,
    struct rv_txn_result *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * Completes or takes back what is pending. 0, RV_TXN_NOTHING, < 0: still pending. The caller holds
 * the lock.
 */
enum { RV_TXN_NOTHING = 1 };
int rv_txn_recover(const struct rv_txn_env *env, struct rv_txn_result *out, struct rv_error *err)
    RV_MUST_CHECK;
