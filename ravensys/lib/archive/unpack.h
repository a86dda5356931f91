/* SPDX-License-Identifier: ISC */
/*
 * A foreign archive of a source tree (tar, compressed or not) to files in a folder. The archive is
 * hostile until shown otherwise: nothing is written outside the folder, through a link, or over
 * what is there.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct rv_unpack_limits {
	uint64_t bytes;	  /* of all files together */
	uint64_t entries; /* of any kind */
};

struct rv_unpacked {
	uint64_t bytes, files;
};

/*
 * Reads the archive at fd from its start and writes it below dirfd (an empty folder) without the
 * first part of each name, which must be the same for all. Files are 0644, or 0755 when the archive
 * says executable; folders 0755; links only downwards; owners, times and all
 * else are left out. RV_FORMAT naming `what` and the entry: damaged, cut, a name with "..", a
 * device, a name twice ...; RV_LIMIT. What was written then stays for the caller to remove. Nothing
 * is made durable.
 */
int rv_foreign_unpack(int fd, const char *what, int dirfd, const struct rv_unpack_limits *limits,
    struct rv_unpacked *out, struct rv_error *err) RV_MUST_CHECK;
