/* SPDX-License-Identifier: ISC */
/*
 * The trust policy: the client workflow of The Update Framework over bytes that somebody else
 * fetched or kept. Invariant: what a struct rv_trust holds was signed as its parent demands;
 * nothing is taken in another order than root, timestamp, snapshot, targets, delegated role;
 * versions only grow.
 *
 *	rv_trust_new
 *	rv_trust_root_first (kept or configured), rv_trust_root_next ... until none
 *	rv_trust_root_final
 *	rv_trust_timestamp (kept), rv_trust_timestamp (fetched)
 *	rv_trust_snapshot (kept), when that was not the wanted one: rv_trust_snapshot (fetched)
 *	rv_trust_targets, rv_trust_delegated: kept, else fetched
 *
 * Errors are RV_TRUST or RV_FORMAT and begin with the file's name; after one the object still holds
 * what it had.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "sign/role.h"

struct rv_trust;

#define RV_TRUST_ROOT_STEPS 256 /* new versions of root in one update */

/*
 * now_s is the time of the whole update. allow_expired: expiry is not an error; rv_trust_expired
 * tells.
 */
struct rv_trust *rv_trust_new(int64_t now_s, bool allow_expired) RV_MUST_CHECK;
void rv_trust_free(struct rv_trust *t);
RV_DEFINE_FREEP(rv_trust)

/* Where bytes come from. Kept ones may be old: then they only protect against going back. */
enum rv_trust_from { RV_TRUST_KEPT, RV_TRUST_FETCHED };

int rv_trust_root_first(
    struct rv_trust *t, struct rv_span bytes, const char *what, struct rv_error *err) RV_MUST_CHECK;
int rv_trust_root_next(struct rv_trust *t, struct rv_span bytes, struct rv_error *err)
    RV_MUST_CHECK;
/* Version of the root held; the file of the next one is that plus 1. */
int64_t rv_trust_root_version(const struct rv_trust *t);
/*
 * Expiry of the last root. The timestamp or snapshot keys changed since root_first:
 * RV_TRUST_FORGET, and the kept timestamp and snapshot must be deleted.
 */
enum { RV_TRUST_FORGET = 1 };
int rv_trust_root_final(struct rv_trust *t, struct rv_error *err) RV_MUST_CHECK;

/*
 * RV_TRUST_SAME: the version that is already held; the bytes are dropped. A kept file's expiry is
 * not looked at.
 */
enum { RV_TRUST_SAME = 1 };
int rv_trust_timestamp(struct rv_trust *t, enum rv_trust_from from, struct rv_span bytes,
    struct rv_error *err) RV_MUST_CHECK;
/* Expiry of the timestamp that is held in the end; to be called once, before the snapshot. */
int rv_trust_timestamp_final(struct rv_trust *t, struct rv_error *err) RV_MUST_CHECK;

/* RV_TRUST_OLD: good, but not the one that the timestamp names: fetch that. */
enum { RV_TRUST_OLD = 1 };
int rv_trust_snapshot(struct rv_trust *t, enum rv_trust_from from, struct rv_span bytes,
    struct rv_error *err) RV_MUST_CHECK;
int rv_trust_targets(struct rv_trust *t, struct rv_span bytes, struct rv_error *err) RV_MUST_CHECK;
int rv_trust_delegated(
    struct rv_trust *t, const char *role, struct rv_span bytes, struct rv_error *err) RV_MUST_CHECK;

/*
 * What the next file must be: snapshot (from the timestamp), "targets" or a delegated role (from
 * the snapshot).
 */
int rv_trust_wanted_snapshot(
    const struct rv_trust *t, struct rv_role_file *out, struct rv_error *err) RV_MUST_CHECK;
int rv_trust_wanted(const struct rv_trust *t, const char *role, struct rv_role_file *out,
    struct rv_error *err) RV_MUST_CHECK;
/* A target of the delegated role that was taken last. RV_TRUST when it is not listed. */
int rv_trust_target(const struct rv_trust *t, const char *path, struct rv_role_file *out,
    const struct rv_json **custom, struct rv_error *err) RV_MUST_CHECK;

/* The soonest end of validity of all that is held, and the name of that file ("timestamp.json"). */
int64_t rv_trust_expires(const struct rv_trust *t, const char **out_file);
/* Something held is past its end (seen with allow_expired). */
bool rv_trust_expired(const struct rv_trust *t);

/* RV_TRUST "FILE: ..." unless bytes have this length and sum. */
int rv_trust_check(const struct rv_role_file *file, struct rv_span bytes, const char *what,
    struct rv_error *err) RV_MUST_CHECK;
