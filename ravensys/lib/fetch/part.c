/* SPDX-License-Identifier: ISC */
/*
 * The unfinished file. Invariant: state has seen exactly the n bytes that are in the file. The file
 * is made with its first byte, so that an address that gives nothing leaves nothing.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "fetch/internal.h"
#include "os/file.h"

static char *part_name(const struct part *p)
{
	return rv_strfmt("%s.part", p->name);
}

static int begin_new(struct part *p, const char *name, struct rv_error *err)
{
	rv_fd_release(&p->fd);
	rv_sha256_state_release(&p->state);
	p->n = 0;
	p->continued = false;
	if (rv_file_unlink(p->dirfd, name, err) < 0)
		return rv_context(err, "download of '%s'", p->name);
	rv_sha256_begin(&p->state);
	return 0;
}

static int create(struct part *p, struct rv_error *err)
{
	rv_auto(rv_str) char *name = part_name(p);

	if (rv_file_open_beneath(p->dirfd, name, O_WRONLY | O_CREAT | O_EXCL, 0644, &p->fd, err) !=
	    0)
		return rv_context(err, "download of '%s'", p->name);
	return 0;
}

/* Adds what the open old part holds to the sum. */
static int sum_up(struct part *p, const char *name, uint64_t size, struct rv_error *err)
{
	size_t chunk = (size_t)256 * 1024;
	rv_auto(rv_str) char *data = rv_alloc(chunk);

	rv_sha256_begin(&p->state);
	while (p->n < size) {
		size_t n = size - p->n < chunk ? (size_t)(size - p->n) : chunk;

		if (rv_fd_pread(p->fd, name, data, n, p->n, err) < 0)
			return -1;
		rv_sha256_add(&p->state, data, n);
		p->n += n;
	}
	p->continued = size > 0;
	return 0;
}

int rv_fetch_part_open(struct part *p, bool want_old, uint64_t max, struct rv_error *err)
{
	rv_auto(rv_str) char *name = part_name(p);
	struct rv_stat st;
	int rc;

	if (!want_old)
		return begin_new(p, name, err);
	rc = rv_file_stat(p->dirfd, name, &st, err);
	if (rc < 0)
		return -1;
	if (rc != 0 || st.kind != RV_FILE || st.size > max)
		return begin_new(p, name, err);
	rc = rv_file_open_beneath(p->dirfd, name, O_RDWR | O_APPEND, 0, &p->fd, err);
	if (rc < 0)
		return rc;
	if (rc != 0)
		return begin_new(p, name, err);
	return sum_up(p, name, st.size, err);
}

int rv_fetch_part_restart(struct part *p, struct rv_error *err)
{
	rv_auto(rv_str) char *name = part_name(p);

	return begin_new(p, name, err);
}

int rv_fetch_part_add(struct part *p, const void *data, size_t n, struct rv_error *err)
{
	if (p->fd < 0 && create(p, err) < 0)
		return -1;
	if (rv_fd_write(p->fd, p->name, data, n, err) < 0)
		return -1;
	rv_sha256_add(&p->state, data, n);
	p->n += n;
	return 0;
}

int rv_fetch_part_check(struct part *p, const struct rv_sha256 *sum, struct rv_sha256 *out)
{
	rv_sha256_end(&p->state, out);
	return sum && !rv_sha256_eq(sum, out) ? PART_WRONG : 0;
}

int rv_fetch_part_publish(struct part *p, bool no_sync, struct rv_error *err)
{
	rv_auto(rv_str) char *name = part_name(p);
	struct rv_stat st;

	if (p->fd < 0 && create(p, err) < 0) /* an empty file */
		return -1;
	if (rv_file_fstat(p->fd, &st, err) < 0)
		return -1;
	if (st.size != p->n)
		return rv_fail(err, RV_BUSY, "%s: another process writes to it", name);
	if (!no_sync && rv_fd_sync(p->fd, name, err) < 0)
		return -1;
	if (rv_file_rename(p->dirfd, name, p->dirfd, p->name, RV_RENAME_OVER, err) != 0)
		return rv_context(err, "download of '%s'", p->name);
	rv_fd_release(&p->fd);
	if (!no_sync && rv_fd_sync(p->dirfd, p->name, err) < 0)
		return -1;
	return 0;
}

void rv_fetch_part_release(struct part *p)
{
	rv_fd_release(&p->fd);
	rv_sha256_state_release(&p->state);
	p->n = 0;
}
