/* SPDX-License-Identifier: ISC */
/*
 * Archives of releases: whatever is in one, nothing appears beside the folder that it is unpacked
 * into, bounds hold, and a failure says why. What was unpacked is then looked at as a release.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "archive/unpack.h"
#include "engine/release.h"
#include "os/file.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

#define INSIDE "inside"

static int look(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	size_t *n = ctx;

	(void)dirfd;
	(void)err;
	(*n)++;
	return strcmp(entry->name, INSIDE) == 0 ? 0 : 1;
}

static void try_archive(int top, int inside, struct rv_span data)
{
	const struct rv_unpack_limits limits = {.bytes = 65536, .entries = 64};
	struct rv_error err = RV_ERROR_INIT;
	rv_auto_fd fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct rv_unpacked unpacked;
	size_t n = 0;
	int rc;

	if (fd < 0 || rv_fd_pwrite(fd, "fuzz", data.p, data.n, 0, &err) < 0)
		abort();
	rc = rv_foreign_unpack(fd, "fuzz", inside, &limits, &unpacked, &err);
	if ((rc < 0) != (err.code != RV_OK) || unpacked.bytes > limits.bytes)
		abort();
	if (rv_dir_each(top, ".", look, &n, NULL) != 0 || n != 1)
		abort();
	if (rc == 0 && rv_release_verify(inside, "20260101.1", &err) < 0 && err.code == RV_OK)
		abort();
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	char folder[] = "/tmp/fuzz-unpack-XXXXXX";
	rv_auto_fd top = -1, inside = -1;

	if (size > 65536)
		return 0;
	if (!mkdtemp(folder) || rv_dir_open_user(folder, &top, NULL) != 0 ||
	    rv_dir_make(top, INSIDE, 0755, NULL) < 0 ||
	    rv_dir_open(top, INSIDE, &inside, NULL) != 0)
		abort();
	try_archive(top, inside, rv_span((const char *)data, size));
	if (rv_tree_remove(RV_CWD, folder, NULL) != 0)
		abort();
	return 0;
}
