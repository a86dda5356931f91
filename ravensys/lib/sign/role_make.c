/* SPDX-License-Identifier: ISC */
/* Making metadata: values of "signed", and whole files signed. */
#include <string.h>

#include "os/clock.h"
#include "sign/role.h"

#define SPEC_VERSION "1.0.31"

const char *rv_role_name(enum rv_role role)
{
	static const char *const names[] = {
	    [RV_ROLE_ROOT] = "root",
	    [RV_ROLE_TIMESTAMP] = "timestamp",
	    [RV_ROLE_SNAPSHOT] = "snapshot",
	    [RV_ROLE_TARGETS] = "targets",
	};

	return names[role];
}

/* The member of that key, made as an empty object when it is not there. */
static struct rv_json *member(struct rv_json *object, const char *key, bool list)
{
	struct rv_json *made;
	union {
		const struct rv_json *borrowed;
		struct rv_json *ours;
	} u = {.borrowed = rv_json_get(object, key)};

	/* what is looked up is part of a value that we own */
	if (u.ours)
		return u.ours;
	made = list ? rv_json_new_array() : rv_json_new_object();
	rv_json_set(object, key, made);
	return made;
}

struct rv_json *rv_role_new(enum rv_role role, int64_t version, int64_t expires_s)
{
	struct rv_json *o = rv_json_new_object();
	char expires[RV_CLOCK_ISO_BYTES];

	rv_clock_iso(expires_s, expires);
	rv_json_set_string(o, "_type", rv_role_name(role));
	rv_json_set_string(o, "spec_version", SPEC_VERSION);
	rv_json_set_int(o, "version", version);
	rv_json_set_string(o, "expires", expires);
	if (role == RV_ROLE_ROOT) {
		rv_json_set_bool(o, "consistent_snapshot", true);
		member(o, "keys", false);
		member(o, "roles", false);
	} else if (role == RV_ROLE_TARGETS) {
		member(o, "targets", false);
	} else {
		member(o, "meta", false);
	}
	return o;
}

static void set_id(struct rv_json *list, const struct rv_public_key *key)
{
	char id[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&key->id, id);
	rv_json_append_string(list, id);
}

/* {"keyids":[...],"threshold":1}, and the key among `keys` */
static struct rv_json *role_of(struct rv_json *keys, const struct rv_public_key *key)
{
	struct rv_json *role = rv_json_new_object();
	char id[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&key->id, id);
	rv_json_set(keys, id, rv_key_json(key));
	set_id(member(role, "keyids", true), key);
	rv_json_set_int(role, "threshold", 1);
	return role;
}

void rv_role_root_add(struct rv_json *root, enum rv_role role, const struct rv_public_key *key)
{
	rv_json_set(member(root, "roles", false), rv_role_name(role),
	    role_of(member(root, "keys", false), key));
}

static struct rv_json *file_json(const struct rv_role_file *file)
{
	struct rv_json *o = rv_json_new_object(), *hashes = rv_json_new_object();
	char hex[RV_SHA256_HEX_BYTES];

	rv_sha256_hex(&file->sha256, hex);
	rv_json_set_string(hashes, "sha256", hex);
	rv_json_set(o, "hashes", hashes);
	rv_json_set_int(o, "length", (int64_t)file->length);
	if (file->version)
		rv_json_set_int(o, "version", file->version);
	return o;
}

void rv_role_add_file(struct rv_json *role, const char *name, const struct rv_role_file *file)
{
	rv_json_set(member(role, "meta", false), name, file_json(file));
}

void rv_role_add_target(
    struct rv_json *role, const char *path, const struct rv_role_file *file, struct rv_json *custom)
{
	struct rv_json *o = file_json(file);

	if (custom)
		rv_json_set(o, "custom", custom);
	rv_json_set(member(role, "targets", false), path, o);
}

void rv_role_delegate(struct rv_json *targets, const char *name, const char *path_pattern,
    const struct rv_public_key *key)
{
	struct rv_json *delegations = member(targets, "delegations", false);
	struct rv_json *role = role_of(member(delegations, "keys", false), key);

	rv_json_set_string(role, "name", name);
	rv_json_append_string(member(role, "paths", true), path_pattern);
	rv_json_set_bool(role, "terminating", true);
	rv_json_append(member(delegations, "roles", true), role);
}

static int add_signature(struct rv_json *list, struct rv_span bytes, const struct rv_signer *signer,
    struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf hex = RV_BUF_INIT(200);
	struct rv_ed25519_signature signature;
	struct rv_json *entry;
	char id[RV_SHA256_HEX_BYTES];

	if (rv_signer_sign(signer, bytes, &signature, err) < 0)
		return -1;
	rv_hex_encode(rv_span((const char *)signature.b, sizeof(signature.b)), &hex);
	rv_sha256_hex(&signer->key.id, id);
	entry = rv_json_new_object();
	rv_json_set_string(entry, "keyid", id);
	rv_json_set_string(entry, "sig", rv_buf_str(&hex));
	rv_json_append(list, entry);
	return 0;
}

int rv_role_sign(const struct rv_json *signed_doc, const struct rv_signer *const *signers,
    size_t n_signers, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf bytes = RV_BUF_INIT(out->max);
	rv_autofree(rv_json) struct rv_json *doc = rv_json_new_object();

	if (rv_json_canonical(signed_doc, RV_JSON_CONTROL_REFUSED, &bytes, err) < 0)
		return -1;
	for (size_t i = 0; i < n_signers; i++)
		if (add_signature(
			member(doc, "signatures", true), rv_buf_span(&bytes), signers[i], err) < 0)
			return -1;
	rv_json_set(doc, "signed", rv_json_copy(signed_doc));
	return rv_json_canonical(doc, RV_JSON_CONTROL_REFUSED, out, err);
}
