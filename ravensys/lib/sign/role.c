/* SPDX-License-Identifier: ISC */
/*
 * Reading metadata. Parsing checks everything that the format names, in the order of the page, so
 * that the lookups below it need no errors: they run over values that were checked.
 */
#include "sign/role.h"

#include <string.h>

#include "os/clock.h"

void rv_metadata_release(struct rv_metadata *m)
{
	rv_json_free(m->doc);
	*m = RV_METADATA_INIT;
}

/* --- pieces */

static int bad(struct rv_error *err, const char *what, const char *text)
{
	return rv_fail(err, RV_FORMAT, "%s: %s", what, text);
}

static int parse_file(const struct rv_json *v, const char *what, bool versioned,
    struct rv_role_file *out, struct rv_error *err)
{
	const struct rv_json *hashes;
	const char *hex;
	int64_t length;

	memset(out, 0, sizeof(*out));
	if (rv_json_want_object(v, "hashes", what, &hashes, err) < 0 ||
	    rv_json_want_string(hashes, "sha256", what, &hex, err) < 0 ||
	    rv_json_want_int(v, "length", what, &length, err) < 0 ||
	    (versioned && rv_json_want_int(v, "version", what, &out->version, err) < 0))
		return -1;
	if (!rv_sha256_parse(rv_span_str(hex), &out->sha256))
		return bad(err, what, "a sha256 is not 64 lower-case hexadecimal digits");
	if (length < 0)
		return bad(err, what, "a length is negative");
	if (versioned && (out->version < 1 || out->version > RV_ROLE_VERSION_MAX))
		return bad(err, what, "a version is not in 1 to 2^53 - 1");
	out->length = (uint64_t)length;
	return 0;
}

static int check_files(
    const struct rv_json *files, const char *what, bool versioned, struct rv_error *err)
{
	struct rv_role_file file;

	rv_json_each (files, it)
		if (parse_file(it.value, what, versioned, &file, err) < 0)
			return rv_context(err, "%s: '%s'", what, it.key);
	return 0;
}

/* keys: {ID: key}; an id must be that of its key */
static int check_keys(const struct rv_json *keys, const char *what, struct rv_error *err)
{
	char id[RV_SHA256_HEX_BYTES];
	struct rv_public_key key;

	rv_json_each (keys, it) {
		if (rv_key_from_json(it.value, what, &key, err) < 0)
			return -1;
		rv_sha256_hex(&key.id, id);
		if (strcmp(id, it.key) != 0)
			return bad(err, what, "the id of a key is not its sha256");
	}
	return 0;
}

static void add_role_key(
    const struct rv_json *keys, const char *id, struct rv_role_keys *out, struct rv_error *ignored)
{
	int rc = rv_key_from_json(rv_json_get(keys, id), "key", &out->keys[out->n], ignored);

	if (rc >= 0)
		out->foreign[out->n++] = rc == RV_KEY_FOREIGN;
}

/* Of a role that check_role has seen. */
static void role_keys(
    const struct rv_json *role, const struct rv_json *keys, struct rv_role_keys *out)
{
	memset(out, 0, sizeof(*out));
	rv_json_each_item (rv_json_get(role, "keyids"), it)
		if (out->n < RV_ROLE_KEYS_MAX)
			add_role_key(keys, rv_json_string(it.value), out, NULL);
	if (!rv_json_int(rv_json_get(role, "threshold"), &out->threshold))
		out->threshold = RV_ROLE_KEYS_MAX + 1;
}

static bool seen_before(const struct rv_json *list, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rv_json_string(rv_json_at(list, i)), text) == 0)
			return true;
	return false;
}

/* {"keyids":[...],"threshold":N}: known ids, each once, and enough of them */
static int check_role(
    const struct rv_json *role, const struct rv_json *keys, const char *what, struct rv_error *err)
{
	const struct rv_json *ids;
	int64_t threshold;

	if (rv_json_want_array(role, "keyids", what, &ids, err) < 0 ||
	    rv_json_want_int(role, "threshold", what, &threshold, err) < 0)
		return -1;
	if (rv_json_count(ids) > RV_ROLE_KEYS_MAX)
		return bad(err, what, "a role has more than 64 keys");
	rv_json_each_item (ids, it) {
		const char *id = rv_json_string(it.value);

		if (!id || !rv_json_get(keys, id) || seen_before(ids, it.i - 1, id))
			return bad(err, what, "a role names a key that is not there, or one twice");
	}
	if (threshold < 1 || threshold > (int64_t)rv_json_count(ids))
		return bad(
		    err, what, "the threshold of a role is not in 1 to the number of its keys");
	return 0;
}

/* --- kinds */

static int check_root(const struct rv_json *o, const char *what, struct rv_error *err)
{
	const struct rv_json *keys, *roles, *role;

	if (rv_json_want_object(o, "keys", what, &keys, err) < 0 ||
	    rv_json_want_object(o, "roles", what, &roles, err) < 0 ||
	    check_keys(keys, what, err) < 0)
		return -1;
	if (!rv_json_bool(rv_json_get(o, "consistent_snapshot"), false))
		return bad(err, what, "'consistent_snapshot' is not true");
	for (int i = RV_ROLE_ROOT; i <= RV_ROLE_TARGETS; i++)
		if (rv_json_want_object(roles, rv_role_name((enum rv_role)i), what, &role, err) <
			0 ||
		    check_role(role, keys, what, err) < 0)
			return -1;
	return 0;
}

static int check_meta(
    const struct rv_json *o, const char *what, const char *needs, struct rv_error *err)
{
	const struct rv_json *meta, *file;

	if (rv_json_want_object(o, "meta", what, &meta, err) < 0 ||
	    rv_json_want_object(meta, needs, what, &file, err) < 0)
		return -1;
	return check_files(meta, what, true, err);
}

static int check_timestamp(const struct rv_json *o, const char *what, struct rv_error *err)
{
	return check_meta(o, what, "snapshot.json", err);
}

static int check_snapshot(const struct rv_json *o, const char *what, struct rv_error *err)
{
	return check_meta(o, what, "targets.json", err);
}

static int check_delegated(
    const struct rv_json *role, const struct rv_json *keys, const char *what, struct rv_error *err)
{
	const char *how = rv_json_get(role, "paths") ? "paths" : "path_hash_prefixes";
	const struct rv_json *paths;
	const char *name;

	if (rv_json_want_string(role, "name", what, &name, err) < 0 ||
	    rv_json_want_array(role, how, what, &paths, err) < 0)
		return -1;
	rv_json_each_item (paths, it)
		if (!rv_json_string(it.value))
			return bad(err, what, "a path of a delegation is not a string");
	return check_role(role, keys, what, err);
}

static int check_targets(const struct rv_json *o, const char *what, struct rv_error *err)
{
	const struct rv_json *targets, *delegations = rv_json_get(o, "delegations"), *keys, *roles;

	if (rv_json_want_object(o, "targets", what, &targets, err) < 0 ||
	    check_files(targets, what, false, err) < 0)
		return -1;
	if (!delegations)
		return 0;
	if (rv_json_want_object(delegations, "keys", what, &keys, err) < 0 ||
	    rv_json_want_array(delegations, "roles", what, &roles, err) < 0 ||
	    check_keys(keys, what, err) < 0)
		return -1;
	rv_json_each_item (roles, it)
		if (check_delegated(it.value, keys, what, err) < 0)
			return -1;
	return 0;
}

static int check_signatures(const struct rv_json *doc, const char *what, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf raw = RV_BUF_INIT(256);
	const struct rv_json *list;
	const char *id, *sig;
	struct rv_sha256 sum;

	if (rv_json_want_array(doc, "signatures", what, &list, err) < 0)
		return -1;
	if (rv_json_count(list) > RV_ROLE_KEYS_MAX)
		return bad(err, what, "more than 64 signatures");
	rv_json_each_item (list, it) {
		if (rv_json_want_string(it.value, "keyid", what, &id, err) < 0 ||
		    rv_json_want_string(it.value, "sig", what, &sig, err) < 0)
			return -1;
		rv_buf_reset(&raw);
		if (!rv_sha256_parse(rv_span_str(id), &sum) ||
		    rv_hex_decode(rv_span_str(sig), &raw, NULL) < 0)
			return bad(err, what, "a signature is not lower-case hexadecimal");
	}
	return 0;
}

/* --- the whole */

static int parse_common(struct rv_metadata *m, const char *what, struct rv_error *err)
{
	const char *type, *spec, *expires;

	if (rv_json_want_string(m->signed_doc, "_type", what, &type, err) < 0 ||
	    rv_json_want_string(m->signed_doc, "spec_version", what, &spec, err) < 0 ||
	    rv_json_want_string(m->signed_doc, "expires", what, &expires, err) < 0 ||
	    rv_json_want_int(m->signed_doc, "version", what, &m->version, err) < 0)
		return -1;
	if (strcmp(type, rv_role_name(m->role)) != 0)
		return rv_fail(err, RV_FORMAT, "%s: is of type '%.40s', not '%s'", what, type,
		    rv_role_name(m->role));
	if (strncmp(spec, "1.", 2) != 0)
		return rv_fail(err, RV_FORMAT, "%s: made for version '%.20s' of the specification",
		    what, spec);
	if (!rv_clock_parse_iso(expires, &m->expires_s))
		return bad(err, what, "'expires' is not YYYY-MM-DDTHH:MM:SSZ");
	if (m->version < 1 || m->version > RV_ROLE_VERSION_MAX)
		return bad(err, what, "'version' is not in 1 to 2^53 - 1");
	return 0;
}

/*
 * The bytes are the canonical form and nothing else: what a signature does not cover cannot vary
 * either.
 */
static int check_canonical(
    const struct rv_json *doc, struct rv_span bytes, const char *what, struct rv_error *err)
{
	static const char *const keys[] = {"signatures", "signed", NULL};
	static const char *const signature_keys[] = {"keyid", "sig", NULL};
	rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(bytes.n + 1);

	if (rv_json_only_keys(doc, keys, what, err) < 0)
		return -1;
	rv_json_each_item (rv_json_get(doc, "signatures"), it)
		if (rv_json_only_keys(it.value, signature_keys, what, err) < 0)
			return -1;
	if (rv_json_canonical(doc, RV_JSON_CONTROL_REFUSED, &again, NULL) < 0 ||
	    !rv_span_eq(rv_buf_span(&again), bytes))
		return bad(err, what, "not in canonical form");
	return 0;
}

static int check_metadata(
    struct rv_metadata *m, struct rv_span bytes, const char *what, struct rv_error *err)
{
	static int (*const kinds[])(const struct rv_json *, const char *, struct rv_error *) = {
	    [RV_ROLE_ROOT] = check_root,
	    [RV_ROLE_TIMESTAMP] = check_timestamp,
	    [RV_ROLE_SNAPSHOT] = check_snapshot,
	    [RV_ROLE_TARGETS] = check_targets,
	};

	if (rv_json_want_object(m->doc, "signed", what, &m->signed_doc, err) < 0 ||
	    check_signatures(m->doc, what, err) < 0 ||
	    check_canonical(m->doc, bytes, what, err) < 0 || parse_common(m, what, err) < 0)
		return -1;
	return kinds[m->role](m->signed_doc, what, err);
}

int rv_metadata_parse(struct rv_span bytes, const char *what, enum rv_role role,
    struct rv_metadata *out, struct rv_error *err)
{
	*out = RV_METADATA_INIT;
	out->role = role;
	if (rv_json_parse(bytes, what, &out->doc, err) < 0)
		return -1;
	if (check_metadata(out, bytes, what, err) < 0) {
		rv_metadata_release(out);
		return -1;
	}
	return 0;
}

/* Index of the key with that id, or n. */
static size_t key_at(const struct rv_role_keys *keys, const char *id)
{
	char hex[RV_SHA256_HEX_BYTES];
	size_t i;

	for (i = 0; i < keys->n; i++) {
		rv_sha256_hex(&keys->keys[i].id, hex);
		if (strcmp(hex, id) == 0)
			break;
	}
	return i;
}

static bool signature_holds(const struct rv_public_key *key, const char *hex, struct rv_span bytes)
{
	rv_auto(rv_buf) struct rv_buf raw = RV_BUF_INIT(256);
	struct rv_ed25519_signature signature;

	if (rv_hex_decode(rv_span_str(hex), &raw, NULL) < 0 || raw.n != sizeof(signature.b))
		return false;
	memcpy(signature.b, raw.p, sizeof(signature.b));
	return rv_ed25519_verify(&key->public, bytes, &signature);
}

int rv_metadata_verify(const struct rv_metadata *m, const struct rv_role_keys *keys,
    const char *what, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf bytes = RV_BUF_INIT(RV_ROLE_FILES_MAX_BYTES);
	bool used[RV_ROLE_KEYS_MAX] = {false};
	int64_t good = 0;

	if (rv_json_canonical(m->signed_doc, RV_JSON_CONTROL_REFUSED, &bytes, err) < 0)
		return rv_context(err, "%s", what);
	rv_json_each_item (rv_json_get(m->doc, "signatures"), it) {
		size_t at = key_at(keys, rv_json_string(rv_json_get(it.value, "keyid")));

		if (at == keys->n || keys->foreign[at])
			continue;
		if (used[at])
			return rv_fail(err, RV_TRUST, "%s: two signatures by one key", what);
		used[at] = true;
		if (!signature_holds(&keys->keys[at], rv_json_string(rv_json_get(it.value, "sig")),
			rv_buf_span(&bytes)))
			return rv_fail(err, RV_TRUST, "%s: a signature does not verify", what);
		good++;
	}
	if (good < keys->threshold)
		return rv_fail(err, RV_TRUST,
		    "%s: signed by %lld of the %lld keys that its role demands", what,
		    (long long)good, (long long)keys->threshold);
	return 0;
}

/* --- lookups */

void rv_metadata_root_keys(
    const struct rv_metadata *root, enum rv_role role, struct rv_role_keys *out)
{
	role_keys(rv_json_get(rv_json_get(root->signed_doc, "roles"), rv_role_name(role)),
	    rv_json_get(root->signed_doc, "keys"), out);
}

bool rv_metadata_file(const struct rv_metadata *m, const char *name, struct rv_role_file *out)
{
	const struct rv_json *v = rv_json_get(rv_json_get(m->signed_doc, "meta"), name);

	return v && parse_file(v, name, true, out, NULL) == 0;
}

bool rv_metadata_target(const struct rv_metadata *m, const char *path, struct rv_role_file *out,
    const struct rv_json **custom)
{
	const struct rv_json *v = rv_json_get(rv_json_get(m->signed_doc, "targets"), path);

	if (!v || parse_file(v, path, false, out, NULL) < 0)
		return false;
	if (custom)
		*custom = rv_json_get(v, "custom");
	return true;
}

static const struct rv_json *delegated_roles(const struct rv_metadata *m)
{
	return rv_json_get(rv_json_get(m->signed_doc, "delegations"), "roles");
}

static const struct rv_json *delegation(const struct rv_metadata *m, const char *role)
{
	rv_json_each_item (delegated_roles(m), it)
		if (strcmp(rv_json_string(rv_json_get(it.value, "name")), role) == 0)
			return it.value;
	return NULL;
}

bool rv_metadata_delegation(const struct rv_metadata *m, const char *role, struct rv_role_keys *out)
{
	const struct rv_json *found = delegation(m, role);

	if (found)
		role_keys(
		    found, rv_json_get(rv_json_get(m->signed_doc, "delegations"), "keys"), out);
	return found;
}

/* '*' and '?' of one path component */
static bool component_matches(struct rv_span pattern, struct rv_span text)
{
	size_t p = 0, t = 0, star = pattern.n, mark = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
			p++;
			t++;
		} else if (star < pattern.n) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static bool path_matches(struct rv_span pattern, struct rv_span path)
{
	struct rv_span a, b;

	while (pattern.n && path.n) {
		a = rv_span_sub(pattern, 0, rv_span_find(pattern, '/'));
		b = rv_span_sub(path, 0, rv_span_find(path, '/'));
		if (!component_matches(a, b))
			return false;
		if ((a.n == pattern.n) != (b.n == path.n))
			return false;
		pattern = rv_span_from(pattern, a.n + 1);
		path = rv_span_from(path, b.n + 1);
	}
	return !pattern.n && !path.n;
}

bool rv_metadata_delegates(const struct rv_metadata *m, const char *role, const char *path)
{
	rv_json_each_item (rv_json_get(delegation(m, role), "paths"), it)
		if (path_matches(rv_span_str(rv_json_string(it.value)), rv_span_str(path)))
			return true;
	return false;
}

const char *rv_metadata_delegated(const struct rv_metadata *m, size_t i)
{
	return rv_json_string(rv_json_get(rv_json_at(delegated_roles(m), i), "name"));
}
