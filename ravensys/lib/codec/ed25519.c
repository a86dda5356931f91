/* SPDX-License-Identifier: ISC */
/* Ed25519 by libcrypto. Every failure to verify is the same false. */
#include "codec/ed25519.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

static EVP_PKEY *secret_key(const struct rv_ed25519_secret *secret)
{
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret->b, sizeof(secret->b));
}

int rv_ed25519_generate(struct rv_ed25519_secret *out, struct rv_error *err)
{
	if (RAND_priv_bytes(out->b, sizeof(out->b)) != 1)
		return rv_fail(err, RV_SYS, "generate key: no random bytes");
	return 0;
}

int rv_ed25519_public_of(
    const struct rv_ed25519_secret *secret, struct rv_ed25519_public *out, struct rv_error *err)
{
	EVP_PKEY *key = secret_key(secret);
	size_t n = sizeof(out->b);
	int good = key && EVP_PKEY_get_raw_public_key(key, out->b, &n) == 1;

	EVP_PKEY_free(key);
	return good ? 0 : rv_fail(err, RV_NOMEM, "derive public key: libcrypto failed");
}

int rv_ed25519_sign(const struct rv_ed25519_secret *secret, struct rv_span message,
    struct rv_ed25519_signature *out, struct rv_error *err)
{
	EVP_PKEY *key = secret_key(secret);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t n = sizeof(out->b);
	int good = key && md && EVP_DigestSignInit(md, NULL, NULL, NULL, key) == 1 &&
		   EVP_DigestSign(md, out->b, &n, (const unsigned char *)message.p, message.n) == 1;

	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return good ? 0 : rv_fail(err, RV_NOMEM, "sign: libcrypto failed");
}

bool rv_ed25519_verify(const struct rv_ed25519_public *public, struct rv_span message,
    const struct rv_ed25519_signature *signature)
{
	EVP_PKEY *key =
	    EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public->b, sizeof(public->b));
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = key && md && EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(md, signature->b, sizeof(signature->b),
			(const unsigned char *)message.p, message.n) == 1;

	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return good;
}

void rv_secret_wipe(void *p, unsigned long n)
{
	OPENSSL_cleanse(p, n);
}
