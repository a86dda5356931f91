/* SPDX-License-Identifier: ISC */
/*
 * A lock on a file of its own (flock): freed by the kernel when the holder dies, inherited by
 * nobody. The file holds "PID COMMAND\n" of the last holder for messages only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

struct rv_lock {
	int fd;
};
#define RV_LOCK_INIT ((struct rv_lock){.fd = -1})

/*
 * Take the lock, waiting up to wait_ms (0: not at all, -1: for ever). Busy: < 0 with RV_BUSY, the
 * message names pid and command of the holder. command is what the file will say about us.
 */
int rv_lock_take(struct rv_lock *lock, int dirfd, const char *name, const char *command,
    int wait_ms, struct rv_error *err) RV_MUST_CHECK;
void rv_lock_release(struct rv_lock *lock); /* accepts INIT */

/*
 * Locks the open folder itself, until its descriptor is closed; nothing is written. wait_ms and
 * RV_BUSY as above.
 */
int rv_lock_folder(int dirfd, const char *what, int wait_ms, struct rv_error *err) RV_MUST_CHECK;
