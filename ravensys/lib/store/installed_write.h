/* SPDX-License-Identifier: ISC */
/*
 * What lib/txn alone calls: changing the rows of packages inside a transaction of the caller, and
 * the questions that a check of a whole set asks (who owns what in a folder, which links are
 * owned).
 */
#pragma once

#include "base/map.h"
#include "store/installed.h"

/* Ids of folder paths, asked once each. Keys live in the arena. */
struct rv_folder_ids {
	struct rv_db *db;
	struct rv_map ids;
	struct rv_arena arena;
};
#define RV_FOLDER_IDS_INIT(database) ((struct rv_folder_ids){.db = (database)})
void rv_folder_ids_release(struct rv_folder_ids *f);

/* Inserts the row and what it requires and provides. p->id is ignored; p->manifest is stored. */
int rv_installed_add(struct rv_db *db, const struct rv_installed *p, const struct rv_manifest *m,
    int64_t *out_id, struct rv_error *err) RV_MUST_CHECK;
/*
 * One entry of it. folder: where it really is (a folder entry: itself); name: last component, ""
 * for folders; declared: the folder as the package says it (a folder entry: its path).
 * RV_DB_CONFLICT: another package has it.
 */
int rv_installed_add_entry(struct rv_folder_ids *f, int64_t package, const struct rv_file_entry *e,
    struct rv_span folder, struct rv_span name, struct rv_span declared, struct rv_error *err)
    RV_MUST_CHECK;
/* The package's rows, all of them. */
int rv_installed_drop(struct rv_db *db, int64_t package, struct rv_error *err) RV_MUST_CHECK;
/* Forget folder names that nothing uses any more. */
int rv_installed_prune(struct rv_db *db, struct rv_error *err) RV_MUST_CHECK;

struct rv_owned {
	const char *folder, *name; /* really */
	const char *target;	   /* links */
	int64_t package;
	enum rv_file_type type;
};
struct rv_owned_list { /* a vec; texts in the arena */
	struct rv_owned *v;
	size_t n, cap;
};
/* Everything but folders that packages own in a folder. */
int rv_installed_in_folder(struct rv_db *db, struct rv_span folder, struct rv_arena *arena,
    struct rv_owned_list *out, struct rv_error *err) RV_MUST_CHECK;
/* Owners of the folder itself; type RV_ENTRY_DIR, name "". */
int rv_installed_folder_owners(struct rv_db *db, struct rv_span folder, struct rv_arena *arena,
    struct rv_owned_list *out, struct rv_error *err) RV_MUST_CHECK;
/* Every link that a package owns. */
int rv_installed_links(struct rv_db *db, struct rv_arena *arena, struct rv_owned_list *out,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * Entries (folders too) of packages that say them to be at or beneath path, though they really are
 * elsewhere: those that depend on a link at path or beneath it. name is "" for folders.
 */
int rv_installed_through(struct rv_db *db, struct rv_span path, struct rv_arena *arena,
    struct rv_owned_list *out, struct rv_error *err) RV_MUST_CHECK;
/* The name and version of a package by its row. RV_DB_END. */
int rv_installed_by_id(struct rv_db *db, int64_t id, struct rv_arena *arena,
    struct rv_installed *out, struct rv_error *err) RV_MUST_CHECK;
