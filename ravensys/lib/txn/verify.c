/* SPDX-License-Identifier: ISC */
/*
 * The files of packages against their rows. The pool looks and hashes, a batch of packages at a
 * time; the calling thread alone talks to the database and to the listener.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/vec.h"
#include "os/file.h"
#include "os/pool.h"
#include "txn/dirs.h"
#include "txn/hash.h"
#include "txn/owner.h"
#include "txn/verify.h"

#define CAPABILITY "security.capability"

enum { BATCH_ENTRIES = 20000, JOB_ENTRIES = 256, LINK_MAX_BYTES = 4096, ID_BITS = 06000 };

const char *rv_verify_kind_name(enum rv_verify_kind kind)
{
	static const char *const names[] = {"missing", "type", "content", "link", "mode", "owner",
	    "xattr", "unreadable", "config", "unapplied"};

	return (size_t)kind < RV_COUNT(names) ? names[kind] : "unknown";
}

struct finding {
	enum rv_verify_kind kind;
	const struct rv_installed_place *place; /* NULL: the package as a whole */
	const char *detail;
	uint32_t mode; /* of a folder, as found */
};

struct subject { /* one package */
	const struct rv_installed *package;
	struct rv_installed_places places;
};

struct job {
	const struct verify *v;
	const struct subject *subject;
	size_t from, to;
	struct rv_arena arena;
	struct rv_dirs dirs;
	rv_vec(struct finding) findings;
};

struct verify {
	const struct rv_verify *how;
	struct rv_owners owners;
	int prefix_fd;
	const char *prefix;
	struct rv_pool *pool;
	struct rv_arena arena; /* of the batch */
	rv_vec(struct subject) subjects;
	rv_vec(struct job *) jobs;
	uint64_t faults;
};

static void add(
    struct job *j, enum rv_verify_kind kind, const struct rv_installed_place *p, const char *detail)
{
	rv_vec_push(&j->findings, (struct finding){.kind = kind, .place = p, .detail = detail});
}

/* --- one entry, in a pool thread */

static enum rv_kind wanted_kind(const struct rv_file_entry *e)
{
	return e->type == RV_ENTRY_DIR ? RV_DIR : e->type == RV_ENTRY_LINK ? RV_LINK : RV_FILE;
}

static const char *kind_word(enum rv_kind kind)
{
	static const char *const words[] = {[RV_FILE] = "a file",
	    [RV_DIR] = "a folder",
	    [RV_LINK] = "a link",
	    [RV_FIFO] = "a pipe"};

	return (size_t)kind < RV_COUNT(words) ? words[kind] : "a device or socket";
}

/* By path; NULL: the package has none. */
static const struct rv_installed_place *find_place(const struct subject *s, struct rv_span path)
{
	size_t low = 0, high = s->places.n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = rv_span_cmp(s->places.v[mid].entry.path, path);

		if (c == 0)
			return &s->places.v[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static void check_owner(struct job *j, const struct rv_installed_place *p,
    const struct rv_file_entry *e, const struct rv_stat *st)
{
	bool as_root = j->subject->package->by_uid == 0;
	uint32_t uid = 0, gid = 0, mode = as_root ? e->mode : e->mode & ~(uint32_t)ID_BITS;

	if (rv_span_eq(p->folder, rv_span_str(j->v->prefix)) && p->name.n == 0)
		return;
	if (st->kind != RV_LINK && st->mode != mode) {
		add(j, RV_VERIFY_MODE, p,
		    rv_arena_fmt(&j->arena, "%04o, wanted %04o", st->mode, mode));
		j->findings.v[j->findings.n - 1].mode = st->mode;
	}
	if (!as_root)
		return;
	rv_owners_user(&j->v->owners, e->owner, &uid);
	rv_owners_group(&j->v->owners, e->group, &gid);
	if (st->uid != uid || st->gid != gid)
		add(j, RV_VERIFY_OWNER, p,
		    rv_arena_fmt(&j->arena, "%u:%u, wanted %u:%u", st->uid, st->gid, uid, gid));
}

/* Capabilities that no package gave: other attributes of its own a user may hang on a file. */
static void check_rights(struct job *j, const struct rv_installed_place *p, int dirfd)
{
	rv_auto(rv_buf) struct rv_buf value = RV_BUF_INIT(RV_XATTR_VALUE_MAX_BYTES);
	rv_auto_fd fd = -1;

	/* one that cannot be opened is told with its content */
	if (rv_file_open(dirfd, p->name.p, &fd, NULL) == 0 &&
	    rv_fd_get_xattr(fd, p->name.p, CAPABILITY, &value, NULL) == 0 && value.n)
		add(j, RV_VERIFY_XATTR, p, CAPABILITY ": not of the package");
}

static int check_xattrs(struct job *j, const struct rv_installed_place *p,
    const struct rv_file_entry *e, int dirfd, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf value = RV_BUF_INIT(RV_XATTR_VALUE_MAX_BYTES);
	rv_auto_fd fd = -1;
	const char *name = p->name.n ? p->name.p : ".";

	if (e->n_xattrs == 0) {
		if (e->type == RV_ENTRY_FILE)
			check_rights(j, p, dirfd);
		return 0;
	}
	if ((e->type == RV_ENTRY_DIR ? rv_dir_open(dirfd, name, &fd, err)
				     : rv_file_open(dirfd, name, &fd, err)) != 0) {
		add(j, RV_VERIFY_UNREADABLE, p, "cannot be opened");
		return 0;
	}
	/* a file system without attributes has none to compare */
	if (rv_fd_list_xattr(fd, name, &value, err) == RV_ABSENT)
		return 0;
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct rv_xattr *x = &e->xattrs[i];
		int rc;

		if (j->subject->package->by_uid != 0 &&
		    rv_span_starts(x->name, RV_SPAN_LIT("security.")))
			continue;
		rc = rv_fd_get_xattr(fd, name, x->name.p, &value, err);
		if (rc != 0 || !rv_span_eq(rv_buf_span(&value), x->value))
			add(j, RV_VERIFY_XATTR, p, x->name.p);
	}
	return 0;
}

static void check_content(struct job *j, const struct rv_installed_place *p,
    const struct rv_file_entry *e, int dirfd, const struct rv_stat *st)
{
	enum rv_verify_kind kind = e->flags & RV_FILE_CONFIG ? RV_VERIFY_CONFIG : RV_VERIFY_CONTENT;
	struct rv_error err = RV_ERROR_INIT;
	struct rv_sha256 sum;
	int rc;

	if (st->size != e->size) {
		add(j, kind, p,
		    rv_arena_fmt(&j->arena, "%llu bytes, wanted %llu", (unsigned long long)st->size,
			(unsigned long long)e->size));
		return;
	}
	rc = rv_txn_hash(dirfd, p->name.p, p->entry.path.p, &sum, &err);
	if (rc != 0)
		add(j, RV_VERIFY_UNREADABLE, p,
		    rv_arena_strdup(&j->arena, rc < 0 ? err.msg : "vanished"));
	else if (!rv_sha256_eq(&sum, &e->sha256))
		add(j, kind, p, "SHA-256 differs");
}

static void check_link(struct job *j, const struct rv_installed_place *p, int dirfd)
{
	rv_auto(rv_buf) struct rv_buf target = RV_BUF_INIT(LINK_MAX_BYTES);

	if (rv_file_readlink(dirfd, p->name.p, &target, NULL) != 0)
		add(j, RV_VERIFY_UNREADABLE, p, "link cannot be read");
	else if (!rv_span_eq(rv_buf_span(&target), p->entry.target))
		add(j, RV_VERIFY_LINK, p,
		    rv_arena_fmt(
			&j->arena, "to %s, wanted %s", rv_buf_str(&target), p->entry.target.p));
}

/*
 * Another name of one file. Where the system could not link, a copy with the same content is as
 * good.
 */
static const struct rv_file_entry *check_hard_link(struct job *j,
    const struct rv_installed_place *p, int dirfd, const struct rv_stat *st, struct rv_error *err)
{
	const struct rv_installed_place *to = find_place(j->subject, p->entry.target);
	struct rv_sha256 sum;
	struct rv_stat other;
	int fd;

	if (!to || to->entry.type != RV_ENTRY_FILE)
		return NULL;
	if (rv_dirs_get(&j->dirs, to->folder.p, &fd, err) != 0 ||
	    rv_file_stat(fd, to->name.p, &other, err) != 0)
		return NULL;
	if (other.dev == st->dev && other.ino == st->ino)
		return NULL;
	if (rv_dirs_get(&j->dirs, p->folder.p, &dirfd, err) != 0)
		return NULL;
	if (rv_txn_hash(dirfd, p->name.p, p->entry.path.p, &sum, err) != 0 ||
	    !rv_sha256_eq(&sum, &to->entry.sha256))
		add(j, RV_VERIFY_LINK, p,
		    rv_arena_fmt(&j->arena, "is not the file %s", to->entry.path.p));
	return &to->entry;
}

static int check_there(struct job *j, const struct rv_installed_place *p, int dirfd,
    const struct rv_stat *st, struct rv_error *err)
{
	const struct rv_file_entry *e = &p->entry;

	if (st->kind != wanted_kind(e)) {
		add(j, RV_VERIFY_TYPE, p,
		    rv_arena_fmt(&j->arena, "%s, wanted %s", kind_word(st->kind),
			kind_word(wanted_kind(e))));
		return 0;
	}
	if (e->type == RV_ENTRY_HARDLINK) {
		e = check_hard_link(j, p, dirfd, st, err);
		if (!e)
			return 0;
	} else if (e->type == RV_ENTRY_LINK) {
		check_link(j, p, dirfd);
	} else if (e->type == RV_ENTRY_FILE) {
		check_content(j, p, e, dirfd, st);
	}
	check_owner(j, p, e, st);
	return check_xattrs(j, p, e, dirfd, err);
}

static int check_entry(struct job *j, const struct rv_installed_place *p, struct rv_error *err)
{
	struct rv_stat st;
	bool config = p->entry.flags & RV_FILE_CONFIG;
	int dirfd, rc = rv_dirs_get(&j->dirs, p->folder.p, &dirfd, err);

	if (rc < 0) {
		add(j, err->sys == EACCES ? RV_VERIFY_UNREADABLE : RV_VERIFY_TYPE, p,
		    rv_arena_strdup(&j->arena, err->msg));
		return 0;
	}
	if (rc == 0)
		rc = p->name.n ? rv_file_stat(dirfd, p->name.p, &st, err)
			       : rv_file_fstat(dirfd, &st, err);
	if (rc < 0)
		add(j, RV_VERIFY_UNREADABLE, p, rv_arena_strdup(&j->arena, err->msg));
	else if (rc == RV_ABSENT)
		add(j, config ? RV_VERIFY_CONFIG : RV_VERIFY_MISSING, p, config ? "removed" : "");
	else
		return check_there(j, p, dirfd, &st, err);
	return 0;
}

static int run_job(void *arg, struct rv_error *err)
{
	struct job *j = arg;
	int rc = 0;

	rv_dirs_init(&j->dirs, j->v->prefix_fd, j->v->prefix);
	for (size_t i = j->from; i < j->to && rc == 0; i++)
		rc = check_entry(j, &j->subject->places.v[i], err);
	rv_dirs_release(&j->dirs);
	return rc;
}

/* --- a batch, in the calling thread */

/* A folder of several packages has the mode and owner of one of them. */
static int is_excused(struct verify *v, const struct finding *f, bool *out, struct rv_error *err)
{
	int64_t owners;
	bool allowed;

	*out = false;
	if (f->place->entry.type != RV_ENTRY_DIR ||
	    (f->kind != RV_VERIFY_MODE && f->kind != RV_VERIFY_OWNER))
		return 0;
	if (rv_installed_folder_allows(
		v->how->db, f->place->folder, f->mode, &owners, &allowed, err) < 0)
		return -1;
	*out = f->kind == RV_VERIFY_MODE ? allowed : owners > 1;
	return 0;
}

static int tell(struct verify *v, const struct rv_installed *package, const struct finding *f,
    struct rv_error *err)
{
	struct rv_verify_finding out = {.kind = f->kind,
	    .package = package->name,
	    .path = f->place ? f->place->entry.path.p : "",
	    .detail = f->detail};
	bool excused = false;

	if (f->place && is_excused(v, f, &excused, err) < 0)
		return -1;
	if (excused)
		return 0;
	if (rv_verify_is_fault(f->kind))
		v->faults++;
	return v->how->found ? v->how->found(v->how->ctx, &out, err) : 0;
}

static int tell_all(struct verify *v, struct rv_error *err)
{
	static const struct finding unapplied = {.kind = RV_VERIFY_UNAPPLIED,
	    .detail = "installed by an ordinary user: owners, set-id bits and capabilities are not "
		      "applied"};
	const struct subject *last = NULL;

	rv_vec_each (&v->jobs, it) {
		const struct job *j = *it;

		if (j->subject != last && j->subject->package->by_uid != 0 &&
		    tell(v, j->subject->package, &unapplied, err) < 0)
			return -1;
		last = j->subject;
		for (size_t i = 0; i < j->findings.n; i++)
			if (tell(v, j->subject->package, &j->findings.v[i], err) < 0)
				return -1;
	}
	return 0;
}

static void end_batch(struct verify *v)
{
	rv_vec_each (&v->jobs, it) {
		rv_arena_release(&(*it)->arena);
		rv_vec_release(&(*it)->findings);
		free(*it);
	}
	rv_vec_each (&v->subjects, s)
		rv_vec_release(&s->places);
	rv_vec_release(&v->jobs);
	rv_vec_release(&v->subjects);
	rv_arena_release(&v->arena);
}

static void add_jobs(struct verify *v, const struct subject *s)
{
	size_t from = 0;

	do {
		struct job *j = rv_alloc(sizeof(*j));

		j->v = v;
		j->subject = s;
		j->from = from;
		from = from + JOB_ENTRIES < s->places.n ? from + JOB_ENTRIES : s->places.n;
		j->to = from;
		rv_vec_push(&v->jobs, j);
		rv_pool_add(v->pool, run_job, j);
	} while (from < s->places.n);
}

/* From packages[*at] on, as many as fit. */
static int run_batch(struct verify *v, const struct rv_installed *packages, size_t n, size_t *at,
    struct rv_error *err)
{
	size_t entries = 0;
	int rc = 0;

	/* no subject may move once jobs point to it */
	rv_vec_reserve(&v->subjects, n - *at);
	while (rc == 0 && *at < n && entries < BATCH_ENTRIES) {
		struct subject *s = rv_vec_add(&v->subjects);

		s->package = &packages[(*at)++];
		rc = rv_installed_places(v->how->db, s->package->id, &v->arena, &s->places, err);
		if (rc == 0)
			add_jobs(v, s);
		entries += s->places.n;
	}
	if (rv_pool_finish(v->pool, rc < 0 ? NULL : err) < 0)
		rc = -1;
	if (rc == 0)
		rc = tell_all(v, err);
	end_batch(v);
	return rc;
}

static void verify_release(struct verify *v)
{
	rv_pool_free(v->pool);
	end_batch(v);
	rv_owners_release(&v->owners);
	rv_fd_release(&v->prefix_fd);
}

static bool brings_accounts(struct rv_span manifest)
{
	return rv_span_find_span(manifest, RV_SPAN_LIT("\"users\":[{")) < manifest.n ||
	       rv_span_find_span(manifest, RV_SPAN_LIT("\"groups\":[{")) < manifest.n;
}

/* What packages say of the users that they bring counts here as it did when they came. */
static int learn_accounts(struct verify *v, const char *package, struct rv_error *err)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_installed p;
	struct rv_manifest m;
	int rc = rv_installed_find(v->how->db, package, &arena, &p, err);

	if (rc != 0 || !brings_accounts(p.manifest))
		return rc < 0 ? -1 : 0;
	if (rv_manifest_parse(p.manifest, package, &m, err) < 0)
		return -1;
	for (size_t i = 0; i < m.users.n; i++)
		if (m.users.v[i].uid >= 0)
			rv_owners_add_user(
			    &v->owners, m.users.v[i].name, (uint32_t)m.users.v[i].uid);
	for (size_t i = 0; i < m.groups.n; i++)
		if (m.groups.v[i].gid >= 0)
			rv_owners_add_group(
			    &v->owners, m.groups.v[i].name, (uint32_t)m.groups.v[i].gid);
	rv_manifest_release(&m);
	return 0;
}

int rv_txn_verify(const struct rv_verify *how, const struct rv_installed *packages,
    size_t n_packages, uint64_t *out_faults, struct rv_error *err)
{
	rv_auto(verify) struct verify v = {.how = how, .prefix_fd = -1};
	size_t at = 0;
	int rc;

	v.prefix = how->prefix + strspn(how->prefix, "/");
	rc = rv_prefix_open(how->root_fd, v.prefix, &v.prefix_fd, err);
	if (rc != 0)
		return rc < 0 ? -1
			      : rv_fail(err, RV_INPUT, "/%s: is missing in this root", v.prefix);
	if (rv_owners_read(&v.owners, how->root_fd, err) < 0 ||
	    rv_pool_new(how->threads, 0, &v.pool, err) < 0)
		return -1;
	for (size_t i = 0; i < n_packages; i++)
		if (learn_accounts(&v, packages[i].name, err) < 0)
			return -1;
	while (at < n_packages)
		if (run_batch(&v, packages, n_packages, &at, err) < 0)
			return -1;
	*out_faults = v.faults;
	return 0;
}
