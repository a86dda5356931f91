/* SPDX-License-Identifier: ISC */
/*
 * A repository as rvn sees it: trusted state, catalogue, packages (rvn-repository.5, "What a client
 * checks"). Invariant: what lies under its final name in the state, catalogue and package folders
 * was verified before it came there. The caller holds the root's lock for everything that writes
 * (update, fetch, clean).
 *
 * Below db_fd: tuf/NAME/. Below cache_fd: catalog/NAME-SHA256.sqlite and packages/SHA256.NAME.rvn.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "codec/digest.h"
#include "repo/conf.h"
#include "store/catalog.h"

/*
 * Where bytes come from. path is relative to the repository ("metadata/timestamp.json"). get
 * empties out and never takes more than max bytes: more is RV_LIMIT. 0, RV_SOURCE_ABSENT, < 0
 * (RV_NET naming the address).
 */
enum { RV_SOURCE_ABSENT = 1 };
struct rv_repo_source {
	int (*get)(
	    void *ctx, const char *path, size_t max, struct rv_buf *out, struct rv_error *err);
	void *ctx;
};

struct rv_repo_place {
	const struct rv_repo_conf *conf;
	int repos_fd; /* folder of NAME.conf, for its root file */
	int db_fd;    /* R/raven/var/db/rvn */
	int cache_fd; /* R/raven/var/cache/rvn */
};

/*
 * What is there without asking anybody. Kept metadata that is damaged counts as not there: an
 * update mends it.
 */
struct rv_repo_state {
	bool has_catalog;	/* a verified catalogue lies in the cache */
	char catalog[256];	/* its name relative to cache_fd */
	int64_t expires_s;	/* soonest end of the accepted metadata; 0: none */
	char expires_file[320]; /* which ends first */
	int64_t checked_s;	/* when the repository was last asked with success; 0: never */
};
int rv_repo_state(const struct rv_repo_place *place, struct rv_repo_state *out,
    struct rv_error *err) RV_MUST_CHECK;
/* Opens the present catalogue. 0, RV_CATALOG_ABSENT, < 0. */
int rv_repo_catalog_open(
    const struct rv_repo_place *place, struct rv_catalog **out, struct rv_error *err) RV_MUST_CHECK;

struct rv_repo_update {
	int64_t now_s;
	bool allow_expired;
	bool anew; /* the catalogue is fetched though it is there: it may be damaged */
	const struct rv_log *log; /* warnings: ends soon, expired but allowed; NULL: none */
	const struct rv_repo_source *source; /* NULL: the configured addresses, by lib/fetch */
};
/* Asks the repository, verifies, keeps. *out_changed: there is another catalogue than before. */
int rv_repo_update(const struct rv_repo_place *place, const struct rv_repo_update *how,
    bool *out_changed, struct rv_error *err) RV_MUST_CHECK;

/* --- packages */
struct rv_repo_wanted {
	const char *file; /* name~version.rvn, as in the catalogue */
	uint64_t size;
	struct rv_sha256 sha256;
};
#define RV_REPO_PATH_MAX_BYTES ((size_t)1024) /* of both paths below */
/* "packages/SHA256.NAME.rvn", relative to cache_fd. */
void rv_repo_package_path(const struct rv_repo_wanted *w, struct rv_buf *out);
/* "targets/ABI/files/SHA256.NAME.rvn", relative to an address. */
void rv_repo_package_target(
    const struct rv_repo_conf *conf, const struct rv_repo_wanted *w, struct rv_buf *out);
/*
 * Brings packages into the cache, several at a time; those that are there with the right size are
 * not asked for. Size and SHA-256 are checked while they come; whoever opens one later still
 * verifies it. bus (NULL: none) is told of the downloads. Those that came stay when another fails;
 * the first failure is the error.
 */
struct rv_event_bus;
int rv_repo_packages_fetch(const struct rv_repo_place *place, const struct rv_repo_wanted *wanted,
    size_t n, struct rv_event_bus *bus, struct rv_error *err) RV_MUST_CHECK;
