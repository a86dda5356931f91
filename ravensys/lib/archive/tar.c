/* SPDX-License-Identifier: ISC */
/*
 * The ustar header is a table of fixed fields; what does not fit goes into a pax header before it.
 */
#include "archive/tar.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES 100u
#define SIZE_MAX_USTAR ((uint64_t)077777777777)
#define TIME_MAX_USTAR ((int64_t)077777777777)
#define PAX_NAME "././@PaxHeader"
#define PAX_MAX_BYTES ((size_t)4 * 1024 * 1024)

/* POSIX ustar: offsets within the block. */
enum {
	AT_NAME = 0,
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_MTIME = 136,
	AT_CHECKSUM = 148,
	AT_TYPE = 156,
	AT_LINK = 157,
	AT_MAGIC = 257,
	AT_UNAME = 265,
	AT_GNAME = 297,
};

struct header {
	struct rv_span name, link, owner, group;
	uint32_t mode;
	uint64_t size;
	char type;
};

static void put_octal(char *field, size_t digits, uint64_t value)
{
	field[digits] = '\0';
	while (digits) {
		field[--digits] = (char)('0' + (value & 7));
		value >>= 3;
	}
}

static void put_text(char *field, size_t bytes, struct rv_span text)
{
	if (text.n)
		memcpy(field, text.p, text.n < bytes ? text.n : bytes);
}

static void add_block(const struct header *h, int64_t time_s, struct rv_buf *out)
{
	char block[RV_TAR_BLOCK] = {0};
	unsigned sum = 0;

	put_text(block + AT_NAME, NAME_BYTES, h->name);
	put_octal(block + AT_MODE, 7, h->mode);
	put_octal(block + AT_UID, 7, 0);
	put_octal(block + AT_GID, 7, 0);
	put_octal(block + AT_SIZE, 11, h->size > SIZE_MAX_USTAR ? 0 : h->size);
	put_octal(block + AT_MTIME, 11, (uint64_t)time_s);
	memset(block + AT_CHECKSUM, ' ', 8);
	block[AT_TYPE] = h->type;
	put_text(block + AT_LINK, NAME_BYTES, h->link);
	memcpy(block + AT_MAGIC, "ustar\00000", 8);
	put_text(block + AT_UNAME, 31, h->owner);
	put_text(block + AT_GNAME, 31, h->group);
	for (size_t i = 0; i < sizeof(block); i++)
		sum += (unsigned char)block[i];
	put_octal(block + AT_CHECKSUM, 6, sum);
	rv_buf_add(out, block, sizeof(block));
}

static void add_zeros(size_t n, struct rv_buf *out)
{
	static const char zeros[RV_TAR_BLOCK];

	rv_buf_add(out, zeros, n);
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
static void add_record(
    const char *key, struct rv_span name, struct rv_span value, struct rv_buf *out)
{
	size_t body = strlen(key) + name.n + value.n + 3, total = body + 1;

	for (size_t digits = 1, limit = 10; total >= limit; limit *= 10)
		total = body + ++digits;
	rv_buf_addf(out, "%zu %s", total, key);
	rv_buf_add_span(out, name);
	rv_buf_add_char(out, '=');
	rv_buf_add_span(out, value);
	rv_buf_add_char(out, '\n');
}

static void add_records(const struct rv_file_entry *e, const struct header *h, struct rv_buf *out)
{
	char number[32];

	if (h->link.n > NAME_BYTES)
		add_record("linkpath", RV_SPAN_NULL, h->link, out);
	if (h->name.n > NAME_BYTES)
		add_record("path", RV_SPAN_NULL, h->name, out);
	if (h->size > SIZE_MAX_USTAR) {
		snprintf(number, sizeof(number), "%llu", (unsigned long long)h->size);
		add_record("size", RV_SPAN_NULL, rv_span_str(number), out);
	}
	for (size_t i = 0; i < e->n_xattrs; i++)
		add_record("SCHILY.xattr.", e->xattrs[i].name, e->xattrs[i].value, out);
}

int rv_tar_add_header(
    const struct rv_file_entry *e, int64_t time_s, struct rv_buf *out, struct rv_error *err)
{
	static const char types[] = {[RV_ENTRY_FILE] = '0',
	    [RV_ENTRY_DIR] = '5',
	    [RV_ENTRY_LINK] = '2',
	    [RV_ENTRY_HARDLINK] = '1'};
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_PATH_MAX_BYTES + 1);
	rv_auto(rv_buf) struct rv_buf records = RV_BUF_INIT(PAX_MAX_BYTES);
	struct header h = {
	    .link = e->target,
	    .owner = e->owner,
	    .group = e->group,
	    .mode = e->mode,
	    .size = e->size,
	    .type = types[e->type],
	};

	if (time_s < 0 || time_s > TIME_MAX_USTAR)
		return rv_fail(err, RV_INPUT, "%.*s: time out of range", RV_SPAN_ARG(e->path));
	rv_buf_add_span(&name, e->path);
	if (e->type == RV_ENTRY_DIR)
		rv_buf_add_char(&name, '/');
	h.name = rv_buf_span(&name);
	add_records(e, &h, &records);
	if (rv_buf_check(&name, "path", err) < 0 || rv_buf_check(&records, "pax header", err) < 0)
		return -1;
	if (records.n) {
		struct header pax = {
		    .name = RV_SPAN_LIT(PAX_NAME), .mode = 0644, .size = records.n, .type = 'x'};

		add_block(&pax, time_s, out);
		rv_buf_add_span(out, rv_buf_span(&records));
		add_zeros(rv_tar_padding(records.n), out);
	}
	add_block(&h, time_s, out);
	return rv_buf_check(out, "tar header", err);
}

static void add_member(const char *name, struct rv_span text, int64_t time_s, struct rv_buf *out)
{
	struct header h = {.name = rv_span_str(name), .mode = 0644, .size = text.n, .type = '0'};

	add_block(&h, time_s, out);
}

int rv_tar_add_text(
    const char *name, struct rv_span text, int64_t time_s, struct rv_buf *out, struct rv_error *err)
{
	if (time_s < 0 || time_s > TIME_MAX_USTAR)
		return rv_fail(err, RV_INPUT, "%s: time out of range", name);
	add_member(name, text, time_s, out);
	rv_buf_add_span(out, text);
	add_zeros(rv_tar_padding(text.n), out);
	return rv_buf_check(out, name, err);
}

/* A field of octal digits that ends with NUL; false when it is something else. */
static bool get_octal(const char *field, size_t digits, uint64_t *out)
{
	uint64_t value = 0;

	for (size_t i = 0; i < digits; i++) {
		if (field[i] < '0' || field[i] > '7')
			return false;
		value = value << 3 | (uint64_t)(field[i] - '0');
	}
	*out = value;
	return field[digits] == '\0';
}

int rv_tar_cut_text(
    struct rv_span *rest, const char *name, struct rv_span *out_text, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf again = RV_BUF_INIT(RV_TAR_BLOCK);
	uint64_t size = 0, time_s = 0;
	struct rv_span text, pad;

	if (rest->n < RV_TAR_BLOCK || !get_octal(rest->p + AT_SIZE, 11, &size) ||
	    !get_octal(rest->p + AT_MTIME, 11, &time_s))
		return rv_fail(err, RV_FORMAT, "no member %s", name);
	if (size > rest->n - RV_TAR_BLOCK || rv_tar_padding(size) > rest->n - RV_TAR_BLOCK - size)
		return rv_fail(err, RV_FORMAT, "member %s is cut off", name);
	text = rv_span_sub(*rest, RV_TAR_BLOCK, (size_t)size);
	pad = rv_span_sub(*rest, RV_TAR_BLOCK + (size_t)size, rv_tar_padding(size));
	add_member(name, text, (int64_t)time_s, &again);
	if (again.failed || memcmp(rv_buf_str(&again), rest->p, RV_TAR_BLOCK) != 0)
		return rv_fail(
		    err, RV_FORMAT, "no member %s, or a header that is not the format's", name);
	for (size_t i = 0; i < pad.n; i++)
		if (pad.p[i])
			return rv_fail(err, RV_FORMAT, "member %s: padding is not zero", name);
	*out_text = text;
	*rest = rv_span_from(*rest, RV_TAR_BLOCK + text.n + pad.n);
	return 0;
}
