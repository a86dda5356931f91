/* SPDX-License-Identifier: ISC */
/* See apply.h; and rv_txn_recover, which is little more than the choice between the two. */
#include "base/alloc.h"
#include "base/vec.h"
#include "os/clock.h"
#include "txn/apply.h"

enum { REASON_MAX_BYTES = 4096 };

/* One run from the commit on, with everything that it holds. */
struct run {
	struct rv_txn_exec x;
	struct rv_arena arena;
	struct rv_txn_barrier barrier;
	struct rv_txnlog_scripts scripts;
	int prefix_fd;
};

static void run_release(struct run *r)
{
	rv_dirs_release(&r->x.dirs);
	rv_vec_release(&r->x.ops);
	rv_txn_barrier_release(&r->barrier);
	rv_vec_release(&r->scripts);
	rv_fd_release(&r->prefix_fd);
	rv_arena_release(&r->arena);
}

static int run_init(struct run *r, const struct rv_txn_env *env, int64_t txn,
    struct rv_txn_result *result, struct rv_error *err)
{
	const char *prefix = env->prefix + strspn(env->prefix, "/");
	int rc;

	*r = (struct run){.prefix_fd = -1};
	r->x.env = env;
	r->x.txn = txn;
	r->x.result = result;
	rc = rv_prefix_open(env->root_fd, prefix, &r->prefix_fd, err);
	rv_dirs_init(&r->x.dirs, r->prefix_fd, prefix);
	return rc > 0 ? rv_fail(err, RV_INPUT, "/%s: is missing in this root", prefix) : rc;
}

static void tell(const struct rv_txn_env *env, enum rv_txn_step step, const char *item, size_t done,
    size_t total)
{
	struct rv_event e = {.kind = RV_EVENT_TXN, .t_ms = rv_clock_now_ms()};

	e.txn = (struct rv_event_txn){
	    .step = step, .item = item, .done = (int64_t)done, .total = (int64_t)total};
	rv_event_emit(env->bus, &e);
}

/* --- scripts */

static bool is_before(enum rv_script_phase phase)
{
	return phase == RV_SCRIPT_PRE_INSTALL || phase == RV_SCRIPT_PRE_UPGRADE ||
	       phase == RV_SCRIPT_PRE_REMOVE;
}

static int run_script(struct run *r, const struct rv_txnlog_script *s, struct rv_error *err)
{
	const struct rv_txn_env *env = r->x.env;
	rv_auto(rv_buf) struct rv_buf reason = RV_BUF_INIT(REASON_MAX_BYTES);
	struct rv_error why = RV_ERROR_INIT;
	int rc = 1;

	tell(env, RV_TXN_SCRIPT, s->package, 0, 0);
	/* written down first: after a kill it runs again, so it runs at least once */
	if (rv_txnlog_set_script(env->db, s->seq, RV_SCRIPT_BEGUN, err) < 0)
		return -1;
	if (env->script)
		rc = env->script(env->script_ctx, s, &reason, &why);
	else
		rv_buf_add_str(&reason, "no interpreter");
	if (rc != 0) {
		rv_auto(rv_str) char *object =
		    rv_strfmt("%s: %s script", s->package, rv_script_phase_name(s->phase));
		rv_auto(rv_str) char *text =
		    rv_strfmt("failed: %s", rc < 0 ? why.msg : rv_buf_str(&reason));

		r->x.result->failed_scripts++;
		if (rv_txn_note(&r->x, object, text, err) < 0)
			return -1;
	}
	return rv_txnlog_set_script(
	    env->db, s->seq, rc == 0 ? RV_SCRIPT_ENDED : RV_SCRIPT_BROKEN, err);
}

static int run_scripts(struct run *r, bool before, struct rv_error *err)
{
	rv_vec_each (&r->scripts, s) {
		bool waits = s->state == RV_SCRIPT_WAITS || s->state == RV_SCRIPT_BEGUN;

		if (waits && is_before(s->phase) == before && run_script(r, s, err) < 0)
			return -1;
	}
	return 0;
}

static bool scripts_after(const struct run *r)
{
	rv_vec_each (&r->scripts, s)
		if (!is_before(s->phase))
			return true;
	return false;
}

/* --- operations */

/*
 * Folders beneath a temporary name need none: they go, and lie on the file system of the folder
 * above.
 */
static int add_barriers(struct run *r, struct rv_error *err)
{
	char start[RV_TXN_TMP_BYTES + 1] = "/";
	const char *last = NULL;

	rv_txn_tmp_name(start + 1, r->x.txn, 0);
	start[strlen(start) - 1] = '\0';
	rv_vec_each (&r->x.ops, op) {
		if ((last && strcmp(last, op->folder) == 0) || strstr(op->folder, start))
			continue;
		last = op->folder;
		if (rv_txn_barrier_add(&r->barrier, &r->x.dirs, op->folder, err) < 0)
			return -1;
	}
	return 0;
}

static int apply(struct run *r, struct rv_error *err)
{
	struct rv_db *db = r->x.env->db;

	if (rv_txnlog_ops(db, &r->arena, &r->x.ops, err) < 0 || run_scripts(r, true, err) < 0 ||
	    add_barriers(r, err) < 0)
		return -1;
	tell(r->x.env, RV_TXN_APPLY, NULL, 0, r->x.ops.n);
	if (rv_txn_ops_run(&r->x, err) < 0 || rv_txn_barrier_pass(&r->barrier, &r->x.dirs, err) < 0)
		return -1;
	tell(r->x.env, RV_TXN_APPLY, NULL, r->x.ops.n, r->x.ops.n);
	/* without scripts behind it `done` says it as well, and costs one sync less */
	return scripts_after(r) ? rv_txnlog_set_state(db, r->x.txn, RV_TXN_APPLIED, err) : 0;
}

int rv_txn_complete(const struct rv_txn_env *env, int64_t txn, enum rv_txn_state state,
    struct rv_txn_result *result, struct rv_error *err)
{
	rv_auto(run) struct run r;
	int rc = run_init(&r, env, txn, result, err);

	if (rc == 0)
		rc = rv_txnlog_scripts(env->db, &r.arena, &r.scripts, err);
	if (rc == 0 && state == RV_TXN_COMMITTED)
		rc = apply(&r, err);
	if (rc == 0)
		rc = run_scripts(&r, false, err);
	if (rc == 0)
		rc = rv_txnlog_end(env->db, txn, RV_TXN_DONE, rv_clock_now_s(), err);
	if (rc < 0)
		return rv_context(err,
		    "transaction %lld is pending, the next command that may write goes on with it",
		    (long long)txn);
	return 0;
}

/* --- taking back */

struct sweep {
	struct rv_strings names;
	struct rv_arena arena;
	const char *start; /* ".rvn-TXN-" */
};

static void sweep_release(struct sweep *s)
{
	rv_vec_release(&s->names);
	rv_arena_release(&s->arena);
}

static int find_temporary(
    void *ctx, int dirfd, const struct rv_dir_entry *entry, struct rv_error *err)
{
	struct sweep *s = ctx;

	(void)dirfd;
	(void)err;
	if (strncmp(entry->name, s->start, strlen(s->start)) == 0)
		rv_vec_push(&s->names, rv_arena_strdup(&s->arena, entry->name));
	return 0;
}

static int sweep_folder(struct run *r, const char *folder, struct rv_error *err)
{
	char start[RV_TXN_TMP_BYTES];
	rv_auto(sweep) struct sweep s = {.start = start};
	int fd, rc = rv_dirs_get(&r->x.dirs, folder, &fd, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rv_txn_tmp_name(start, r->x.txn, 0);
	start[strlen(start) - 1] = '\0';
	if (rv_dir_each(fd, ".", find_temporary, &s, err) < 0)
		return rv_context(err, "%s", folder);
	rv_vec_each (&s.names, it)
		if (rv_tree_remove(fd, *it, err) < 0)
			return rv_context(err, "%s", folder);
	return 0;
}

static int sweep(struct run *r, struct rv_error *err)
{
	struct rv_strings folders = {0};
	int rc = rv_txnlog_folders(r->x.env->db, &r->arena, &folders, err);

	rv_vec_each (&folders, it)
		if (rc == 0)
			rc = rv_txn_barrier_add(&r->barrier, &r->x.dirs, *it, err);
	rv_vec_each (&folders, it)
		if (rc == 0)
			rc = sweep_folder(r, *it, err);
	rv_vec_release(&folders);
	return rc;
}

int rv_txn_cancel(const struct rv_txn_env *env, int64_t txn, struct rv_error *err)
{
	struct rv_txn_result none = {0};
	rv_auto(run) struct run r;

	/* what is gone must be gone on the medium before nobody looks for it any more */
	if (run_init(&r, env, txn, &none, err) < 0 || sweep(&r, err) < 0 ||
	    rv_txn_barrier_pass(&r.barrier, &r.x.dirs, err) < 0)
		return -1;
	return rv_txnlog_end(env->db, txn, RV_TXN_CANCELLED, rv_clock_now_s(), err);
}

int rv_txn_recover(const struct rv_txn_env *env, struct rv_txn_result *out, struct rv_error *err)
{
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	struct rv_history h;
	int rc = rv_history_pending(env->db, &arena, &h, err);

	*out = (struct rv_txn_result){0};
	if (rc != 0)
		return rc < 0 ? -1 : RV_TXN_NOTHING;
	out->id = h.id;
	if (rv_txnlog_resume(env->db, h.id, err) < 0)
		return -1;
	if (h.state != RV_TXN_INTENT)
		return rv_txn_complete(env, h.id, h.state, out, err);
	out->cancelled = true;
	if (rv_txn_cancel(env, h.id, err) < 0)
		return rv_context(
		    err, "transaction %lld cannot be taken back yet", (long long)h.id);
	return 0;
}
