/* SPDX-License-Identifier: ISC */
/*
 * The client workflow, section 5 of the specification; step numbers are those of its version
 * 1.0.31.
 */
#include "sign/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/clock.h"

struct rv_trust {
	int64_t now_s;
	bool allow_expired;
	struct rv_metadata root, timestamp, snapshot, targets, delegated;
	char *delegated_name;
	/* of the first root: fast-forward recovery compares with them */
	struct rv_role_keys first_timestamp, first_snapshot;
};

struct rv_trust *rv_trust_new(int64_t now_s, bool allow_expired)
{
	struct rv_trust *t = rv_alloc(sizeof(*t));

	t->now_s = now_s;
	t->allow_expired = allow_expired;
	return t;
}

void rv_trust_free(struct rv_trust *t)
{
	if (!t)
		return;
	rv_metadata_release(&t->root);
	rv_metadata_release(&t->timestamp);
	rv_metadata_release(&t->snapshot);
	rv_metadata_release(&t->targets);
	rv_metadata_release(&t->delegated);
	free(t->delegated_name);
	free(t);
}

static void hold(struct rv_metadata *place, struct rv_metadata *taken)
{
	rv_metadata_release(place);
	*place = *taken;
	*taken = RV_METADATA_INIT;
}

static int check_expiry(
    const struct rv_trust *t, const struct rv_metadata *m, const char *what, struct rv_error *err)
{
	char when[RV_CLOCK_ISO_BYTES];

	if (t->now_s < m->expires_s || t->allow_expired)
		return 0;
	rv_clock_iso(m->expires_s, when);
	return rv_fail(err, RV_TRUST,
	    "%s: expired on %s: the repository must be refreshed by who publishes it; to take it "
	    "nevertheless: --allow-expired",
	    what, when);
}

static int check_version(int64_t got, int64_t wanted, const char *what, struct rv_error *err)
{
	if (got == wanted)
		return 0;
	return rv_fail(err, RV_TRUST, "%s: has version %lld, not %lld as announced", what,
	    (long long)got, (long long)wanted);
}

static int check_growth(int64_t got, int64_t held, const char *what, struct rv_error *err)
{
	if (got >= held)
		return 0;
	return rv_fail(err, RV_TRUST,
	    "%s: has version %lld, but version %lld was accepted before (an old state is refused)",
	    what, (long long)got, (long long)held);
}

int rv_trust_check(
    const struct rv_role_file *file, struct rv_span bytes, const char *what, struct rv_error *err)
{
	struct rv_sha256 sum;

	if (bytes.n != file->length)
		return rv_fail(err, RV_TRUST, "%s: has %zu bytes, not %llu as signed", what,
		    bytes.n, (unsigned long long)file->length);
	rv_sha256_of(bytes, &sum);
	if (!rv_sha256_eq(&sum, &file->sha256))
		return rv_fail(err, RV_TRUST, "%s: its sha256 is not the signed one", what);
	return 0;
}

/* --- root: 5.2, 5.3 */

static int signed_by_root(const struct rv_metadata *m, const struct rv_metadata *root,
    enum rv_role role, const char *what, struct rv_error *err)
{
	struct rv_role_keys *keys = rv_alloc(sizeof(*keys));
	int rc;

	rv_metadata_root_keys(root, role, keys);
	rc = rv_metadata_verify(m, keys, what, err);
	free(keys);
	return rc;
}

int rv_trust_root_first(
    struct rv_trust *t, struct rv_span bytes, const char *what, struct rv_error *err)
{
	struct rv_metadata root;

	if (rv_metadata_parse(bytes, what, RV_ROLE_ROOT, &root, err) < 0)
		return -1;
	if (signed_by_root(&root, &root, RV_ROLE_ROOT, what, err) < 0) {
		rv_metadata_release(&root);
		return -1;
	}
	hold(&t->root, &root);
	rv_metadata_root_keys(&t->root, RV_ROLE_TIMESTAMP, &t->first_timestamp);
	rv_metadata_root_keys(&t->root, RV_ROLE_SNAPSHOT, &t->first_snapshot);
	return 0;
}

int rv_trust_root_next(struct rv_trust *t, struct rv_span bytes, struct rv_error *err)
{
	struct rv_metadata root;
	char what[64];

	snprintf(what, sizeof(what), "%lld.root.json", (long long)rv_trust_root_version(t) + 1);
	if (rv_metadata_parse(bytes, what, RV_ROLE_ROOT, &root, err) < 0)
		return -1;
	if (signed_by_root(&root, &t->root, RV_ROLE_ROOT, what, err) < 0 ||
	    signed_by_root(&root, &root, RV_ROLE_ROOT, what, err) < 0 ||
	    check_version(root.version, t->root.version + 1, what, err) < 0) {
		rv_metadata_release(&root);
		return -1;
	}
	hold(&t->root, &root);
	return 0;
}

int64_t rv_trust_root_version(const struct rv_trust *t)
{
	return t->root.version;
}

static bool same_keys(
    const struct rv_metadata *root, enum rv_role role, const struct rv_role_keys *first)
{
	struct rv_role_keys *now = rv_alloc(sizeof(*now));
	bool same;

	rv_metadata_root_keys(root, role, now);
	same = now->n == first->n;
	for (size_t i = 0; same && i < now->n; i++)
		same = rv_key_eq(&now->keys[i], &first->keys[i]);
	free(now);
	return same;
}

int rv_trust_root_final(struct rv_trust *t, struct rv_error *err)
{
	char what[64];

	snprintf(what, sizeof(what), "%lld.root.json", (long long)t->root.version);
	if (check_expiry(t, &t->root, what, err) < 0)
		return -1;
	if (same_keys(&t->root, RV_ROLE_TIMESTAMP, &t->first_timestamp) &&
	    same_keys(&t->root, RV_ROLE_SNAPSHOT, &t->first_snapshot))
		return 0;
	return RV_TRUST_FORGET;
}

/* --- timestamp: 5.4 */

static int check_timestamp(struct rv_trust *t, const struct rv_metadata *m, struct rv_error *err)
{
	struct rv_role_file new, old;

	if (signed_by_root(m, &t->root, RV_ROLE_TIMESTAMP, "timestamp.json", err) < 0)
		return -1;
	if (!t->timestamp.doc)
		return 0;
	if (check_growth(m->version, t->timestamp.version, "timestamp.json", err) < 0)
		return -1;
	if (m->version == t->timestamp.version)
		return RV_TRUST_SAME;
	if (!rv_metadata_file(m, "snapshot.json", &new) ||
	    !rv_metadata_file(&t->timestamp, "snapshot.json", &old))
		return rv_fail(err, RV_BUG, "timestamp.json: names no snapshot");
	return check_growth(new.version, old.version, "timestamp.json: snapshot.json", err);
}

int rv_trust_timestamp(
    struct rv_trust *t, enum rv_trust_from from, struct rv_span bytes, struct rv_error *err)
{
	struct rv_metadata m;
	int rc;

	if (rv_metadata_parse(bytes, "timestamp.json", RV_ROLE_TIMESTAMP, &m, err) < 0)
		return -1;
	rc = check_timestamp(t, &m, err);
	if (rc == 0 && from == RV_TRUST_FETCHED)
		rc = check_expiry(t, &m, "timestamp.json", err);
	if (rc == 0)
		hold(&t->timestamp, &m);
	rv_metadata_release(&m);
	return rc;
}

int rv_trust_timestamp_final(struct rv_trust *t, struct rv_error *err)
{
	if (!t->timestamp.doc)
		return rv_fail(err, RV_TRUST, "timestamp.json: there is none");
	return check_expiry(t, &t->timestamp, "timestamp.json", err);
}

/* --- snapshot: 5.5 */

int rv_trust_wanted_snapshot(
    const struct rv_trust *t, struct rv_role_file *out, struct rv_error *err)
{
	if (!t->timestamp.doc || !rv_metadata_file(&t->timestamp, "snapshot.json", out))
		return rv_fail(err, RV_BUG, "snapshot.json: before timestamp.json");
	if (out->length > RV_ROLE_LIST_MAX_BYTES)
		return rv_fail(err, RV_TRUST, "snapshot.json: announced with more than %zu bytes",
		    RV_ROLE_LIST_MAX_BYTES);
	return 0;
}

/* No file of the old snapshot may be missing or older. */
static int check_meta_growth(
    const struct rv_metadata *old, const struct rv_metadata *new, struct rv_error *err)
{
	struct rv_role_file was, is;

	if (!old->doc)
		return 0;
	rv_json_each (rv_json_get(old->signed_doc, "meta"), it) {
		if (!rv_metadata_file(old, it.key, &was))
			continue;
		if (!rv_metadata_file(new, it.key, &is))
			return rv_fail(err, RV_TRUST,
			    "snapshot.json: does not list %s any more, which was accepted before",
			    it.key);
		if (check_growth(is.version, was.version, it.key, err) < 0)
			return rv_context(err, "snapshot.json");
	}
	return 0;
}

static int check_snapshot(struct rv_trust *t, const struct rv_metadata *m,
    const struct rv_role_file *wanted, struct rv_error *err)
{
	if (signed_by_root(m, &t->root, RV_ROLE_SNAPSHOT, "snapshot.json", err) < 0 ||
	    check_version(m->version, wanted->version, "snapshot.json", err) < 0 ||
	    check_meta_growth(&t->snapshot, m, err) < 0)
		return -1;
	return check_expiry(t, m, "snapshot.json", err);
}

/* A kept snapshot is the wanted one, or an old one whose versions must not be fallen short of. */
static int take_kept_snapshot(
    struct rv_trust *t, struct rv_metadata *m, bool wanted, struct rv_error *err)
{
	if (signed_by_root(m, &t->root, RV_ROLE_SNAPSHOT, "snapshot.json", err) < 0)
		return -1;
	if (wanted && check_expiry(t, m, "snapshot.json", err) < 0)
		return -1;
	hold(&t->snapshot, m);
	return wanted ? 0 : RV_TRUST_OLD;
}

int rv_trust_snapshot(
    struct rv_trust *t, enum rv_trust_from from, struct rv_span bytes, struct rv_error *err)
{
	struct rv_role_file wanted;
	struct rv_metadata m;
	bool matches;
	int rc;

	if (rv_trust_wanted_snapshot(t, &wanted, err) < 0)
		return -1;
	matches = rv_trust_check(
		      &wanted, bytes, "snapshot.json", from == RV_TRUST_FETCHED ? err : NULL) == 0;
	if (from == RV_TRUST_FETCHED && !matches)
		return -1;
	if (rv_metadata_parse(bytes, "snapshot.json", RV_ROLE_SNAPSHOT, &m, err) < 0)
		return -1;
	if (from == RV_TRUST_KEPT) {
		rc = take_kept_snapshot(t, &m, matches && m.version == wanted.version, err);
	} else {
		rc = check_snapshot(t, &m, &wanted, err);
		if (rc == 0)
			hold(&t->snapshot, &m);
	}
	rv_metadata_release(&m);
	return rc;
}

/* --- targets and delegated roles: 5.6 */

int rv_trust_wanted(
    const struct rv_trust *t, const char *role, struct rv_role_file *out, struct rv_error *err)
{
	char name[256];
	size_t max = strcmp(role, "targets") == 0 ? RV_ROLE_LIST_MAX_BYTES : RV_ROLE_ABI_MAX_BYTES;

	snprintf(name, sizeof(name), "%s.json", role);
	if (!t->snapshot.doc)
		return rv_fail(err, RV_BUG, "%s: before snapshot.json", name);
	if (!rv_metadata_file(&t->snapshot, name, out))
		return rv_fail(err, RV_TRUST,
		    "snapshot.json: does not list %s: the repository has nothing for this ABI",
		    name);
	if (out->length > max)
		return rv_fail(err, RV_TRUST, "%s: announced with more than %zu bytes", name, max);
	return 0;
}

/* Everything but who signed it. */
static int parse_listed(struct rv_trust *t, const char *role, struct rv_span bytes,
    const char *what, struct rv_metadata *out, struct rv_error *err)
{
	struct rv_role_file wanted;

	if (rv_trust_wanted(t, role, &wanted, err) < 0 ||
	    rv_trust_check(&wanted, bytes, what, err) < 0 ||
	    rv_metadata_parse(bytes, what, RV_ROLE_TARGETS, out, err) < 0)
		return -1;
	if (check_version(out->version, wanted.version, what, err) == 0 &&
	    check_expiry(t, out, what, err) == 0)
		return 0;
	rv_metadata_release(out);
	return -1;
}

int rv_trust_targets(struct rv_trust *t, struct rv_span bytes, struct rv_error *err)
{
	struct rv_metadata m;
	int rc;

	if (parse_listed(t, "targets", bytes, "targets.json", &m, err) < 0)
		return -1;
	rc = signed_by_root(&m, &t->root, RV_ROLE_TARGETS, "targets.json", err);
	if (rc == 0)
		hold(&t->targets, &m);
	rv_metadata_release(&m);
	return rc;
}

static int signed_by_targets(struct rv_trust *t, const char *role, const struct rv_metadata *m,
    const char *what, struct rv_error *err)
{
	struct rv_role_keys *keys = rv_alloc(sizeof(*keys));
	int rc;

	if (rv_metadata_delegation(&t->targets, role, keys))
		rc = rv_metadata_verify(m, keys, what, err);
	else
		rc = rv_fail(err, RV_TRUST, "targets.json: does not delegate to %s", role);
	free(keys);
	return rc;
}

int rv_trust_delegated(
    struct rv_trust *t, const char *role, struct rv_span bytes, struct rv_error *err)
{
	struct rv_metadata m;
	char what[256];
	int rc;

	snprintf(what, sizeof(what), "%s.json", role);
	if (!t->targets.doc)
		return rv_fail(err, RV_BUG, "%s: before targets.json", what);
	if (parse_listed(t, role, bytes, what, &m, err) < 0)
		return -1;
	rc = signed_by_targets(t, role, &m, what, err);
	if (rc == 0) {
		hold(&t->delegated, &m);
		free(t->delegated_name);
		t->delegated_name = rv_strdup(role);
	}
	rv_metadata_release(&m);
	return rc;
}

int rv_trust_target(const struct rv_trust *t, const char *path, struct rv_role_file *out,
    const struct rv_json **custom, struct rv_error *err)
{
	if (!t->delegated.doc || !rv_metadata_delegates(&t->targets, t->delegated_name, path) ||
	    !rv_metadata_target(&t->delegated, path, out, custom))
		return rv_fail(err, RV_TRUST, "%s.json: does not list %s",
		    t->delegated_name ? t->delegated_name : "targets", path);
	return 0;
}

/* --- the end of validity */

int64_t rv_trust_expires(const struct rv_trust *t, const char **out_file)
{
	const struct {
		const struct rv_metadata *m;
		const char *name;
	} held[] = {
	    {&t->root, "root.json"},
	    {&t->timestamp, "timestamp.json"},
	    {&t->snapshot, "snapshot.json"},
	    {&t->targets, "targets.json"},
	    {&t->delegated, "ABI.json"},
	};
	int64_t soonest = INT64_MAX;

	*out_file = "";
	for (size_t i = 0; i < RV_COUNT(held); i++) {
		if (!held[i].m->doc || held[i].m->expires_s >= soonest)
			continue;
		soonest = held[i].m->expires_s;
		*out_file = held[i].name;
	}
	return soonest;
}

bool rv_trust_expired(const struct rv_trust *t)
{
	const char *file;

	return t->now_s >= rv_trust_expires(t, &file);
}
