/* SPDX-License-Identifier: ISC */
/*
 * What the purging commands share: every tree whose ports may have something in a folder of the
 * profile. A folder may be shared by profiles; then the trees of all of them count, and those of
 * --tree besides. Each tree is scanned alone, so that a port that another tree hides counts too.
 */
#pragma once

#include "base/attr.h"
#include "base/map.h"
#include "engine/profile.h"
#include "os/lock.h"
#include "ravenadm/reading.h"
#include "port/scan.h"

struct rv_purge {
	const struct rv_run *run;
	enum rv_profile_key folder; /* that is purged */
	struct rv_profile *profile; /* the present one */
	rv_vec(struct rv_lock) locks;
	struct rv_arena arena;
	struct rv_map keep; /* names that stay; the values mean nothing */
	uint32_t faults;
	int fd; /* the folder, -1 when it is not there */
	struct rv_json *deleted;
	uint64_t bytes, files;
};

#define RV_PURGE_INIT ((struct rv_purge){.fd = -1})

/*
 * Takes the locks of all these profiles (not with --dry-run; RV_BUSY: a run is under way), opens
 * the folder, and calls each with the scan of every tree. Faults of recipes are said and counted.
 */
int rv_purge_open(struct rv_purge *p,
    int (*each)(struct rv_purge *p, const struct rv_scan *scan, struct rv_error *err),
    struct rv_error *err) RV_MUST_CHECK;
void rv_purge_release(struct rv_purge *p);

/* The name stays; it is copied. */
void rv_purge_keep(struct rv_purge *p, const char *name);
/* Deletes name of dirfd, or says that it would; `what` is what it is called in messages. */
int rv_purge_delete(struct rv_purge *p, int dirfd, const char *name, const char *what,
    struct rv_error *err) RV_MUST_CHECK;
/* "recovered 1.2 MiB", or the document. */
void rv_purge_say(struct rv_purge *p);
