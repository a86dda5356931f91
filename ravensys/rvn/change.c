/* SPDX-License-Identifier: ISC */
/*
 * From a request to a changed system: plan, show, ask, apply, tell. With --json the one document
 * stands at the end, whatever happened before; the question goes to standard error.
 */
#include "base/vec.h"
#include "rvn/app.h"

static void print_step(
    const struct rv_system_plan *p, const struct rv_plan_step *s, struct rv_table *t)
{
	const struct rv_system_offer *offer = rv_system_step_offer(p, s);
	char size[RV_OUT_SIZE_BYTES];

	rv_table_add(t, rv_plan_action_name(s->action));
	rv_table_add(t, s->to ? s->to->name : s->from->name);
	if (s->from && s->to)
		rv_table_addf(t, "%s -> %s", s->from->version, s->to->version);
	else
		rv_table_add(t, s->to ? s->to->version : s->from->version);
	rv_table_add(t, offer ? rv_out_size(offer->row.size, size) : "");
	rv_table_add(t, rv_plan_reason_name(s->reason));
}

static void print_plan(const struct rv_run *run, const struct rv_system_plan *p)
{
	struct rv_table t = RV_TABLE_INIT(5);
	char fetch[RV_OUT_SIZE_BYTES], growth[RV_OUT_SIZE_BYTES];
	uint64_t bytes =
	    (uint64_t)(p->installed_bytes < 0 ? -p->installed_bytes : p->installed_bytes);

	if (run->globals.quiet || run->globals.json)
		return;
	t.right = 1u << 3;
	rv_vec_each (&p->plan.steps, s)
		print_step(p, s, &t);
	rv_table_print(&t, run);
	rv_table_release(&t);
	rv_vec_each (&p->plan.wanted, w)
		rv_out_say(run, "%s is marked as asked for\n", (*w)->name);
	if (p->fetch_bytes)
		rv_out_say(run, "%s to fetch, ", rv_out_size(p->fetch_bytes, fetch));
	if (p->plan.steps.n)
		rv_out_say(run, "%s will be %s\n", rv_out_size(bytes, growth),
		    p->installed_bytes < 0 ? "freed" : "used");
}

static void print_held(const struct rv_run *run, const struct rv_system_plan *p)
{
	rv_vec_each (&p->plan.held, h)
		rv_cli_warn(run, "%s %s stays: the newer one does not go with what is installed",
		    (*h)->name, (*h)->version);
}

/* --- JSON */
static struct rv_json *step_json(const struct rv_system_plan *p, const struct rv_plan_step *s)
{
	const struct rv_system_offer *offer = rv_system_step_offer(p, s);
	struct rv_json *j = rv_json_new_object();

	rv_json_set_string(j, "action", rv_plan_action_name(s->action));
	rv_json_set_string(j, "name", s->to ? s->to->name : s->from->name);
	rv_json_set_string(j, "reason", rv_plan_reason_name(s->reason));
	rv_json_set_bool(j, "automatic", s->automatic);
	if (s->from)
		rv_json_set_string(j, "from", s->from->version);
	if (s->to)
		rv_json_set_string(j, "to", s->to->version);
	if (offer)
		rv_json_set_int(j, "size", (int64_t)offer->row.size);
	return j;
}

static void add_names(
    struct rv_json *doc, const char *key, const struct rv_plan_package **v, size_t n)
{
	struct rv_json *list = rv_json_new_array();

	for (size_t i = 0; i < n; i++)
		rv_json_append_string(list, v[i]->name);
	rv_json_set(doc, key, list);
}

static void add_lines(struct rv_json *doc, const char *key, struct rv_span rest)
{
	struct rv_json *list = rv_json_new_array();
	struct rv_span line;

	while (rv_span_next(&rest, '\n', &line))
		rv_json_append(list, rv_json_new_span(line));
	rv_json_set(doc, key, list);
}

static void print_json(
    const struct rv_run *run, const struct rv_system_plan *p, bool done, const struct rv_buf *notes)
{
	struct rv_json *doc = rv_json_new_object(), *steps = rv_json_new_array();

	if (!run->globals.json) {
		rv_json_free(doc);
		rv_json_free(steps);
		return;
	}
	rv_vec_each (&p->plan.steps, s)
		rv_json_append(steps, step_json(p, s));
	rv_json_set(doc, "steps", steps);
	add_names(doc, "wanted", p->plan.wanted.v, p->plan.wanted.n);
	add_names(doc, "held", p->plan.held.v, p->plan.held.n);
	rv_json_set_int(doc, "fetch_bytes", (int64_t)p->fetch_bytes);
	rv_json_set_int(doc, "installed_bytes", p->installed_bytes);
	rv_json_set_bool(doc, "done", done);
	add_lines(doc, "notes", rv_buf_span(notes));
	rv_out_json(run, doc);
}

/* --- the walk */
static int say_impossible(struct rv_run *run, const struct rv_buf *why)
{
	struct rv_span rest = rv_buf_span(why), line;

	rv_cli_error(run, "%s: impossible:", run->cmd->name);
	while (rv_span_next(&rest, '\n', &line))
		rv_cli_error(run, "  %.*s", RV_SPAN_ARG(line));
	if (run->cmd == &rv_cmd_remove)
		rv_cli_error(run, "  --dependents removes these too");
	return RV_STATUS_FAILED;
}

static int apply(struct rv_run *run, const struct rv_system_plan *p, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf notes = RV_BUF_INIT((size_t)1 << 20);
	struct rv_span rest, line;
	int rc = rv_ask(run, "proceed?", err);

	if (rc == RV_ASK_NO) {
		rv_cli_error(run, "%s: nothing was changed", run->cmd->name);
		return RV_STATUS_FAILED;
	}
	if (rc == 0)
		rc = rv_system_apply(rvn_system(run), p, &notes, err);
	rv_progress_end(&rvn_app(run)->progress);
	if (rc < 0)
		return rc;
	rest = rv_buf_span(&notes);
	while (!run->globals.json && rv_span_next(&rest, '\n', &line))
		rv_out_say(run, "%.*s\n", RV_SPAN_ARG(line));
	print_json(run, p, true, &notes);
	if (rc != RV_SYSTEM_SCRIPTS)
		return 0;
	rv_cli_error(run, "%s: done, but a script failed", run->cmd->name);
	return RV_STATUS_FAILED;
}

int rvn_change(struct rv_run *run, const struct rv_system_request *request, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf why = RV_BUF_INIT((size_t)65536),
				      none = RV_BUF_INIT((size_t)1);
	struct rv_system_plan p;
	int rc = rv_system_plan(rvn_system(run), request, &p, &why, err);

	if (rc < 0)
		return rc;
	if (rc == RV_PLAN_IMPOSSIBLE)
		return say_impossible(run, &why);
	print_held(run, &p);
	if (rv_system_plan_is_empty(&p)) {
		rv_out_say(run, "nothing to do\n");
		print_json(run, &p, true, &none);
	} else {
		print_plan(run, &p);
		if (run->globals.dry_run)
			print_json(run, &p, false, &none);
		else
			rc = apply(run, &p, err);
	}
	rv_system_plan_release(&p);
	return rc;
}
