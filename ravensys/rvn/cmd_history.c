/* SPDX-License-Identifier: ISC */
/* history: the transactions of this root. */
#include "base/vec.h"
#include "os/clock.h"
#include "rvn/app.h"

struct history_opts {
	int64_t limit;
};

static const struct rv_opt options[] = {
    RV_OPT_INT(struct history_opts, limit, 'l', "limit", "NUMBER", "the newest so many; 0 is all"),
    RV_OPT_END,
};

static void set_defaults(void *opts)
{
	((struct history_opts *)opts)->limit = 20;
}

static struct rv_json *package_json(const struct rv_history_package *p)
{
	struct rv_json *j = rv_json_new_object();

	rv_json_set_string(j, "action", rv_txn_action_name(p->action));
	rv_json_set_string(j, "name", p->name);
	if (p->old_version)
		rv_json_set_string(j, "from", p->old_version);
	if (p->new_version)
		rv_json_set_string(j, "to", p->new_version);
	return j;
}

static struct rv_json *history_json(const struct rv_history *h)
{
	struct rv_json *j = rv_json_new_object(), *list = rv_json_new_array();
	char when[RV_CLOCK_ISO_BYTES];

	rv_json_set_int(j, "id", h->id);
	rv_json_set_string(j, "state", rv_txn_state_name(h->state));
	rv_json_set_string(j, "command", h->command);
	rv_json_set_int(j, "uid", h->uid);
	rv_clock_iso(h->begun_s, when);
	rv_json_set_string(j, "begun", when);
	rv_clock_iso(h->ended_s, when);
	rv_json_set_string(j, "ended", h->ended_s ? when : "");
	rv_json_set_int(j, "resumed", h->resumed);
	rv_json_set_string(j, "note", h->note);
	rv_vec_each (&h->packages, p)
		rv_json_append(list, package_json(p));
	rv_json_set(j, "packages", list);
	return j;
}

static void print_list(const struct rv_run *run, const struct rv_history_list *all)
{
	struct rv_table t = RV_TABLE_INIT(5);

	t.right = 1u;
	rv_vec_each (all, h) {
		char when[RV_CLOCK_ISO_BYTES];

		rv_clock_iso(h->begun_s, when);
		rv_table_addf(&t, "%lld", (long long)h->id);
		rv_table_add(&t, when);
		rv_table_add(&t, rv_txn_state_name(h->state));
		rv_table_addf(&t, "%zu packages", h->packages.n);
		rv_table_add(&t, h->command);
	}
	rv_table_print(&t, run);
	rv_table_release(&t);
}

static void print_one(const struct rv_run *run, const struct rv_history *h)
{
	struct rv_table t = RV_TABLE_INIT(4);
	char when[RV_CLOCK_ISO_BYTES];

	rv_clock_iso(h->begun_s, when);
	rv_out_print(run, "%lld  %s  %s  by uid %u: %s\n", (long long)h->id, when,
	    rv_txn_state_name(h->state), h->uid, h->command);
	if (h->resumed)
		rv_out_print(run, "interrupted and continued %lld times\n", (long long)h->resumed);
	rv_vec_each (&h->packages, p) {
		rv_table_add(&t, rv_txn_action_name(p->action));
		rv_table_add(&t, p->name);
		rv_table_add(&t, p->old_version ? p->old_version : "-");
		rv_table_add(&t, p->new_version ? p->new_version : "-");
	}
	rv_table_print(&t, run);
	rv_table_release(&t);
	if (h->note && *h->note)
		rv_out_print(run, "%s\n", h->note);
}

static int show_one(struct rv_run *run, struct rv_db *db, struct rv_error *err)
{
	struct rv_history h;
	uint64_t id;
	int rc = RV_DB_END;

	if (!rv_span_to_u64(rv_span_str(run->argv[0]), &id) || id > INT64_MAX)
		return rv_cli_usage(run, "%s: no number of a transaction", run->argv[0]);
	if (db)
		rc = rv_history_get(db, (int64_t)id, &rvn_app(run)->arena, &h, err);
	if (rc < 0)
		return rc;
	if (rc == RV_DB_END)
		return rv_fail(err, RV_INPUT, "%s: no such transaction", run->argv[0]);
	if (run->globals.json)
		rv_out_json(run, history_json(&h));
	else
		print_one(run, &h);
	return 0;
}

static int run_history(struct rv_run *run, struct rv_error *err)
{
	const struct history_opts *opts = run->opts;
	struct rv_db *db = rv_system_db(rvn_system(run));
	struct rv_history_list all = {0};
	int rc = 0;

	if (run->argc)
		return show_one(run, db, err);
	if (db)
		rc = rv_history_all(db, opts->limit, &rvn_app(run)->arena, &all, err);
	if (rc == 0 && run->globals.json) {
		struct rv_json *list = rv_json_new_array();

		rv_vec_each (&all, h)
			rv_json_append(list, history_json(h));
		rv_out_json(run, list);
	} else if (rc == 0) {
		print_list(run, &all);
	}
	rv_vec_release(&all);
	return rc;
}

const struct rv_cmd rv_cmd_history = {
    .name = "history",
    .synopsis = "[NUMBER]",
    .summary = "list past transactions, or tell all about one",
    .max = 1,
    .needs = RVN_READ,
    .options = options,
    .opts_bytes = sizeof(struct history_opts),
    .defaults = set_defaults,
    .run = run_history,
};
