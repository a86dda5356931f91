/* SPDX-License-Identifier: ISC */
/*
 * Carrying a plan out: packages into the cache, each verified on the descriptor that is then read,
 * then the transaction. Nothing of the root changes before all packages are verified.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "archive/reader.h"
#include "base/vec.h"
#include "codec/digest.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/pool.h"
#include "pkg/version.h"
#include "script/script.h"
#include "system/internal.h"
#include "txn/txn.h"

#define READ_BYTES ((size_t)131072)

/* One package file of the plan. */
struct incoming {
	struct rv_system *s;
	const struct rv_system_offer *offer;
	int fd;
	struct rv_package *package;
	bool fetched_anew; /* once: what was in the cache before was damaged */
	bool damaged;	   /* and is to be fetched */
};

struct apply {
	struct rv_system *s;
	const struct rv_system_plan *p;
	struct rv_buf *notes;
	struct incoming *incoming; /* one a step, fd -1 for removals */
	struct rv_txn_item *items;
	struct rv_arena arena;
};

static void apply_release(struct apply *a)
{
	for (size_t i = 0; i < a->p->plan.steps.n; i++) {
		rv_package_free(a->incoming[i].package);
		rv_fd_release(&a->incoming[i].fd);
	}
	rv_arena_release(&a->arena);
}

static struct rv_repo_wanted wanted_of(const struct rv_system_offer *o)
{
	return (struct rv_repo_wanted){
	    .file = o->row.file, .size = o->row.size, .sha256 = o->row.sha256};
}

/* --- fetch */
static int fetch_repo(struct apply *a, size_t repo, struct rv_error *err)
{
	struct rv_repo_place place = rv_system_place(a->s, repo);
	struct rv_repo_wanted *wanted =
	    rv_arena_alloc(&a->arena, (a->p->plan.steps.n + 1) * sizeof(*wanted));
	size_t n = 0;

	rv_vec_each (&a->p->plan.steps, step) {
		const struct rv_system_offer *o = rv_system_step_offer(a->p, step);

		if (o && o->repo == repo)
			wanted[n++] = wanted_of(o);
	}
	return n ? rv_repo_packages_fetch(&place, wanted, n, a->s->bus, err) : 0;
}

static int fetch_all(struct apply *a, struct rv_error *err)
{
	for (size_t i = 0; i < a->s->repos.n; i++)
		if (fetch_repo(a, i, err) < 0)
			return -1;
	return 0;
}

/* --- verify, in the pool */
static int sum_file(
    int fd, const char *what, uint64_t size, struct rv_sha256 *out, struct rv_error *err)
{
	struct rv_sha256_state state;
	char *piece = rv_alloc(READ_BYTES);
	int rc = 0;

	rv_sha256_begin(&state);
	for (uint64_t at = 0; rc == 0 && at < size;) {
		size_t n = size - at < READ_BYTES ? (size_t)(size - at) : READ_BYTES;

		rc = rv_fd_pread(fd, what, piece, n, at, err);
		rv_sha256_add(&state, piece, n);
		at += n;
	}
	rv_sha256_end(&state, out);
	free(piece);
	return rc;
}

/* Damaged in the cache: it goes, and is fetched anew, but only once. */
static int drop(struct incoming *in, const char *path, struct rv_error *err)
{
	if (rv_file_unlink(in->s->cache_fd, path, NULL) < 0)
		return rv_fail(err, RV_TRUST,
		    "%s: its SHA-256 is not that of the catalogue; remove it: " RV_SYSTEM_CACHE_DIR
		    "/%s",
		    in->offer->row.file, path);
	rv_fd_release(&in->fd);
	in->damaged = !in->fetched_anew;
	if (in->damaged)
		return 0;
	return rv_fail(err, RV_TRUST,
	    "%s: its SHA-256 is not that of the catalogue, though it was fetched anew: is the disk "
	    "failing?",
	    in->offer->row.file);
}

static int check_identity(const struct incoming *in, struct rv_error *err)
{
	const struct rv_manifest *m = rv_package_manifest(in->package);
	const struct rv_catalog_package *row = &in->offer->row;
	const char *abi = in->s->repos.v[in->offer->repo].abi;

	if (strcmp(m->namebase, row->namebase) != 0 ||
	    strcmp(m->subpackage, row->subpackage) != 0 || strcmp(m->variant, row->variant) != 0 ||
	    strcmp(m->version, row->version) != 0)
		return rv_fail(err, RV_TRUST, "%s: it says that it is %s~%s~%s~%s", row->file,
		    m->namebase, m->subpackage, m->variant, m->version);
	if (!rv_sha256_eq(rv_package_content_id(in->package), &row->content_id))
		return rv_fail(
		    err, RV_TRUST, "%s: its content id is not that of the catalogue", row->file);
	if (strcmp(m->abi, abi) != 0)
		return rv_fail(err, RV_TRUST, "%s: it is made for %s, the repository for %s",
		    row->file, m->abi, abi);
	return 0;
}

static int verify_one(void *job, struct rv_error *err)
{
	struct incoming *in = job;
	struct rv_repo_wanted w = wanted_of(in->offer);
	rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT((size_t)4096);
	struct rv_sha256 got;
	struct rv_stat st;
	int rc;

	rv_repo_package_path(&w, &path);
	rc = rv_file_open_beneath(in->s->cache_fd, rv_buf_str(&path), O_RDONLY, 0, &in->fd, err);
	if (rc > 0)
		return rv_fail(err, RV_SYS, "%s: it is not in the cache", w.file);
	if (rc < 0 || rv_file_fstat(in->fd, &st, err) < 0)
		return -1;
	if (st.kind != RV_FILE || st.size != w.size)
		return drop(in, rv_buf_str(&path), err);
	if (sum_file(in->fd, w.file, w.size, &got, err) < 0)
		return -1;
	if (!rv_sha256_eq(&got, &w.sha256))
		return drop(in, rv_buf_str(&path), err);
	if (rv_package_open(in->fd, w.file, &in->package, err) < 0)
		return -1;
	return check_identity(in, err);
}

/* All that is not open yet. */
static int verify_all(struct apply *a, struct rv_error *err)
{
	rv_autofree(rv_pool) struct rv_pool *pool = NULL;

	if (rv_pool_new(0, 0, &pool, err) < 0)
		return -1;
	for (size_t i = 0; i < a->p->plan.steps.n; i++)
		if (a->incoming[i].offer && !a->incoming[i].package)
			rv_pool_add(pool, verify_one, &a->incoming[i]);
	return rv_pool_finish(pool, err);
}

static bool again(struct apply *a)
{
	bool any = false;

	for (size_t i = 0; i < a->p->plan.steps.n; i++) {
		struct incoming *in = &a->incoming[i];

		if (!in->damaged)
			continue;
		rv_log(a->s->log, RV_LOG_WARN, "%s: was damaged in the cache and is fetched anew",
		    in->offer->row.file);
		in->damaged = false;
		in->fetched_anew = any = true;
	}
	return any;
}

static int get_packages(struct apply *a, struct rv_error *err)
{
	do
		if (fetch_all(a, err) < 0 || verify_all(a, err) < 0)
			return -1;
	while (again(a));
	return 0;
}

/* --- the transaction */
static int run_script(
    void *ctx, const struct rv_txnlog_script *script, struct rv_buf *reason, struct rv_error *err)
{
	const struct rv_system *s = ctx;
	rv_auto(rv_buf) struct rv_buf output =
	    RV_BUF_INIT(RV_SCRIPT_OUTPUT_MAX_BYTES + (size_t)4096);
	struct rv_script_job job = {
	    .root_fd = s->root_fd,
	    .prefix_fd = s->prefix_fd,
	    .hold_fd = s->lock.fd,
	    .prefix = "/" RV_SYSTEM_PREFIX,
	    .package = script->package,
	    .version = script->version,
	    .old_version = script->old_version,
	    .phase = rv_script_phase_name(script->phase),
	    .text = script->text,
	    .args = script->args.v,
	    .n_args = script->args.n,
	};
	struct rv_span rest, line;
	int rc;

	if (script->language != RV_SCRIPT_LUA) {
		rv_buf_add_str(reason, "shell scripts cannot be run by this version");
		return RV_SCRIPT_FAILED;
	}
	rc = rv_script_run(&job, &output, reason, err);
	rest = rv_buf_span(&output);
	while (rv_span_next(&rest, '\n', &line))
		rv_event_warn(
		    s->bus, rv_clock_now_ms(), script->package, "%.*s", RV_SPAN_ARG(line));
	return rc;
}

static struct rv_txn_env make_env(struct rv_system *s)
{
	return (struct rv_txn_env){
	    .root_fd = s->root_fd,
	    .prefix = "/" RV_SYSTEM_PREFIX,
	    .db_fd = s->db_fd,
	    .db = s->db,
	    .script = run_script,
	    .script_ctx = s,
	    .bus = s->bus,
	};
}

int rv_system_recover(struct rv_system *s, struct rv_error *err)
{
	struct rv_txn_env env = make_env(s);
	struct rv_txn_result result = {0};
	int rc = rv_txn_recover(&env, &result, err);

	if (rc == 0)
		rv_log(s->log, RV_LOG_WARN, "transaction %lld, which was interrupted, has been %s",
		    (long long)result.id, result.cancelled ? "taken back" : "completed");
	return rc < 0 ? -1 : 0;
}

static bool requires(const struct rv_plan_package *p, const char *name)
{
	for (size_t i = 0; i < p->n_requires; i++)
		if (strcmp(p->requires[i].name, name) == 0)
			return true;
	return false;
}

/* Why the row will be there, for people. */
static const char *reason_of(struct apply *a, const struct rv_plan_step *step)
{
	const struct rv_installed *row = rv_system_step_installed(a->p, step);

	if (!step->automatic)
		return "asked for";
	if (row)
		return row->reason;
	rv_vec_each (&a->p->plan.steps, other)
		if (other->to && requires(other->to, step->to->name))
			return rv_arena_fmt(&a->arena, "required by %s", other->to->name);
	return "required";
}

static void make_items(struct apply *a)
{
	static const enum rv_txn_action actions[] = {
	    [RV_STEP_INSTALL] = RV_TXN_INSTALL,
	    [RV_STEP_UPGRADE] = RV_TXN_UPGRADE,
	    [RV_STEP_REMOVE] = RV_TXN_REMOVE,
	};

	for (size_t i = 0; i < a->p->plan.steps.n; i++) {
		const struct rv_plan_step *step = &a->p->plan.steps.v[i];
		const struct rv_installed *row = rv_system_step_installed(a->p, step);
		const struct rv_system_offer *offer = a->incoming[i].offer;

		a->items[i] = (struct rv_txn_item){
		    .action = actions[step->action],
		    .package = a->incoming[i].package,
		    .installed = row ? row->id : 0,
		    .automatic = step->automatic,
		    .repository = offer ? a->s->repos.v[offer->repo].name : "",
		    .reason = reason_of(a, step),
		};
	}
}

static int run_txn(struct apply *a, struct rv_txn_result *result, struct rv_error *err)
{
	struct rv_txn_env env = make_env(a->s);
	struct rv_txn_plan plan = {
	    .command = a->s->command, .items = a->items, .n_items = a->p->plan.steps.n};
	const char **wanted =
	    rv_arena_alloc(&a->arena, (a->p->plan.wanted.n + 1) * sizeof(*wanted));

	rv_vec_each (&a->p->plan.wanted, w)
		wanted[plan.n_wanted++] = (*w)->name;
	plan.wanted = wanted;
	make_items(a);
	return rv_txn_apply(&env, &plan, result, err);
}

/* --- afterwards */
static bool is_for(const struct rv_message *m, const struct rv_plan_step *step)
{
	static const enum rv_message_when when[] = {
	    [RV_STEP_INSTALL] = RV_MESSAGE_INSTALL,
	    [RV_STEP_UPGRADE] = RV_MESSAGE_UPGRADE,
	    [RV_STEP_REMOVE] = RV_MESSAGE_REMOVE,
	};
	struct rv_span old = rv_span_str(step->from ? step->from->version : "");

	if (m->when != RV_MESSAGE_ALWAYS && m->when != when[step->action])
		return false;
	if (m->when != RV_MESSAGE_UPGRADE)
		return true;
	return (!*m->older_than || rv_version_cmp(old, rv_span_str(m->older_than)) < 0) &&
	       (!*m->newer_than || rv_version_cmp(old, rv_span_str(m->newer_than)) > 0);
}

static void note_messages(
    struct apply *a, const struct rv_manifest *m, const struct rv_plan_step *step)
{
	rv_vec_each (&m->messages, message) {
		struct rv_span rest = rv_span_str(message->text), line;

		if (!is_for(message, step))
			continue;
		while (rv_span_next(&rest, '\n', &line))
			rv_buf_addf(a->notes, "%s: %.*s\n", m->namebase, RV_SPAN_ARG(line));
	}
}

static void tell_messages(struct apply *a)
{
	for (size_t i = 0; i < a->p->plan.steps.n; i++) {
		const struct rv_plan_step *step = &a->p->plan.steps.v[i];
		const struct rv_installed *row = rv_system_step_installed(a->p, step);
		struct rv_manifest m;

		if (a->incoming[i].package) {
			note_messages(a, rv_package_manifest(a->incoming[i].package), step);
		} else if (row && rv_manifest_parse(row->manifest, row->name, &m, NULL) == 0) {
			note_messages(a, &m, step);
			rv_manifest_release(&m);
		}
	}
}

static void drop_packages(struct apply *a)
{
	for (size_t i = 0; i < a->p->plan.steps.n && !a->s->conf.keep_packages; i++) {
		rv_auto(rv_buf) struct rv_buf path = RV_BUF_INIT((size_t)4096);
		struct rv_repo_wanted w;

		if (!a->incoming[i].offer)
			continue;
		w = wanted_of(a->incoming[i].offer);
		rv_repo_package_path(&w, &path);
		if (rv_file_unlink(a->s->cache_fd, rv_buf_str(&path), NULL) < 0)
			return; /* a cache that stays full is no failure */
	}
}

static int apply(struct apply *a, struct rv_error *err)
{
	struct rv_txn_result result = {0};

	if (get_packages(a, err) < 0 || run_txn(a, &result, err) < 0)
		return -1;
	tell_messages(a);
	drop_packages(a);
	return result.failed_scripts ? RV_SYSTEM_SCRIPTS : 0;
}

int rv_system_apply(
    struct rv_system *s, const struct rv_system_plan *p, struct rv_buf *notes, struct rv_error *err)
{
	struct apply a = {.s = s, .p = p, .notes = notes};
	size_t n = p->plan.steps.n;
	int rc;

	if (!s->writes || !s->db)
		return rv_fail(err, RV_BUG, "%s: opened for reading only", s->root);
	a.incoming = rv_arena_alloc(&a.arena, (n + 1) * sizeof(*a.incoming));
	a.items = rv_arena_alloc(&a.arena, (n + 1) * sizeof(*a.items));
	for (size_t i = 0; i < n; i++)
		a.incoming[i] = (struct incoming){
		    .s = s, .offer = rv_system_step_offer(p, &p->plan.steps.v[i]), .fd = -1};
	rc = apply(&a, err);
	apply_release(&a);
	return rc;
}
