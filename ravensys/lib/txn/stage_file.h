/* SPDX-License-Identifier: ISC */
/* Inside staging: one file or link, with its attributes, by one thread. */
#pragma once

#include "txn/set.h"

/*
 * How the system gives owner and mode to what is created in the present folder: learned once a
 * folder.
 */
struct rv_stage_habit {
	const char *folder;
	bool known;
	uint32_t uid, gid;
	uint32_t passed, blocked; /* mode bits that come through at creation, and that do not */
};

struct rv_stage_hand { /* of one thread */
	struct rv_dirs dirs;
	struct rv_package_cursor *cursor;
	struct rv_stage_habit habit;
	bool as_root, sync;
	int64_t mtime_s;
};

/*
 * e: the entry whose content and attributes it gets, which for a copy of a hard link is another
 * node's.
 */
int rv_stage_file(struct rv_stage_hand *h, const struct rv_txn_node *n,
    const struct rv_file_entry *e, uint32_t uid, uint32_t gid, struct rv_error *err) RV_MUST_CHECK;
int rv_stage_link(struct rv_stage_hand *h, const struct rv_txn_node *n, struct rv_error *err)
    RV_MUST_CHECK;
/* A new folder with its attributes; open to its owner while it is filled. */
int rv_stage_folder(struct rv_stage_hand *h, const struct rv_txn_node *n, struct rv_error *err)
    RV_MUST_CHECK;
/* The mode that is applied: set-id bits only for root. */
uint32_t rv_stage_mode(bool as_root, uint32_t mode);
