/* SPDX-License-Identifier: ISC */
/*
 * Writing a package file (docs/rvn-package.5). Each content is read once: this thread reads and
 * hashes, a pool compresses. The bytes depend on the spec, the contents and the zstd library alone.
 * The file appears under its final name only when it is whole and durable; on failure nothing is
 * left behind.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "codec/digest.h"
#include "pkg/build.h"
#include "pkg/files.h"
#include "pkg/manifest.h"

/* Where a file's bytes are; path is opened beneath dirfd, following no link. */
struct rv_package_content {
	int dirfd;
	const char *path;
};

struct rv_package_spec {
	struct rv_manifest *manifest; /* plain_bytes and n_files are filled in */
	struct rv_build *build;
	/*
	 * Sorted by path; size, offset and sha256 of files are filled in. Every rule of pkg/files.h
	 * holds.
	 */
	struct rv_file_entry *entries;
	const struct rv_package_content *contents; /* one for each entry; unused but for files */
	size_t n_entries;
	int level;	  /* zstd; 0: 3 */
	unsigned threads; /* 0: one per processor */
};

struct rv_package_made {
	struct rv_sha256 content_id, sha256; /* sha256: of the whole file */
	uint64_t bytes;
};

/*
 * Writes name into dirfd, replacing a file of that name. A content that changes size meanwhile is
 * RV_INPUT.
 */
int rv_package_create(const struct rv_package_spec *spec, int dirfd, const char *name,
    struct rv_package_made *out, struct rv_error *err) RV_MUST_CHECK;
