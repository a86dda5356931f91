/* SPDX-License-Identifier: ISC */
/* Files in memory, and files without a name. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "os/file.h"
#include "os/internal.h"

#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif

int rv_fd_map(int fd, const char *what, size_t max_bytes, struct rv_span *out, struct rv_error *err)
{
	struct stat st;
	void *p;

	*out = RV_SPAN_NULL;
	if (fstat(fd, &st) < 0)
		return rv_fail_sys(err, "look at '%s'", what);
	if (!S_ISREG(st.st_mode))
		return rv_fail(err, RV_FORMAT, "%s: not a plain file", what);
	if ((uint64_t)st.st_size > max_bytes)
		return rv_fail(err, RV_LIMIT, "%s: larger than %zu bytes", what, max_bytes);
	if (st.st_size == 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		return rv_fail_sys(err, "map '%s'", what);
	*out = rv_span(p, (size_t)st.st_size);
	return 0;
}

void rv_unmap(struct rv_span *map)
{
	/* the pages were never written: the cast only undoes what the type promised */
	if (map->p)
		munmap((void *)(uintptr_t)map->p, map->n);
	*map = RV_SPAN_NULL;
}

int rv_file_nameless(int *out_fd, struct rv_error *err)
{
	*out_fd = rv_os_nameless_file();
	return *out_fd < 0 ? rv_fail_sys(err, "make a file without a name") : 0;
}
