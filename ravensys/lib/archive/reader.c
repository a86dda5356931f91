/* SPDX-License-Identifier: ISC */
/*
 * Opening a package: header, seek table, frame 1 and its three members, every sum checked. Nothing
 * of the payload is read here, and no size is believed before it was compared with a limit and with
 * the size of the file.
 */
#include "archive/reader.h"

#include <stdlib.h>
#include <string.h>

#include "archive/package.h"
#include "archive/tar.h"
#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"

#define HEADER_PAYLOAD 16u
#define HEADER_BYTES (RV_ZSTD_SKIPPABLE_HEADER_BYTES + HEADER_PAYLOAD)
#define TABLE_FIXED 17u /* frame header and footer */
#define TABLE_ENTRY 8u
#define FOOTER_BYTES 9u
#define FIRST_FRAMES 2u /* entries before the payload's: header, frame 1 */

static uint64_t get_le(const char *p, unsigned bytes)
{
	uint64_t v = 0;

	for (unsigned i = bytes; i-- > 0;)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

/* --- header */

static int read_header(struct rv_package *p, struct rv_error *err)
{
	char bytes[HEADER_BYTES];
	struct rv_span payload;
	unsigned nibble;

	if (p->file_bytes < HEADER_BYTES + TABLE_FIXED)
		return rv_fail(err, RV_FORMAT, "shorter than any package");
	if (rv_fd_pread(p->fd, p->name, bytes, sizeof(bytes), 0, err) < 0)
		return -1;
	if (rv_zstd_skippable_parse(rv_span(bytes, sizeof(bytes)), &nibble, &payload, NULL) < 0 ||
	    nibble != 0 || payload.n != HEADER_PAYLOAD || memcmp(payload.p, "RVNP", 4) != 0)
		return rv_fail(err, RV_FORMAT, "not a package file");
	if (get_le(payload.p + 6, 2) > RV_PACKAGE_FORMAT)
		return rv_fail(err, RV_FORMAT,
		    "made for a newer program (package format %u, this one knows %u): upgrade rvn "
		    "first",
		    (unsigned)get_le(payload.p + 6, 2), (unsigned)RV_PACKAGE_FORMAT);
	if (get_le(payload.p + 4, 2) == 0 || get_le(payload.p + 6, 2) == 0 ||
	    get_le(payload.p + 4, 2) < get_le(payload.p + 6, 2))
		return rv_fail(err, RV_FORMAT, "impossible format version");
	p->head_packed_n = (size_t)get_le(payload.p + 8, 4);
	p->head_plain_n = (size_t)get_le(payload.p + 12, 4);
	if (p->head_packed_n > RV_PACKAGE_HEAD_PACKED_MAX ||
	    p->head_plain_n > RV_PACKAGE_HEAD_PLAIN_MAX)
		return rv_fail(err, RV_FORMAT, "metadata larger than the format allows");
	return 0;
}

/* --- seek table */

static int load_table(
    struct rv_package *p, struct rv_zstd_seek_entry **out, size_t *out_n, struct rv_error *err)
{
	char footer[FOOTER_BYTES];
	rv_auto(rv_buf) struct rv_buf frame =
	    RV_BUF_INIT(TABLE_FIXED + TABLE_ENTRY * (RV_PACKAGE_FRAMES_MAX + FIRST_FRAMES));
	uint64_t n, bytes;
	char *to;

	if (rv_fd_pread(
		p->fd, p->name, footer, sizeof(footer), p->file_bytes - sizeof(footer), err) < 0)
		return -1;
	n = get_le(footer, 4);
	bytes = TABLE_FIXED + TABLE_ENTRY * n;
	if (n < FIRST_FRAMES || n > RV_PACKAGE_FRAMES_MAX + FIRST_FRAMES || bytes > p->file_bytes)
		return rv_fail(err, RV_FORMAT, "no seek table at its end: cut off?");
	to = rv_buf_room(&frame, (size_t)bytes);
	if (!to)
		return rv_fail(err, RV_NOMEM, "no memory for the seek table");
	if (rv_fd_pread(p->fd, p->name, to, (size_t)bytes, p->file_bytes - bytes, err) < 0)
		return -1;
	if (rv_zstd_seek_table_parse(rv_span(to, (size_t)bytes), out, out_n, err) < 0)
		return -1;
	p->table_at = p->file_bytes - bytes;
	return 0;
}

/* The entries must tile the file from its start to the table, each within its bounds. */
static int use_table(
    struct rv_package *p, const struct rv_zstd_seek_entry *e, size_t n, struct rv_error *err)
{
	uint64_t at = HEADER_BYTES + p->head_packed_n, plain = 0;

	if (n < FIRST_FRAMES + 1 || e[0].packed_n != HEADER_BYTES || e[0].plain_n != 0 ||
	    e[1].packed_n != p->head_packed_n || e[1].plain_n != p->head_plain_n)
		return rv_fail(err, RV_FORMAT, "seek table and header disagree");
	p->n_frames = n - FIRST_FRAMES;
	p->frames = rv_alloc_array(p->n_frames, sizeof(*p->frames));
	for (size_t i = 0; i < p->n_frames; i++) {
		const struct rv_zstd_seek_entry *f = &e[i + FIRST_FRAMES];

		if (f->plain_n == 0 || f->plain_n > RV_PACKAGE_FRAME_MAX || f->packed_n == 0 ||
		    f->packed_n > RV_PACKAGE_FRAME_PACKED_MAX)
			return rv_fail(err, RV_FORMAT,
			    "frame %zu larger than the format allows, or empty", i + 2);
		p->frames[i] = (struct rv_package_frame){at, plain, f->packed_n, f->plain_n};
		at += f->packed_n;
		plain += f->plain_n;
	}
	if (at != p->table_at)
		return rv_fail(err, RV_FORMAT, "the frames do not fill the file");
	p->payload_bytes = plain;
	return 0;
}

static int read_table(struct rv_package *p, struct rv_error *err)
{
	struct rv_zstd_seek_entry *e = NULL;
	size_t n = 0;
	int rc = load_table(p, &e, &n, err);

	if (rc == 0)
		rc = use_table(p, e, n, err);
	free(e);
	return rc;
}

/* --- frame 1 */

static int load_head(struct rv_package *p, struct rv_error *err)
{
	rv_autofree(rv_zstd_decompressor) struct rv_zstd_decompressor *d = NULL;
	rv_auto(rv_buf) struct rv_buf packed = RV_BUF_INIT(RV_PACKAGE_HEAD_PACKED_MAX);
	uint64_t plain_n;
	char *to = rv_buf_room(&packed, p->head_packed_n);

	if (!to || rv_zstd_decompressor_new(&d, err) < 0)
		return rv_fail(err, RV_NOMEM, "no memory for the metadata");
	if (rv_fd_pread(p->fd, p->name, to, p->head_packed_n, HEADER_BYTES, err) < 0)
		return -1;
	/* the frame's own claim first: a lie must not cost the memory */
	if (rv_zstd_plain_size(
		rv_span(to, p->head_packed_n), RV_PACKAGE_HEAD_PLAIN_MAX, &plain_n, err) < 0)
		return -1;
	if (plain_n != p->head_plain_n)
		return rv_fail(err, RV_FORMAT, "frame 1 and header disagree on its size");
	p->head = rv_try_alloc(p->head_plain_n + 1);
	if (!p->head)
		return rv_fail(err, RV_NOMEM, "no memory for the metadata");
	return rv_zstd_decompress(d, rv_span(to, p->head_packed_n), p->head, p->head_plain_n, err);
}

static int cut_members(struct rv_package *p, struct rv_error *err)
{
	struct rv_span rest = rv_span(p->head, p->head_plain_n);

	if (rv_tar_cut_text(&rest, "+MANIFEST", &p->manifest_text, err) < 0 ||
	    rv_tar_cut_text(&rest, "+FILES", &p->files_text, err) < 0 ||
	    rv_tar_cut_text(&rest, "+BUILD", &p->build_text, err) < 0)
		return -1;
	if (rest.n)
		return rv_fail(err, RV_FORMAT, "something behind +BUILD in frame 1");
	rv_content_id_of(p->manifest_text, p->files_text, &p->content_id);
	return 0;
}

/* +FILES against the manifest's sums and the payload's size. */
static int check_entries(struct rv_package *p, struct rv_error *err)
{
	uint64_t bytes = 0;

	rv_vec_each (&p->entries, e) {
		if (e->type != RV_ENTRY_FILE)
			continue;
		if (e->offset > p->payload_bytes || e->size > p->payload_bytes - e->offset)
			return rv_fail(
			    err, RV_FORMAT, "%s: lies behind the payload's end", e->path.p);
		bytes += e->size;
	}
	if (bytes != p->manifest.plain_bytes || p->entries.n != p->manifest.n_files)
		return rv_fail(
		    err, RV_FORMAT, "+MANIFEST and +FILES disagree on number or size of files");
	return 0;
}

static int read_package(struct rv_package *p, struct rv_error *err)
{
	struct rv_stat st;

	if (rv_file_fstat(p->fd, &st, err) < 0)
		return rv_context(err, "%s", p->name);
	p->file_bytes = st.size;
	if (st.kind != RV_FILE)
		return rv_fail(err, RV_FORMAT, "%s: not a regular file", p->name);
	if (read_header(p, err) < 0 || read_table(p, err) < 0 || load_head(p, err) < 0 ||
	    cut_members(p, err) < 0)
		return rv_context(err, "%s", p->name);
	if (rv_manifest_parse(p->manifest_text, p->name, &p->manifest, err) < 0 ||
	    rv_build_parse(p->build_text, p->name, &p->build, err) < 0 ||
	    rv_files_read(p->files_text, p->name, &p->arena, &p->entries, err) < 0)
		return -1;
	return check_entries(p, err) < 0 ? rv_context(err, "%s", p->name) : 0;
}

int rv_package_open(int fd, const char *name, struct rv_package **out, struct rv_error *err)
{
	rv_autofree(rv_package) struct rv_package *p = rv_alloc(sizeof(*p));

	p->fd = fd;
	p->name = rv_arena_strdup(&p->arena, name);
	rv_manifest_init(&p->manifest);
	rv_build_init(&p->build);
	if (read_package(p, err) < 0)
		return -1;
	*out = p;
	p = NULL;
	return 0;
}

void rv_package_free(struct rv_package *p)
{
	if (!p)
		return;
	rv_manifest_release(&p->manifest);
	rv_build_release(&p->build);
	rv_vec_release(&p->entries);
	rv_arena_release(&p->arena);
	free(p->frames);
	free(p->head);
	free(p);
}

const char *rv_package_name(const struct rv_package *p)
{
	return p->name;
}

const struct rv_manifest *rv_package_manifest(const struct rv_package *p)
{
	return &p->manifest;
}

const struct rv_build *rv_package_build(const struct rv_package *p)
{
	return &p->build;
}

const struct rv_file_entry *rv_package_entries(const struct rv_package *p, size_t *out_n)
{
	*out_n = p->entries.n;
	return p->entries.v;
}

struct rv_span rv_package_manifest_text(const struct rv_package *p)
{
	return p->manifest_text;
}

struct rv_span rv_package_files_text(const struct rv_package *p)
{
	return p->files_text;
}

struct rv_span rv_package_build_text(const struct rv_package *p)
{
	return p->build_text;
}

const struct rv_sha256 *rv_package_content_id(const struct rv_package *p)
{
	return &p->content_id;
}

uint64_t rv_package_payload_bytes(const struct rv_package *p)
{
	return p->payload_bytes;
}

size_t rv_package_frames(const struct rv_package *p)
{
	return p->n_frames;
}

size_t rv_package_frame_of(const struct rv_package *p, uint64_t offset)
{
	size_t low = 0, high = p->n_frames;

	/* the last frame that begins at or before offset */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (p->frames[middle].plain_at <= offset)
			low = middle;
		else
			high = middle;
	}
	return offset < p->payload_bytes ? low : p->n_frames;
}

void rv_content_id_of(
    struct rv_span manifest_text, struct rv_span files_text, struct rv_sha256 *out)
{
	struct rv_sha256_state s;

	rv_sha256_begin(&s);
	rv_sha256_add(&s, manifest_text.p, manifest_text.n);
	rv_sha256_add(&s, files_text.p, files_text.n);
	rv_sha256_end(&s, out);
}
