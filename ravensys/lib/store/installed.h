/* SPDX-License-Identifier: ISC */
/*
 * The installed database of one root: R/raven/var/db/rvn/installed.sqlite. Values in, values out;
 * what is borrowed is in the arena that the caller gives. Writing of packages is done by lib/txn
 * alone, inside its commit.
 *
 * Paths are relative to the root, as in +FILES ("raven/bin/hello"). A package's file lies in a
 * folder as the package declares it and in a folder where it really is: links of folders that
 * packages own are followed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "pkg/files.h"
#include "pkg/manifest.h"
#include "store/db.h"

#define RV_INSTALLED_DIR "raven/var/db/rvn" /* beneath the root */
#define RV_INSTALLED_FILE "installed.sqlite"
/* os/lock.h, taken before solving by every command that may write */
#define RV_INSTALLED_LOCK "lock"

/* dirfd: the folder RV_INSTALLED_DIR. mode: RV_DB_WRITE or RV_DB_READ. 0, RV_DB_ABSENT, < 0. */
int rv_installed_open(int dirfd, enum rv_db_mode mode, struct rv_db **out, struct rv_error *err)
    RV_MUST_CHECK;

struct rv_installed {
	int64_t id;
	const char *name; /* namebase~subpackage~variant */
	const char *namebase, *version;
	struct rv_sha256 content_id;
	bool automatic;
	const char *repository; /* "" from a file */
	const char *reason;	/* why it is there: "asked for", "required by ..." */
	int64_t installed_s;
	uint32_t by_uid; /* not 0: owners, set-id bits, capabilities and users were not applied */
	uint64_t plain_bytes;
	struct rv_span manifest; /* canonical JSON as in the package; with RV_WITH_MANIFEST only */
};
struct rv_installed_list { /* a vec; items in the arena */
	struct rv_installed *v;
	size_t n, cap;
};
enum { RV_WITH_MANIFEST = 1 };

/* All of them, by name. flags: RV_WITH_MANIFEST. */
int rv_installed_all(struct rv_db *db, unsigned flags, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err) RV_MUST_CHECK;
/* By exact name, manifest included: 0, RV_DB_END (not installed), < 0. */
int rv_installed_find(struct rv_db *db, const char *name, struct rv_arena *arena,
    struct rv_installed *out, struct rv_error *err) RV_MUST_CHECK;
/* Every package of that namebase; none: an empty list. */
int rv_installed_of_namebase(struct rv_db *db, const char *namebase, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err) RV_MUST_CHECK;

/* Files and folders as the package declared them, by path; offset is 0. */
int rv_installed_files(struct rv_db *db, int64_t package, struct rv_arena *arena,
    struct rv_file_entries *out, struct rv_error *err) RV_MUST_CHECK;
/* Where a file or folder of a package really is. */
struct rv_installed_place {
	struct rv_file_entry entry; /* path as declared */
	struct rv_span folder;	    /* the real folder of a file; of a folder: itself */
	struct rv_span name;	    /* "" for folders */
};
struct rv_installed_places {
	struct rv_installed_place *v;
	size_t n, cap;
};
int rv_installed_places(struct rv_db *db, int64_t package, struct rv_arena *arena,
    struct rv_installed_places *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * How many packages own a folder, and whether one of them wants this mode: the first one to come
 * decides.
 */
int rv_installed_folder_allows(struct rv_db *db, struct rv_span folder, uint32_t mode,
    int64_t *out_owners, bool *out_allowed, struct rv_error *err) RV_MUST_CHECK;
/*
 * Packages that own path (declared or real): one for a file, any number for a folder, none: an
 * empty list.
 */
int rv_installed_which(struct rv_db *db, struct rv_span path, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * Packages that require this one, by name or by a soname that it provides (and no other package
 * does).
 */
int rv_installed_dependents(struct rv_db *db, int64_t package, struct rv_arena *arena,
    struct rv_installed_list *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * Mark as automatic or asked for. RV_DB_END when not installed. For a command that holds the lock.
 */
int rv_installed_mark(struct rv_db *db, const char *name, bool automatic, struct rv_error *err)
    RV_MUST_CHECK;

/* --- history */
enum rv_txn_state {
	RV_TXN_INTENT,
	RV_TXN_COMMITTED,
	RV_TXN_APPLIED,
	RV_TXN_DONE,
	RV_TXN_CANCELLED
};
enum rv_txn_action { RV_TXN_INSTALL, RV_TXN_UPGRADE, RV_TXN_REMOVE, RV_TXN_MARK };
const char *rv_txn_state_name(enum rv_txn_state state); /* "intent" "committed" ... */
const char *rv_txn_action_name(enum rv_txn_action action);

struct rv_history_package {
	enum rv_txn_action action;
	const char *name;
	const char *old_version, *new_version; /* NULL: was not, will not be there */
	struct rv_sha256 old_content, new_content;
	const char *old_repository, *new_repository;
	bool old_automatic, new_automatic;
};
struct rv_history {
	int64_t id;
	enum rv_txn_state state;
	const char *command; /* what the user ran */
	uint32_t uid;
	int64_t begun_s, ended_s; /* ended_s 0: pending */
	int64_t resumed;	  /* how often a later command went on with it */
	const char *note;	  /* failed scripts, kept configuration files; one a line */
	struct {
		struct rv_history_package *v; /* in the arena: not to be released */
		size_t n, cap;
	} packages;
};
struct rv_history_list { /* a vec; v is the caller's */
	struct rv_history *v;
	size_t n, cap;
};
/* The newest `limit` (0: all), newest first, packages included. */
int rv_history_all(struct rv_db *db, int64_t limit, struct rv_arena *arena,
    struct rv_history_list *out, struct rv_error *err) RV_MUST_CHECK;
int rv_history_get(struct rv_db *db, int64_t id, struct rv_arena *arena, struct rv_history *out,
    struct rv_error *err) RV_MUST_CHECK; /* RV_DB_END: no such transaction */
/* The one that is not ended: 0, RV_DB_END. Commands that may not write warn with it. */
int rv_history_pending(struct rv_db *db, struct rv_arena *arena, struct rv_history *out,
    struct rv_error *err) RV_MUST_CHECK;
