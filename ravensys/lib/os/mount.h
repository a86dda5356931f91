/* SPDX-License-Identifier: ISC */
/*
 * Mounts, named by what they do. Every target is (dirfd, name) and no link is followed in its last
 * component; an empty name is the folder dirfd itself. All of it acts on the mount namespace of the
 * caller: see os/ns.h for one of one's own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

enum {
	RV_MOUNT_READ_ONLY = 1,
	RV_MOUNT_NO_SUID = 2,
	RV_MOUNT_NO_DEV = 4,
};

/*
 * A descriptor opened before a mount namespace was entered belongs to the old one, and nothing can
 * be mounted from it or at it. This gives one of the same folder in the present namespace (by its
 * path, checked to be the same).
 */
int rv_mount_reopen(int fd, int *out_fd, struct rv_error *err) RV_MUST_CHECK;

/*
 * A detached copy of the tree at (dirfd, name), mounts below it included, as a descriptor: look
 * into it, take layers from it, attach it. map_fd >= 0: owners are shifted as that user namespace
 * says (rv_ns_range_open); RV_MOUNT_NOT_MAPPED when the file system cannot do that: then *out_fd is
 * the plain copy.
 */
enum { RV_MOUNT_NOT_MAPPED = 1 };
int rv_mount_copy(int dirfd, const char *name, unsigned flags, int map_fd, int *out_fd,
    struct rv_error *err) RV_MUST_CHECK;
int rv_mount_attach(int mount_fd, int dirfd, const char *name, struct rv_error *err) RV_MUST_CHECK;
/* Copy and attach. */
int rv_mount_bind(int from_dirfd, const char *from, int dirfd, const char *name, unsigned flags,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_tmpfs {
	uint64_t max_bytes; /* 0: what the kernel takes by itself */
	uint32_t mode;	    /* of its top folder */
};
/* *out_fd: its top folder. */
int rv_mount_tmpfs(const struct rv_tmpfs *how, int dirfd, const char *name, int *out_fd,
    struct rv_error *err) RV_MUST_CHECK;

/* A read-only folder below a writable one. Layers from the top down. */
struct rv_layer {
	int dirfd;
	const char *name;
};
struct rv_overlay {
	const struct rv_layer *lower;
	unsigned n_lower; /* 500 are known to work */
	int upper_fd,
	    work_fd;  /* on one file system, work empty; upper < 0: the overlay is read-only */
	bool as_user; /* inside a user namespace: its own marks, of an unprivileged kind */
};
int rv_mount_overlay(const struct rv_overlay *how, int dirfd, const char *name, int *out_fd,
    struct rv_error *err) RV_MUST_CHECK;

/* The processes of the caller's process namespace. */
int rv_mount_proc(int dirfd, const char *name, struct rv_error *err) RV_MUST_CHECK;
/*
 * Fill the folder dirfd with a small /dev: null zero full random urandom tty of the host, pts of
 * its own with ptmx, fd stdin stdout stderr; shm is a folder that the caller covers. First
 * rv_mount_devices_make (plain files and links, so that they get their owner), then, when the
 * folder is in its place, rv_mount_devices. tty_gid: group of the terminals, UINT32_MAX: none.
 */
int rv_mount_devices_make(int dirfd, struct rv_error *err) RV_MUST_CHECK;
int rv_mount_devices(int dirfd, uint32_t tty_gid, struct rv_error *err) RV_MUST_CHECK;

/*
 * The host's own system in the root folder dirfd: usr bin sbin lib lib32 lib64 libx32 libexec as
 * the host has them, a link as a link, a folder read-only. First rv_mount_system_make (empty
 * folders and links), then rv_mount_system; map_fd as in rv_mount_copy (a file system that cannot
 * shift owners keeps them).
 */
int rv_mount_system_make(int dirfd, struct rv_error *err) RV_MUST_CHECK;
int rv_mount_system(int dirfd, int map_fd, struct rv_error *err) RV_MUST_CHECK;

/*
 * Nothing mounted from now on is seen outside. RV_MOUNT_SHARED: the root is no mount of its own (a
 * plain chroot).
 */
enum { RV_MOUNT_SHARED = 1 };
int rv_mount_private(struct rv_error *err) RV_MUST_CHECK;
/*
 * Make the mounted tree root_fd the root of this process and let the old one go (chroot where that
 * cannot be).
 */
int rv_mount_enter(int root_fd, struct rv_error *err) RV_MUST_CHECK;

/* Mount points at or beneath an absolute path, one a line, deepest last. */
int rv_mount_list(const char *path, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
/* Undo them all, deepest first. */
int rv_mount_remove_beneath(const char *path, struct rv_error *err) RV_MUST_CHECK;
