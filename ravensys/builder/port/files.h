/* SPDX-License-Identifier: ISC */
/*
 * Where a port's own files are, by their paths in its source folder ("distinfo",
 * "patches/patch-a"). Each look opens what it needs and closes it again: thousands of ports are
 * kept without one descriptor. The tree's descriptor is borrowed and outlives the port.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

#define RV_PORT_FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct rv_port_files {
	int tree_fd;	    /* -1: there are no files */
	const char *folder; /* of the port, below tree_fd; "." too */
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
/*
 * The plain files directly in a folder of the port, by their names in it; hidden ones and folders
 * are left out, no such folder: none. RV_INPUT naming what is neither file nor folder.
 */
int rv_port_files_list(const struct rv_port_files *f, const char *folder, struct rv_file_names *out,
    struct rv_error *err) RV_MUST_CHECK;
