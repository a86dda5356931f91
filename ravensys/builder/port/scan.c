/* SPDX-License-Identifier: ISC */
/*
 * Keeping the file of a scan true. A port's facts are taken over while its file is the same: by its
 * state when it was older than the scan that read it by a margin, else by its content, since an
 * edit within the same tick of the file system's clock changes no time.
 */
#include "port/scan.h"

#include "base/alloc.h"
#include "os/clock.h"
#include "os/pool.h"
#include "port/scan_file.h"

/* The coarsest clock of a file system in use has two seconds. */
#define MARGIN_MS 3000

static bool same_state(const struct rv_scan_entry *e, const struct rv_scan_file *f)
{
	const struct rv_stat *st = &e->st;

	return e->saved == f->saved && st->ino == f->ino && st->dev == f->dev &&
	       st->size == f->size && st->mtime_s == f->mtime_s && st->mtime_ns == f->mtime_ns &&
	       st->ctime_s == f->ctime_s && st->ctime_ns == f->ctime_ns;
}

static bool is_recent(const struct rv_stat *st, int64_t now_ms)
{
	int64_t newest_s = st->mtime_s > st->ctime_s ? st->mtime_s : st->ctime_s;

	return newest_s >= (now_ms - MARGIN_MS) / 1000;
}

static const char *name_in(const struct rv_scan *s, const struct rv_scan_file *f)
{
	struct rv_scan_blob b = rv_scan_blob_of(s, f);

	return b.text + rv_scan_raw(&b)->namebase;
}

static bool same_port(
    const struct rv_scan_entry *e, const struct rv_scan *s, const struct rv_scan_file *f)
{
	return e->tree == f->tree && e->compiled == ((f->flags & RV_SCAN_COMPILED) != 0) &&
	       rv_scan_order(e->bucket, e->name, f->bucket, name_in(s, f)) == 0;
}

static int walk_all(const struct rv_scan_how *how, struct rv_scan_walk *walk, struct rv_error *err)
{
	const char *profile = how->defaults ? how->defaults->profile_path : NULL;

	if (rv_scan_walk(how->trees, walk, err) < 0)
		return -1;
	if (how->depth == RV_SCAN_HEADS || !profile)
		return 0;
	return rv_scan_walk_saved(walk, profile, err);
}

/* --- loading */

/*
 * The file of the cache, mapped; RV_SCAN_STALE when there is none or it is of no use: that of
 * another user, say, which this one may not read.
 */
static int map_kept(const struct rv_scan_how *how, const char *name, const struct rv_sha256 *key,
    struct rv_scan **out)
{
	rv_autofree(rv_scan) struct rv_scan *s = NULL;
	struct rv_stat st;
	rv_auto_fd fd = -1;

	if (how->cache_fd < 0 || rv_file_open(how->cache_fd, name, &fd, NULL) != 0 ||
	    rv_file_fstat(fd, &st, NULL) < 0)
		return RV_SCAN_STALE;
	if (st.kind != RV_FILE || st.uid != rv_user_self().uid || st.mode & 022 ||
	    rv_scan_map(fd, name, &s, NULL) < 0 || !rv_sha256_eq(&s->head.key, key))
		return RV_SCAN_STALE;
	*out = s;
	s = NULL;
	return 0;
}

static int same_content(const struct rv_trees *trees, const struct rv_scan_entry *e,
    const struct rv_scan_file *f, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	struct rv_sha256 digest;
	int rc = e->st.kind == RV_FILE ? rv_scan_read(trees, e, &text, err) : 0;

	if (rc != 0)
		return rc < 0 ? -1 : RV_SCAN_STALE;
	rv_sha256_of(rv_buf_span(&text), &digest);
	return rv_sha256_eq(&digest, &f->digest) ? 0 : RV_SCAN_STALE;
}

/* *out_settled: files that were unsure and are not any longer. */
static int compare(const struct rv_scan_how *how, const struct rv_scan_walk *walk,
    const struct rv_scan *s, size_t *out_settled, struct rv_error *err)
{
	int64_t now_ms = rv_clock_now_ms();

	if (walk->n != s->head.n_files)
		return RV_SCAN_STALE;
	for (size_t i = 0; i < walk->n; i++)
		if (!same_port(&walk->v[i], s, &s->files[i]) ||
		    !same_state(&walk->v[i], &s->files[i]))
			return RV_SCAN_STALE;
	for (size_t i = 0; i < walk->n; i++) {
		int rc;

		if (!(s->files[i].flags & RV_SCAN_UNSURE))
			continue;
		rc = same_content(how->trees, &walk->v[i], &s->files[i], err);
		if (rc != 0)
			return rc;
		*out_settled += !is_recent(&walk->v[i].st, now_ms);
	}
	return 0;
}

/* The same file without the marks that time has lifted. */
static int settle(const struct rv_scan_how *how, const struct rv_scan_walk *walk,
    const struct rv_scan *s, const char *name, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf copy = RV_BUF_INIT(RV_SCAN_MAX_BYTES);
	int64_t now_ms = rv_clock_now_ms();
	struct rv_scan_file *files;
	uint64_t sum;

	rv_buf_add_span(&copy, s->map);
	if (rv_buf_check(&copy, "cache of scans", err) < 0)
		return -1;
	files = (void *)(copy.p + sizeof(s->head));
	for (size_t i = 0; i < walk->n; i++)
		if (!is_recent(&walk->v[i].st, now_ms))
			files[i].flags &= ~(uint32_t)RV_SCAN_UNSURE;
	sum = rv_scan_checksum(rv_buf_span(&copy));
	memcpy(copy.p + __builtin_offsetof(struct rv_scan_head, checksum), &sum, sizeof(sum));
	return rv_scan_keep(how->cache_fd, name, rv_buf_span(&copy), err);
}

int rv_scan_load(const struct rv_scan_how *how, struct rv_scan **out, struct rv_error *err)
{
	rv_auto(rv_scan_walk) struct rv_scan_walk walk = {0};
	rv_autofree(rv_scan) struct rv_scan *s = NULL;
	char name[RV_SCAN_FILE_NAME_BYTES];
	struct rv_sha256 key;
	size_t settled = 0;
	int rc;

	if (rv_scan_file_name(how, name, err) < 0 || rv_scan_key(how, &key, err) < 0)
		return -1;
	rc = map_kept(how, name, &key, &s);
	if (rc == 0)
		rc = walk_all(how, &walk, err);
	if (rc == 0)
		rc = compare(how, &walk, s, &settled, err);
	if (rc != 0)
		return rc;
	/* a cache that cannot be written costs time, nothing else */
	if (settled && settle(how, &walk, s, name, NULL) < 0)
		settled = 0;
	*out = s;
	s = NULL;
	return 0;
}

/* --- making */
struct making {
	const struct rv_scan_how *how;
	int64_t began_ms;
};

#define JOB_ENTRIES 16

struct job {
	const struct making *making;
	struct rv_scan_entry *v;
	size_t n;
};

static int read_entry(const struct making *m, struct rv_scan_entry *e, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf what = RV_BUF_INIT(8192);
	struct rv_scan_source source;
	bool is_plain = e->st.kind == RV_FILE;
	int rc = is_plain ? rv_scan_read(m->how->trees, e, &text, err) : 0;

	rv_scan_name(m->how->trees, e, &what);
	if (rc > 0)
		return rv_fail(
		    err, RV_INPUT, "%s: went away while it was read; try again", rv_buf_str(&what));
	if (rc < 0)
		return rv_context(err, "%s", rv_buf_str(&what));
	rv_sha256_of(rv_buf_span(&text), &e->digest);
	if (e->old && e->old->saved == e->saved && rv_sha256_eq(&e->digest, &e->old->digest))
		return 0;
	e->old = NULL;
	source = (struct rv_scan_source){.what = rv_buf_str(&what),
	    .fault = is_plain ? NULL : "not a plain file",
	    .namebase = e->name,
	    .bucket = e->bucket,
	    .text = rv_buf_span(&text),
	    .compiled = e->compiled};
	rv_scan_facts(m->how, &source, &e->made, &e->faulty);
	return 0;
}

static int run_job(void *arg, struct rv_error *err)
{
	struct job *job = arg;

	for (size_t i = 0; i < job->n; i++) {
		struct rv_scan_entry *e = &job->v[i];

		e->unsure = is_recent(&e->st, job->making->began_ms);
		if (e->old && same_state(e, e->old) && !(e->old->flags & RV_SCAN_UNSURE))
			e->digest = e->old->digest;
		else if (read_entry(job->making, e, err) < 0)
			return -1;
		if (e->old)
			e->faulty = e->old->flags & RV_SCAN_FAULTY;
	}
	return 0;
}

/* Both are in the order of the trees. */
static void match_old(struct rv_scan_walk *walk, const struct rv_scan *old)
{
	size_t at = 0;

	for (size_t i = 0; old && i < walk->n; i++) {
		struct rv_scan_entry *e = &walk->v[i];

		while (at < old->head.n_files &&
		       rv_scan_order(old->files[at].bucket, name_in(old, &old->files[at]),
			   e->bucket, e->name) < 0)
			at++;
		if (at < old->head.n_files && same_port(e, old, &old->files[at]))
			e->old = &old->files[at];
	}
}

static int read_all(
    const struct making *m, struct rv_scan_walk *walk, unsigned threads, struct rv_error *err)
{
	rv_autofree(rv_pool) struct rv_pool *pool = NULL;
	rv_vec(struct job) jobs = {0};
	int rc = rv_pool_new(threads, 0, &pool, err);

	for (size_t i = 0; i < walk->n; i += JOB_ENTRIES) {
		size_t n = walk->n - i < JOB_ENTRIES ? walk->n - i : JOB_ENTRIES;

		rv_vec_push(&jobs, (struct job){m, walk->v + i, n});
	}
	if (rc == 0) {
		rv_vec_each (&jobs, it)
			rv_pool_add(pool, run_job, it);
		rc = rv_pool_finish(pool, err);
	}
	rv_vec_release(&jobs);
	return rc;
}

static int make_with(
    const struct rv_scan_how *how, unsigned threads, int out_fd, struct rv_error *err)
{
	struct making m = {.how = how, .began_ms = rv_clock_now_ms()};
	rv_auto(rv_scan_walk) struct rv_scan_walk walk = {0};
	rv_auto(rv_buf) struct rv_buf file = RV_BUF_INIT(RV_SCAN_MAX_BYTES);
	rv_autofree(rv_scan) struct rv_scan *old = NULL;
	char name[RV_SCAN_FILE_NAME_BYTES];
	struct rv_sha256 key;

	if (rv_scan_file_name(how, name, err) < 0 || rv_scan_key(how, &key, err) < 0 ||
	    walk_all(how, &walk, err) < 0)
		return -1;
	if (map_kept(how, name, &key, &old) == 0)
		match_old(&walk, old);
	if (read_all(&m, &walk, threads, err) < 0)
		return -1;
	rv_scan_assemble(&walk, old, &key, &file);
	if (rv_buf_check(&file, "facts of all ports", err) < 0)
		return -1;
	/* a cache that cannot be written costs time, nothing else: the facts are in out_fd */
	if (how->cache_fd >= 0 &&
	    rv_scan_keep(how->cache_fd, name, rv_buf_span(&file), out_fd < 0 ? err : NULL) < 0 &&
	    out_fd < 0)
		return -1;
	return out_fd < 0 ? 0 : rv_fd_write(out_fd, "scan", file.p, file.n, err);
}

int rv_scan_make(const struct rv_scan_how *how, unsigned threads, int out_fd, struct rv_error *err)
{
	rv_auto(rv_mkdata) struct rv_mkdata mk = RV_MKDATA_INIT;
	struct rv_defaults defaults = how->defaults ? *how->defaults : (struct rv_defaults){0};
	struct rv_scan_how own = *how;

	if (how->mk_fd >= 0) {
		if (rv_mkdata_load(how->mk_fd, &mk, err) < 0)
			return -1;
		own.mk = defaults.mk = &mk;
	}
	own.defaults = &defaults;
	return make_with(&own, threads, out_fd, err);
}
