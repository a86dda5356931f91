/* SPDX-License-Identifier: ISC */
/* Room, inodes, read-only mounts and immutable flags, on each file system that the plan touches. */
#include "base/vec.h"
#include "txn/set.h"

enum { ROW_BYTES = 800, DATABASE_BYTES = 1024 * 1024, MIB = 1024 * 1024 };

struct need {
	struct rv_space space;
	uint64_t bytes, inodes;
	const char *path;
};

struct room {
	rv_vec(struct need) needs;
	struct rv_map folders; /* path -> index + 1 of its need */
};

static void room_release(struct room *r)
{
	rv_vec_release(&r->needs);
	rv_map_release(&r->folders);
}

static size_t need_of(struct room *r, const struct rv_space *space, const char *path)
{
	for (size_t i = 0; i < r->needs.n; i++)
		if (r->needs.v[i].space.fs_id == space->fs_id)
			return i;
	rv_vec_push(&r->needs, (struct need){.space = *space, .path = path});
	return r->needs.n - 1;
}

/*
 * The folder must take changes. 0 and *out, RV_ABSENT (it is gone: nothing to remove there), < 0.
 */
static int look_at_folder(
    struct rv_txn_set *s, struct room *r, struct rv_span path, size_t *out, struct rv_error *err)
{
	uintptr_t known = (uintptr_t)rv_map_get(&r->folders, path);
	struct rv_space space;
	bool fixed = false;
	int fd, rc;

	if (known) {
		*out = known - 1;
		return 0;
	}
	rc = rv_dirs_get(&s->dirs, path.p, &fd, err);
	if (rc != 0)
		return rc;
	if (rv_fd_space(fd, path.p, &space, err) < 0 ||
	    rv_fd_is_immutable(fd, path.p, &fixed, err) < 0)
		return -1;
	if (space.read_only)
		rv_txn_conflict(s, "%s: is on a read-only file system", path.p);
	if (fixed)
		rv_txn_conflict(
		    s, "%s: has the immutable or append-only flag: see chattr(1)", path.p);
	*out = need_of(r, &space, path.p);
	rv_map_put(&r->folders, path, (void *)(uintptr_t)(*out + 1));
	return 0;
}

/* What is there and is to be replaced or removed must not be immutable. */
static int look_at_old(
    struct rv_txn_set *s, struct rv_span folder, const struct rv_txn_node *n, struct rv_error *err)
{
	bool fixed = false;
	int fd, rc = rv_dirs_get(&s->dirs, folder.p, &fd, err);

	if (rc == 0)
		rc = rv_file_is_immutable(fd, n->name.p, &fixed, err);
	if (fixed)
		rv_txn_conflict(
		    s, "%s: has the immutable or append-only flag: see chattr(1)", n->path.p);
	return rc < 0 ? -1 : 0;
}

static uint64_t rounded(uint64_t bytes, uint64_t block)
{
	return block ? (bytes + block - 1) / block * block : bytes;
}

static int add_new(
    struct rv_txn_set *s, struct room *r, const struct rv_txn_node *n, struct rv_error *err)
{
	const struct rv_txn_node *top = n->tree ? n->tree : n;
	struct need *need;
	size_t i = 0;
	int rc;

	if (!top->parent || (!n->tree && n->n == 0 && !n->set_mode))
		return 0;
	rc = look_at_folder(s, r, top->parent->path, &i, err);
	if (rc != 0)
		return rc < 0
			   ? -1
			   : rv_fail(err, RV_INPUT, "%s: vanished meanwhile", top->parent->path.p);
	if (n->set_mode)
		return look_at_old(s, top->parent->path, n, err);
	need = &r->needs.v[i];
	if (n->now->type != RV_ENTRY_HARDLINK)
		need->inodes++;
	need->bytes += rv_txn_is_dir(n->now) ? need->space.block_bytes
					     : rounded(n->now->size, need->space.block_bytes);
	return n->on_disk ? look_at_old(s, n->parent->path, n, err) : 0;
}

static int add_old(
    struct rv_txn_set *s, struct room *r, const struct rv_txn_node *n, struct rv_error *err)
{
	struct rv_span folder = rv_arena_span(&s->arena, rv_path_folder(n->path));
	size_t i;
	int rc;

	if (n->kept || !n->parent)
		return 0;
	rc = look_at_folder(s, r, folder, &i, err);
	return rc == 0 ? look_at_old(s, folder, n, err) : rc < 0 ? -1 : 0;
}

int rv_txn_set_check_space(struct rv_txn_set *s, struct rv_error *err)
{
	rv_auto(room) struct room r = {0};
	struct rv_space space;
	size_t db;

	if (rv_fd_space(s->env->db_fd, RV_INSTALLED_DIR, &space, err) < 0)
		return -1;
	db = need_of(&r, &space, RV_INSTALLED_DIR);
	if (space.read_only)
		rv_txn_conflict(s, "%s: is on a read-only file system", RV_INSTALLED_DIR);
	rv_vec_each (&s->nodes, n)
		if (((*n)->now ? add_new(s, &r, *n, err) : add_old(s, &r, *n, err)) < 0)
			return -1;
	r.needs.v[db].bytes += DATABASE_BYTES + s->nodes.n * ROW_BYTES;
	rv_vec_each (&r.needs, n) {
		if (n->bytes > n->space.free_bytes)
			rv_txn_conflict(s,
			    "%s: its file system needs %llu MiB and has %llu: make room", n->path,
			    (unsigned long long)(n->bytes / MIB + 1),
			    (unsigned long long)(n->space.free_bytes / MIB));
		if (n->inodes > n->space.free_inodes)
			rv_txn_conflict(s, "%s: its file system needs %llu inodes and has %llu",
			    n->path, (unsigned long long)n->inodes,
			    (unsigned long long)n->space.free_inodes);
	}
	return 0;
}
