/* SPDX-License-Identifier: ISC */
/*
 * Metadata files of a repository as values: make, sign, parse, verify (rvn-repository.5). A parsed
 * file has been checked whole: canonical form, every field and list that the format names; so
 * looking things up cannot fail.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"
#include "codec/json.h"
#include "sign/key.h"

#define RV_ROLE_ROOT_MAX_BYTES ((size_t)512000)
#define RV_ROLE_TIMESTAMP_MAX_BYTES ((size_t)16384)
#define RV_ROLE_LIST_MAX_BYTES ((size_t)16 << 20)  /* snapshot, targets */
#define RV_ROLE_ABI_MAX_BYTES ((size_t)1 << 20)	   /* ABI */
#define RV_ROLE_FILES_MAX_BYTES ((size_t)64 << 20) /* ABI-files: read by the publisher alone */
#define RV_ROLE_KEYS_MAX 64
#define RV_ROLE_VERSION_MAX ((int64_t)9007199254740991) /* 2^53 - 1: every client counts as far */

enum rv_role { RV_ROLE_ROOT, RV_ROLE_TIMESTAMP, RV_ROLE_SNAPSHOT, RV_ROLE_TARGETS };
const char *rv_role_name(enum rv_role role);

/* What one file says of another. version 0: a target, which has none. */
struct rv_role_file {
	uint64_t length;
	struct rv_sha256 sha256;
	int64_t version;
};

/* Who signs a role. */
struct rv_role_keys {
	struct rv_public_key keys[RV_ROLE_KEYS_MAX];
	bool foreign[RV_ROLE_KEYS_MAX]; /* of a type that is not ours: verifies nothing */
	size_t n;
	int64_t threshold;
};

/* --- reading */
struct rv_metadata {
	enum rv_role role;
	int64_t version;
	int64_t expires_s;
	struct rv_json *doc;		  /* the whole file */
	const struct rv_json *signed_doc; /* "signed" in it */
};
#define RV_METADATA_INIT ((struct rv_metadata){.doc = NULL})
void rv_metadata_release(struct rv_metadata *m);

/* what is the file's name: every error begins with it. RV_FORMAT. */
int rv_metadata_parse(struct rv_span bytes, const char *what, enum rv_role role,
    struct rv_metadata *out, struct rv_error *err) RV_MUST_CHECK;
/* RV_TRUST naming what, unless `keys` signed it as they must. */
int rv_metadata_verify(const struct rv_metadata *m, const struct rv_role_keys *keys,
    const char *what, struct rv_error *err) RV_MUST_CHECK;

/* Of root. */
void rv_metadata_root_keys(
    const struct rv_metadata *root, enum rv_role role, struct rv_role_keys *out);
/* Of timestamp and snapshot ("ABI.json"): false when it lists no such file. */
bool rv_metadata_file(const struct rv_metadata *m, const char *name, struct rv_role_file *out);
/*
 * Of targets: false when there is no such target or role. custom (may be NULL) is borrowed, NULL
 * when absent.
 */
bool rv_metadata_target(const struct rv_metadata *m, const char *path, struct rv_role_file *out,
    const struct rv_json **custom);
bool rv_metadata_delegation(
    const struct rv_metadata *m, const char *role, struct rv_role_keys *out);
/*
 * The role may speak of that target: one of its path patterns matches ("*" and "?" never match a
 * slash).
 */
bool rv_metadata_delegates(const struct rv_metadata *m, const char *role, const char *path);
/* "delegations.roles"[i].name, NULL at the end. */
const char *rv_metadata_delegated(const struct rv_metadata *m, size_t i);

/* --- making: values of "signed" that the caller owns */
struct rv_json *rv_role_new(enum rv_role role, int64_t version, int64_t expires_s) RV_MUST_CHECK;
/* Of root: role signed by one key. */
void rv_role_root_add(struct rv_json *root, enum rv_role role, const struct rv_public_key *key);
/* Of timestamp and snapshot. */
void rv_role_add_file(struct rv_json *role, const char *name, const struct rv_role_file *file);
/* Of targets. custom is taken over, NULL: none. */
void rv_role_add_target(struct rv_json *role, const char *path, const struct rv_role_file *file,
    struct rv_json *custom);
void rv_role_delegate(struct rv_json *targets, const char *name, const char *path_pattern,
    const struct rv_public_key *key);

/* The whole file: canonical, signed by each. */
int rv_role_sign(const struct rv_json *signed_doc, const struct rv_signer *const *signers,
    size_t n_signers, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
