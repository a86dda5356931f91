/* SPDX-License-Identifier: ISC */
/* lib/codec: digests, hex, base64, Ed25519, zstd, INI. */
#include <stdlib.h>

#include "base/alloc.h"
#include "codec/digest.h"
#include "codec/ed25519.h"
#include "codec/ini.h"
#include "codec/zstd.h"
#include "tests/tap.h"

static void test_digest(void)
{
	struct rv_sha256 d, e;
	struct rv_sha256_state s;
	char hex[RV_SHA256_HEX_BYTES], bucket[3];

	rv_sha256_of(RV_SPAN_LIT("abc"), &d);
	rv_sha256_hex(&d, hex);
	tap_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    "FIPS 180-4 abc");
	rv_sha256_begin(&s);
	rv_sha256_add(&s, "a", 1);
	rv_sha256_add(&s, "bc", 2);
	rv_sha256_end(&s, &e);
	tap_ok(rv_sha256_eq(&d, &e), "in pieces the same");
	rv_sha256_of(RV_SPAN_NULL, &e);
	tap_ok(!rv_sha256_eq(&d, &e), "others differ");
	tap_ok(rv_sha256_parse(rv_span_str(hex), &e) && rv_sha256_eq(&d, &e), "parse");
	hex[0] = 'B';
	tap_ok(!rv_sha256_parse(rv_span_str(hex), &e), "upper case is refused");
	tap_ok(!rv_sha256_parse(rv_span(hex, 63), &e), "short is refused");
	rv_bucket_of(RV_SPAN_LIT("hello"), bucket);
	tap_str(bucket, "AA", "bucket of hello");
}

static void check_base64(const char *plain, const char *coded)
{
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1000), back = RV_BUF_INIT(1000);
	struct rv_error err = RV_ERROR_INIT;

	rv_base64_encode(rv_span_str(plain), &out);
	tap_str(rv_buf_str(&out), coded, "base64 of '%s'", plain);
	tap_good(rv_base64_decode(rv_span_str(coded), &back, &err), &err, "and back");
	tap_str(rv_buf_str(&back), plain, "to the same");
}

static void test_text(void)
{
	static const char *const bad[] = {
	    "Zg=", "Zg", "Zh==", "Z===", "====", "Zg==Zg==", "Z g=", "Zm9=", "Zm8\n", "Zm-v"};
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1000);
	struct rv_error err = RV_ERROR_INIT;

	check_base64("", "");
	check_base64("f", "Zg==");
	check_base64("fo", "Zm8=");
	check_base64("foo", "Zm9v");
	check_base64("foobar?>", "Zm9vYmFyPz4=");
	for (size_t i = 0; i < RV_COUNT(bad); i++)
		tap_int(
		    rv_base64_decode(rv_span_str(bad[i]), &out, &err), -1, "refused: '%s'", bad[i]);
	rv_buf_reset(&out);
	rv_hex_encode(rv_span("\x00\xff\x1a", 3), &out);
	tap_str(rv_buf_str(&out), "00ff1a", "hex");
	rv_buf_reset(&out);
	tap_good(rv_hex_decode(RV_SPAN_LIT("00ff1a"), &out, &err), &err, "back");
	tap_ok(out.n == 3 && memcmp(out.p, "\x00\xff\x1a", 3) == 0, "the same");
	tap_int(rv_hex_decode(RV_SPAN_LIT("0"), &out, &err), -1, "odd length");
	tap_int(rv_hex_decode(RV_SPAN_LIT("0G"), &out, &err), -1, "no digit");
}

/* RFC 8032, 7.1, test 3 */
static void test_ed25519(void)
{
	rv_auto(rv_buf) struct rv_buf seed = RV_BUF_INIT(32), text = RV_BUF_INIT(200);
	struct rv_ed25519_secret secret;
	struct rv_ed25519_public public;
	struct rv_ed25519_signature signature;
	struct rv_error err = RV_ERROR_INIT;

	tap_good(
	    rv_hex_decode(
		RV_SPAN_LIT("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
		&seed, &err),
	    &err, "seed");
	memcpy(secret.b, seed.p, 32);
	tap_good(rv_ed25519_public_of(&secret, &public, &err), &err, "public key");
	rv_hex_encode(rv_span((const char *)public.b, 32), &text);
	tap_str(rv_buf_str(&text),
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "as in RFC 8032");
	tap_good(rv_ed25519_sign(&secret, RV_SPAN_LIT("\xaf\x82"), &signature, &err), &err, "sign");
	rv_buf_reset(&text);
	rv_hex_encode(rv_span((const char *)signature.b, 64), &text);
	tap_str(rv_buf_str(&text),
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
	    "as in RFC 8032");
	tap_ok(rv_ed25519_verify(&public, RV_SPAN_LIT("\xaf\x82"), &signature), "verifies");
	tap_ok(!rv_ed25519_verify(&public, RV_SPAN_LIT("\xaf\x83"), &signature), "other message");
	signature.b[40] ^= 1;
	tap_ok(!rv_ed25519_verify(&public, RV_SPAN_LIT("\xaf\x82"), &signature), "flipped bit");
	tap_good(rv_ed25519_generate(&secret, &err), &err, "generate");
	rv_secret_wipe(&secret, sizeof(secret));
	tap_int(secret.b[0] | secret.b[31], 0, "wiped");
}

static void check_frame(struct rv_zstd_compressor *c, struct rv_zstd_decompressor *d, size_t n)
{
	rv_auto(rv_buf) struct rv_buf frame = RV_BUF_INIT(10000000);
	char *plain = rv_alloc(n + 1), *back = rv_alloc(n + 1);
	struct rv_error err = RV_ERROR_INIT;
	uint64_t said = 0;
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		plain[i] = (char)(i * i / 7);
	tap_good(
	    rv_zstd_compress(c, rv_span(plain, n), &frame, &err), &err, "compress %zu bytes", n);
	tap_good(rv_zstd_frame_size(rv_buf_span(&frame), &size, &err), &err, "frame size");
	tap_int(size, frame.n, "is all of it");
	tap_good(rv_zstd_plain_size(rv_buf_span(&frame), n, &said, &err), &err, "plain size");
	tap_int(said, n, "is right");
	tap_good(rv_zstd_decompress(d, rv_buf_span(&frame), back, n, &err), &err, "decompress");
	tap_ok(memcmp(plain, back, n) == 0, "the same bytes");
	if (n) {
		tap_int(
		    rv_zstd_plain_size(rv_buf_span(&frame), n - 1, &said, &err), -1, "too large");
		tap_int(rv_zstd_decompress(d, rv_buf_span(&frame), back, n - 1, &err), -1,
		    "small room");
	}
	tap_int(rv_zstd_decompress(d, rv_buf_span(&frame), back, n + 1, &err), -1, "short: %s",
	    err.msg);
	tap_int(rv_zstd_decompress(d, rv_span(frame.p, frame.n - 1), back, n, &err), -1, "cut: %s",
	    err.msg);
	rv_buf_add_char(&frame, 0);
	tap_int(rv_zstd_decompress(d, rv_buf_span(&frame), back, n, &err), -1, "tail: %s", err.msg);
	free(plain);
	free(back);
}

static void test_zstd(void)
{
	/* header: no single segment, content size of 8 bytes, window 2^25 */
	static const char large[] = "\x28\xb5\x2f\xfd\xc0\x78\x01\0\0\0\0\0\0\0\x01\0\0";
	rv_autofree(rv_zstd_compressor) struct rv_zstd_compressor *c = NULL;
	rv_autofree(rv_zstd_decompressor) struct rv_zstd_decompressor *d = NULL;
	struct rv_error err = RV_ERROR_INIT;
	char back[8];

	tap_good(rv_zstd_compressor_new(19, &c, &err), &err, "compressor");
	tap_good(rv_zstd_decompressor_new(&d, &err), &err, "decompressor");
	check_frame(c, d, 0);
	check_frame(c, d, 1);
	check_frame(c, d, 1000);
	check_frame(c, d, 300000);
	tap_int(
	    rv_zstd_decompress(d, rv_span(large, 17), back, 1, &err), -1, "window: %s", err.msg);
	tap_ok(strstr(err.msg, "window") != NULL, "is what was wrong");
	rv_zstd_compressor_freep(&c);
	tap_int(rv_zstd_compressor_new(99, &c, &err), -1, "level: %s", err.msg);
}

static void test_seek_table(void)
{
	static const struct rv_zstd_seek_entry in[] = {{10, 20}, {0x01020304, UINT32_MAX}};
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(1000);
	struct rv_zstd_seek_entry *out = NULL;
	struct rv_error err = RV_ERROR_INIT;
	size_t n = 0, frame_n = 0;

	rv_zstd_seek_table(&b, in, 2);
	tap_good(rv_zstd_seek_footer(rv_span_from(rv_buf_span(&b), b.n - RV_ZSTD_SEEK_FOOTER_BYTES),
		     &frame_n, &err),
	    &err, "footer");
	tap_int(frame_n, b.n, "frame length");
	tap_good(rv_zstd_seek_table_parse(rv_buf_span(&b), &out, &n, &err), &err, "parse");
	tap_ok(n == 2 && out && memcmp(in, out, sizeof(in)) == 0, "the same entries");
	free(out);
	for (size_t i = 0; i < b.n; i++) {
		rv_auto(rv_buf) struct rv_buf bad = RV_BUF_INIT(1000);

		rv_buf_add(&bad, b.p, b.n);
		bad.p[i] = (char)(bad.p[i] ^ 4);
		out = NULL;
		if (rv_zstd_seek_table_parse(rv_buf_span(&bad), &out, &n, &err) == 0)
			tap_ok(
			    i >= 8 && i < b.n - 9, "byte %zu flipped: only an entry may change", i);
		free(out);
	}
	tap_int(rv_zstd_seek_table_parse(rv_span(b.p, b.n - 1), &out, &n, &err), -1, "cut: %s",
	    err.msg);
	rv_buf_reset(&b);
	rv_zstd_seek_table(&b, NULL, 0);
	out = NULL;
	tap_good(rv_zstd_seek_table_parse(rv_buf_span(&b), &out, &n, &err), &err, "empty table");
	tap_int(n, 0, "no entries");
	free(out);
}

static void test_ini(void)
{
	static const char text[] =
	    "; head\ntop = 1\n\n[One]\na=  b = c \r\nempty=\n; note\n[Two]\nx= y\n";
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(1000);
	struct rv_error err = RV_ERROR_INIT;
	const char *section, *key, *value;
	size_t i = 0, n = 0;

	tap_good(rv_ini_parse(RV_SPAN_LIT(text), "f.ini", &ini, &err), &err, "parse");
	tap_str(rv_ini_get(ini, "", "top"), "1", "before the first section");
	tap_str(rv_ini_get(ini, "One", "a"), "b = c", "blanks dropped, second = kept");
	tap_str(rv_ini_get(ini, "One", "empty"), "", "empty");
	tap_ok(!rv_ini_get(ini, "One", "x"), "absent");
	tap_int(rv_ini_line(ini, "Two", "x"), 9, "line");
	while (rv_ini_next(ini, &i, &section, &key, &value))
		n++;
	tap_int(n, 4, "walk");
	tap_ok(rv_ini_set(ini, "One", "new", "v") && rv_ini_set(ini, "Two", "x", "z") &&
		   rv_ini_set(ini, "Three", "q", "r") && rv_ini_set(ini, "", "t2", "2"),
	    "set");
	tap_ok(!rv_ini_set(ini, "One", "new", "a\nb") && !rv_ini_set(ini, "One", "a=b", "c") &&
		   !rv_ini_set(ini, "x]", "a", "c") && !rv_ini_set(ini, "One", ";", "c") &&
		   !rv_ini_set(ini, "One", "k", " v"),
	    "what could not be read back is refused");
	rv_ini_write(ini, &out);
	tap_str(rv_buf_str(&out),
	    "; head\ntop= 1\nt2= 2\n\n[One]\na= b = c\nempty=\nnew= v\n; note\n[Two]\nx= "
	    "z\n\n[Three]\nq= r\n",
	    "order and comments survive");
}

static void test_ini_refused(void)
{
	static const char *const bad[][2] = {
	    {"a", "f.ini:1: not"},
	    {"\n= b", "f.ini:2: not"},
	    {"[x\n", "f.ini:1: a section"},
	    {"[]\n", "f.ini:1: a section"},
	    {"[ ]\n", "f.ini:1: a section"},
	    {"[a]b]\n", "f.ini:1: a section"},
	    {"a= 1\na= 2\n", "f.ini:2: key 'a' is already set in line 1"},
	    {"[s]\na= 1\n[t]\n[s]\na= 2\n", "f.ini:5: key 'a' is already set in line 2"},
	    {"a= \x01z\n", "f.ini:1: control"},
	};
	rv_autofree(rv_ini) struct rv_ini *ini = NULL;
	struct rv_error err = RV_ERROR_INIT;

	for (size_t i = 0; i < RV_COUNT(bad); i++)
		if (!tap_ok(rv_ini_parse(rv_span_str(bad[i][0]), "f.ini", &ini, &err) < 0 &&
				strncmp(err.msg, bad[i][1], strlen(bad[i][1])) == 0,
			"refused: %s", bad[i][1]))
			printf("# %s\n", err.msg);
}

int main(void)
{
	test_digest();
	test_text();
	test_ed25519();
	test_zstd();
	test_seek_table();
	test_ini();
	test_ini_refused();
	return tap_done();
}
