/* SPDX-License-Identifier: ISC */
/*
 * The whole set of a transaction as one value: every path that a package of the plan brings or
 * leaves, where it really is, what stands there now, and what is to be done about it. Built and
 * checked before anything is written.
 */
#pragma once

#include "os/file.h"
#include "store/installed_write.h"
#include "txn/dirs.h"
#include "txn/links.h"
#include "txn/owner.h"
#include "txn/txn.h"

struct rv_txn_node {
	struct rv_span path, name;	 /* really; name: its last component. NUL-terminated */
	struct rv_txn_node *parent;	 /* the folder; NULL for the prefix itself */
	const struct rv_file_entry *now; /* what it becomes; NULL: it goes */
	const struct rv_file_entry *was; /* what a package of the plan left there; NULL: nothing */
	size_t item, was_item;		 /* whose; of the first one for folders */
	uint32_t uid, gid;		 /* of now */
	bool kept;			 /* a folder that a package outside the plan owns too */
	bool blocked;			 /* beneath something that is in the way: not looked at */
	bool on_disk;
	struct rv_stat disk;
	/*
	 * now is staged under a temporary name of this number; 0: inside a folder that is, or it
	 * stays in place
	 */
	int64_t n;
	struct rv_txn_node *tree; /* the topmost new folder that it is staged in, or is itself */
	bool set_mode;		  /* a folder that is there and gets another mode or owner */
	const char *stage_folder,
	    *stage_name; /* where it is staged; for folders stage_folder/stage_name is the folder */
	const char *stage_path; /* folders: where what is in them is staged */
};
struct rv_txn_nodes { /* a vec */
	struct rv_txn_node **v;
	size_t n, cap;
};

struct rv_txn_set_item {
	const struct rv_txn_item *item;
	const char *name, *old_name; /* namebase~subpackage~variant */
	const struct rv_manifest *manifest;
	struct rv_file_entries now;	   /* as the package says */
	struct rv_txn_node **nodes;	   /* for each of now */
	struct rv_installed old;	   /* with item->installed */
	struct rv_installed_places places; /* of old */
};

struct rv_txn_set {
	const struct rv_txn_env *env;
	const struct rv_txn_plan *plan;
	struct rv_arena arena;
	const char *prefix; /* "raven" */
	int prefix_fd;
	struct rv_dirs dirs;
	struct rv_links links;
	struct rv_owners owners;
	struct rv_txn_set_item *items;
	struct rv_map affected; /* int64_t row -> struct rv_txn_set_item */
	struct rv_map by_path;
	struct rv_txn_nodes nodes; /* by path, folders before what is in them */
	int64_t last_n;		   /* staging points */
	bool as_root;
	struct {
		struct rv_manifest **v;
		size_t n, cap;
	} manifests; /* of what goes, parsed; released here */
	struct rv_buf conflicts;
	unsigned n_conflicts;
};

void rv_txn_set_release(struct rv_txn_set *s);
/* Everything from the packages and the database; no file is looked at but the accounts. */
int rv_txn_set_build(struct rv_txn_set *s, const struct rv_txn_env *env,
    const struct rv_txn_plan *plan, struct rv_error *err) RV_MUST_CHECK;
/*
 * Against the disk: foreign files, changes of type, space, mounts, flags. Decides where each thing
 * is staged.
 */
int rv_txn_set_check(struct rv_txn_set *s, struct rv_error *err) RV_MUST_CHECK;
/* Space, inodes, read-only mounts and flags: the part of the check that needs the decisions. */
int rv_txn_set_check_space(struct rv_txn_set *s, struct rv_error *err) RV_MUST_CHECK;

/* One more line of what is in the way; the check goes on. */
void rv_txn_conflict(struct rv_txn_set *s, const char *fmt, ...) RV_PRINTF(2, 3);
/* < 0 with all of them when there were any. */
int rv_txn_conflicts(struct rv_txn_set *s, struct rv_error *err) RV_MUST_CHECK;
/* NULL: none */
struct rv_txn_node *rv_txn_node_at(const struct rv_txn_set *s, struct rv_span path);
/* NULL: not of the plan */
struct rv_txn_set_item *rv_txn_affected(const struct rv_txn_set *s, int64_t package);
/* The name of an installed package by its row, for messages. */
const char *rv_txn_package_name(struct rv_txn_set *s, int64_t package);
bool rv_txn_is_dir(const struct rv_file_entry *e); /* NULL allowed */
