/* SPDX-License-Identifier: ISC */
/*
 * Staging. The calling thread makes the new folders and cuts each package's entries into jobs along
 * its frames; the pool decompresses and writes; hard links come last. Nothing gets its final name
 * here.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/vec.h"
#include "os/clock.h"
#include "txn/stage.h"
#include "txn/stage_file.h"

struct job {
	struct rv_txn_stage *stage;
	const struct rv_txn_set_item *item;
	size_t from, to; /* of item->now */
};

struct rv_txn_stage {
	struct rv_txn_set *set;
	struct rv_pool *pool; /* NULL: one thread, the caller's */
	bool sync;
	rv_vec(struct job *) jobs;
};

void rv_txn_tmp_name(char out[RV_TXN_TMP_BYTES], int64_t txn, int64_t n)
{
	snprintf(out, RV_TXN_TMP_BYTES, ".rvn-%lld-%lld", (long long)txn, (long long)n);
}

void rv_txn_stage_free(struct rv_txn_stage *st)
{
	if (!st)
		return;
	rv_pool_free(st->pool);
	rv_vec_each (&st->jobs, it)
		free(*it);
	rv_vec_release(&st->jobs);
	free(st);
}

/* --- names */

static void name_nodes(struct rv_txn_set *s, int64_t txn)
{
	char tmp[RV_TXN_TMP_BYTES];

	rv_vec_each (&s->nodes, it) {
		struct rv_txn_node *n = *it;

		if (!n->now)
			continue;
		n->stage_name = n->name.p;
		if (n->parent)
			n->stage_folder = n->parent->stage_path;
		if (n->n != 0) {
			rv_txn_tmp_name(tmp, txn, n->n);
			n->stage_name = rv_arena_strdup(&s->arena, tmp);
		}
		if (rv_txn_is_dir(n->now))
			n->stage_path = n->tree ? rv_arena_fmt(&s->arena, "%s/%s", n->stage_folder,
						      n->stage_name)
						: n->path.p;
	}
}

/* --- one job */

static int hand_init(struct rv_stage_hand *h, const struct rv_txn_stage *st,
    const struct rv_txn_set_item *item, struct rv_error *err)
{
	*h = (struct rv_stage_hand){.as_root = st->set->as_root, .sync = st->sync};
	rv_dirs_init(&h->dirs, st->set->prefix_fd, st->set->prefix);
	if (!item)
		return 0;
	h->mtime_s = rv_package_build(item->item->package)->source_date_epoch;
	return rv_package_cursor_new(item->item->package, &h->cursor, err);
}

static void hand_release(struct rv_stage_hand *h)
{
	rv_dirs_release(&h->dirs);
	rv_package_cursor_free(h->cursor);
}

static bool is_staged(const struct rv_txn_node *n, const struct rv_file_entry *e)
{
	/* the node of a folder of several packages is the first one's */
	return n->now == e && (n->n != 0 || n->tree);
}

static int run_job(void *arg, struct rv_error *err)
{
	struct job *job = arg;
	rv_auto(hand) struct rv_stage_hand h;
	int rc = hand_init(&h, job->stage, job->item, err);

	for (size_t k = job->from; k < job->to && rc == 0; k++) {
		const struct rv_file_entry *e = &job->item->now.v[k];
		const struct rv_txn_node *n = job->item->nodes[k];

		if (!is_staged(n, e))
			continue;
		if (e->type == RV_ENTRY_FILE)
			rc = rv_stage_file(&h, n, e, n->uid, n->gid, err);
		else if (e->type == RV_ENTRY_LINK)
			rc = rv_stage_link(&h, n, err);
	}
	return rc < 0 ? rv_context(err, "%s", job->item->name) : 0;
}

static int add_job(struct rv_txn_stage *st, const struct rv_txn_set_item *item, size_t from,
    size_t to, struct rv_error *err)
{
	struct job *job;

	if (from == to)
		return 0;
	job = rv_alloc(sizeof(*job));
	*job = (struct job){st, item, from, to};
	rv_vec_push(&st->jobs, job);
	if (!st->pool)
		return run_job(job, err);
	rv_pool_add(st->pool, run_job, job);
	return 0;
}

/*
 * Jobs begin at frame borders, so that each frame is decompressed about once; a package of few
 * frames is cut by entries too, since then it is the number of files that costs.
 */
static int cut_jobs(struct rv_txn_stage *st, const struct rv_txn_set_item *item, unsigned threads,
    struct rv_error *err)
{
	const struct rv_package *p = item->item->package;
	size_t frames = rv_package_frames(p), step = frames / (threads * 4) + 1, first = 0,
	       from = 0;
	size_t most = frames < (size_t)threads * 2 ? item->now.n / (threads * 2) + 1 : item->now.n;

	if (step > 8)
		step = 8;
	for (size_t k = 0; k < item->now.n; k++) {
		const struct rv_file_entry *e = &item->now.v[k];
		size_t frame = e->type == RV_ENTRY_FILE ? rv_package_frame_of(p, e->offset) : first;

		if (frame < first + step && k - from < most)
			continue;
		if (add_job(st, item, from, k, err) < 0)
			return -1;
		from = k;
		first = frame;
	}
	return add_job(st, item, from, item->now.n, err);
}

static int make_folders(
    struct rv_txn_stage *st, struct rv_txn_barrier *barrier, struct rv_error *err)
{
	rv_auto(hand) struct rv_stage_hand h;
	struct rv_txn_set *s = st->set;

	if (hand_init(&h, st, NULL, err) < 0)
		return -1;
	rv_vec_each (&s->nodes, it) {
		if (!rv_txn_is_dir((*it)->now) || !(*it)->tree)
			continue;
		if (rv_stage_folder(&h, *it, err) < 0)
			return rv_context(err, "%s", s->items[(*it)->item].name);
		if (!barrier->whole)
			rv_vec_push(&barrier->folders, (*it)->stage_path);
	}
	return 0;
}

int rv_txn_stage_start(struct rv_txn_set *s, int64_t txn, struct rv_txn_barrier *barrier,
    struct rv_txn_stage **out, struct rv_error *err)
{
	struct rv_txn_stage *st = rv_alloc(sizeof(*st));
	unsigned threads = s->env->threads ? s->env->threads : rv_cpu_count();

	*out = st;
	st->set = s;
	st->sync = !barrier->whole;
	name_nodes(s, txn);
	if (make_folders(st, barrier, err) < 0 ||
	    (threads > 1 && rv_pool_new(threads, 0, &st->pool, err) < 0))
		return -1;
	for (size_t i = 0; i < s->plan->n_items; i++)
		if (s->items[i].item->package && cut_jobs(st, &s->items[i], threads, err) < 0)
			return -1;
	return 0;
}

/* --- hard links */

static const struct rv_txn_node *target_of(
    const struct rv_txn_set_item *item, const struct rv_file_entry *e)
{
	size_t low = 0, high = item->now.n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = rv_span_cmp(item->now.v[mid].path, e->target);

		if (c == 0)
			return item->nodes[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static int make_hard_link(
    struct rv_stage_hand *h, const struct rv_txn_set_item *item, size_t k, struct rv_error *err)
{
	const struct rv_txn_node *n = item->nodes[k], *to = target_of(item, &item->now.v[k]);
	int from_fd, to_fd, rc;

	if (!to || to->now->type != RV_ENTRY_FILE)
		return rv_fail(err, RV_FORMAT, "%s: hard link to nothing", n->path.p);
	if (rv_dirs_get(&h->dirs, to->stage_folder, &from_fd, err) != 0 ||
	    rv_dirs_get(&h->dirs, n->stage_folder, &to_fd, err) != 0)
		return rv_context(err, "%s", n->path.p);
	rc = rv_file_link(from_fd, to->stage_name, to_fd, n->stage_name, err);
	if (rc == RV_EXISTS && rv_tree_remove(to_fd, n->stage_name, err) == 0)
		rc = rv_file_link(from_fd, to->stage_name, to_fd, n->stage_name, err);
	if (rc == 0)
		return 0;
	/* two file systems, or one without links: a copy does */
	if (rc < 0 && err->sys != EXDEV && err->sys != EMLINK && err->sys != EPERM &&
	    err->sys != EOPNOTSUPP)
		return rv_context(err, "%s", n->path.p);
	return rv_stage_file(h, n, to->now, to->uid, to->gid, err);
}

static int make_hard_links(
    struct rv_txn_stage *st, const struct rv_txn_set_item *item, struct rv_error *err)
{
	rv_auto(hand) struct rv_stage_hand h = {0};
	bool begun = false;

	for (size_t k = 0; k < item->now.n; k++) {
		if (item->now.v[k].type != RV_ENTRY_HARDLINK ||
		    !is_staged(item->nodes[k], &item->now.v[k]))
			continue;
		if (!begun && hand_init(&h, st, item, err) < 0)
			return -1;
		begun = true;
		if (make_hard_link(&h, item, k, err) < 0)
			return rv_context(err, "%s", item->name);
	}
	return 0;
}

/*
 * Without root a folder that its owner may not write gets its mode when it is full, the innermost
 * first.
 */
static int close_folders(struct rv_txn_set *s, struct rv_error *err)
{
	for (size_t i = s->as_root ? 0 : s->nodes.n; i-- > 0;) {
		const struct rv_txn_node *n = s->nodes.v[i];
		uint32_t mode;
		int fd;

		if (!rv_txn_is_dir(n->now) || !n->tree)
			continue;
		mode = rv_stage_mode(false, n->now->mode);
		if ((mode & 0700) == 0700)
			continue;
		if (rv_dirs_get(&s->dirs, n->stage_path, &fd, err) != 0 ||
		    rv_fd_chmod(fd, n->path.p, mode, err) < 0)
			return rv_context(err, "%s", n->path.p);
	}
	return 0;
}

int rv_txn_stage_finish(struct rv_txn_stage *st, struct rv_error *err)
{
	if (st->pool && rv_pool_finish(st->pool, err) < 0)
		return -1;
	for (size_t i = 0; i < st->set->plan->n_items; i++)
		if (make_hard_links(st, &st->set->items[i], err) < 0)
			return -1;
	return close_folders(st->set, err);
}
