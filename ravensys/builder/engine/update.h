/* SPDX-License-Identifier: ISC */
/*
 * A published tree of recipes, kept up to date: a release is fetched, unpacked beside the tree and
 * looked at, and takes the tree's place by one exchange. Whatever breaks it off, the tree is the
 * old one or the new one, whole; what is left beside it goes with the next update.
 *
 *	NAME		the tree
 *	.NAME.new	the release being unpacked
 *	NAME.old	the tree before, until the new one is durably in place
 *	.NAME.gone	what is being removed
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "codec/digest.h"
#include "event/event.h"

#define RV_RELEASE_BYTES 32
#define RV_RELEASE_FILE "Mk/Misc/latest_release.txt"

struct rv_update {
	const char *tree;	     /* absolute path; need not exist */
	const char *profile_path;    /* its lock, and the folder of the download */
	const char *latest_url;	     /* of a text whose first line is the latest release */
	const char *archive_url;     /* of the archive; %{tag} becomes the release */
	const char *tag;	     /* NULL: the latest one */
	const struct rv_sha256 *sum; /* of the archive; NULL: not known */
	struct rv_event_bus *bus;    /* of the download; NULL: none */
};

struct rv_updated {
	char from[RV_RELEASE_BYTES]; /* "": there is none */
	char to[RV_RELEASE_BYTES];
	bool due; /* they differ: the update is wanted, or was made */
	uint64_t files;
};

/* YYYYMMDD.N */
bool rv_release_is_valid(const char *tag);
/* < 0, 0, > 0, as strcmp, by date and number. */
int rv_release_cmp(const char *a, const char *b);

/* What an update would do: asks the server unless how->tag says it. */
int rv_update_look(const struct rv_update *how, struct rv_updated *out, struct rv_error *err)
    RV_MUST_CHECK;
/*
 * RV_INPUT: the tree is something else than a release, or the latest release is older than what is
 * there. RV_BUSY: a run of the profile is under way. RV_NET, RV_TRUST, RV_FORMAT: the release is
 * not to be had or not what it says; the tree is untouched then.
 */
int rv_update_make(const struct rv_update *how, struct rv_updated *out, struct rv_error *err)
    RV_MUST_CHECK;
