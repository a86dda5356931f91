/* SPDX-License-Identifier: ISC */
/*
 * Digests by libcrypto; hex and base64 by tables. Decoders accept exactly what the encoders write.
 */
#include "codec/digest.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/alloc.h"

static const char hex_digits[] = "0123456789abcdef";

void rv_sha256_of(struct rv_span data, struct rv_sha256 *out)
{
	SHA256((const unsigned char *)data.p, data.n, out->b);
}

void rv_sha256_hex(const struct rv_sha256 *d, char out[RV_SHA256_HEX_BYTES])
{
	for (size_t i = 0; i < RV_SHA256_BYTES; i++) {
		out[2 * i] = hex_digits[d->b[i] >> 4];
		out[2 * i + 1] = hex_digits[d->b[i] & 15];
	}
	out[RV_SHA256_HEX_BYTES - 1] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* to holds text.n / 2 bytes */
static bool hex_decode(struct rv_span text, unsigned char *to)
{
	for (size_t i = 0; i + 1 < text.n; i += 2) {
		int high = hex_value(text.p[i]), low = hex_value(text.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i / 2] = (unsigned char)(high << 4 | low);
	}
	return text.n % 2 == 0;
}

bool rv_sha256_parse(struct rv_span hex, struct rv_sha256 *out)
{
	struct rv_sha256 d;

	if (hex.n != RV_SHA256_HEX_BYTES - 1 || !hex_decode(hex, d.b))
		return false;
	*out = d;
	return true;
}

bool rv_sha256_eq(const struct rv_sha256 *a, const struct rv_sha256 *b)
{
	return memcmp(a->b, b->b, RV_SHA256_BYTES) == 0;
}

void rv_sha256_begin(struct rv_sha256_state *s)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	if (!md || EVP_DigestInit_ex(md, EVP_sha256(), NULL) != 1)
		rv_alloc_failed();
	s->md = md;
}

void rv_sha256_add(struct rv_sha256_state *s, const void *data, size_t n)
{
	if (EVP_DigestUpdate(s->md, data, n) != 1)
		rv_alloc_failed();
}

void rv_sha256_end(struct rv_sha256_state *s, struct rv_sha256 *out)
{
	if (EVP_DigestFinal_ex(s->md, out->b, NULL) != 1)
		rv_alloc_failed();
	rv_sha256_state_release(s);
}

void rv_sha256_state_release(struct rv_sha256_state *s)
{
	EVP_MD_CTX_free(s->md);
	s->md = NULL;
}

void rv_bucket_of(struct rv_span namebase, char out[3])
{
	static const char upper[] = "0123456789ABCDEF";
	unsigned char d[SHA_DIGEST_LENGTH];

	SHA1((const unsigned char *)namebase.p, namebase.n, d);
	out[0] = upper[d[0] >> 4];
	out[1] = upper[d[0] & 15];
	out[2] = '\0';
}

void rv_hex_encode(struct rv_span data, struct rv_buf *out)
{
	for (size_t i = 0; i < data.n; i++) {
		unsigned char c = (unsigned char)data.p[i];

		rv_buf_add_char(out, hex_digits[c >> 4]);
		rv_buf_add_char(out, hex_digits[c & 15]);
	}
}

int rv_hex_decode(struct rv_span text, struct rv_buf *out, struct rv_error *err)
{
	char *to = rv_buf_room(out, text.n / 2);

	if (!to)
		return rv_buf_check(out, "hexadecimal text", err);
	if (!hex_decode(text, (unsigned char *)to))
		return rv_fail(err, RV_FORMAT, "not lower-case hexadecimal");
	rv_buf_added(out, text.n / 2);
	return 0;
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void rv_base64_encode(struct rv_span data, struct rv_buf *out)
{
	for (size_t i = 0; i < data.n; i += 3) {
		size_t have = data.n - i < 3 ? data.n - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < have ? (unsigned char)data.p[i + k] : 0u);
		for (size_t k = 0; k < 4; k++)
			rv_buf_add_char(
			    out, k <= have ? base64_digits[bits >> (18 - 6 * k) & 63] : '=');
	}
}

/*
 * The value of four digits of which the last `pad` are "="; false when one is no digit or spare
 * bits are set.
 */
static bool base64_group(const char *at, size_t pad, uint32_t *out)
{
	uint32_t bits = 0;

	for (size_t k = 0; k < 4; k++) {
		const char *digit = k < 4 - pad && at[k] ? strchr(base64_digits, at[k]) : NULL;

		if (k < 4 - pad && !digit)
			return false;
		bits = bits << 6 | (digit ? (uint32_t)(digit - base64_digits) : 0u);
	}
	*out = bits;
	return (bits & ((1u << 8 * pad) - 1)) == 0;
}

int rv_base64_decode(struct rv_span text, struct rv_buf *out, struct rv_error *err)
{
	size_t pad =
	    rv_span_ends(text, RV_SPAN_LIT("==")) ? 2 : rv_span_ends(text, RV_SPAN_LIT("="));

	if (text.n % 4)
		return rv_fail(err, RV_FORMAT, "not base64: length is no multiple of 4");
	for (size_t i = 0; i < text.n; i += 4) {
		size_t cut = i + 4 == text.n ? pad : 0;
		uint32_t bits;

		if (!base64_group(text.p + i, cut, &bits))
			return rv_fail(err, RV_FORMAT, "not base64: at byte %zu", i);
		for (size_t k = 0; k < 3 - cut; k++)
			rv_buf_add_char(out, (char)(bits >> (16 - 8 * k) & 255));
	}
	return rv_buf_check(out, "base64 text", err);
}
