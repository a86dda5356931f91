/* SPDX-License-Identifier: ISC */
/*
 * The roles, from the leaves to the timestamp: each is written only if it says something new, its
 * key changed, or it is to be renewed; then its parent says something new. The next root goes just
 * before the timestamp, which is last.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"
#include "repo/make_internal.h"
#include "repo/state.h"

#define DAY_S 86400
#define RENEW_BEFORE_S ((int64_t)30 * DAY_S) /* of root and targets, when their key is here */
#define MODE 0644

static int64_t in_days(const struct making *m, int days)
{
	return m->how->now_s + (int64_t)days * DAY_S;
}

static void note_end(struct making *m, const char *file, int64_t expires_s)
{
	if (m->out->expires_s && m->out->expires_s <= expires_s)
		return;
	m->out->expires_s = expires_s;
	snprintf(m->out->expires_file, sizeof(m->out->expires_file), "%s", file);
}

/* --- writing */

static int sign(
    struct making *m, const struct rv_json *doc, const struct rv_signer *signer, struct rv_buf *out)
{
	return rv_role_sign(doc, &signer, 1, out, m->err);
}

/* Signs doc, writes it as VERSION.ROLE.json and says in out what it is. */
static int publish(struct making *m, const char *role, const struct rv_json *doc, int64_t version,
    const struct rv_signer *signer, struct rv_role_file *out)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ROLE_FILES_MAX_BYTES);
	char file[300];

	snprintf(file, sizeof(file), "%" PRId64 ".%s.json", version, role);
	if (sign(m, doc, signer, &text) < 0)
		return rv_context(m->err, "%s", file);
	*out = (struct rv_role_file){.length = text.n, .version = version};
	rv_sha256_of(rv_buf_span(&text), &out->sha256);
	m->out->changed = true;
	return rv_file_replace(m->metadata_fd, file, MODE, rv_buf_span(&text), m->err);
}

/* --- root */

static bool role_is(
    const struct rv_metadata *root, enum rv_role role, const struct rv_public_key *key)
{
	struct rv_role_keys keys;

	rv_metadata_root_keys(root, role, &keys);
	return keys.n == 1 && rv_key_eq(&keys.keys[0], key);
}

static struct rv_json *make_root(struct making *m)
{
	const struct rv_repo_keys *k = m->how->keys;
	struct rv_json *root =
	    rv_role_new(RV_ROLE_ROOT, m->new_root_version, in_days(m, RV_REPO_ROOT_DAYS));

	rv_role_root_add(root, RV_ROLE_ROOT, &k->root.key);
	rv_role_root_add(root, RV_ROLE_TARGETS, &k->targets.key);
	rv_role_root_add(root, RV_ROLE_SNAPSHOT, &k->online.key);
	rv_role_root_add(root, RV_ROLE_TIMESTAMP, &k->online.key);
	return root;
}

/* Whose signatures the next root needs: the new root key's, and the old one's when that changed. */
static int sign_root(struct making *m, bool root_changed)
{
	const struct rv_repo_keys *k = m->how->keys;
	const struct rv_signer *signers[] = {&k->root, &k->old_root};
	rv_autofree(rv_json) struct rv_json *root = NULL;

	if (!k->has_targets)
		return rv_fail(
		    m->err, RV_INPUT, "targets.pub: missing: root names the key targets too");
	if (root_changed &&
	    (!k->has_old_root || !role_is(&m->root, RV_ROLE_ROOT, &k->old_root.key)))
		return rv_fail(m->err, RV_INPUT,
		    "root.pub is not the key that signed %" PRId64
		    ".root.json: put that one beside it, "
		    "as root-old.key",
		    m->root.version);
	m->new_root_version = m->root.version + 1;
	root = make_root(m);
	m->new_root = RV_BUF_INIT(RV_ROLE_ROOT_MAX_BYTES);
	if (rv_role_sign(root, signers, root_changed ? 2 : 1, &m->new_root, m->err) < 0)
		return rv_context(m->err, "%" PRId64 ".root.json", m->new_root_version);
	note_end(m, "root.json", in_days(m, RV_REPO_ROOT_DAYS));
	return 0;
}

static int decide_root(struct making *m)
{
	const struct rv_repo_keys *k = m->how->keys;
	bool root, rest;

	if (!m->root.doc) {
		if (!k->has_root)
			return rv_fail(m->err, RV_INPUT,
			    "root.key: needed to begin a repository: bring it back, or make keys "
			    "by "
			    "'ravenadm key generate'");
		m->keys_changed = true;
		return sign_root(m, false);
	}
	root = k->has_root && !role_is(&m->root, RV_ROLE_ROOT, &k->root.key);
	m->keys_changed = !role_is(&m->root, RV_ROLE_SNAPSHOT, &k->online.key) ||
			  !role_is(&m->root, RV_ROLE_TIMESTAMP, &k->online.key);
	rest = k->has_targets && !role_is(&m->root, RV_ROLE_TARGETS, &k->targets.key);
	if (root || rest || m->keys_changed)
		return sign_root(m, root);
	if (k->has_root && rv_signer_can_sign(&k->root) &&
	    m->root.expires_s - m->how->now_s < RENEW_BEFORE_S)
		return sign_root(m, false);
	note_end(m, "root.json", m->root.expires_s);
	return 0;
}

/* --- the roles of an ABI */

static const struct rv_signer *abi_signer(const struct making *m)
{
	return m->how->keys->has_abi ? &m->how->keys->abi : &m->how->keys->online;
}

static bool delegated_to_us(const struct making *m, const char *role)
{
	struct rv_role_keys keys;

	return m->targets.doc && rv_metadata_delegation(&m->targets, role, &keys) && keys.n == 1 &&
	       rv_key_eq(&keys.keys[0], &abi_signer(m)->key);
}

static struct rv_json *make_list(const struct abi *abi)
{
	struct rv_json *custom = rv_json_new_object();
	struct rv_json *doc = rv_role_new(RV_ROLE_TARGETS, 1, 0);
	char path[300];

	rv_json_set_int(custom, "user_version", RV_CATALOG_SCHEMA);
	snprintf(path, sizeof(path), "%s/" RV_REPO_CATALOG_TARGET, abi->name);
	rv_role_add_target(doc, path, &abi->catalog, custom);
	return doc;
}

static struct rv_json *make_files(const struct abi *abi)
{
	struct rv_json *doc = rv_role_new(RV_ROLE_TARGETS, 1, 0);
	char path[600];

	rv_vec_each (&abi->items, item) {
		struct rv_role_file file = {.length = item->size, .sha256 = item->sha256};

		snprintf(path, sizeof(path), "%s/files/%s", abi->name, item->file);
		rv_role_add_target(doc, path, &file, NULL);
	}
	return doc;
}

/* Another version of doc (taken over), or of what is published when it is NULL. */
static int renew(struct making *m, const char *role, const struct rv_metadata *now,
    struct rv_json *fresh, struct rv_role_file *out)
{
	rv_autofree(rv_json) struct rv_json *doc = fresh ? fresh : rv_json_copy(now->signed_doc);
	int64_t version = now->doc ? now->version + 1 : 1;
	int64_t expires_s = in_days(m, RV_REPO_ONLINE_DAYS);
	char when[RV_CLOCK_ISO_BYTES], file[300];

	rv_clock_iso(expires_s, when);
	rv_json_set_int(doc, "version", version);
	rv_json_set_string(doc, "expires", when);
	snprintf(file, sizeof(file), "%s.json", role);
	note_end(m, file, expires_s);
	return publish(m, role, doc, version, abi_signer(m), out);
}

static int sign_abi(struct making *m, struct abi *abi)
{
	bool renewed = m->how->refresh || !delegated_to_us(m, abi->name) ||
		       !delegated_to_us(m, abi->files_role);
	char file[300];

	if (!renewed && !abi->changed) {
		snprintf(file, sizeof(file), "%s.json", abi->name);
		note_end(m, file, abi->list.expires_s);
		note_end(m, file, abi->files.expires_s);
		return 0;
	}
	if (renew(m, abi->name, &abi->list, abi->changed ? make_list(abi) : NULL, &abi->list_file) <
	    0)
		return -1;
	return renew(m, abi->files_role, &abi->files, abi->changed ? make_files(abi) : NULL,
	    &abi->files_file);
}

/* --- targets: delegations alone */

static bool targets_same(const struct making *m)
{
	size_t n = 0;

	rv_vec_each (&m->abis, abi)
		if (!delegated_to_us(m, abi->name) || !delegated_to_us(m, abi->files_role))
			return false;
	while (rv_metadata_delegated(&m->targets, n))
		n++;
	return n == 2 * m->abis.n;
}

static int sign_targets(struct making *m)
{
	const struct rv_repo_keys *k = m->how->keys;
	rv_autofree(rv_json) struct rv_json *doc = NULL;
	int64_t version = m->targets.doc ? m->targets.version + 1 : 1;
	bool ours =
	    m->root.doc && k->has_targets && role_is(&m->root, RV_ROLE_TARGETS, &k->targets.key);
	bool ends = m->targets.doc && m->targets.expires_s - m->how->now_s < RENEW_BEFORE_S;
	char pattern[300];

	if (m->targets.doc && targets_same(m) && (ours || !k->has_targets) &&
	    !(ends && k->has_targets && rv_signer_can_sign(&k->targets))) {
		note_end(m, "targets.json", m->targets.expires_s);
		return 0;
	}
	if (!k->has_targets)
		return rv_fail(m->err, RV_INPUT,
		    "targets.key: needed, since another ABI or key is to be named: bring it back");
	doc = rv_role_new(RV_ROLE_TARGETS, version, in_days(m, RV_REPO_TARGETS_DAYS));
	rv_vec_each (&m->abis, abi) {
		snprintf(pattern, sizeof(pattern), "%s/*", abi->name);
		rv_role_delegate(doc, abi->name, pattern, &abi_signer(m)->key);
		snprintf(pattern, sizeof(pattern), "%s/files/*", abi->name);
		rv_role_delegate(doc, abi->files_role, pattern, &abi_signer(m)->key);
	}
	note_end(m, "targets.json", in_days(m, RV_REPO_TARGETS_DAYS));
	return publish(m, "targets", doc, version, &k->targets, &m->targets_file);
}

/* --- snapshot and timestamp */

static int sign_snapshot(struct making *m)
{
	int64_t version = m->snapshot.doc ? m->snapshot.version + 1 : 1;
	int64_t expires_s = in_days(m, RV_REPO_ONLINE_DAYS);
	rv_autofree(rv_json) struct rv_json *doc =
	    rv_role_new(RV_ROLE_SNAPSHOT, version, expires_s);
	char file[300];

	rv_role_add_file(doc, "targets.json", &m->targets_file);
	rv_vec_each (&m->abis, abi) {
		snprintf(file, sizeof(file), "%s.json", abi->name);
		rv_role_add_file(doc, file, &abi->list_file);
		snprintf(file, sizeof(file), "%s.json", abi->files_role);
		rv_role_add_file(doc, file, &abi->files_file);
	}
	note_end(m, "snapshot.json", expires_s);
	return publish(m, "snapshot", doc, version, &m->how->keys->online, &m->snapshot_file);
}

static int write_root(struct making *m)
{
	char file[64];

	if (!m->new_root_version)
		return 0;
	snprintf(file, sizeof(file), "%" PRId64 ".root.json", m->new_root_version);
	m->out->root_version = m->new_root_version;
	m->out->changed = true;
	return rv_file_replace(m->metadata_fd, file, MODE, rv_buf_span(&m->new_root), m->err);
}

static int sign_timestamp(struct making *m)
{
	int64_t version = m->timestamp.doc ? m->timestamp.version + 1 : 1;
	int64_t expires_s = in_days(m, RV_REPO_TIMESTAMP_DAYS);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_ROLE_TIMESTAMP_MAX_BYTES);
	rv_autofree(rv_json) struct rv_json *doc =
	    rv_role_new(RV_ROLE_TIMESTAMP, version, expires_s);

	rv_role_add_file(doc, "snapshot.json", &m->snapshot_file);
	if (sign(m, doc, &m->how->keys->online, &text) < 0)
		return rv_context(m->err, "timestamp.json");
	if (rv_barrier(m->metadata_fd, "metadata", m->err) < 0 || write_root(m) < 0)
		return -1;
	note_end(m, "timestamp.json", expires_s);
	m->out->timestamp_version = version;
	return rv_file_replace(m->metadata_fd, "timestamp.json", MODE, rv_buf_span(&text), m->err);
}

int making_sign(struct making *m)
{
	if (decide_root(m) < 0)
		return -1;
	rv_vec_each (&m->abis, abi)
		if (sign_abi(m, abi) < 0)
			return -1;
	if (sign_targets(m) < 0)
		return -1;
	if (m->out->changed || m->how->refresh || m->keys_changed)
		return sign_snapshot(m) < 0 ? -1 : sign_timestamp(m);
	note_end(m, "snapshot.json", m->snapshot.expires_s);
	note_end(m, "timestamp.json", m->timestamp.expires_s);
	m->out->timestamp_version = m->timestamp.version;
	return write_root(m);
}
