/* SPDX-License-Identifier: ISC */
/*
 * Keys of a repository and who signs with them: a key file, or a command. Ed25519 alone. Formats:
 * rvn-repository.5. A signer holds secret bytes: release it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"
#include "codec/ed25519.h"
#include "codec/json.h"

#define RV_KEY_MAX_BYTES ((size_t)4096)

struct rv_public_key {
	struct rv_ed25519_public public;
	struct rv_sha256 id; /* of the canonical JSON of the key */
};

bool rv_key_eq(const struct rv_public_key *a, const struct rv_public_key *b);
/* {"keytype":...}: the caller owns it. */
struct rv_json *rv_key_json(const struct rv_public_key *key) RV_MUST_CHECK;
/*
 * RV_FORMAT naming what; a key of another type or scheme is RV_KEY_FOREIGN: its id is set and it
 * verifies nothing.
 */
enum { RV_KEY_FOREIGN = 1 };
int rv_key_from_json(const struct rv_json *v, const char *what, struct rv_public_key *out,
    struct rv_error *err) RV_MUST_CHECK;

struct rv_signer {
	struct rv_public_key key;
	bool has_secret;
	struct rv_ed25519_secret secret;
	const char *const *command; /* without secret: argv, borrowed; NULL: cannot sign */
	const char *name;	    /* "root", for messages, borrowed */
};
#define RV_SIGNER_INIT ((struct rv_signer){.name = NULL})

void rv_signer_release(struct rv_signer *s); /* wipes; accepts INIT */
bool rv_signer_can_sign(const struct rv_signer *s);
int rv_signer_generate(const char *name, struct rv_signer *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * NAME.key in the folder, else NAME.pub with the command (NULL: a signer that cannot sign, only be
 * named). RV_KEY_ABSENT: neither is there. A NAME.key that others may read is refused.
 */
enum { RV_KEY_ABSENT = 1 };
int rv_signer_read(int dirfd, const char *name, const char *const *command, struct rv_signer *out,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * Writes NAME.key (0600) and NAME.pub; a name that is taken is RV_INPUT, nothing is ever written
 * over.
 */
int rv_signer_write(const struct rv_signer *s, int dirfd, struct rv_error *err) RV_MUST_CHECK;

/* The command has a minute. What it gave is verified. */
int rv_signer_sign(const struct rv_signer *s, struct rv_span bytes,
    struct rv_ed25519_signature *out, struct rv_error *err) RV_MUST_CHECK;
