/* SPDX-License-Identifier: ISC */
/*
 * Payload of a package: a cursor holds one decompressed frame. The package itself is only read, so
 * cursors of several threads share it.
 */
#include <stdlib.h>
#include <string.h>

#include "archive/package.h"
#include "archive/tar.h"
#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"

#define NO_FRAME SIZE_MAX

struct rv_package_cursor {
	const struct rv_package *p;
	struct rv_zstd_decompressor *d;
	size_t frame; /* what plain holds, or NO_FRAME */
	char *packed, *plain;
	size_t packed_cap, plain_cap;
};

int rv_package_cursor_new(
    const struct rv_package *p, struct rv_package_cursor **out, struct rv_error *err)
{
	struct rv_package_cursor *c = rv_alloc(sizeof(*c));

	c->p = p;
	c->frame = NO_FRAME;
	if (rv_zstd_decompressor_new(&c->d, err) < 0) {
		free(c);
		return -1;
	}
	*out = c;
	return 0;
}

void rv_package_cursor_free(struct rv_package_cursor *c)
{
	if (!c)
		return;
	rv_zstd_decompressor_free(c->d);
	free(c->packed);
	free(c->plain);
	free(c);
}

static int reserve(char **p, size_t *cap, size_t want, struct rv_error *err)
{
	if (want <= *cap)
		return 0;
	free(*p);
	*cap = 0;
	*p = rv_try_alloc(want);
	if (!*p)
		return rv_fail(err, RV_NOMEM, "no memory for a frame of %zu bytes", want);
	*cap = want;
	return 0;
}

static int load_frame(struct rv_package_cursor *c, size_t i, struct rv_error *err)
{
	const struct rv_package_frame *f = &c->p->frames[i];
	struct rv_span packed;
	uint64_t claimed;

	if (c->frame == i)
		return 0;
	c->frame = NO_FRAME;
	if (reserve(&c->packed, &c->packed_cap, f->packed_n, err) < 0 ||
	    rv_fd_pread(c->p->fd, c->p->name, c->packed, f->packed_n, f->at, err) < 0)
		return -1;
	packed = rv_span(c->packed, f->packed_n);
	if (rv_zstd_plain_size(packed, RV_PACKAGE_FRAME_MAX, &claimed, err) < 0)
		return -1;
	if (claimed != f->plain_n)
		return rv_fail(err, RV_FORMAT, "frame and seek table disagree on its size");
	if (reserve(&c->plain, &c->plain_cap, f->plain_n, err) < 0 ||
	    rv_zstd_decompress(c->d, packed, c->plain, f->plain_n, err) < 0)
		return -1;
	c->frame = i;
	return 0;
}

int rv_package_read(struct rv_package_cursor *c, uint64_t offset, uint64_t n, rv_package_sink *sink,
    void *ctx, struct rv_error *err)
{
	if (offset > c->p->payload_bytes || n > c->p->payload_bytes - offset)
		return rv_fail(err, RV_FORMAT, "%s: read behind the payload's end", c->p->name);
	while (n) {
		size_t i = rv_package_frame_of(c->p, offset);
		uint64_t skip = offset - c->p->frames[i].plain_at;
		uint64_t piece = c->p->frames[i].plain_n - skip;
		int rc;

		if (load_frame(c, i, err) < 0)
			return rv_context(err, "%s: frame %zu", c->p->name, i + 2);
		if (piece > n)
			piece = n;
		rc = sink(ctx, rv_span(c->plain + skip, (size_t)piece), err);
		if (rc < 0)
			return -1;
		offset += piece;
		n -= piece;
	}
	return 0;
}

struct hashing {
	struct rv_sha256_state sha;
	rv_package_sink *sink;
	void *ctx;
};

static int hash_and_pass(void *ctx, struct rv_span data, struct rv_error *err)
{
	struct hashing *h = ctx;

	rv_sha256_add(&h->sha, data.p, data.n);
	return h->sink(h->ctx, data, err);
}

int rv_package_extract_sink(struct rv_package_cursor *c, const struct rv_file_entry *e,
    rv_package_sink *sink, void *ctx, struct rv_error *err)
{
	struct hashing h = {.sink = sink, .ctx = ctx};
	struct rv_sha256 got;
	int rc;

	if (e->type != RV_ENTRY_FILE)
		return rv_fail(err, RV_BUG, "%s: %s: has no content", c->p->name, e->path.p);
	rv_sha256_begin(&h.sha);
	rc = rv_package_read(c, e->offset, e->size, hash_and_pass, &h, err);
	rv_sha256_end(&h.sha, &got);
	if (rc < 0)
		return -1;
	if (!rv_sha256_eq(&got, &e->sha256))
		return rv_fail(err, RV_FORMAT,
		    "%s: %s: content does not have the SHA-256 of +FILES", c->p->name, e->path.p);
	return 0;
}

struct writing {
	int fd;
	const char *what;
};

static int write_out(void *ctx, struct rv_span data, struct rv_error *err)
{
	const struct writing *w = ctx;

	return rv_fd_write(w->fd, w->what, data.p, data.n, err);
}

int rv_package_extract(
    struct rv_package_cursor *c, const struct rv_file_entry *e, int to_fd, struct rv_error *err)
{
	struct writing w = {to_fd, e->path.p};

	return rv_package_extract_sink(c, e, write_out, &w, err);
}

/* --- verify: the payload is what +FILES and +BUILD say, byte for byte */

struct comparing {
	const char *package, *path;
	struct rv_span want;
	bool zero; /* want is not looked at: zeros */
};

static int compare(void *ctx, struct rv_span data, struct rv_error *err)
{
	struct comparing *w = ctx;

	for (size_t i = 0; i < data.n; i++)
		if (data.p[i] != (w->zero ? '\0' : w->want.p[i]))
			return rv_fail(err, RV_FORMAT, "%s: %s: %s", w->package, w->path,
			    w->zero ? "padding is not zero" : "tar header differs from +FILES");
	w->want = rv_span_from(w->want, data.n);
	return 0;
}

static int ignore(void *ctx, struct rv_span data, struct rv_error *err)
{
	(void)ctx;
	(void)data;
	(void)err;
	return 0;
}

static int verify_entry(
    struct rv_package_cursor *c, const struct rv_file_entry *e, uint64_t *at, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf header = RV_BUF_INIT((size_t)16 * 1024 * 1024);
	struct comparing w = {c->p->name, e->path.p, RV_SPAN_NULL, false};
	struct comparing pad = {c->p->name, e->path.p, RV_SPAN_NULL, true};

	if (rv_tar_add_header(e, c->p->build.source_date_epoch, &header, err) < 0)
		return -1;
	w.want = rv_buf_span(&header);
	if (rv_package_read(c, *at, header.n, compare, &w, err) < 0)
		return -1;
	*at += header.n;
	if (e->type != RV_ENTRY_FILE)
		return 0;
	if (e->offset != *at)
		return rv_fail(err, RV_FORMAT, "%s: %s: offset is not behind its header",
		    c->p->name, e->path.p);
	if (rv_package_extract_sink(c, e, ignore, NULL, err) < 0)
		return -1;
	*at += e->size;
	if (rv_package_read(c, *at, rv_tar_padding(e->size), compare, &pad, err) < 0)
		return -1;
	*at += rv_tar_padding(e->size);
	return 0;
}

int rv_package_verify(const struct rv_package *p, struct rv_error *err)
{
	rv_autofree(rv_package_cursor) struct rv_package_cursor *c = NULL;
	struct comparing end = {p->name, "end of the archive", RV_SPAN_NULL, true};
	uint64_t at = 0;

	if (rv_package_cursor_new(p, &c, err) < 0)
		return -1;
	rv_vec_each (&p->entries, e) {
		if (verify_entry(c, e, &at, err) < 0)
			return -1;
	}
	if (p->payload_bytes - at != RV_TAR_END_BYTES)
		return rv_fail(err, RV_FORMAT, "%s: something behind its last file", p->name);
	return rv_package_read(c, at, RV_TAR_END_BYTES, compare, &end, err);
}
