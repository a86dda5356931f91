/* SPDX-License-Identifier: ISC */
/* See hash.h. */
#include <fcntl.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "os/file.h"
#include "txn/hash.h"

enum { PIECE_BYTES = 256 * 1024 };

static int hash_fd(
    int fd, const char *path, uint64_t size, struct rv_sha256 *out, struct rv_error *err)
{
	rv_auto(rv_str) char *piece = rv_alloc(PIECE_BYTES);
	struct rv_sha256_state s;
	int rc = 0;

	rv_sha256_begin(&s);
	for (uint64_t at = 0; at < size && rc == 0;) {
		size_t n = size - at < PIECE_BYTES ? (size_t)(size - at) : PIECE_BYTES;

		rc = rv_fd_pread(fd, path, piece, n, at, err);
		if (rc == 0)
			rv_sha256_add(&s, piece, n);
		at += n;
	}
	rv_sha256_end(&s, out);
	return rc;
}

int rv_txn_hash(
    int dirfd, const char *name, const char *path, struct rv_sha256 *out, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, name, &st, err);

	if (rc != 0)
		return rc;
	if (st.kind != RV_FILE)
		return RV_NOT_A_FILE;
	/* it may have become a pipe meanwhile: never wait for its other end */
	rc = rv_file_open_beneath(dirfd, name, O_RDONLY | O_NONBLOCK, 0, &fd, err);
	if (rc != 0)
		return rc;
	if (rv_file_fstat(fd, &st, err) < 0)
		return -1;
	return st.kind == RV_FILE ? hash_fd(fd, path, st.size, out, err) : RV_NOT_A_FILE;
}
