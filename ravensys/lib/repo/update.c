/* SPDX-License-Identifier: ISC */
/*
 * rv_repo_update: fetches what the trust policy asks for, gives it to it, and keeps what it took.
 * Invariant: a file is written to the state only after the policy accepted it, root before
 * timestamp before snapshot before targets before ABI, so that a state that a crash cut off is an
 * older one or is completed by the next update.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "os/file.h"
#include "repo/source.h"
#include "repo/state.h"
#include "repo/unpack.h"
#include "sign/trust.h"

#define WARN_BEFORE_S (3 * 86400)
#define ANCHOR "anchor"

struct update {
	const struct rv_repo_place *place;
	const struct rv_repo_update *how;
	const struct rv_repo_source *source;
	struct rv_trust *trust;
	struct rv_buf got; /* the file at hand */
	int state_fd;
	char abi_json[128];
	bool changed;
	struct rv_error *err;
};

/* --- kept files */

static int read_kept(struct update *u, const char *name)
{
	rv_buf_reset(&u->got);
	return rv_file_read(u->state_fd, name, &u->got, u->err);
}

static int keep(struct update *u, const char *name)
{
	return rv_file_replace(u->state_fd, name, 0644, rv_buf_span(&u->got), u->err);
}

static int forget(struct update *u, const char *name)
{
	return rv_file_unlink(u->state_fd, name, u->err) < 0 ? -1 : 0;
}

static void doubt(struct update *u, const char *name, const struct rv_error *why)
{
	rv_log(u->how->log, RV_LOG_DEBUG, "repository %s: kept %s is of no use: %s",
	    u->place->conf->name, name, why->msg);
}

/* --- fetched files */

/* 0, RV_SOURCE_ABSENT, < 0 */
static int ask(struct update *u, const char *file, size_t max)
{
	char path[300];

	snprintf(path, sizeof(path), "metadata/%s", file);
	return u->source->get(u->source->ctx, path, max, &u->got, u->err);
}

static int demand(struct update *u, const char *file, size_t max)
{
	int rc = ask(u, file, max);

	if (rc > 0)
		return rv_fail(
		    u->err, RV_NET, "metadata/%s: the repository does not have it", file);
	return rc;
}

static int demand_version(struct update *u, const struct rv_role_file *wanted, const char *name)
{
	char file[256];

	snprintf(file, sizeof(file), "%lld.%s", (long long)wanted->version, name);
	return demand(u, file, (size_t)wanted->length);
}

/* --- first trust */

/* The configured first root into u->got: the file beside NAME.conf. */
static int read_root_file(struct update *u)
{
	const struct rv_repo_conf *conf = u->place->conf;
	int rc;

	rv_buf_reset(&u->got);
	rc = rv_file_read(u->place->repos_fd, conf->root, &u->got, u->err);
	if (rc > 0)
		return rv_fail(u->err, RV_INPUT,
		    "%s: root file '%s' is not there: put the publisher's first root.json beside "
		    "it",
		    conf->file, conf->root);
	return rc;
}

/* The first N.root.json whose sum is the fingerprint. */
static int find_root(struct update *u)
{
	const struct rv_repo_conf *conf = u->place->conf;
	struct rv_sha256 sum;
	char file[64];
	unsigned n;
	int rc = 0;

	for (n = 1; rc == 0 && n <= RV_TRUST_ROOT_STEPS; n++) {
		snprintf(file, sizeof(file), "%u.root.json", n);
		rc = ask(u, file, RV_ROLE_ROOT_MAX_BYTES);
		rv_sha256_of(rv_buf_span(&u->got), &sum);
		if (rc == 0 && rv_sha256_eq(&sum, &conf->fingerprint))
			return 0;
	}
	if (rc < 0)
		return -1;
	if (n == 2)
		return rv_fail(
		    u->err, RV_NET, "metadata/1.root.json: the repository does not have it");
	return rv_fail(u->err, RV_TRUST,
	    "metadata/1.root.json%s: not what the fingerprint in %s says: ask the publisher for "
	    "the "
	    "right one, and trust no other",
	    n == 3 ? "" : " and later ones", conf->file);
}

static int anchor_of(struct update *u, char out[RV_SHA256_HEX_BYTES])
{
	struct rv_sha256 sum = u->place->conf->fingerprint;

	if (u->place->conf->root) {
		if (read_root_file(u) < 0)
			return -1;
		rv_sha256_of(rv_buf_span(&u->got), &sum);
	}
	rv_sha256_hex(&sum, out);
	return 0;
}

static int forget_all(struct update *u)
{
	static const char *const names[] = {
	    "timestamp.json", "snapshot.json", "targets.json", "root.json", ANCHOR};

	if (forget(u, u->abi_json) < 0)
		return -1;
	for (size_t i = 0; i < RV_COUNT(names); i++)
		if (forget(u, names[i]) < 0)
			return -1;
	return 0;
}

/* What was held before is forgotten only when the new root is good. */
static int trust_first(struct update *u, const char *anchor, bool anew)
{
	const struct rv_repo_conf *conf = u->place->conf;

	if ((conf->root ? read_root_file(u) : find_root(u)) < 0 ||
	    rv_trust_root_first(u->trust, rv_buf_span(&u->got),
		conf->root ? conf->root : "root.json", u->err) < 0 ||
	    (anew && forget_all(u) < 0) || keep(u, "root.json") < 0)
		return -1;
	return rv_file_replace(u->state_fd, ANCHOR, 0644, rv_span_str(anchor), u->err);
}

/* Whoever changes what is configured begins anew: the way out when all root keys were lost. */
static int load_root(struct update *u)
{
	char anchor[RV_SHA256_HEX_BYTES];
	struct rv_error why = RV_ERROR_INIT;
	int rc;

	if (anchor_of(u, anchor) < 0)
		return -1;
	rc = read_kept(u, ANCHOR);
	if (rc < 0)
		return -1;
	if (rc > 0 || !rv_span_is(rv_buf_span(&u->got), anchor))
		return trust_first(u, anchor, true);
	rc = read_kept(u, "root.json");
	if (rc == 0 && rv_trust_root_first(u->trust, rv_buf_span(&u->got), "root.json", &why) == 0)
		return 0;
	if (rc == 0)
		doubt(u, "root.json", &why);
	/* nothing is lost by walking the chain again: timestamp and snapshot are still kept */
	return rc < 0 ? -1 : trust_first(u, anchor, false);
}

static int update_root(struct update *u)
{
	char file[64];
	int rc = load_root(u);

	for (unsigned n = 0; rc == 0 && n < RV_TRUST_ROOT_STEPS; n++) {
		snprintf(file, sizeof(file), "%lld.root.json",
		    (long long)rv_trust_root_version(u->trust) + 1);
		rc = ask(u, file, RV_ROLE_ROOT_MAX_BYTES);
		if (rc == 0)
			rc = rv_trust_root_next(u->trust, rv_buf_span(&u->got), u->err);
		if (rc == 0)
			rc = keep(u, "root.json");
	}
	if (rc < 0)
		return -1;
	rc = rv_trust_root_final(u->trust, u->err);
	if (rc == RV_TRUST_FORGET)
		return forget(u, "timestamp.json") < 0 || forget(u, "snapshot.json") < 0 ? -1 : 0;
	return rc;
}

/* --- timestamp, snapshot, targets, ABI */

static int update_timestamp(struct update *u)
{
	struct rv_error why = RV_ERROR_INIT;
	int rc = read_kept(u, "timestamp.json");

	if (rc < 0)
		return -1;
	if (rc == 0 && rv_trust_timestamp(u->trust, RV_TRUST_KEPT, rv_buf_span(&u->got), &why) < 0)
		doubt(u, "timestamp.json", &why);
	if (demand(u, "timestamp.json", RV_ROLE_TIMESTAMP_MAX_BYTES) < 0)
		return -1;
	rc = rv_trust_timestamp(u->trust, RV_TRUST_FETCHED, rv_buf_span(&u->got), u->err);
	if (rc == 0)
		rc = keep(u, "timestamp.json");
	return rc < 0 ? -1 : rv_trust_timestamp_final(u->trust, u->err);
}

static int update_snapshot(struct update *u)
{
	struct rv_error why = RV_ERROR_INIT;
	struct rv_role_file wanted;
	int rc = read_kept(u, "snapshot.json");

	if (rc < 0)
		return -1;
	if (rc == 0) {
		rc = rv_trust_snapshot(u->trust, RV_TRUST_KEPT, rv_buf_span(&u->got), &why);
		if (rc == 0)
			return 0;
		if (rc < 0)
			doubt(u, "snapshot.json", &why);
	}
	if (rv_trust_wanted_snapshot(u->trust, &wanted, u->err) < 0 ||
	    demand_version(u, &wanted, "snapshot.json") < 0 ||
	    rv_trust_snapshot(u->trust, RV_TRUST_FETCHED, rv_buf_span(&u->got), u->err) < 0)
		return -1;
	return keep(u, "snapshot.json");
}

static int give_list(struct update *u, const char *role, struct rv_error *err)
{
	struct rv_span bytes = rv_buf_span(&u->got);

	if (strcmp(role, "targets") == 0)
		return rv_trust_targets(u->trust, bytes, err);
	return rv_trust_delegated(u->trust, role, bytes, err);
}

/* "targets", then the ABI */
static int update_list(struct update *u, const char *role, const char *file)
{
	struct rv_error why = RV_ERROR_INIT;
	struct rv_role_file wanted;
	int rc;

	if (rv_trust_wanted(u->trust, role, &wanted, u->err) < 0)
		return -1;
	rc = read_kept(u, file);
	if (rc < 0)
		return -1;
	if (rc == 0 && give_list(u, role, &why) == 0)
		return 0;
	if (rc == 0)
		doubt(u, file, &why);
	if (demand_version(u, &wanted, file) < 0 || give_list(u, role, u->err) < 0)
		return -1;
	return keep(u, file);
}

/* --- catalogue */

static int check_schema(struct update *u, const struct rv_json *custom)
{
	int64_t version = 0;

	if (rv_json_int(rv_json_get(custom, "user_version"), &version) &&
	    version > RV_CATALOG_SCHEMA)
		return rv_fail(u->err, RV_INPUT,
		    "catalogue: version %lld, this program reads up to %d: made for a newer rvn",
		    (long long)version, RV_CATALOG_SCHEMA);
	return 0;
}

static int fetch_catalog(
    struct update *u, const struct rv_role_file *file, const char *target, struct rv_buf *out)
{
	char path[512], hex[RV_SHA256_HEX_BYTES];
	int rc;

	if (file->length > RV_REPO_PACKED_MAX_BYTES)
		return rv_fail(u->err, RV_LIMIT, "%s: announced with more than %zu bytes", target,
		    RV_REPO_PACKED_MAX_BYTES);
	rv_sha256_hex(&file->sha256, hex);
	snprintf(path, sizeof(path), "targets/%s/%s." RV_REPO_CATALOG_TARGET,
	    u->place->conf->abi_file, hex);
	rc = u->source->get(u->source->ctx, path, (size_t)file->length, out, u->err);
	if (rc > 0)
		return rv_fail(u->err, RV_NET, "%s: the repository does not have it", path);
	return rc < 0 ? -1 : rv_trust_check(file, rv_buf_span(out), path, u->err);
}

/*
 * Under a temporary name first; opened once, so that a file that is no catalogue never gets its
 * name.
 */
static int unpack_to(struct update *u, struct rv_span packed, int dirfd, const char *name)
{
	struct rv_catalog *catalog = NULL;
	rv_auto_fd fd = -1;
	char temporary[300];
	int rc;

	snprintf(temporary, sizeof(temporary), ".%s.new", u->place->conf->name);
	if (rv_file_unlink(dirfd, temporary, u->err) < 0 ||
	    rv_file_create(dirfd, temporary, 0644, &fd, u->err) != 0)
		return -1;
	rc = rv_repo_unpack(packed, "catalogue", fd, u->err);
	if (rc == 0)
		rc = rv_fd_sync(fd, "catalogue", u->err);
	if (rc == 0)
		rc = rv_catalog_open(dirfd, temporary, &catalog, u->err);
	rv_catalog_close(catalog);
	if (rc == 0)
		rc = rv_file_rename(dirfd, temporary, dirfd, name, RV_RENAME_OVER, u->err);
	if (rc != 0 && rv_file_unlink(dirfd, temporary, NULL) < 0)
		return -1;
	return rc;
}

/* What is there was verified when it came, but a disk may fail. */
static bool is_usable(const struct update *u, int dirfd, const char *name)
{
	struct rv_catalog *catalog = NULL;
	bool opens;

	if (u->how->anew)
		return false;
	opens = rv_catalog_open(dirfd, name, &catalog, NULL) == 0;
	rv_catalog_close(catalog);
	return opens;
}

static int update_catalog(struct update *u)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(200), name = RV_BUF_INIT(200);
	rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(RV_REPO_PACKED_MAX_BYTES);
	rv_auto_fd dirfd = -1;
	const struct rv_json *custom = NULL;
	struct rv_role_file file;
	struct rv_stat st;
	bool is_there;
	int rc;

	rv_repo_catalog_target(u->place->conf, &target);
	if (rv_trust_target(u->trust, rv_buf_str(&target), &file, &custom, u->err) < 0 ||
	    check_schema(u, custom) < 0 ||
	    rv_repo_cache_dir(u->place, RV_REPO_CATALOG_DIR, &dirfd, u->err) < 0)
		return -1;
	rv_repo_catalog_name(u->place->conf, &file.sha256, &name);
	rc = rv_file_stat(dirfd, rv_buf_str(&name), &st, u->err);
	is_there = rc == 0;
	if (rc < 0 || (is_there && is_usable(u, dirfd, rv_buf_str(&name))))
		return rc;
	if (fetch_catalog(u, &file, rv_buf_str(&target), &packed) < 0 ||
	    unpack_to(u, rv_buf_span(&packed), dirfd, rv_buf_str(&name)) < 0)
		return -1;
	u->changed = !is_there;
	return rv_repo_catalog_clean(u->place->conf, dirfd, rv_buf_str(&name), u->err);
}

static void warn_of_end(struct update *u)
{
	const char *file;
	int64_t ends_s = rv_trust_expires(u->trust, &file);
	char when[RV_CLOCK_ISO_BYTES];

	rv_clock_iso(ends_s, when);
	if (rv_trust_expired(u->trust))
		rv_log(u->how->log, RV_LOG_WARN,
		    "repository %s: %s expired on %s and was taken because of --allow-expired",
		    u->place->conf->name, file, when);
	else if (ends_s - u->how->now_s < WARN_BEFORE_S)
		rv_log(u->how->log, RV_LOG_WARN,
		    "repository %s: %s expires on %s: its publisher must refresh it until then",
		    u->place->conf->name, file, when);
}

static int run(struct update *u)
{
	if (update_root(u) < 0 || update_timestamp(u) < 0 || update_snapshot(u) < 0 ||
	    update_list(u, "targets", "targets.json") < 0 ||
	    update_list(u, u->place->conf->abi_file, u->abi_json) < 0 || update_catalog(u) < 0)
		return -1;
	warn_of_end(u);
	/* its time says when the repository was last asked */
	return rv_file_set_mtime(u->state_fd, "timestamp.json", u->how->now_s, u->err);
}

int rv_repo_update(const struct rv_repo_place *place, const struct rv_repo_update *how,
    bool *out_changed, struct rv_error *err)
{
	rv_auto(rv_repo_net) struct rv_repo_net net = RV_REPO_NET_INIT;
	struct update u = {
	    .place = place, .how = how, .source = how->source, .state_fd = -1, .err = err};
	int rc = 0;

	snprintf(u.abi_json, sizeof(u.abi_json), "%s.json", place->conf->abi_file);
	u.got = RV_BUF_INIT(RV_ROLE_LIST_MAX_BYTES);
	if (!u.source) {
		rc = rv_repo_net_open(&net, place->conf, err);
		u.source = &net.source;
	}
	u.trust = rv_trust_new(how->now_s, how->allow_expired);
	if (rc == 0)
		rc = rv_repo_state_dir(place, &u.state_fd, err);
	if (rc == 0)
		rc = run(&u);
	rv_trust_free(u.trust);
	rv_buf_release(&u.got);
	rv_fd_release(&u.state_fd);
	*out_changed = u.changed;
	return rc < 0 ? rv_context(err, "repository %s", place->conf->name) : 0;
}
