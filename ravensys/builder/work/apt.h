/* SPDX-License-Identifier: ISC */
/*
 * Distfiles out of the source packages of a Debian-like host: a file is found by its SHA-256 in
 * apt's source indexes and fetched by apt itself, whose proxies and passwords hold. The
 * configuration, the lists and the cache are private, below the folder "apt" of the worker's state
 * folder; nothing of the host's own apt is changed.
 *
 * The indexes only tell addresses (they are used unsigned too): every file is compared with the
 * recipe's sum.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "os/loop.h"

#define RV_APT_TEMP_FOLDER ".apt" /* below the distfiles folder */

struct rv_apt;

struct rv_apt_place {
	struct rv_loop *loop;
	int state_fd; /* the worker's state folder, open and by name */
	const char *state_path;
	int dist_fd; /* the distfiles folder, open and by name */
	const char *dist_path;
	const char *const *suites; /* of Debian, besides the host's own; ends with NULL */
	const char *etc_path;	   /* where the host's lists of sources are: /etc/apt */
	int64_t max_age_s;	   /* of the indexes */
};

/* Pointers are borrowed until on_end. */
struct rv_apt_want {
	const char *hex; /* SHA-256 */
	uint64_t size;
	void (*on_begin)(void *ctx, const char *url);
	void (*on_progress)(void *ctx, const char *url, uint64_t bytes);
	/*
	 * Once. why NULL: the file is temp, relative to dist_fd; the callee moves it away or leaves
	 * it to be removed.
	 */
	void (*on_end)(void *ctx, const char *url, const char *temp, const struct rv_error *why);
	void *ctx;
};

int rv_apt_new(const struct rv_apt_place *place, struct rv_apt **out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_apt_free(struct rv_apt *apt); /* kills what runs, without on_end */
RV_DEFINE_FREEP(rv_apt)
/*
 * Asked for from the loop, several at a time; the indexes are refreshed when the first file needs
 * them.
 */
void rv_apt_add(struct rv_apt *apt, const struct rv_apt_want *want);
