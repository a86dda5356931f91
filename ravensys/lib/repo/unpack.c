/* SPDX-License-Identifier: ISC */
/* Packing and unpacking a catalogue, one frame in memory at a time. */
#include "repo/unpack.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "codec/zstd.h"
#include "os/file.h"

#define LEVEL 19

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int pack_frames(int fd, const char *what, uint64_t size, struct rv_zstd_compressor *c,
    struct rv_buf *out, struct rv_error *err)
{
	char *plain = rv_alloc(RV_REPO_FRAME_BYTES);
	int rc = 0;

	for (uint64_t at = 0; rc == 0 && at < size; at += RV_REPO_FRAME_BYTES) {
		size_t n = (size_t)smaller(size - at, RV_REPO_FRAME_BYTES);

		rc = rv_fd_pread(fd, what, plain, n, at, err);
		if (rc == 0)
			rc = rv_zstd_compress(c, rv_span(plain, n), out, err);
	}
	free(plain);
	return rc;
}

int rv_repo_pack(int fd, const char *what, struct rv_buf *out, struct rv_error *err)
{
	rv_autofree(rv_zstd_compressor) struct rv_zstd_compressor *c = NULL;
	struct rv_stat st;

	if (rv_file_fstat(fd, &st, err) < 0 || rv_zstd_compressor_new(LEVEL, &c, err) < 0)
		return -1;
	return pack_frames(fd, what, st.size, c, out, err);
}

static int unpack_frame(struct rv_zstd_decompressor *d, struct rv_span frame, const char *what,
    char *plain, int fd, uint64_t *total, struct rv_error *err)
{
	uint64_t n;

	if (rv_zstd_plain_size(frame, RV_REPO_FRAME_BYTES, &n, err) < 0 ||
	    rv_zstd_decompress(d, frame, plain, (size_t)n, err) < 0)
		return -1;
	*total += n;
	if (*total > RV_REPO_PLAIN_MAX_BYTES)
		return rv_fail(err, RV_LIMIT, "larger than %llu bytes unpacked",
		    (unsigned long long)RV_REPO_PLAIN_MAX_BYTES);
	return rv_fd_write(fd, what, plain, (size_t)n, err);
}

int rv_repo_unpack(struct rv_span packed, const char *what, int fd, struct rv_error *err)
{
	rv_autofree(rv_zstd_decompressor) struct rv_zstd_decompressor *d = NULL;
	char *plain = rv_alloc(RV_REPO_FRAME_BYTES);
	uint64_t total = 0;
	size_t n = 0;
	int rc = rv_zstd_decompressor_new(&d, err);

	while (rc == 0 && packed.n) {
		rc = rv_zstd_frame_size(packed, &n, err);
		if (rc == 0)
			rc = unpack_frame(
			    d, rv_span_sub(packed, 0, n), what, plain, fd, &total, err);
		packed = rv_span_from(packed, n);
	}
	free(plain);
	return rc < 0 ? rv_context(err, "%s", what) : 0;
}
