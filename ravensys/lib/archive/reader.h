/* SPDX-License-Identifier: ISC */
/*
 * Reading a package file (docs/rvn-package.5). Opening reads the header, frame 1 and the seek
 * table; everything else is by pread, so one struct rv_package may be used by several threads, each
 * with its own cursor. Any inconsistency is RV_FORMAT beginning with the package's name; a package
 * for a newer program says so. This is no proof of origin: verify the SHA-256 of the whole file on
 * the same descriptor first.
 *
 *	rv_package_open(fd, name, &p, err)
 *	rv_package_entries(p, &n)		in path order = payload order
 *	rv_package_cursor_new(p, &c, err)	one per thread
 *	rv_package_extract(c, &entry, to_fd, err)
 *
 * To spread files over threads give each job all files that begin in some run of frames
 * (rv_package_frame_of): a cursor keeps its last frame, so each is decompressed about once.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "codec/digest.h"
#include "pkg/build.h"
#include "pkg/files.h"
#include "pkg/manifest.h"

#define RV_PACKAGE_FORMAT 1 /* what we write, and the newest that we read */
#define RV_PACKAGE_HEAD_PLAIN_MAX ((uint64_t)272 * 1024 * 1024) /* frame 1 */
#define RV_PACKAGE_HEAD_PACKED_MAX ((uint64_t)64 * 1024 * 1024)
#define RV_PACKAGE_FRAME_MAX ((uint64_t)16 * 1024 * 1024)  /* payload frame, plain */
#define RV_PACKAGE_FRAME_BYTES ((uint64_t)4 * 1024 * 1024) /* what we write */
#define RV_PACKAGE_FRAMES_MAX 1048576

struct rv_package;
/* fd stays the caller's and must stay open. name is copied. */
int rv_package_open(int fd, const char *name, struct rv_package **out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_package_free(struct rv_package *p);
RV_DEFINE_FREEP(rv_package)

/* Borrowed from p. The texts are the members' exact bytes. */
const char *rv_package_name(const struct rv_package *p);
const struct rv_manifest *rv_package_manifest(const struct rv_package *p);
const struct rv_build *rv_package_build(const struct rv_package *p);
/*
 * Every line of +FILES, in path order = payload order; all rules of the page hold, every file is in
 * the payload.
 */
const struct rv_file_entry *rv_package_entries(const struct rv_package *p, size_t *out_n);
struct rv_span rv_package_manifest_text(const struct rv_package *p);
struct rv_span rv_package_files_text(const struct rv_package *p);
struct rv_span rv_package_build_text(const struct rv_package *p);
const struct rv_sha256 *rv_package_content_id(const struct rv_package *p);
uint64_t rv_package_payload_bytes(const struct rv_package *p); /* plain */
size_t rv_package_frames(const struct rv_package *p);	       /* payload frames */
/* index; frames() when behind the end */
size_t rv_package_frame_of(const struct rv_package *p, uint64_t offset);

/* The content id of two texts: SHA-256 of the bytes of +MANIFEST followed by those of +FILES. */
void rv_content_id_of(
    struct rv_span manifest_text, struct rv_span files_text, struct rv_sha256 *out);

/* --- payload */
struct rv_package_cursor; /* about 8 MiB; for one thread */
int rv_package_cursor_new(
    const struct rv_package *p, struct rv_package_cursor **out, struct rv_error *err) RV_MUST_CHECK;
void rv_package_cursor_free(struct rv_package_cursor *c);
RV_DEFINE_FREEP(rv_package_cursor)

typedef int rv_package_sink(void *ctx, struct rv_span data, struct rv_error *err);
/* n plain payload bytes from offset, in pieces, to sink; its negative result ends it. */
int rv_package_read(struct rv_package_cursor *c, uint64_t offset, uint64_t n, rv_package_sink *sink,
    void *ctx, struct rv_error *err) RV_MUST_CHECK;
/*
 * The content of a file entry, written to to_fd at its position; RV_FORMAT when its SHA-256
 * differs.
 */
int rv_package_extract(struct rv_package_cursor *c, const struct rv_file_entry *e, int to_fd,
    struct rv_error *err) RV_MUST_CHECK;
int rv_package_extract_sink(struct rv_package_cursor *c, const struct rv_file_entry *e,
    rv_package_sink *sink, void *ctx, struct rv_error *err) RV_MUST_CHECK;

/*
 * Everything there is to check: each file's SHA-256, each tar header against its +FILES line,
 * padding, the end.
 */
int rv_package_verify(const struct rv_package *p, struct rv_error *err) RV_MUST_CHECK;
