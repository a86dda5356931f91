/* SPDX-License-Identifier: ISC */
/*
 * Where a port's own files are, by their paths in its source folder ("distinfo",
 * "patches/patch-a"): that folder, or the capsules of its buildsheet. Each look opens what it needs
 * and closes it again: thousands of ports are kept without one descriptor. The tree's descriptor is
 * borrowed and outlives the port.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

#define RV_PORT_FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* One file in a buildsheet: "[FILE:bytes:path]", a line end, the bytes. */
struct rv_capsule {
	const char *path;
	size_t at; /* of its first byte in the sheet */
	size_t n;
};

struct rv_port_files {
	int tree_fd;	    /* -1: there are no files, or only those in text */
	const char *folder; /* of the port, below tree_fd; "." too. Or its buildsheet */
	bool compiled;	    /* it is a buildsheet, with these capsules, sorted by path */
	const struct rv_capsule *capsules;
	size_t n_capsules;
	struct rv_span text; /* the sheet itself, borrowed; without it, it is read again */
};

#define RV_PORT_FILES_NONE ((struct rv_port_files){.tree_fd = -1, .folder = "."})

/* Names of plain files, sorted by bytes. */
struct rv_file_names {
	struct rv_arena arena;
	const char **v;
	size_t n, cap;
};
void rv_file_names_release(struct rv_file_names *n);

/* Whether path is a plain file of the port. 0, RV_ABSENT (os/file.h), < 0. */
int rv_port_files_has(const struct rv_port_files *f, const char *path, struct rv_error *err)
    RV_MUST_CHECK;
/* The whole of it, added to out, whose ceiling bounds it. 0, RV_ABSENT, < 0. */
int rv_port_files_read(const struct rv_port_files *f, const char *path, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
/* The same as it stands in a buildsheet: a manifest in its compressed form. */
int rv_port_files_raw(const struct rv_port_files *f, const char *path, struct rv_buf *out,
    struct rv_error *err) RV_MUST_CHECK;
/* The folders of the port, by name. */
int rv_port_files_folders(
    const struct rv_port_files *f, struct rv_file_names *out, struct rv_error *err) RV_MUST_CHECK;
/*
 * The plain files directly in a folder of the port, by their names in it; hidden ones and folders
 * are left out, no such folder: none. RV_INPUT naming what is neither file nor folder.
 *
 * A manifest of a buildsheet is read in full, not in its compressed form. RV_FORMAT when the sheet
 * changed since it was loaded.
 */
int rv_port_files_list(const struct rv_port_files *f, const char *folder, struct rv_file_names *out,
    struct rv_error *err) RV_MUST_CHECK;
