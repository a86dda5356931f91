/* SPDX-License-Identifier: ISC */
/*
 * +FILES: a canonical JSON object a line, sorted by the bytes of path (docs/rvn-package.5). The
 * reader gives one entry at a time and keeps what it needs to hold every rule of the page: order
 * strict, every parent folder listed before, hard links to an earlier file of the same package,
 * offsets growing. A path is relative to the installation root ("raven/bin/hello"), UTF-8, without
 * empty, "." or ".." components and control characters.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"

#define RV_FILES_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define RV_FILES_LINE_MAX_BYTES ((size_t)256 * 1024)
#define RV_PATH_MAX_BYTES 4095
#define RV_NAME_MAX_BYTES 255		      /* of one component */
#define RV_FILE_MAX_BYTES ((uint64_t)1 << 40) /* of one file */
#define RV_XATTRS_MAX 32
#define RV_XATTR_VALUE_MAX_BYTES 65536

enum rv_file_type { RV_ENTRY_FILE, RV_ENTRY_DIR, RV_ENTRY_LINK, RV_ENTRY_HARDLINK };
enum { RV_FILE_CONFIG = 1 }; /* flags: the user's edits are kept */

struct rv_xattr {
	struct rv_span name, value; /* user.* or security.capability */
};

struct rv_file_entry {
	struct rv_span path; /* NUL-terminated */
	enum rv_file_type type;
	uint32_t mode; /* 07777; files and folders. 0777 for links; a hard link has its target's */
	struct rv_span owner, group; /* names; empty: user 0, group 0. Hard links: their target's */
	uint64_t size;		     /* files; 0 for the rest */
	uint64_t offset;	     /* files: plain payload bytes before the first byte */
	struct rv_sha256 sha256;     /* files */
	/* links: as stored; hard links: path of an earlier file. NUL-terminated */
	struct rv_span target;
	unsigned flags;
	struct rv_xattr *xattrs; /* sorted by name */
	size_t n_xattrs;
};

struct rv_files_reader;
/* text must outlive the reader. what begins each error. */
int rv_files_reader_new(struct rv_span text, const char *what, struct rv_files_reader **out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_files_reader_free(struct rv_files_reader *r);
RV_DEFINE_FREEP(rv_files_reader)
/*
 * 0 and *out filled (valid until the next call), RV_FILES_END after the last, < 0 RV_FORMAT or
 * RV_LIMIT.
 */
enum { RV_FILES_END = 1 };
int rv_files_next(struct rv_files_reader *r, struct rv_file_entry *out, struct rv_error *err)
    RV_MUST_CHECK;

struct rv_file_entries { /* a vec */
	struct rv_file_entry *v;
	size_t n, cap;
};
/* All entries, copied into the arena (v itself is the caller's: rv_vec_release). */
int rv_files_read(struct rv_span text, const char *what, struct rv_arena *arena,
    struct rv_file_entries *out, struct rv_error *err) RV_MUST_CHECK;

/*
 * Appends one line. The caller gives entries in order; RV_INPUT when the entry itself breaks a
 * rule.
 */
int rv_files_add(const struct rv_file_entry *e, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;

/* NULL when path is allowed, else the reason. */
const char *rv_path_fault(struct rv_span path);
bool rv_xattr_name_valid(struct rv_span name);
/* For qsort of entries: bytes of path. */
int rv_file_entry_cmp(const void *a, const void *b);
const char *rv_file_type_name(enum rv_file_type type); /* "file" "dir" "link" "hardlink" */
