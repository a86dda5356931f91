/* SPDX-License-Identifier: ISC */
/*
 * Payload first (sizes, offsets and digests come out of it), then the three texts, then the file in
 * its final order: header, frame 1, payload, seek table.
 */
#include "archive/writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/frames.h"
#include "archive/reader.h"
#include "archive/tar.h"
#include "base/vec.h"
#include "os/clock.h"
#include "os/file.h"

#define LEVEL_DEFAULT 3
#define TEMP_NAME_BYTES 48

struct head { /* what frame 1 is made of */
	struct rv_buf manifest, files, build, packed;
	uint64_t plain_n;
};

static void rv_head_release(struct head *h)
{
	rv_buf_release(&h->manifest);
	rv_buf_release(&h->files);
	rv_buf_release(&h->build);
	rv_buf_release(&h->packed);
}

#define HEAD_INIT                                                                                  \
	((struct head){                                                                            \
	    .manifest = RV_BUF_INIT(RV_MANIFEST_MAX_BYTES),                                        \
	    .files = RV_BUF_INIT(RV_FILES_MAX_BYTES),                                              \
	    .build = RV_BUF_INIT(RV_BUILD_MAX_BYTES),                                              \
	    .packed = RV_BUF_INIT(2 * RV_PACKAGE_HEAD_PLAIN_MAX),                                  \
	})

/* --- payload */

static int open_content(
    const struct rv_package_content *from, int *out_fd, struct rv_stat *st, struct rv_error *err)
{
	int rc = rv_file_open_beneath(from->dirfd, from->path, O_RDONLY, 0, out_fd, err);

	if (rc > 0)
		return rv_fail(err, RV_INPUT, "%s: not there any more", from->path);
	if (rc < 0 || rv_file_fstat(*out_fd, st, err) < 0)
		return -1;
	if (st->kind != RV_FILE)
		return rv_fail(err, RV_INPUT, "%s: not a regular file", from->path);
	if (st->size > RV_FILE_MAX_BYTES)
		return rv_fail(err, RV_LIMIT, "%s: larger than a package can hold", from->path);
	return 0;
}

static int copy_content(int fd, const struct rv_package_content *from, struct rv_frames *frames,
    struct rv_file_entry *e, struct rv_error *err)
{
	struct rv_sha256_state sha;
	uint64_t done = 0;

	rv_sha256_begin(&sha);
	while (done < e->size) {
		size_t n;
		char *to = rv_frames_room(frames, &n);

		if (n > e->size - done)
			n = (size_t)(e->size - done);
		if (rv_fd_pread(fd, from->path, to, n, done, err) < 0) {
			rv_sha256_state_release(&sha);
			return -1;
		}
		rv_sha256_add(&sha, to, n);
		rv_frames_added(frames, n);
		done += n;
	}
	rv_sha256_end(&sha, &e->sha256);
	return 0;
}

static int add_file(const struct rv_package_content *from, int64_t time_s, struct rv_frames *frames,
    struct rv_file_entry *e, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf header = RV_BUF_INIT(RV_FILES_MAX_BYTES);
	rv_auto_fd fd = -1;
	struct rv_stat before, after;

	if (open_content(from, &fd, &before, err) < 0)
		return -1;
	e->size = before.size;
	if (rv_tar_add_header(e, time_s, &header, err) < 0)
		return -1;
	rv_frames_add(frames, rv_buf_span(&header));
	e->offset = rv_frames_plain_bytes(frames);
	if (copy_content(fd, from, frames, e, err) < 0 || rv_file_fstat(fd, &after, err) < 0)
		return -1;
	if (after.size != before.size || after.mtime_s != before.mtime_s ||
	    after.mtime_ns != before.mtime_ns)
		return rv_fail(err, RV_INPUT, "%s: changed while it was read", from->path);
	rv_frames_add_zeros(frames, rv_tar_padding(e->size));
	return 0;
}

/* A hard link's header shows what its file's shows. */
static void inherit(const struct rv_package_spec *spec, struct rv_file_entry *e)
{
	struct rv_file_entry key = {.path = e->target};
	const struct rv_file_entry *to =
	    bsearch(&key, spec->entries, spec->n_entries, sizeof(key), rv_file_entry_cmp);

	if (!to)
		return; /* write_files refuses it */
	e->mode = to->mode;
	e->owner = to->owner;
	e->group = to->group;
}

static int add_other(
    struct rv_file_entry *e, int64_t time_s, struct rv_frames *frames, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf header = RV_BUF_INIT(RV_FILES_LINE_MAX_BYTES);

	e->size = 0;
	e->offset = 0;
	if (e->type == RV_ENTRY_LINK)
		e->mode = 0777;
	if (rv_tar_add_header(e, time_s, &header, err) < 0)
		return -1;
	rv_frames_add(frames, rv_buf_span(&header));
	return 0;
}

static int add_payload(
    const struct rv_package_spec *spec, struct rv_frames *frames, struct rv_error *err)
{
	int64_t time_s = spec->build->source_date_epoch;

	spec->manifest->plain_bytes = 0;
	spec->manifest->n_files = spec->n_entries;
	for (size_t i = 0; i < spec->n_entries; i++) {
		struct rv_file_entry *e = &spec->entries[i];

		if (e->type == RV_ENTRY_HARDLINK)
			inherit(spec, e);
		if ((e->type == RV_ENTRY_FILE ? add_file(&spec->contents[i], time_s, frames, e, err)
					      : add_other(e, time_s, frames, err)) < 0)
			return -1;
		spec->manifest->plain_bytes += e->size;
	}
	rv_frames_add_zeros(frames, RV_TAR_END_BYTES);
	return rv_frames_finish(frames, err);
}

/* --- frame 1 */

static int write_files(const struct rv_package_spec *spec, struct rv_buf *out, struct rv_error *err)
{
	rv_autofree(rv_files_reader) struct rv_files_reader *r = NULL;
	struct rv_file_entry e;
	int rc;

	for (size_t i = 0; i < spec->n_entries; i++)
		if (rv_files_add(&spec->entries[i], out, err) < 0)
			return -1;
	if (rv_files_reader_new(rv_buf_span(out), "package", &r, err) < 0)
		return -1;
	while ((rc = rv_files_next(r, &e, err)) == 0)
		continue;
	return rc < 0 ? -1 : 0;
}

static int make_head(
    const struct rv_package_spec *spec, int level, struct head *h, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf plain = RV_BUF_INIT(RV_PACKAGE_HEAD_PLAIN_MAX);
	rv_autofree(rv_zstd_compressor) struct rv_zstd_compressor *c = NULL;
	int64_t time_s = spec->build->source_date_epoch;

	if (write_files(spec, &h->files, err) < 0 ||
	    rv_manifest_encode(spec->manifest, &h->manifest, err) < 0 ||
	    rv_build_encode(spec->build, &h->build, err) < 0)
		return -1;
	if (rv_tar_add_text("+MANIFEST", rv_buf_span(&h->manifest), time_s, &plain, err) < 0 ||
	    rv_tar_add_text("+FILES", rv_buf_span(&h->files), time_s, &plain, err) < 0 ||
	    rv_tar_add_text("+BUILD", rv_buf_span(&h->build), time_s, &plain, err) < 0)
		return -1;
	if (rv_zstd_compressor_new(level, &c, err) < 0 ||
	    rv_zstd_compress(c, rv_buf_span(&plain), &h->packed, err) < 0)
		return -1;
	h->plain_n = plain.n;
	if (h->packed.n > RV_PACKAGE_HEAD_PACKED_MAX)
		return rv_fail(err, RV_LIMIT, "package: metadata larger than 64 MiB");
	return 0;
}

/* --- the whole file */

struct sink {
	int fd;
	struct rv_sha256_state sha;
	uint64_t bytes;
};

static int put(struct sink *s, struct rv_span data, struct rv_error *err)
{
	rv_sha256_add(&s->sha, data.p, data.n);
	s->bytes += data.n;
	return rv_fd_write(s->fd, "package", data.p, data.n, err);
}

static void add_le(struct rv_buf *out, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		rv_buf_add_char(out, (char)(unsigned char)(value >> (8 * i)));
}

static void make_header(const struct head *h, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf payload = RV_BUF_INIT(64);

	rv_buf_add_str(&payload, "RVNP");
	add_le(&payload, RV_PACKAGE_FORMAT, 2);
	add_le(&payload, RV_PACKAGE_FORMAT, 2);
	add_le(&payload, h->packed.n, 4);
	add_le(&payload, h->plain_n, 4);
	rv_zstd_skippable(out, 0, rv_buf_span(&payload));
}

static void make_table(
    const struct rv_frames *frames, const struct head *h, size_t header_n, struct rv_buf *out)
{
	rv_vec(struct rv_zstd_seek_entry) table = {0};

	rv_vec_push(&table, (struct rv_zstd_seek_entry){(uint32_t)header_n, 0});
	rv_vec_push(
	    &table, (struct rv_zstd_seek_entry){(uint32_t)h->packed.n, (uint32_t)h->plain_n});
	for (size_t i = 0; i < rv_frames_count(frames); i++)
		rv_vec_push(&table, rv_frames_sizes(frames, i));
	rv_zstd_seek_table(out, table.v, table.n);
	rv_vec_release(&table);
}

static int put_all(
    struct sink *s, struct rv_frames *frames, const struct head *h, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf header = RV_BUF_INIT(64);
	rv_auto(rv_buf) struct rv_buf table = RV_BUF_INIT((size_t)16 * 1024 * 1024);
	struct rv_span packed;

	make_header(h, &header);
	make_table(frames, h, header.n, &table);
	if (rv_buf_check(&table, "seek table", err) < 0 || put(s, rv_buf_span(&header), err) < 0 ||
	    put(s, rv_buf_span(&h->packed), err) < 0)
		return -1;
	for (size_t i = 0; i < rv_frames_count(frames); i++)
		if (rv_frames_packed(frames, i, &packed, err) < 0 || put(s, packed, err) < 0)
			return -1;
	return put(s, rv_buf_span(&table), err);
}

static int write_file(int fd, struct rv_frames *frames, const struct head *h,
    struct rv_package_made *made, struct rv_error *err)
{
	struct sink s = {.fd = fd};
	int rc;

	rv_sha256_begin(&s.sha);
	rc = put_all(&s, frames, h, err);
	rv_sha256_end(&s.sha, &made->sha256);
	made->bytes = s.bytes;
	return rc < 0 ? -1 : rv_fd_sync(fd, "package", err);
}

static int temp_name(char name[TEMP_NAME_BYTES], struct rv_error *err)
{
	uint64_t random;

	if (rv_random_bytes(&random, sizeof(random), err) < 0)
		return -1;
	snprintf(name, TEMP_NAME_BYTES, ".rvn-new-%016llx", (unsigned long long)random);
	return 0;
}

/* An unlinked file beside the package, for compressed frames that do not fit in memory. */
static int open_spill(int dirfd, int *out_fd, struct rv_error *err)
{
	char name[TEMP_NAME_BYTES];

	if (temp_name(name, err) < 0)
		return -1;
	if (rv_file_create(dirfd, name, 0600, out_fd, err) != 0)
		return -1;
	if (rv_file_unlink(dirfd, name, err) == 0)
		return 0;
	return rv_file_unlink(dirfd, name, NULL) == 0 ? -1 : rv_context(err, "left behind");
}

static int publish(int dirfd, const char *name, struct rv_frames *frames, const struct head *h,
    struct rv_package_made *made, struct rv_error *err)
{
	char temp[TEMP_NAME_BYTES];
	rv_auto_fd fd = -1;
	int rc = temp_name(temp, err);

	if (rc == 0)
		rc = rv_file_create(dirfd, temp, 0644, &fd, err);
	if (rc != 0)
		return rc > 0 ? rv_fail(err, RV_SYS, "%s: taken", temp) : -1;
	rc = write_file(fd, frames, h, made, err);
	if (rc == 0)
		rc = rv_file_rename(dirfd, temp, dirfd, name, RV_RENAME_OVER, err);
	if (rc == 0)
		return rv_fd_sync(dirfd, name, err);
	if (rv_file_unlink(dirfd, temp, NULL) < 0)
		return rv_context(err, "left behind '%s'", temp);
	return -1;
}

static int create(const struct rv_package_spec *spec, int dirfd, const char *name,
    struct rv_package_made *made, struct rv_error *err)
{
	rv_auto_fd spill = -1;
	rv_autofree(rv_frames) struct rv_frames *frames = NULL;
	rv_auto(rv_head) struct head h = HEAD_INIT;
	int level = spec->level ? spec->level : LEVEL_DEFAULT;

	if (open_spill(dirfd, &spill, err) < 0 ||
	    rv_frames_new(level, spec->threads, spill, &frames, err) < 0 ||
	    add_payload(spec, frames, err) < 0 || make_head(spec, level, &h, err) < 0)
		return -1;
	rv_content_id_of(rv_buf_span(&h.manifest), rv_buf_span(&h.files), &made->content_id);
	return publish(dirfd, name, frames, &h, made, err);
}

int rv_package_create(const struct rv_package_spec *spec, int dirfd, const char *name,
    struct rv_package_made *out, struct rv_error *err)
{
	if (create(spec, dirfd, name, out, err) < 0)
		return rv_context(err, "%s", name);
	return 0;
}
