/* SPDX-License-Identifier: ISC */
/*
 * The whole set against the database and the disk. Each thing in the way becomes one line; nothing
 * is changed. Decides for each path whether it is staged beside its final name (n), inside a new
 * folder (tree), or stays in place.
 */
#include "base/vec.h"
#include "txn/hash.h"
#include "txn/set.h"
#include "txn/stage_file.h"

enum { LINK_MAX_BYTES = 4096 };

/* --- against the database */

/* What packages outside the plan own in a folder that the plan brings something into. */
static int check_folder(struct rv_txn_set *s, struct rv_txn_node *folder, struct rv_error *err)
{
	struct rv_owned_list owned = {0};
	int rc = rv_installed_in_folder(s->env->db, folder->path, &s->arena, &owned, err);

	rv_vec_each (&owned, o) {
		const struct rv_txn_node *n;

		if (rc < 0 || rv_txn_affected(s, o->package))
			continue;
		n = rv_txn_node_at(
		    s, rv_span_str(rv_arena_fmt(&s->arena, "%s/%s", o->folder, o->name)));
		if (n && n->now)
			rv_txn_conflict(s, "%s: belongs to %s, %s brings it too", n->path.p,
			    rv_txn_package_name(s, o->package), s->items[n->item].name);
	}
	rv_vec_release(&owned);
	return rc;
}

/* Another package's share in a folder. */
static int check_kept(struct rv_txn_set *s, struct rv_txn_node *n, struct rv_error *err)
{
	struct rv_owned_list owned = {0};
	int rc = rv_installed_folder_owners(s->env->db, n->path, &s->arena, &owned, err);

	rv_vec_each (&owned, o) {
		if (rc < 0 || rv_txn_affected(s, o->package))
			continue;
		if (n->now && !rv_txn_is_dir(n->now) && !n->kept)
			rv_txn_conflict(s,
			    "%s: %s brings something else there, but it is a folder of %s",
			    n->path.p, s->items[n->item].name, rv_txn_package_name(s, o->package));
		n->kept = true;
	}
	rv_vec_release(&owned);
	return rc;
}

/* A link that goes or changes: packages outside the plan must not have been reached through it. */
static int check_through(struct rv_txn_set *s, struct rv_txn_node *n, struct rv_error *err)
{
	struct rv_owned_list owned = {0};
	bool told = false;
	int rc;

	if (n->now && n->now->type == RV_ENTRY_LINK && rv_span_eq(n->now->target, n->was->target))
		return 0;
	rc = rv_installed_through(s->env->db, n->path, &s->arena, &owned, err);
	rv_vec_each (&owned, o) {
		if (rc < 0 || told || rv_txn_affected(s, o->package))
			continue;
		rv_txn_conflict(s,
		    "%s: the link changes, but %s has files beneath it: upgrade them together",
		    n->path.p, rv_txn_package_name(s, o->package));
		told = true;
	}
	rv_vec_release(&owned);
	return rc;
}

static int check_database(struct rv_txn_set *s, struct rv_error *err)
{
	rv_vec_each (&s->nodes, it) {
		struct rv_txn_node *n = *it;

		if (rv_txn_is_dir(n->now) && check_folder(s, n, err) < 0)
			return -1;
		if ((rv_txn_is_dir(n->now) || rv_txn_is_dir(n->was)) && check_kept(s, n, err) < 0)
			return -1;
		if (n->was && n->was->type == RV_ENTRY_LINK && check_through(s, n, err) < 0)
			return -1;
	}
	return 0;
}

/* --- against the disk */

struct contents {
	struct rv_txn_set *s;
	const struct rv_txn_node *top;
	const char *path;
};

/* Everything in a folder that is to vanish must be going too. */
static int check_entry(void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct contents *c = ctx;
	const char *path = rv_arena_fmt(&c->s->arena, "%s/%s", c->path, entry->name);
	const struct rv_txn_node *n = rv_txn_node_at(c->s, rv_span_str(path));
	struct contents inner = {c->s, c->top, path};

	if (!n || !n->was || n->now || n->kept) {
		rv_txn_conflict(c->s,
		    "%s: is to become something else than a folder, but %s in it %s: move it away",
		    c->top->path.p, path, n ? "stays" : "belongs to no package");
		return 0;
	}
	if (entry->kind != RV_DIR)
		return 0;
	return rv_dir_each(dirfd, entry->name, check_entry, &inner, err) < 0 ? -1 : 0;
}

static int is_same(
    struct rv_txn_set *s, const struct rv_txn_node *n, int dirfd, bool *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(LINK_MAX_BYTES);
	struct rv_sha256 sum;
	int rc = 0;

	(void)s;
	*out = false;
	if (n->now->type == RV_ENTRY_LINK && n->disk.kind == RV_LINK) {
		rc = rv_file_readlink(dirfd, n->name.p, &target, err);
		*out = rc == 0 && rv_span_eq(rv_buf_span(&target), n->now->target);
	} else if (n->now->type == RV_ENTRY_FILE && n->disk.kind == RV_FILE &&
		   n->disk.size == n->now->size) {
		rc = rv_txn_hash(dirfd, n->name.p, n->path.p, &sum, err);
		*out = rc == 0 && rv_sha256_eq(&sum, &n->now->sha256);
	}
	return rc < 0 ? -1 : 0;
}

static const char *kind_word(enum rv_kind kind)
{
	return kind == RV_DIR ? "a folder" : kind == RV_LINK ? "a link" : "there";
}

/* A folder that is there gets the package's mode and owner: they may have been changed. */
static int decide_mode(struct rv_txn_set *s, struct rv_txn_node *n, struct rv_error *err)
{
	const struct rv_file_entry *now = n->now, *was = n->was;
	bool allowed = false;
	int64_t owners;

	if (n->kept) {
		/* one of several packages': right is what any of them says */
		if (rv_installed_folder_allows(
			s->env->db, n->path, n->disk.mode, &owners, &allowed, err) < 0)
			return -1;
		n->set_mode = !allowed && n->disk.mode != rv_stage_mode(s->as_root, now->mode);
		return 0;
	}
	n->set_mode = !rv_txn_is_dir(was) || was->mode != now->mode ||
		      !rv_span_eq(was->owner, now->owner) || !rv_span_eq(was->group, now->group) ||
		      n->disk.mode != rv_stage_mode(s->as_root, now->mode) ||
		      (s->as_root && (n->disk.uid != n->uid || n->disk.gid != n->gid));
	return 0;
}

/* A folder comes where something is. */
static int decide_folder(
    struct rv_txn_set *s, struct rv_txn_node *n, int dirfd, struct rv_error *err)
{
	const struct rv_file_entry *was = n->was;
	struct rv_sha256 sum;

	if (n->disk.kind == RV_DIR)
		return decide_mode(s, n, err);
	if (!was || rv_txn_is_dir(was)) {
		rv_txn_conflict(s,
		    "%s: is %s that no package owns, %s needs a folder there: move it away",
		    n->path.p, kind_word(n->disk.kind), s->items[n->item].name);
		return 0;
	}
	if (was->flags & RV_FILE_CONFIG) {
		int rc = rv_txn_hash(dirfd, n->name.p, n->path.p, &sum, err);

		if (rc < 0)
			return -1;
		if (rc != 0 || !rv_sha256_eq(&sum, &was->sha256))
			rv_txn_conflict(s,
			    "%s: is a configuration file that was changed, %s needs a folder "
			    "there: "
			    "move it away",
			    n->path.p, s->items[n->item].name);
	}
	n->n = ++s->last_n;
	n->tree = n;
	return 0;
}

static int decide_other(
    struct rv_txn_set *s, struct rv_txn_node *n, int dirfd, struct rv_error *err)
{
	struct contents c = {s, n, n->path.p};
	bool same = false;

	n->n = ++s->last_n;
	if (n->disk.kind == RV_DIR) {
		if (rv_txn_is_dir(n->was))
			return rv_dir_each(dirfd, n->name.p, check_entry, &c, err) < 0 ? -1 : 0;
		rv_txn_conflict(s,
		    "%s: is a folder that no package owns, %s brings something else there: move it "
		    "away",
		    n->path.p, s->items[n->item].name);
		return 0;
	}
	if ((n->was && !rv_txn_is_dir(n->was)) || n->now->flags & RV_FILE_CONFIG)
		return 0;
	if (is_same(s, n, dirfd, &same, err) < 0)
		return -1;
	if (!same)
		rv_txn_conflict(s,
		    "%s: is there and belongs to no package, %s brings it: move it away", n->path.p,
		    s->items[n->item].name);
	return 0;
}

static int decide(struct rv_txn_set *s, struct rv_txn_node *n, struct rv_error *err)
{
	bool dir = rv_txn_is_dir(n->now);
	int dirfd, rc;

	if (!n->parent) {
		n->on_disk = true;
		return rv_file_fstat(s->prefix_fd, &n->disk, err);
	}
	if (n->parent->tree) {
		n->tree = n->parent->tree;
		return 0;
	}
	/* something is in the way above, and has been told */
	n->blocked = n->parent->blocked || (n->parent->on_disk && n->parent->disk.kind != RV_DIR);
	if (n->blocked)
		return 0;
	rc = rv_dirs_get(&s->dirs, n->parent->path.p, &dirfd, err);
	if (rc != 0)
		return rc < 0 ? -1
			      : rv_fail(err, RV_INPUT, "%s: vanished meanwhile", n->parent->path.p);
	rc = rv_file_stat(dirfd, n->name.p, &n->disk, err);
	if (rc < 0)
		return -1;
	n->on_disk = rc == 0;
	if (n->on_disk)
		return dir ? decide_folder(s, n, dirfd, err) : decide_other(s, n, dirfd, err);
	n->n = ++s->last_n;
	if (dir)
		n->tree = n;
	return 0;
}

int rv_txn_set_check(struct rv_txn_set *s, struct rv_error *err)
{
	if (check_database(s, err) < 0)
		return -1;
	/* with conflicts between packages the disk would be asked senseless questions */
	if (rv_txn_conflicts(s, err) < 0)
		return -1;
	rv_vec_each (&s->nodes, n)
		if ((*n)->now && decide(s, *n, err) < 0)
			return -1;
	if (rv_txn_conflicts(s, err) < 0 || rv_txn_set_check_space(s, err) < 0)
		return -1;
	return rv_txn_conflicts(s, err);
}
