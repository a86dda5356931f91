/* SPDX-License-Identifier: ISC */
/* Keys: their canonical form and id, their files, signing by seed or by command. */
#include "sign/key.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "os/file.h"
#include "os/spawn.h"

#define COMMAND_DEADLINE_MS 60000
#define COMMAND_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static void hex_text(const unsigned char *data, size_t n, struct rv_buf *out)
{
	rv_hex_encode(rv_span((const char *)data, n), out);
}

static struct rv_json *key_json(
    const struct rv_ed25519_public *public, const struct rv_ed25519_secret *secret)
{
	rv_auto(rv_buf) struct rv_buf hex = RV_BUF_INIT(200);
	struct rv_json *key = rv_json_new_object(), *value = rv_json_new_object();

	if (secret) {
		hex_text(secret->b, sizeof(secret->b), &hex);
		rv_json_set_string(value, "private", rv_buf_str(&hex));
		rv_secret_wipe(hex.p, hex.n);
		rv_buf_reset(&hex);
	}
	hex_text(public->b, sizeof(public->b), &hex);
	rv_json_set_string(value, "public", rv_buf_str(&hex));
	rv_json_set_string(key, "keytype", "ed25519");
	rv_json_set(key, "keyval", value);
	rv_json_set_string(key, "scheme", "ed25519");
	return key;
}

struct rv_json *rv_key_json(const struct rv_public_key *key)
{
	return key_json(&key->public, NULL);
}

static int id_of(const struct rv_json *json, struct rv_sha256 *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_KEY_MAX_BYTES);

	if (rv_json_canonical(json, RV_JSON_CONTROL_REFUSED, &text, err) < 0)
		return -1;
	rv_sha256_of(rv_buf_span(&text), out);
	return 0;
}

static void key_of(const struct rv_ed25519_public *public, struct rv_public_key *out)
{
	rv_autofree(rv_json) struct rv_json *json = key_json(public, NULL);

	out->public = *public;
	/* cannot fail: three short strings without control characters */
	if (id_of(json, &out->id, NULL) < 0)
		memset(&out->id, 0, sizeof(out->id));
}

bool rv_key_eq(const struct rv_public_key *a, const struct rv_public_key *b)
{
	return rv_sha256_eq(&a->id, &b->id);
}

static int bytes_of(const char *text, const char *what, const char *field, unsigned char to[32],
    struct rv_error *err)
{
	struct rv_sha256 bytes;

	/* 32 bytes in hexadecimal: the reader of sums does just that */
	if (!rv_sha256_parse(rv_span_str(text), &bytes))
		return rv_fail(err, RV_FORMAT,
		    "%s: '%s' of a key is not 64 lower-case hexadecimal digits", what, field);
	memcpy(to, bytes.b, sizeof(bytes.b));
	rv_secret_wipe(&bytes, sizeof(bytes));
	return 0;
}

int rv_key_from_json(
    const struct rv_json *v, const char *what, struct rv_public_key *out, struct rv_error *err)
{
	const char *type, *scheme, *public;
	const struct rv_json *value;

	if (rv_json_want_string(v, "keytype", what, &type, err) < 0 ||
	    rv_json_want_string(v, "scheme", what, &scheme, err) < 0 ||
	    rv_json_want_object(v, "keyval", what, &value, err) < 0 ||
	    rv_json_want_string(value, "public", what, &public, err) < 0)
		return -1;
	memset(out, 0, sizeof(*out));
	if (id_of(v, &out->id, err) < 0)
		return rv_context(err, "%s: a key", what);
	if (strcmp(type, "ed25519") != 0 || strcmp(scheme, "ed25519") != 0)
		return RV_KEY_FOREIGN;
	return bytes_of(public, what, "public", out->public.b, err);
}

/* --- signers */

void rv_signer_release(struct rv_signer *s)
{
	rv_secret_wipe(&s->secret, sizeof(s->secret));
	*s = RV_SIGNER_INIT;
}

bool rv_signer_can_sign(const struct rv_signer *s)
{
	return s->has_secret || s->command;
}

int rv_signer_generate(const char *name, struct rv_signer *out, struct rv_error *err)
{
	struct rv_ed25519_public public;

	*out = RV_SIGNER_INIT;
	if (rv_ed25519_generate(&out->secret, err) < 0 ||
	    rv_ed25519_public_of(&out->secret, &public, err) < 0)
		return -1;
	key_of(&public, &out->key);
	out->has_secret = true;
	out->name = name;
	return 0;
}

/* The file of name with suffix as JSON; 0, RV_KEY_ABSENT, < 0. */
static int read_file(int dirfd, const char *file, struct rv_json **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_KEY_MAX_BYTES);
	int rc = rv_file_read(dirfd, file, &text, err);

	if (rc == RV_ABSENT)
		return RV_KEY_ABSENT;
	if (rc == 0)
		rc = rv_json_parse(rv_span_trim(rv_buf_span(&text)), file, out, err);
	if (text.p)
		rv_secret_wipe(text.p, text.n);
	return rc;
}

static int parse_secret(
    const struct rv_json *json, const char *file, struct rv_signer *out, struct rv_error *err)
{
	const struct rv_json *value;
	struct rv_ed25519_public public;
	const char *text;

	if (rv_json_want_object(json, "keyval", file, &value, err) < 0 ||
	    rv_json_want_string(value, "private", file, &text, err) < 0 ||
	    bytes_of(text, file, "private", out->secret.b, err) < 0 ||
	    rv_ed25519_public_of(&out->secret, &public, err) < 0)
		return -1;
	if (rv_json_want_string(value, "public", file, &text, err) < 0 ||
	    bytes_of(text, file, "public", out->key.public.b, err) < 0)
		return -1;
	if (memcmp(&public, &out->key.public, sizeof(public)) != 0)
		return rv_fail(err, RV_FORMAT, "%s: its two halves do not belong together", file);
	key_of(&public, &out->key);
	out->has_secret = true;
	return 0;
}

/* 0, RV_KEY_ABSENT, < 0 */
static int read_secret(int dirfd, const char *file, struct rv_signer *out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *json = NULL;
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, file, &st, err);

	if (rc != 0)
		return rc < 0 ? -1 : RV_KEY_ABSENT;
	if (st.mode & 077)
		return rv_fail(err, RV_INPUT, "%s: others may read it: chmod 600 it", file);
	rc = read_file(dirfd, file, &json, err);
	return rc != 0 ? rc : parse_secret(json, file, out, err);
}

static int read_public(int dirfd, const char *file, struct rv_signer *out, struct rv_error *err)
{
	rv_autofree(rv_json) struct rv_json *json = NULL;
	int rc = read_file(dirfd, file, &json, err);

	if (rc != 0)
		return rc;
	rc = rv_key_from_json(json, file, &out->key, err);
	if (rc == RV_KEY_FOREIGN)
		return rv_fail(err, RV_INPUT, "%s: not an ed25519 key", file);
	return rc;
}

int rv_signer_read(int dirfd, const char *name, const char *const *command, struct rv_signer *out,
    struct rv_error *err)
{
	char file[128];
	int rc;

	*out = RV_SIGNER_INIT;
	out->name = name;
	snprintf(file, sizeof(file), "%s.key", name);
	rc = read_secret(dirfd, file, out, err);
	if (rc == RV_KEY_ABSENT) {
		snprintf(file, sizeof(file), "%s.pub", name);
		rc = read_public(dirfd, file, out, err);
		out->command = command;
	}
	if (rc < 0)
		rv_signer_release(out);
	return rc;
}

static int write_json(
    int dirfd, const char *file, uint32_t mode, struct rv_json *json, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_KEY_MAX_BYTES);
	int rc = rv_json_canonical(json, RV_JSON_CONTROL_REFUSED, &text, err);

	if (rc == 0)
		rc = rv_file_replace(dirfd, file, mode, rv_buf_span(&text), err);
	if (text.p)
		rv_secret_wipe(text.p, text.n);
	rv_json_free(json);
	return rc;
}

static int refuse_taken(int dirfd, const char *file, struct rv_error *err)
{
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, file, &st, err);

	if (rc == 0)
		return rv_fail(err, RV_INPUT,
		    "%s: is there already: move it away first, a key is never written over", file);
	return rc < 0 ? -1 : 0;
}

int rv_signer_write(const struct rv_signer *s, int dirfd, struct rv_error *err)
{
	char secret[128], public[128];

	snprintf(secret, sizeof(secret), "%s.key", s->name);
	snprintf(public, sizeof(public), "%s.pub", s->name);
	if (refuse_taken(dirfd, secret, err) < 0 || refuse_taken(dirfd, public, err) < 0)
		return -1;
	if (write_json(dirfd, secret, 0600, key_json(&s->key.public, &s->secret), err) < 0)
		return -1;
	return write_json(dirfd, public, 0644, key_json(&s->key.public, NULL), err);
}

static int run_command(const struct rv_signer *s, struct rv_span bytes,
    struct rv_ed25519_signature *out, struct rv_error *err)
{
	static const char *const env[] = {"PATH=" COMMAND_PATH, NULL};
	rv_auto(rv_buf) struct rv_buf got = RV_BUF_INIT(sizeof(out->b));
	struct rv_spawn how = RV_SPAWN_INIT;

	how.argv = s->command;
	how.env = env;
	how.path = COMMAND_PATH;
	how.stderr_fd = 2;
	if (rv_spawn_run(&how, bytes, &got, COMMAND_DEADLINE_MS, err) < 0)
		return rv_context(err, "signing command of key %s", s->name);
	if (got.n != sizeof(out->b))
		return rv_fail(err, RV_INPUT,
		    "signing command of key %s: gave %zu bytes, a signature has %zu", s->name,
		    got.n, sizeof(out->b));
	memcpy(out->b, got.p, sizeof(out->b));
	return 0;
}

int rv_signer_sign(const struct rv_signer *s, struct rv_span bytes,
    struct rv_ed25519_signature *out, struct rv_error *err)
{
	if (!rv_signer_can_sign(s))
		return rv_fail(err, RV_INPUT,
		    "key %s: %s.key is not here and no command signs for it: bring it back",
		    s->name, s->name);
	if (!s->has_secret && run_command(s, bytes, out, err) < 0)
		return -1;
	if (s->has_secret && rv_ed25519_sign(&s->secret, bytes, out, err) < 0)
		return rv_context(err, "key %s", s->name);
	if (!rv_ed25519_verify(&s->key.public, bytes, out))
		return rv_fail(err, RV_INPUT,
		    "signing command of key %s: not a signature by %s.pub", s->name, s->name);
	return 0;
}
