/* SPDX-License-Identifier: ISC */
/* What the files of builder/slot share. */
#pragma once

#include "os/limit.h"
#include "os/ns.h"
#include "slot/slot.h"

struct rv_slot {
	char *dir;
	struct rv_ns ns;
	struct rv_limit limit;
	enum rv_ns_users users;
	uint64_t memory_bytes;
	int64_t counted_bytes, lines; /* of the log, so far */
};

/* --- root.c: runs inside, as the first process */
enum { RV_SLOT_MK, RV_SLOT_PORT, RV_SLOT_DISTFILES, RV_SLOT_INPUTS };
struct rv_slot_plan {
	const struct rv_slot_spec *spec;
	/*
	 * Folders that a caller gives may be readable by their owner alone: inside that is the
	 * builder.
	 */
	struct rv_ns_swap swaps[RV_SLOT_INPUTS];
	unsigned n_swaps;
	unsigned swap_of[RV_SLOT_INPUTS];
};
int rv_slot_prepare(void *plan, const struct rv_ns_inside *inside, struct rv_error *err);

/*
 * --- skeleton.c: the folders and files of the root, below the folder top, before anything is
 * mounted
 */
int rv_slot_skeleton(const struct rv_slot_spec *spec, int top, struct rv_error *err) RV_MUST_CHECK;
/* Every entry at and below (dirfd, name) gets this owner; no link is followed. */
int rv_slot_give(int dirfd, const char *name, uint32_t owner, struct rv_error *err) RV_MUST_CHECK;
extern const char *const
    rv_slot_host_etc[]; /* NULL-terminated: what of the host's /etc is bound if it is there */

/* --- state.c: what a cleaner must know, in the file `state` of the slot's folder */
#define RV_SLOT_STATE "state"
int rv_slot_state_begin(int dirfd, const char *group, struct rv_error *err) RV_MUST_CHECK;
int rv_slot_state_process(int dirfd, int pid, struct rv_error *err) RV_MUST_CHECK;

/* The box with a phase's name that begins its section of the log. */
int rv_slot_log_head(int fd, const char *name, struct rv_error *err) RV_MUST_CHECK;
