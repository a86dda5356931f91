/* SPDX-License-Identifier: ISC */
/*
 * Distfiles that are there. Invariant: a remembered sum is used only for a file whose size, time
 * and inode are those of the moment when it was read.
 */
#include "work/distcheck.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/map.h"
#include "os/file.h"

#define RECORD_FILE "verified"
#define RECORD_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* A line of the record: SHA256 SIZE MTIME-S MTIME-NS INODE PATH */
struct known {
	struct rv_sha256 sum;
	uint64_t size, mtime_s, mtime_ns, ino;
};

struct rv_distcheck {
	int state_fd, dist_fd;
	struct rv_arena arena;
	struct rv_map known; /* path to struct known */
	bool changed;
};

static bool take_number(struct rv_span *rest, uint64_t *out)
{
	struct rv_span word;

	return rv_span_next(rest, ' ', &word) && rv_span_to_u64(word, out);
}

static bool read_line(struct rv_distcheck *c, struct rv_span line)
{
	struct known *k = rv_arena_alloc(&c->arena, sizeof(*k));
	struct rv_span hex;

	if (!rv_span_next(&line, ' ', &hex) || !rv_sha256_parse(hex, &k->sum) ||
	    !take_number(&line, &k->size) || !take_number(&line, &k->mtime_s) ||
	    !take_number(&line, &k->mtime_ns) || !take_number(&line, &k->ino) || line.n == 0)
		return false;
	rv_map_put(&c->known, rv_arena_span(&c->arena, line), k);
	return true;
}

int rv_distcheck_open(int state_fd, int dist_fd, struct rv_distcheck **out, struct rv_error *err)
{
	struct rv_distcheck *c = rv_alloc(sizeof(*c));
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RECORD_MAX_BYTES);
	struct rv_span rest, line;

	(void)err;
	*c = (struct rv_distcheck){.state_fd = state_fd, .dist_fd = dist_fd};
	*out = c;
	/* it is a cache: whatever is wrong with it, the files are read instead */
	if (rv_file_read(state_fd, RECORD_FILE, &text, NULL) != 0)
		return 0;
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line))
		if (!read_line(c, line))
			c->changed = true;
	return 0;
}

void rv_distcheck_free(struct rv_distcheck *c)
{
	if (!c)
		return;
	rv_map_release(&c->known);
	rv_arena_release(&c->arena);
	free(c);
}

static bool same_file(const struct known *k, const struct rv_stat *st)
{
	return k->size == st->size && k->ino == st->ino && (int64_t)k->mtime_s == st->mtime_s &&
	       k->mtime_ns == st->mtime_ns;
}

static void remember(
    struct rv_distcheck *c, const char *path, const struct rv_stat *st, const struct rv_sha256 *sum)
{
	struct known *k = rv_map_get(&c->known, rv_span_str(path));

	if (!k) {
		k = rv_arena_alloc(&c->arena, sizeof(*k));
		rv_map_put(&c->known, rv_span_str(rv_arena_strdup(&c->arena, path)), k);
	}
	*k = (struct known){.sum = *sum,
	    .size = st->size,
	    .mtime_s = st->mtime_s < 0 ? 0 : (uint64_t)st->mtime_s,
	    .mtime_ns = st->mtime_ns,
	    .ino = st->ino};
	c->changed = true;
}

static int sum_up(
    int fd, const char *path, uint64_t size, struct rv_sha256 *out, struct rv_error *err)
{
	size_t chunk = (size_t)256 * 1024;
	rv_auto(rv_str) char *data = rv_alloc(chunk);
	rv_auto(rv_sha256_state) struct rv_sha256_state state = {NULL};

	rv_sha256_begin(&state);
	for (uint64_t at = 0; at < size;) {
		size_t n = size - at < chunk ? (size_t)(size - at) : chunk;

		if (rv_fd_pread(fd, path, data, n, at, err) < 0)
			return -1;
		rv_sha256_add(&state, data, n);
		at += n;
	}
	rv_sha256_end(&state, out);
	return 0;
}

/* 0 with *fd and *st, RV_DIST_ABSENT, < 0. */
static int open_file(
    struct rv_distcheck *c, const char *path, int *fd, struct rv_stat *st, struct rv_error *err)
{
	int rc = rv_file_open_beneath(c->dist_fd, path, O_RDONLY, 0, fd, err);

	if (rc != 0)
		return rc < 0 ? -1 : RV_DIST_ABSENT;
	return rv_file_fstat(*fd, st, err);
}

int rv_distcheck_file(struct rv_distcheck *c, const char *path, const struct rv_sha256 *sum,
    uint64_t size, struct rv_error *err)
{
	const struct known *k = rv_map_get(&c->known, rv_span_str(path));
	rv_auto_fd fd = -1;
	struct rv_stat st;
	struct rv_sha256 got;
	int rc = open_file(c, path, &fd, &st, err);

	if (rc != 0)
		return rc;
	if (st.kind != RV_FILE || st.size != size)
		return RV_DIST_WRONG;
	if (k && same_file(k, &st))
		return rv_sha256_eq(&k->sum, sum) ? 0 : RV_DIST_WRONG;
	if (sum_up(fd, path, size, &got, err) < 0)
		return -1;
	remember(c, path, &st, &got);
	return rv_sha256_eq(&got, sum) ? 0 : RV_DIST_WRONG;
}

int rv_distcheck_note(
    struct rv_distcheck *c, const char *path, const struct rv_sha256 *sum, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	struct rv_stat st;
	int rc = open_file(c, path, &fd, &st, err);

	if (rc < 0)
		return -1;
	if (rc == 0)
		remember(c, path, &st, sum);
	return 0;
}

/* fsync of the folder that holds path. */
static int sync_folder(struct rv_distcheck *c, const char *path, struct rv_error *err)
{
	struct rv_span whole = rv_span_str(path);
	size_t slash = rv_span_rfind(whole, '/');
	rv_auto(rv_str) char *folder = rv_span_dup(rv_span_sub(whole, 0, slash));
	rv_auto_fd fd = -1;

	if (slash == whole.n)
		return rv_fd_sync(c->dist_fd, path, err);
	if (rv_dir_open(c->dist_fd, folder, &fd, err) != 0)
		return rv_context(err, "%s", path);
	return rv_fd_sync(fd, folder, err);
}

int rv_distcheck_adopt(struct rv_distcheck *c, const char *temp, const char *path,
    const struct rv_distfile_sum *want, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	struct rv_sha256 got;
	struct rv_stat st;
	int rc = open_file(c, temp, &fd, &st, err);

	if (rc != 0)
		return rc;
	if (st.kind != RV_FILE || st.size != want->size)
		return RV_DIST_WRONG;
	if (sum_up(fd, temp, st.size, &got, err) < 0)
		return -1;
	if (!rv_sha256_eq(&got, &want->sum))
		return RV_DIST_WRONG;
	if (rv_fd_sync(fd, temp, err) < 0 ||
	    rv_file_rename(c->dist_fd, temp, c->dist_fd, path, RV_RENAME_OVER, err) != 0 ||
	    sync_folder(c, path, err) < 0)
		return -1;
	return rv_distcheck_note(c, path, &want->sum, err);
}

int rv_distcheck_save(struct rv_distcheck *c, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RECORD_MAX_BYTES);
	char hex[RV_SHA256_HEX_BYTES];
	struct rv_span path;
	size_t i = 0;
	void *value;

	if (!c->changed)
		return 0;
	while (rv_map_next(&c->known, &i, &path, &value)) {
		const struct known *k = value;

		rv_sha256_hex(&k->sum, hex);
		rv_buf_addf(&text, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %.*s\n", hex,
		    k->size, k->mtime_s, k->mtime_ns, k->ino, RV_SPAN_ARG(path));
	}
	if (rv_buf_check(&text, RECORD_FILE, err) < 0 ||
	    rv_file_replace(c->state_fd, RECORD_FILE, 0644, rv_buf_span(&text), err) < 0)
		return -1;
	c->changed = false;
	return 0;
}
