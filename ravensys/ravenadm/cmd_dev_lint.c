/* SPDX-License-Identifier: ISC */
/* ravenadm dev lint: what a reviewer says of ports, and mending what is mechanical. */
#include <stdio.h>
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "port/lint.h"
#include "ravenadm/cmds.h"
#include "ravenadm/reading.h"

struct lint_opts {
	struct rv_reading_opts reading;
	struct rv_opt_list skip;
	bool all, fix, rules;
};

static const struct rv_opt options[] = {
    RV_OPT_FLAG(struct lint_opts, all, 'a', "all", "look at every port of the trees"),
    RV_OPT_FLAG(struct lint_opts, fix, 0, "fix",
	"mend columns, blanks, unused definitions and the order of manifests"),
    RV_OPT_LIST(struct lint_opts, skip, 's', "skip", "RULE", "say nothing of this rule"),
    RV_OPT_FLAG(struct lint_opts, rules, 0, "rules", "list the rules"),
    RV_READING_OPTIONS(struct lint_opts, reading),
    RV_OPT_END,
};

struct looking {
	const struct rv_run *run;
	const struct lint_opts *opts;
	struct rv_reading reading;
	struct rv_lint_place place;
	struct rv_json *findings, *mended; /* with --json */
	size_t ports, errors, warnings, files_mended;
};

static void looking_release(struct looking *l)
{
	rv_lint_place_release(&l->place);
	rv_reading_release(&l->reading);
	rv_json_free(l->findings);
	rv_json_free(l->mended);
}

/* --- saying */

static const char *name_in(const char *path, const char *file, char *out, size_t n)
{
	bool here = strcmp(path, ".") == 0;

	snprintf(out, n, "%s%s%s", here ? "" : path, here ? "" : "/", file);
	return out;
}

static void say_finding(struct looking *l, const char *path, const struct rv_finding *f)
{
	char file[4096], line[16] = "";
	struct rv_json *o;

	name_in(path, f->file, file, sizeof(file));
	if (!l->findings) {
		if (f->line)
			snprintf(line, sizeof(line), ":%u", f->line);
		rv_out_print(l->run, "%s%s: %s: %s [%s]\n", file, line,
		    rv_severity_name(f->severity), f->text, f->rule);
		return;
	}
	o = rv_json_new_object();
	rv_json_set_string(o, "file", file);
	if (f->line)
		rv_json_set_int(o, "line", f->line);
	rv_json_set_string(o, "severity", rv_severity_name(f->severity));
	rv_json_set_string(o, "rule", f->rule);
	rv_json_set_string(o, "text", f->text);
	rv_json_append(l->findings, o);
}

static void say_mended(struct looking *l, const char *path, const struct rv_file_names *names)
{
	char file[4096];

	l->files_mended += names->n;
	for (size_t i = 0; i < names->n; i++) {
		name_in(path, names->v[i], file, sizeof(file));
		if (l->mended)
			rv_json_append_string(l->mended, file);
		else
			rv_out_say(l->run, "%s: %smended\n", file,
			    l->run->globals.dry_run ? "would be " : "");
	}
}

/* --- looking */

static int look_at(struct looking *l, int dirfd, const char *path, struct rv_error *err)
{
	rv_auto(rv_findings) struct rv_findings found = RV_FINDINGS_INIT;
	struct rv_port_files files = {.tree_fd = dirfd, .folder = "."};
	struct rv_file_names mended = {0};
	int rc = 0;

	if (l->opts->fix)
		rc = rv_lint_fix(dirfd, &l->place.context, l->run->globals.dry_run, &mended, err);
	say_mended(l, path, &mended);
	rv_file_names_release(&mended);
	if (rc < 0)
		return rv_context(err, "%s", path);
	if (rv_lint_port(&l->place, &files, path, &found, err) < 0)
		return -1;
	rv_vec_each (&found.list, f)
		say_finding(l, path, f);
	l->ports++;
	l->errors += found.errors;
	l->warnings += found.warnings;
	return 0;
}

static int look_in(struct looking *l, const char *dir, struct rv_error *err)
{
	rv_auto_fd fd = -1;
	int rc = rv_dir_open_user(dir, &fd, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: there is no such folder", dir);
	return rc < 0 ? rc : look_at(l, fd, dir, err);
}

static int look_for(void *ctx, const char *namebase, struct rv_error *err)
{
	struct looking *l = ctx;
	struct rv_found_port at;
	char path[4096];

	if (rv_trees_find(&l->reading.recipes.trees, namebase, &at, err) < 0)
		return -1;
	if (at.compiled)
		return rv_fail(err, RV_INPUT,
		    "%s: a tree of buildsheets: lint looks at source recipes", at.tree->path);
	snprintf(path, sizeof(path), "%s/%s", at.tree->path, at.folder);
	if (look_in(l, path, err) == 0)
		return 0;
	/* the others are looked at all the same */
	rv_cli_error(l->run, "%s: %s", path, err->msg);
	*err = RV_ERROR_INIT;
	l->errors++;
	return 0;
}

/* --- the command */

/* TREE of TREE/bucket_XX/NAME, where that is how the folder is called. */
static bool tree_of(const char *dir, char *out, size_t n)
{
	const char *bucket = strstr(dir, "bucket_"), *next;

	while (bucket && (next = strstr(bucket + 1, "bucket_")))
		bucket = next;
	if (!bucket || (bucket != dir && bucket[-1] != '/') || bucket[9] != '/' || !bucket[10])
		return false;
	if (bucket == dir)
		snprintf(out, n, ".");
	else
		snprintf(out, n, "%.*s", (int)(bucket - dir - 1), dir);
	return true;
}

static int list_rules(const struct rv_run *run)
{
	rv_auto(rv_table) struct rv_table table = RV_TABLE_INIT(3);
	struct rv_json *rules = rv_json_new_array(), *rule;
	enum rv_severity severity;
	const char *id, *summary;

	for (size_t i = 0; rv_lint_rule_at(i, &id, &severity, &summary); i++) {
		rv_table_add(&table, id);
		rv_table_add(&table, rv_severity_name(severity));
		rv_table_add(&table, summary);
		rule = rv_json_new_object();
		rv_json_set_string(rule, "rule", id);
		rv_json_set_string(rule, "severity", rv_severity_name(severity));
		rv_json_set_string(rule, "text", summary);
		rv_json_append(rules, rule);
	}
	if (run->globals.json) {
		rv_out_json(run, rules);
		return 0;
	}
	rv_table_print(&table, run);
	rv_json_free(rules);
	return 0;
}

static int check_skips(struct rv_run *run, const struct lint_opts *o)
{
	enum rv_severity severity;
	const char *id, *summary;

	for (size_t i = 0; i < o->skip.n; i++) {
		bool is_known = false;

		for (size_t j = 0; rv_lint_rule_at(j, &id, &severity, &summary); j++)
			is_known |= strcmp(id, o->skip.v[i]) == 0;
		if (!is_known)
			return rv_cli_usage(
			    run, "there is no rule '%s': see --rules", o->skip.v[i]);
	}
	return 0;
}

/* Without --tree, the tree that the first folder lies in is meant, if it lies in one. */
static int open_reading(struct looking *l, struct rv_error *err)
{
	struct rv_reading_opts how = l->opts->reading;
	char tree[4096];
	const char *trees[] = {tree};

	if (!how.trees.n && l->run->argc && tree_of(l->run->argv[0], tree, sizeof(tree)))
		how.trees = (struct rv_opt_list){.v = trees, .n = 1};
	if (rv_reading_open(l->run, &how, &l->reading, err) < 0)
		return -1;
	l->place.context =
	    (struct rv_port_context){.mk = l->reading.recipes.mk, .check_files = true};
	l->place.mk_fd = l->reading.recipes.mk_fd;
	l->place.trees = &l->reading.recipes.trees;
	l->place.skip = l->opts->skip.v;
	l->place.n_skip = l->opts->skip.n;
	return 0;
}

static void say_json(struct looking *l)
{
	struct rv_json *doc = rv_json_new_object();

	rv_json_set_int(doc, "ports", (int64_t)l->ports);
	rv_json_set_int(doc, "errors", (int64_t)l->errors);
	rv_json_set_int(doc, "warnings", (int64_t)l->warnings);
	rv_json_set(doc, "findings", l->findings);
	rv_json_set(doc, "mended", l->mended);
	l->findings = l->mended = NULL;
	rv_out_json(l->run, doc);
}

static int run_lint(struct rv_run *run, struct rv_error *err)
{
	const struct lint_opts *o = run->opts;
	__attribute__((cleanup(looking_release))) struct looking l = {
	    .run = run, .opts = o, .reading = RV_READING_INIT};
	int rc = check_skips(run, o);

	if (rc != 0 || o->rules)
		return rc ? rc : list_rules(run);
	if (o->all && run->argc)
		return rv_cli_usage(run, "--all looks at every port: name no folder");
	if (open_reading(&l, err) < 0)
		return -1;
	if (run->globals.json) {
		l.findings = rv_json_new_array();
		l.mended = rv_json_new_array();
	}
	if (o->all)
		rc = rv_trees_each(&l.reading.recipes.trees, look_for, &l, err);
	else if (!run->argc)
		rc = look_in(&l, ".", err);
	for (int i = 0; i < run->argc && rc == 0; i++)
		rc = look_in(&l, run->argv[i], err);
	if (rc < 0)
		return rc;
	if (l.findings)
		say_json(&l);
	else if (l.ports > 1)
		rv_out_say(run, "%zu ports: %zu error%s, %zu warning%s\n", l.ports, l.errors,
		    l.errors == 1 ? "" : "s", l.warnings, l.warnings == 1 ? "" : "s");
	return l.errors ? RV_STATUS_FAILED : 0;
}

const struct rv_cmd rv_cmd_dev_lint = {
    .name = "dev lint",
    .synopsis = "[DIR ...]",
    .summary = "say what a reviewer would say of ports",
    .details =
	"DIR is the folder of a port, the present one without it. One line a finding:\n"
	"FILE:LINE: severity: text [rule]. Exit status 1 when one of them is an error.\n"
	"Dependencies and earlier versions are looked up in the tree that the first DIR lies\n"
	"in, or in those of --tree or the profile.",
    .min = 0,
    .max = RV_MANY,
    .options = options,
    .opts_bytes = sizeof(struct lint_opts),
    .run = run_lint,
};
