/* SPDX-License-Identifier: ISC */
/* SHA-256 (FIPS 180-4; libcrypto, hardware where there) and SHA-1 for bucket names only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define RV_SHA256_BYTES 32
#define RV_SHA256_HEX_BYTES 65 /* with NUL */

struct rv_sha256 {
	unsigned char b[RV_SHA256_BYTES];
};

void rv_sha256_of(struct rv_span data, struct rv_sha256 *out);
void rv_sha256_hex(const struct rv_sha256 *d, char out[RV_SHA256_HEX_BYTES]); /* lower case */
/* lower case, 64 digits, else false */
bool rv_sha256_parse(struct rv_span hex, struct rv_sha256 *out);
bool rv_sha256_eq(const struct rv_sha256 *a, const struct rv_sha256 *b);

/* Streaming. The state is owned by the caller; rv_sha256_state_release accepts NULL inside. */
struct rv_sha256_state {
	void *md;
};
void rv_sha256_begin(struct rv_sha256_state *s);
void rv_sha256_add(struct rv_sha256_state *s, const void *data, size_t n);
void rv_sha256_end(struct rv_sha256_state *s, struct rv_sha256 *out); /* releases */
void rv_sha256_state_release(struct rv_sha256_state *s);

/* The two upper-case hex digits of a bucket: first byte of the SHA-1 of the namebase. */
void rv_bucket_of(struct rv_span namebase, char out[3]);

/* Hex and base64 (RFC 4648, padded). Decoders are strict: RV_FORMAT. Hex is lower case. */
void rv_hex_encode(struct rv_span data, struct rv_buf *out);
int rv_hex_decode(struct rv_span text, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
void rv_base64_encode(struct rv_span data, struct rv_buf *out);
int rv_base64_decode(struct rv_span text, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;
