/* SPDX-License-Identifier: ISC */
/* Ed25519 (RFC 8032) by libcrypto: raw 32-byte keys, 64-byte signatures. */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

struct rv_ed25519_public {
	unsigned char b[32];
};
struct rv_ed25519_secret {
	unsigned char b[32]; /* the seed */
};
struct rv_ed25519_signature {
	unsigned char b[64];
};

int rv_ed25519_generate(struct rv_ed25519_secret *out, struct rv_error *err) RV_MUST_CHECK;
int rv_ed25519_public_of(const struct rv_ed25519_secret *secret, struct rv_ed25519_public *out,
    struct rv_error *err) RV_MUST_CHECK;
int rv_ed25519_sign(const struct rv_ed25519_secret *secret, struct rv_span message,
    struct rv_ed25519_signature *out, struct rv_error *err) RV_MUST_CHECK;
bool rv_ed25519_verify(const struct rv_ed25519_public *key, struct rv_span message,
    const struct rv_ed25519_signature *signature);
void rv_secret_wipe(void *p, unsigned long n);
