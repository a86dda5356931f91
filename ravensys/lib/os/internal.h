/* SPDX-License-Identifier: ISC */
/* What the files of lib/os share among themselves; nobody else includes it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/err.h"
#include "os/file.h"

/* 0, RV_ABSENT when errno says that a name is missing, else < 0 and *err "verb 'name': reason". */
int rv_os_missing_or_fail(struct rv_error *err, const char *verb, const char *name) RV_MUST_CHECK;

enum rv_kind rv_os_kind_of_mode(unsigned mode);

/*
 * Copy everything from from_fd (its offset 0) to to_fd the fastest way that the system has; errno
 * on -1.
 */
int rv_os_copy_fast(int from_fd, int to_fd);

/* renameat with "must not exist" or "exchange"; -1 with errno, ENOSYS where the system has none. */
int rv_os_rename_special(
    int from_dirfd, const char *from, int dirfd, const char *name, enum rv_rename how);

/*
 * Kernel-side beneath-open; -1 with ENOSYS where the system has none: then the component walk is
 * used.
 */
int rv_os_open_beneath(int dirfd, const char *path, int flags, unsigned mode);
/* The portable walk, visible for its test. 0, RV_ABSENT, < 0. */
int rv_os_open_beneath_walk(int dirfd, const char *path, int flags, unsigned mode, int *out_fd,
    struct rv_error *err) RV_MUST_CHECK;

/* Change the mode of a name that may be a link: -1 with EOPNOTSUPP for a link. */
int rv_os_chmod_nofollow(int dirfd, const char *name, unsigned mode);

/*
 * The mount identity of an open directory, so that a tree walk can stop at a mount; 0 where
 * unknown.
 */
uint64_t rv_os_mount_id(int fd);

/* A descriptor that becomes readable when pid ends; -1 where the system has none. */
int rv_os_child_fd(int pid);
/* Between fork and exec; -1 with errno, ESRCH when the parent was gone already. */
int rv_os_child_die_with(int parent_pid);
/* Between fork and exec: every descriptor from first on is closed at exec. */
void rv_os_child_close_from(int first_fd);
/* In a child: from now on no process, no socket, nothing opened for writing; EPERM instead. */
int rv_os_child_only_reads(void);
/* A nameless file in memory, or in a temporary folder where the system has none; -1 with errno. */
int rv_os_nameless_file(void);

/*
 * The self-pipe of signals (signal.c holds the process-wide state). Catch returns -1 with errno;
 * take says whether signo came since the last take; release gives every old disposition back.
 */
int rv_os_signal_open(int *out_read_fd);
int rv_os_signal_catch(int signo);
bool rv_os_signal_take(int signo);
void rv_os_signal_release(void);
