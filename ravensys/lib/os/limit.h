/* SPDX-License-Identifier: ISC */
/*
 * Limits on a group of processes, kept by the kernel: memory, number of processes, and killing the
 * whole group at once. What the host cannot enforce is said, never silently dropped. A group has a
 * name; its places on disk are known before it is made, so that a caller can write them down and
 * clean up after a crash.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

#define RV_LIMIT_FOLDERS 4

struct rv_limit {
	char *folders[RV_LIMIT_FOLDERS];
	unsigned n_folders;
	bool memory, processes, kill; /* what is enforced, or can be done, in one step */
};

#define RV_LIMIT_INIT ((struct rv_limit){0})

struct rv_limit_want {
	uint64_t memory_bytes; /* 0: no limit */
	uint32_t processes;    /* 0: no limit */
};

/* Every folder that a group of this name may use, one a line, without making any. */
void rv_limit_places(const char *name, struct rv_buf *out);
/* Make the group. A host without any means gives 0 and a group that enforces nothing. */
int rv_limit_open(const char *name, const struct rv_limit_want *want, struct rv_limit *out,
    struct rv_error *err) RV_MUST_CHECK;
int rv_limit_enter(const struct rv_limit *limit, int pid, struct rv_error *err) RV_MUST_CHECK;
uint64_t rv_limit_peak_bytes(const struct rv_limit *limit); /* 0 where unknown */
bool rv_limit_was_hit(const struct rv_limit *limit);	    /* a process died of the memory limit */
/* Kill what is left, remove the folders, release. The zero value is allowed. */
int rv_limit_close(struct rv_limit *limit, struct rv_error *err) RV_MUST_CHECK;

/*
 * One folder of rv_limit_places: kill everybody in it and remove it. RV_ABSENT when there is none.
 */
int rv_limit_remove_folder(const char *folder, struct rv_error *err) RV_MUST_CHECK;
