/* SPDX-License-Identifier: ISC */
/*
 * See dirs.h. Invariant: a slot's descriptor is the folder of that path at the time when it was
 * opened.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "os/file.h"
#include "txn/dirs.h"

enum { LINK_MAX_BYTES = 4096 };

struct rv_span rv_path_folder(struct rv_span path)
{
	size_t cut = rv_span_rfind(path, '/');

	return cut == path.n ? RV_SPAN_LIT("") : rv_span_sub(path, 0, cut);
}

struct rv_span rv_path_name(struct rv_span path)
{
	size_t cut = rv_span_rfind(path, '/');

	return cut == path.n ? path : rv_span_from(path, cut + 1);
}

bool rv_path_beneath(struct rv_span path, struct rv_span folder)
{
	return rv_span_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

int rv_prefix_open(int root_fd, const char *prefix, int *out_fd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(LINK_MAX_BYTES);
	struct rv_stat st;
	const char *path = prefix;
	int rc = rv_file_stat(root_fd, prefix, &st, err);

	if (rc != 0)
		return rc;
	if (st.kind == RV_LINK) {
		if (rv_file_readlink(root_fd, prefix, &target, err) != 0)
			return rv_context(err, "prefix /%s", prefix);
		path = rv_buf_str(&target);
		/*
		 * the link is taken as it would be inside the root; a second one on the way is
		 * refused
		 */
		if (*path != '/' && strchr(prefix, '/'))
			return rv_fail(err, RV_INPUT,
			    "prefix /%s: is a relative link: make it an absolute one", prefix);
		path += strspn(path, "/");
	}
	rc = rv_file_open_beneath(root_fd, path, O_RDONLY | O_DIRECTORY, 0, out_fd, err);
	return rc < 0 ? rv_context(err, "prefix /%s", prefix) : rc;
}

void rv_dirs_init(struct rv_dirs *d, int prefix_fd, const char *prefix)
{
	*d = (struct rv_dirs){.prefix_fd = prefix_fd, .prefix = prefix, .prefix_n = strlen(prefix)};
}

void rv_dirs_clear(struct rv_dirs *d)
{
	for (unsigned i = 0; i < d->n; i++) {
		rv_fd_release(&d->slots[i].fd);
		free(d->slots[i].path);
	}
	d->n = 0;
}

void rv_dirs_release(struct rv_dirs *d)
{
	rv_dirs_clear(d);
}

static uint64_t hash_of(const char *path)
{
	uint64_t h = 1469598103934665603u;

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 1099511628211u;
	return h;
}

static struct rv_dirs_slot *oldest(struct rv_dirs *d)
{
	struct rv_dirs_slot *s = &d->slots[0];

	if (d->n < RV_DIRS_SLOTS)
		return &d->slots[d->n++];
	for (unsigned i = 1; i < d->n; i++)
		if (d->slots[i].used < s->used)
			s = &d->slots[i];
	rv_fd_release(&s->fd);
	free(s->path);
	return s;
}

int rv_dirs_get(struct rv_dirs *d, const char *path, int *out_fd, struct rv_error *err)
{
	uint64_t hash = hash_of(path);
	struct rv_dirs_slot *s;
	int fd = -1, rc;

	if (strncmp(path, d->prefix, d->prefix_n) != 0 ||
	    (path[d->prefix_n] != '/' && path[d->prefix_n] != '\0'))
		return rv_fail(err, RV_INPUT, "%s: is not beneath the prefix /%s", path, d->prefix);
	if (path[d->prefix_n] == '\0') {
		*out_fd = d->prefix_fd;
		return 0;
	}
	for (unsigned i = 0; i < d->n; i++) {
		s = &d->slots[i];
		if (s->hash == hash && strcmp(s->path, path) == 0) {
			s->used = ++d->clock;
			*out_fd = s->fd;
			return 0;
		}
	}
	rc = rv_file_open_beneath(
	    d->prefix_fd, path + d->prefix_n + 1, O_RDONLY | O_DIRECTORY, 0, &fd, err);
	if (rc != 0)
		return rc < 0 ? rv_context(err, "%s", path) : rc;
	s = oldest(d);
	*s = (struct rv_dirs_slot){
	    .path = rv_strdup(path), .hash = hash, .fd = fd, .used = ++d->clock};
	*out_fd = fd;
	return 0;
}
