/* SPDX-License-Identifier: ISC */
/*
 * Open folders beneath the prefix, a few at a time. Paths are relative to the root ("raven/bin")
 * and really so: no link is followed below the prefix, which was resolved once. One cache belongs
 * to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

enum { RV_DIRS_SLOTS = 48 };

struct rv_dirs_slot {
	char *path;
	uint64_t hash;
	int fd;
	unsigned used;
};

struct rv_dirs {
	int prefix_fd; /* borrowed */
	const char *prefix;
	size_t prefix_n;
	unsigned clock;
	unsigned n;
	struct rv_dirs_slot slots[RV_DIRS_SLOTS];
};

/*
 * Opens the prefix ("raven") beneath the root: where it is a link, its target beneath the root.
 * RV_ABSENT.
 */
int rv_prefix_open(int root_fd, const char *prefix, int *out_fd, struct rv_error *err)
    RV_MUST_CHECK;

/* prefix: without leading slash; borrowed. */
void rv_dirs_init(struct rv_dirs *d, int prefix_fd, const char *prefix);
void rv_dirs_release(struct rv_dirs *d);
/* Close all: after a folder was exchanged or moved, an open descriptor may be another folder's. */
void rv_dirs_clear(struct rv_dirs *d);
/*
 * The folder's descriptor, good until RV_DIRS_SLOTS - 1 other folders were asked for. 0, RV_ABSENT,
 * < 0.
 */
int rv_dirs_get(struct rv_dirs *d, const char *path, int *out_fd, struct rv_error *err)
    RV_MUST_CHECK;

/* path itself or something beneath it */
bool rv_path_beneath(struct rv_span path, struct rv_span folder);
struct rv_span rv_path_folder(struct rv_span path); /* "" when there is no slash */
struct rv_span rv_path_name(struct rv_span path);
