/* SPDX-License-Identifier: ISC */
/*
 * Makes packages that no writer makes, for tests of who reads them:
 *
 *	forge IN OUT EDIT ...
 *
 * IN is a good package. Each EDIT is one argument, its parts parted by '|'; \xHH in it is that
 * byte:
 *
 *	replace|MEMBER|FROM|TO   every FROM in +MANIFEST, +FILES or +BUILD
 *	add|MEMBER|TEXT          at its end
 *	member|TEXT              one more member behind +BUILD
 *	head|PLAIN               what the header says of frame 1's plain size
 *	claim|BYTES              frame 1 becomes an empty frame that claims so many plain bytes
 *	table|N|PACKED|PLAIN     entry N of the seek table
 *	frames|N                 the seek table's number of entries
 *	bomb|MIB                 the payload becomes one frame of so many MiB of zeros
 *	payload|FROM|TO          every FROM in the payload's plain bytes, of the same length
 *	version|FORMAT|READER    the header's versions
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader.h"
#include "archive/tar.h"
#include "base/alloc.h"
#include "codec/zstd.h"
#include "os/file.h"

#define TEXT_MAX ((size_t)64 << 20)
#define TIME 1577836800
enum { MEMBERS = 3, PARTS = 4, ENTRIES = 4 };

static const char *const names[MEMBERS] = {"+MANIFEST", "+FILES", "+BUILD"};

struct forged {
	struct rv_buf member[MEMBERS], payload, extra;
	struct rv_zstd_seek_entry table[ENTRIES];
	bool is_set[ENTRIES];
	uint64_t head_plain, claim, format, reader, frames;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "forge: %s: %s\n", what, why);
	exit(1);
}

static void check(int rc, const char *what, const struct rv_error *err)
{
	if (rc != 0)
		die(what, err->msg);
}

/* --- edits */

static struct rv_span unescape(char *text)
{
	char *to = text, hex[3] = "";

	for (const char *p = text; *p; p++) {
		if (p[0] != '\\' || p[1] != 'x' || !p[2] || !p[3]) {
			*to++ = *p;
			continue;
		}
		memcpy(hex, p + 2, 2);
		*to++ = (char)strtoul(hex, NULL, 16);
		p += 3;
	}
	return rv_span(text, (size_t)(to - text));
}

static void replace(struct rv_buf *b, struct rv_span from, struct rv_span to, const char *edit)
{
	struct rv_buf out = RV_BUF_INIT(TEXT_MAX);
	struct rv_span rest = rv_buf_span(b);
	bool found = false;

	while (rest.n) {
		if (from.n && rv_span_starts(rest, from)) {
			rv_buf_add_span(&out, to);
			rest = rv_span_from(rest, from.n);
			found = true;
			continue;
		}
		rv_buf_add_char(&out, *rest.p);
		rest = rv_span_from(rest, 1);
	}
	if (!found)
		die(edit, "is not there");
	rv_buf_release(b);
	*b = out;
}

static struct rv_buf *member_named(struct forged *f, struct rv_span name)
{
	for (int i = 0; i < MEMBERS; i++)
		if (rv_span_is(name, names[i]))
			return &f->member[i];
	die("member", "no such");
	return NULL;
}

static uint64_t number(struct rv_span s)
{
	return strtoull(s.p, NULL, 0);
}

static void set_entry(struct forged *f, const struct rv_span *part)
{
	uint64_t n = number(part[1]);

	if (n >= ENTRIES)
		die("table", "no such entry");
	f->is_set[n] = true;
	f->table[n] =
	    (struct rv_zstd_seek_entry){(uint32_t)number(part[2]), (uint32_t)number(part[3])};
}

static void make_bomb(struct forged *f, uint64_t mib)
{
	char *zeros = rv_alloc((size_t)1 << 20);

	rv_buf_release(&f->payload);
	f->payload = RV_BUF_INIT((size_t)mib << 20);
	for (uint64_t i = 0; i < mib; i++)
		rv_buf_add(&f->payload, zeros, (size_t)1 << 20);
	free(zeros);
}

static void edit(struct forged *f, char *text)
{
	struct rv_span part[PARTS + 1] = {{0}};
	size_t n = 0;
	char *save = NULL;

	for (char *p = strtok_r(text, "|", &save); p && n <= PARTS; p = strtok_r(NULL, "|", &save))
		part[n++] = unescape(p);
	if (rv_span_is(part[0], "replace") && n == 4)
		replace(member_named(f, part[1]), part[2], part[3], part[2].p);
	else if (rv_span_is(part[0], "add") && n == 3)
		rv_buf_add_span(member_named(f, part[1]), part[2]);
	else if (rv_span_is(part[0], "member") && n == 2)
		rv_buf_add_span(&f->extra, part[1]);
	else if (rv_span_is(part[0], "head") && n == 2)
		f->head_plain = number(part[1]);
	else if (rv_span_is(part[0], "claim") && n == 2)
		f->claim = number(part[1]);
	else if (rv_span_is(part[0], "table") && n == 4)
		set_entry(f, part);
	else if (rv_span_is(part[0], "frames") && n == 2)
		f->frames = number(part[1]);
	else if (rv_span_is(part[0], "bomb") && n == 2)
		make_bomb(f, number(part[1]));
	else if (rv_span_is(part[0], "payload") && n == 3)
		replace(&f->payload, part[1], part[2], part[1].p);
	else if (rv_span_is(part[0], "version") && n == 3)
		f->format = number(part[1]), f->reader = number(part[2]);
	else
		die(text, "no such edit");
}

/* --- reading and writing */

static int collect(void *ctx, struct rv_span data, struct rv_error *err)
{
	(void)err;
	rv_buf_add_span(ctx, data);
	return 0;
}

static void read_good(struct forged *f, const char *path)
{
	struct rv_error err = RV_ERROR_INIT;
	struct rv_package_cursor *c = NULL;
	struct rv_package *p = NULL;
	rv_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);

	check(rv_package_open(fd, path, &p, &err), path, &err);
	for (int i = 0; i < MEMBERS; i++)
		f->member[i] = RV_BUF_INIT(TEXT_MAX);
	f->payload = f->extra = RV_BUF_INIT(TEXT_MAX);
	rv_buf_add_span(&f->member[0], rv_package_manifest_text(p));
	rv_buf_add_span(&f->member[1], rv_package_files_text(p));
	rv_buf_add_span(&f->member[2], rv_package_build_text(p));
	check(rv_package_cursor_new(p, &c, &err), path, &err);
	check(rv_package_read(c, 0, rv_package_payload_bytes(p), collect, &f->payload, &err), path,
	    &err);
	rv_package_cursor_free(c);
	rv_package_free(p);
}

static void compress(struct rv_span plain, struct rv_buf *out)
{
	struct rv_zstd_compressor *z = NULL;
	struct rv_error err = RV_ERROR_INIT;

	check(rv_zstd_compressor_new(3, &z, &err), "zstd", &err);
	check(rv_zstd_compress(z, plain, out, &err), "zstd", &err);
	rv_zstd_compressor_free(z);
}

static void add_le(struct rv_buf *out, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		rv_buf_add_char(out, (char)(unsigned char)(value >> (8 * i)));
}

/* A frame of one raw block without bytes, whose header says that there are more. */
static void add_claim(struct rv_buf *out, uint64_t bytes)
{
	add_le(out, 0xfd2fb528, 4);
	add_le(out, 0xe0, 1); /* single segment, content size in 8 bytes */
	add_le(out, bytes, 8);
	add_le(out, 1, 3);
}

static void make_head(const struct forged *f, struct rv_buf *packed, size_t *plain_n)
{
	struct rv_buf plain = RV_BUF_INIT(4 * TEXT_MAX);
	struct rv_error err = RV_ERROR_INIT;

	for (int i = 0; i < MEMBERS; i++)
		check(rv_tar_add_text(names[i], rv_buf_span(&f->member[i]), TIME, &plain, &err),
		    names[i], &err);
	if (f->extra.n)
		check(rv_tar_add_text("+EXTRA", rv_buf_span(&f->extra), TIME, &plain, &err),
		    "+EXTRA", &err);
	*plain_n = f->claim ? (size_t)f->claim : plain.n;
	if (f->claim)
		add_claim(packed, f->claim);
	else
		compress(rv_buf_span(&plain), packed);
	rv_buf_release(&plain);
}

static void add_header(const struct forged *f, size_t packed_n, size_t plain_n, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf payload = RV_BUF_INIT(64);

	rv_buf_add_str(&payload, "RVNP");
	add_le(&payload, f->format, 2);
	add_le(&payload, f->reader, 2);
	add_le(&payload, packed_n, 4);
	add_le(&payload, f->head_plain ? f->head_plain : plain_n, 4);
	rv_zstd_skippable(out, 0, rv_buf_span(&payload));
}

static void add_table(const struct forged *f, struct rv_zstd_seek_entry *e, struct rv_buf *out)
{
	size_t at;

	for (size_t i = 0; i < ENTRIES; i++)
		if (f->is_set[i])
			e[i] = f->table[i];
	rv_zstd_seek_table(out, e, 3);
	at = out->n - RV_ZSTD_SEEK_FOOTER_BYTES;
	for (unsigned i = 0; f->frames && i < 4; i++)
		out->p[at + i] = (char)(unsigned char)(f->frames >> (8 * i));
}

static void write_bad(const struct forged *f, const char *path)
{
	rv_auto(rv_buf) struct rv_buf head = RV_BUF_INIT(2 * TEXT_MAX);
	rv_auto(rv_buf) struct rv_buf frame = RV_BUF_INIT(2 * TEXT_MAX);
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(4 * TEXT_MAX);
	struct rv_error err = RV_ERROR_INIT;
	size_t head_plain, header_n;
	struct rv_zstd_seek_entry e[ENTRIES] = {{0}};

	make_head(f, &head, &head_plain);
	compress(rv_buf_span(&f->payload), &frame);
	add_header(f, head.n, head_plain, &out);
	header_n = out.n;
	rv_buf_add_span(&out, rv_buf_span(&head));
	rv_buf_add_span(&out, rv_buf_span(&frame));
	e[0] = (struct rv_zstd_seek_entry){(uint32_t)header_n, 0};
	e[1] = (struct rv_zstd_seek_entry){
	    (uint32_t)head.n, (uint32_t)(f->head_plain ? f->head_plain : head_plain)};
	e[2] = (struct rv_zstd_seek_entry){(uint32_t)frame.n, (uint32_t)f->payload.n};
	add_table(f, e, &out);
	check(rv_file_replace(RV_CWD, path, 0644, rv_buf_span(&out), &err), path, &err);
}

int main(int argc, char **argv)
{
	static struct forged f = {.format = 1, .reader = 1};

	if (argc < 3) {
		fprintf(stderr, "usage: forge IN OUT EDIT ...\n");
		return 2;
	}
	read_good(&f, argv[1]);
	for (int i = 3; i < argc; i++)
		edit(&f, argv[i]);
	write_bad(&f, argv[2]);
	return 0;
}
