/* SPDX-License-Identifier: ISC */
/* info: what is installed, and everything about one package. */
#include "base/vec.h"
#include "os/clock.h"
#include "rvn/app.h"

struct info_opts {
	bool files;
};

static const struct rv_opt options[] = {
    RV_OPT_FLAG(struct info_opts, files, 'l', "files", "list their files"),
    RV_OPT_END,
};

/* One package with what hangs on it; texts in the app's arena, m must be released. */
struct details {
	const struct rv_installed *row;
	struct rv_manifest m;
	struct rv_installed_list dependents;
	struct rv_file_entries files;
};

static void details_release(struct details *d)
{
	rv_manifest_release(&d->m);
	rv_vec_release(&d->dependents);
	rv_vec_release(&d->files);
}

static int details_load(
    struct rv_run *run, const struct rv_installed *row, struct details *out, struct rv_error *err)
{
	struct rv_db *db = rv_system_db(rvn_system(run));
	struct rv_arena *arena = &rvn_app(run)->arena;
	const struct info_opts *opts = run->opts;

	*out = (struct details){.row = row};
	if (rv_manifest_parse(row->manifest, row->name, &out->m, err) < 0)
		return -1;
	if (rv_installed_dependents(db, row->id, arena, &out->dependents, err) < 0)
		return -1;
	return opts->files ? rv_installed_files(db, row->id, arena, &out->files, err) : 0;
}

static void add_requires(const struct details *d, struct rv_buf *out)
{
	rv_vec_each (&d->m.requires, r) {
		rv_buf_addf(out, "%s%s", out->n ? ", " : "", r->name);
		if (r->kind == RV_REQUIRE_AT_LEAST)
			rv_buf_addf(out, " >= %s", r->version);
		else if (r->kind == RV_REQUIRE_SAME)
			rv_buf_addf(out, " = %s", d->m.version);
	}
}

static void add_strings(const struct rv_strings *list, struct rv_buf *out)
{
	rv_vec_each (list, s)
		rv_buf_addf(out, "%s%s", out->n ? ", " : "", *s);
}

static void line(const struct rv_run *run, const char *name, const char *value)
{
	if (*value)
		rv_out_print(run, "%-14s %s\n", name, value);
}

static void print_lists(const struct rv_run *run, const struct details *d)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT((size_t)1 << 20);

	add_requires(d, &b);
	line(run, "requires", rv_buf_str(&b));
	rv_buf_reset(&b);
	add_strings(&d->m.requires_sonames, &b);
	line(run, "libraries", rv_buf_str(&b));
	rv_buf_reset(&b);
	add_strings(&d->m.provides_sonames, &b);
	line(run, "provides", rv_buf_str(&b));
	rv_buf_reset(&b);
	rv_vec_each (&d->dependents, p)
		rv_buf_addf(&b, "%s%s", b.n ? ", " : "", p->name);
	line(run, "required by", rv_buf_str(&b));
	rv_buf_reset(&b);
	rv_vec_each (&d->m.options, o)
		rv_buf_addf(&b, "%s%s: %s", b.n ? ", " : "", o->name, o->on ? "on" : "off");
	line(run, "options", rv_buf_str(&b));
}

static void print_details(const struct rv_run *run, const struct details *d)
{
	char size[RV_OUT_SIZE_BYTES], when[RV_CLOCK_ISO_BYTES], id[RV_SHA256_HEX_BYTES];

	rv_clock_iso(d->row->installed_s, when);
	rv_sha256_hex(&d->row->content_id, id);
	line(run, "name", d->row->name);
	line(run, "version", d->row->version);
	line(run, "comment", d->m.comment);
	line(run, "abi", d->m.abi);
	line(run, "licence", d->m.licence);
	line(run, "www", d->m.www);
	line(run, "size", rv_out_size(d->row->plain_bytes, size));
	line(run, "installed", when);
	line(run, "repository", d->row->repository);
	line(run, "came", d->row->automatic ? "as a dependency" : "as asked for");
	line(run, "content id", id);
	print_lists(run, d);
	if (*d->m.description)
		rv_out_print(run, "\n%s\n", d->m.description);
	rv_vec_each (&d->files, f)
		rv_out_print(run, "/%.*s\n", RV_SPAN_ARG(f->path));
}

static struct rv_json *strings_json(const struct rv_strings *list)
{
	struct rv_json *j = rv_json_new_array();

	rv_vec_each (list, s)
		rv_json_append_string(j, *s);
	return j;
}

static struct rv_json *row_json(const struct rv_installed *row)
{
	char when[RV_CLOCK_ISO_BYTES], id[RV_SHA256_HEX_BYTES];
	struct rv_json *j = rv_json_new_object();

	rv_clock_iso(row->installed_s, when);
	rv_sha256_hex(&row->content_id, id);
	rv_json_set_string(j, "name", row->name);
	rv_json_set_string(j, "version", row->version);
	rv_json_set_string(j, "content_id", id);
	rv_json_set_bool(j, "automatic", row->automatic);
	rv_json_set_string(j, "repository", row->repository);
	rv_json_set_string(j, "installed", when);
	rv_json_set_int(j, "plain_bytes", (int64_t)row->plain_bytes);
	return j;
}

static struct rv_json *details_json(const struct details *d, bool files)
{
	struct rv_json *j = row_json(d->row), *list = rv_json_new_array();

	rv_json_set_string(j, "comment", d->m.comment);
	rv_json_set_string(j, "description", d->m.description);
	rv_json_set_string(j, "abi", d->m.abi);
	rv_json_set_string(j, "licence", d->m.licence);
	rv_json_set_string(j, "www", d->m.www);
	rv_vec_each (&d->m.requires, r)
		rv_json_append_string(list, r->name);
	rv_json_set(j, "requires", list);
	rv_json_set(j, "requires_sonames", strings_json(&d->m.requires_sonames));
	rv_json_set(j, "provides_sonames", strings_json(&d->m.provides_sonames));
	list = rv_json_new_array();
	rv_vec_each (&d->dependents, p)
		rv_json_append_string(list, p->name);
	rv_json_set(j, "required_by", list);
	if (!files)
		return j;
	list = rv_json_new_array();
	rv_vec_each (&d->files, f)
		rv_json_append(list, rv_json_new_span(f->path));
	rv_json_set(j, "files", list);
	return j;
}

static int list_all(struct rv_run *run, struct rv_error *err)
{
	struct rv_db *db = rv_system_db(rvn_system(run));
	struct rv_json *list = rv_json_new_array();
	struct rv_installed_list rows = {0};
	struct rv_table t = RV_TABLE_INIT(3);
	int rc = db ? rv_installed_all(db, 0, &rvn_app(run)->arena, &rows, err) : 0;

	rv_vec_each (&rows, row) {
		rv_table_add(&t, row->name);
		rv_table_add(&t, row->version);
		rv_table_add(&t, row->automatic ? "dependency" : "");
		rv_json_append(list, row_json(row));
	}
	if (rc == 0 && run->globals.json) {
		rv_out_json(run, list);
		list = NULL;
	} else if (rc == 0) {
		rv_table_print(&t, run);
	}
	rv_json_free(list);
	rv_table_release(&t);
	rv_vec_release(&rows);
	return rc;
}

static int show_one(
    struct rv_run *run, const char *name, bool first, struct rv_json *list, struct rv_error *err)
{
	const struct info_opts *opts = run->opts;
	struct rv_installed row;
	struct details d = {0};
	bool found;
	int rc = rvn_find_installed(run, name, &row, &found, err);

	if (rc == 0 && !found)
		return rv_fail(err, RV_INPUT, "%s: not installed", name);
	if (rc == 0)
		rc = details_load(run, &row, &d, err);
	if (rc == 0 && run->globals.json) {
		rv_json_append(list, details_json(&d, opts->files));
	} else if (rc == 0) {
		rv_out_print(run, "%s", first ? "" : "\n");
		print_details(run, &d);
	}
	details_release(&d);
	return rc;
}

static int run_info(struct rv_run *run, struct rv_error *err)
{
	struct rv_system_names names = {0};
	struct rv_json *list;
	int rc;

	if (run->argc == 0)
		return list_all(run, err);
	list = rv_json_new_array();
	rc = rvn_resolve(run, RV_WANT_INSTALLED, &names, err);
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		rc = show_one(run, names.v[i], i == 0, list, err);
	if (rc == 0 && run->globals.json)
		rv_out_json(run, list);
	else
		rv_json_free(list);
	rv_vec_release(&names);
	return rc;
}

const struct rv_cmd rv_cmd_info = {
    .name = "info",
    .synopsis = "[NAME ...]",
    .summary = "list installed packages, or tell all about the named ones",
    .max = RV_MANY,
    .needs = RVN_READ,
    .options = options,
    .opts_bytes = sizeof(struct info_opts),
    .run = run_info,
};
