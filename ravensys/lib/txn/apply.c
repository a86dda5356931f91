/* SPDX-License-Identifier: ISC */
/*
 * A transaction from its plan to its commit; complete.c has the rest. Invariant: before the commit
 * nothing is changed but temporaries that the intent names, after it nothing is taken back.
 */
#include "base/vec.h"
#include "os/clock.h"
#include "txn/apply.h"

int rv_txn_lock(
    struct rv_lock *lock, int db_fd, const char *command, int wait_ms, struct rv_error *err)
{
	return rv_lock_take(lock, db_fd, RV_INSTALLED_LOCK, command, wait_ms, err);
}

/* --- the intent */

struct intent {
	struct rv_txnlog_intent value;
	rv_vec(struct rv_history_package) packages;
	rv_vec(const char *) folders;
	struct rv_txnlog_scripts scripts;
};

static void intent_release(struct intent *in)
{
	rv_vec_release(&in->packages);
	rv_vec_release(&in->folders);
	rv_vec_release(&in->scripts);
}

static void add_package(struct intent *in, const struct rv_txn_set_item *it)
{
	struct rv_history_package *p = rv_vec_add(&in->packages);
	const struct rv_txn_item *item = it->item;

	p->action = item->action;
	p->name = it->name;
	if (it->old_name) {
		p->old_version = it->old.version;
		p->old_content = it->old.content_id;
		p->old_repository = it->old.repository;
		p->old_automatic = it->old.automatic;
	}
	if (item->package) {
		p->new_version = it->manifest->version;
		p->new_content = *rv_package_content_id(item->package);
		p->new_repository = item->repository ? item->repository : "";
		p->new_automatic = item->automatic;
	}
}

static void add_script(struct intent *in, const struct rv_txn_set_item *it, const char *version,
    const struct rv_script *s)
{
	rv_vec_push(&in->scripts, (struct rv_txnlog_script){.package = it->name,
				      .version = version,
				      .old_version = it->old_name ? it->old.version : "",
				      .phase = s->phase,
				      .language = s->language,
				      .text = s->text,
				      .args = s->args});
}

/* The scripts of one phase: of what comes, or of what goes, whose manifest is in the database. */
static int add_scripts(struct rv_txn_set *s, struct intent *in, struct rv_txn_set_item *it,
    enum rv_script_phase phase, struct rv_error *err)
{
	const struct rv_manifest *m = it->manifest;
	struct rv_manifest *old;
	struct rv_installed whole;

	if (!m) {
		if (rv_installed_find(s->env->db, it->name, &s->arena, &whole, err) != 0)
			return rv_context(err, "%s", it->name);
		old = rv_arena_alloc(&s->arena, sizeof(*old));
		if (rv_manifest_parse(whole.manifest, it->name, old, err) < 0)
			return -1;
		rv_vec_push(&s->manifests, old);
		it->manifest = m = old;
	}
	for (size_t i = 0; i < m->scripts.n; i++)
		if (m->scripts.v[i].phase == phase)
			add_script(in, it, m->version, &m->scripts.v[i]);
	return 0;
}

static int collect_scripts(struct rv_txn_set *s, struct intent *in, struct rv_error *err)
{
	static const enum rv_script_phase phases[][2] = {
	    [RV_TXN_INSTALL] = {RV_SCRIPT_PRE_INSTALL, RV_SCRIPT_POST_INSTALL},
	    [RV_TXN_UPGRADE] = {RV_SCRIPT_PRE_UPGRADE, RV_SCRIPT_POST_UPGRADE},
	    [RV_TXN_REMOVE] = {RV_SCRIPT_PRE_REMOVE, RV_SCRIPT_POST_REMOVE},
	};

	for (unsigned k = 0; k < 2; k++)
		for (size_t i = 0; i < s->plan->n_items; i++) {
			struct rv_txn_set_item *it = &s->items[i];

			if ((size_t)it->item->action >= RV_COUNT(phases))
				return rv_fail(err, RV_BUG, "%s: no such step of a plan", it->name);
			if (add_scripts(s, in, it, phases[it->item->action][k], err) < 0)
				return -1;
		}
	return 0;
}

static int add_wanted(struct rv_txn_set *s, struct intent *in, struct rv_error *err)
{
	for (size_t i = 0; i < s->plan->n_wanted; i++) {
		struct rv_history_package *p;
		struct rv_installed was;
		int rc = rv_installed_find(s->env->db, s->plan->wanted[i], &s->arena, &was, err);

		if (rc != 0)
			return rc < 0 ? -1
				      : rv_fail(err, RV_INPUT, "%s: is not installed",
					    s->plan->wanted[i]);
		p = rv_vec_add(&in->packages);
		*p = (struct rv_history_package){.action = RV_TXN_MARK,
		    .name = was.name,
		    .old_version = was.version,
		    .new_version = was.version,
		    .old_content = was.content_id,
		    .new_content = was.content_id,
		    .old_repository = was.repository,
		    .new_repository = was.repository,
		    .old_automatic = was.automatic};
	}
	return 0;
}

static int write_intent(struct rv_txn_set *s, int64_t *out_txn, struct rv_error *err)
{
	rv_auto(intent) struct intent in = {.value = {.command = s->plan->command,
						.uid = rv_user_self().uid,
						.begun_s = rv_clock_now_s()}};
	const char *last = NULL;

	for (size_t i = 0; i < s->plan->n_items; i++)
		add_package(&in, &s->items[i]);
	if (add_wanted(s, &in, err) < 0 || collect_scripts(s, &in, err) < 0)
		return -1;
	rv_vec_each (&s->nodes, n) {
		if ((*n)->n == 0 || (last && last == (*n)->parent->path.p))
			continue;
		last = (*n)->parent->path.p;
		rv_vec_push(&in.folders, last);
	}
	in.value.packages = in.packages.v;
	in.value.n_packages = in.packages.n;
	in.value.folders = in.folders.v;
	in.value.n_folders = in.folders.n;
	in.value.scripts = in.scripts.v;
	in.value.n_scripts = in.scripts.n;
	return rv_txnlog_begin(s->env->db, &in.value, out_txn, err);
}

/* --- the rows */

static int add_rows_of(struct rv_txn_set *s, struct rv_txn_set_item *it, struct rv_folder_ids *ids,
    struct rv_error *err)
{
	const struct rv_manifest *m = it->manifest;
	struct rv_installed p = {.name = it->name,
	    .namebase = m->namebase,
	    .version = m->version,
	    .content_id = *rv_package_content_id(it->item->package),
	    .automatic = it->item->automatic,
	    .repository = it->item->repository ? it->item->repository : "",
	    .reason = it->item->reason ? it->item->reason : "",
	    .installed_s = rv_clock_now_s(),
	    .by_uid = rv_user_self().uid,
	    .plain_bytes = m->plain_bytes,
	    .manifest = rv_package_manifest_text(it->item->package)};
	int64_t id;
	int rc;

	if (rv_installed_add(s->env->db, &p, m, &id, err) < 0)
		return -1;
	for (size_t k = 0; k < it->now.n; k++) {
		const struct rv_file_entry *e = &it->now.v[k];
		const struct rv_txn_node *n = it->nodes[k];
		bool dir = rv_txn_is_dir(e);

		rc = rv_installed_add_entry(ids, id, e, dir ? n->path : n->parent->path,
		    dir ? RV_SPAN_LIT("") : n->name, dir ? e->path : rv_path_folder(e->path), err);
		if (rc != 0)
			return rc < 0 ? -1 : rv_fail(err, RV_BUG, "%s: is owned twice", e->path.p);
	}
	return 0;
}

static int add_rows(struct rv_txn_set *s, struct rv_error *err)
{
	rv_auto(rv_folder_ids) struct rv_folder_ids ids = RV_FOLDER_IDS_INIT(s->env->db);
	bool removed = false;

	/* what goes first: a file may move from one package to another */
	for (size_t i = 0; i < s->plan->n_items; i++) {
		if (s->items[i].old_name &&
		    rv_installed_drop(s->env->db, s->items[i].old.id, err) < 0)
			return rv_context(err, "%s", s->items[i].name);
		removed |= s->items[i].old_name != NULL;
	}
	for (size_t i = 0; i < s->plan->n_items; i++)
		if (s->items[i].item->package && add_rows_of(s, &s->items[i], &ids, err) < 0)
			return rv_context(err, "%s", s->items[i].name);
	for (size_t i = 0; i < s->plan->n_wanted; i++)
		if (rv_installed_mark(s->env->db, s->plan->wanted[i], false, err) < 0)
			return -1;
	return removed ? rv_installed_prune(s->env->db, err) : 0;
}

/* --- from the intent to the commit */

/* One descriptor for each file system must be open before the first write to it. */
static int open_barriers(struct rv_txn_set *s, struct rv_txn_barrier *b, struct rv_error *err)
{
	const char *last = NULL;

	rv_vec_each (&s->nodes, n) {
		if ((*n)->n == 0 || last == (*n)->parent->path.p)
			continue;
		last = (*n)->parent->path.p;
		if (rv_txn_barrier_add(b, &s->dirs, last, err) < 0)
			return -1;
	}
	return 0;
}

static void tell_stage(struct rv_txn_set *s, int64_t done)
{
	struct rv_event e = {.kind = RV_EVENT_TXN, .t_ms = rv_clock_now_ms()};

	e.txn =
	    (struct rv_event_txn){.step = RV_TXN_STAGE, .done = done, .total = (int64_t)s->nodes.n};
	rv_event_emit(s->env->bus, &e);
}

/* The rows are written while the pool stages; SQLite shows them to nobody before the commit. */
static int stage_and_commit(struct rv_txn_set *s, int64_t txn, struct rv_error *err)
{
	rv_auto(rv_txn_barrier) struct rv_txn_barrier barrier = {.whole = rv_barrier_is_whole()};
	rv_auto(rv_db_txn) struct rv_db_txn tx = RV_DB_TXN_INIT;
	rv_autofree(rv_txn_stage) struct rv_txn_stage *stage = NULL;

	tell_stage(s, 0);
	if (open_barriers(s, &barrier, err) < 0 ||
	    rv_txn_stage_start(s, txn, &barrier, &stage, err) < 0 ||
	    rv_db_begin(s->env->db, &tx, err) < 0 || add_rows(s, err) < 0 ||
	    rv_txn_ops_write(s, txn, err) < 0 ||
	    rv_txnlog_set_state(s->env->db, txn, RV_TXN_COMMITTED, err) < 0)
		return -1;
	if (rv_txn_stage_finish(stage, err) < 0 || rv_txn_barrier_pass(&barrier, &s->dirs, err) < 0)
		return -1;
	tell_stage(s, (int64_t)s->nodes.n);
	return rv_db_commit(&tx, err);
}

/*
 * The record is written once more before anything is deleted: a commit that failed may lie
 * half-written in the log, and must not be found there by the next command once its files are gone.
 */
static void take_back(const struct rv_txn_env *env, int64_t txn)
{
	struct rv_error why = RV_ERROR_INIT;

	if (rv_txnlog_resume(env->db, txn, &why) < 0 || rv_txn_cancel(env, txn, &why) < 0)
		rv_event_warn(env->bus, rv_clock_now_ms(), "transaction",
		    "%lld is pending, the next command that may write takes it back: %s",
		    (long long)txn, why.msg);
}

/* In one view of the database, which also spares a lock and an unlock for each question. */
static int build_and_check(struct rv_txn_set *s, const struct rv_txn_env *env,
    const struct rv_txn_plan *plan, struct rv_error *err)
{
	rv_auto(rv_db_txn) struct rv_db_txn view = RV_DB_TXN_INIT;

	/* first of all: the caller releases the set whatever happens */
	*s = (struct rv_txn_set){.env = env, .plan = plan, .prefix_fd = -1};
	if (rv_db_begin(env->db, &view, err) < 0 || rv_txn_set_build(s, env, plan, err) < 0)
		return -1;
	return rv_txn_set_check(s, err);
}

/* Up to the commit. */
static int prepare(const struct rv_txn_env *env, const struct rv_txn_plan *plan, int64_t *out_txn,
    struct rv_error *err)
{
	rv_auto(rv_txn_set) struct rv_txn_set s;

	if (build_and_check(&s, env, plan, err) < 0 || write_intent(&s, out_txn, err) < 0)
		return -1;
	if (stage_and_commit(&s, *out_txn, err) == 0)
		return 0;
	take_back(env, *out_txn);
	return -1;
}

int rv_txn_apply(const struct rv_txn_env *env, const struct rv_txn_plan *plan,
    struct rv_txn_result *out, struct rv_error *err)
{
	int64_t txn = 0;

	*out = (struct rv_txn_result){0};
	if (plan->n_items == 0 && plan->n_wanted == 0)
		return 0;
	if (prepare(env, plan, &txn, err) < 0)
		return -1;
	out->id = txn;
	return rv_txn_complete(env, txn, RV_TXN_COMMITTED, out, err);
}
