/* SPDX-License-Identifier: ISC */
/*
 * ravenadm search: ports by name, description, keyword, or by a file of their manifests. What
 * stands in recipes is looked for, so that it is found before anything is built.
 */
#include <fnmatch.h>
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/scans.h"

struct search_opts {
	struct rv_reading_opts reading;
	struct rv_opt_list by;
};

static const struct rv_opt options[] = {
    RV_OPT_LIST(struct search_opts, by, 0, "by", "WHAT",
	"look here: name, description, keyword or file (default: the first three)"),
    RV_READING_OPTIONS(struct search_opts, reading),
    RV_OPT_END,
};

enum { BY_NAME = 1, BY_DESCRIPTION = 2, BY_KEYWORD = 4, BY_FILE = 8 };

static const struct {
	const char *word;
	unsigned bit;
} places[] = {
    {"name", BY_NAME},
    {"description", BY_DESCRIPTION},
    {"keyword", BY_KEYWORD},
    {"file", BY_FILE},
};

struct search {
	struct rv_run *run;
	unsigned by;
	struct rv_reading reading;
	struct rv_table ports, files;
	struct rv_json *all;
	size_t found;
};

static void search_release(struct search *s)
{
	rv_json_free(s->all);
	rv_table_release(&s->ports);
	rv_table_release(&s->files);
	rv_reading_release(&s->reading);
}

/* --- patterns */

static bool fits(const char *pattern, const char *text)
{
	if (strpbrk(pattern, "*?["))
		return fnmatch(pattern, text, FNM_CASEFOLD) == 0;
	return strcasestr(text, pattern) != NULL;
}

static bool fits_variant(const struct search *s, const char *pattern, const struct rv_scan_port *p,
    const struct rv_scan_variant *v)
{
	if ((s->by & BY_NAME) && fits(pattern, p->namebase))
		return true;
	if ((s->by & BY_DESCRIPTION) && fits(pattern, v->sdesc))
		return true;
	for (uint32_t i = 0; (s->by & BY_KEYWORD) && i < p->keywords.n; i++)
		if (fits(pattern, rv_scan_at(&p->keywords, i)))
			return true;
	return false;
}

/* --- ports */

static void found_variant(
    struct search *s, const struct rv_scan_port *p, const struct rv_scan_variant *v)
{
	struct rv_json *o, *words;

	s->found++;
	if (!s->run->globals.json) {
		rv_table_add(&s->ports, v->key);
		rv_table_add(&s->ports, p->pkgversion);
		rv_table_add(&s->ports, v->sdesc);
		return;
	}
	o = rv_json_new_object();
	words = rv_json_new_array();
	rv_json_set_string(o, "port", v->key);
	rv_json_set_string(o, "version", p->pkgversion);
	rv_json_set_string(o, "description", v->sdesc);
	for (uint32_t i = 0; i < p->keywords.n; i++)
		rv_json_append_string(words, rv_scan_at(&p->keywords, i));
	rv_json_set(o, "keywords", words);
	rv_json_append(s->all, o);
}

static void look_at_variants(
    struct search *s, const struct rv_scan *scan, const struct rv_scan_port *p)
{
	struct rv_scan_variant v;

	for (uint32_t i = 0; i < p->n_variants; i++) {
		bool all = true;

		rv_scan_variant(scan, p->first_variant + i, &v);
		for (int k = 0; k < s->run->argc && all; k++)
			all = fits_variant(s, s->run->argv[k], p, &v);
		if (all)
			found_variant(s, p, &v);
	}
}

/* --- files of manifests */

/* The path of a line, empty where there is none: comments, folders. */
static struct rv_span path_of(struct rv_span line)
{
	size_t blank = rv_span_find(line, ' ');
	struct rv_span keyword = rv_span_sub(line, 0, blank);

	if (!line.n || line.p[0] != '@')
		return line;
	if (rv_span_is(keyword, "@comment") || rv_span_starts(keyword, RV_SPAN_LIT("@dir")))
		return RV_SPAN_NULL;
	return rv_span_trim(rv_span_from(line, blank + 1));
}

static void found_file(
    struct search *s, const char *namebase, const char *manifest, const char *path)
{
	struct rv_json *o;

	s->found++;
	if (!s->run->globals.json) {
		rv_table_addf(&s->files, "%s:%s", namebase, manifest);
		rv_table_add(&s->files, path);
		return;
	}
	o = rv_json_new_object();
	rv_json_set_string(o, "port", namebase);
	rv_json_set_string(o, "manifest", manifest);
	rv_json_set_string(o, "file", path);
	rv_json_append(s->all, o);
}

static void look_at_lines(
    struct search *s, const char *namebase, const char *manifest, struct rv_span text)
{
	struct rv_span line;

	while (rv_span_next(&text, '\n', &line)) {
		struct rv_span path = path_of(line);
		rv_auto(rv_str) char *copy = NULL;
		bool all = path.n > 0;

		if (!all)
			continue;
		copy = rv_span_dup(path);
		for (int k = 0; k < s->run->argc && all; k++)
			all = fits(s->run->argv[k], copy);
		if (all)
			found_file(s, namebase, manifest, copy);
	}
}

#define PLIST "plist."

static int look_at_files(
    struct search *s, const char *namebase, const struct rv_port_files *files, struct rv_error *err)
{
	rv_auto(rv_file_names) struct rv_file_names names = {0};

	if (rv_port_files_list(files, "manifests", &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
		rv_auto(rv_str) char *path = rv_strfmt("manifests/%s", names.v[i]);

		if (strncmp(names.v[i], PLIST, strlen(PLIST)) != 0)
			continue;
		if (rv_port_files_read(files, path, &text, err) < 0)
			return -1;
		look_at_lines(s, namebase, names.v[i] + strlen(PLIST), rv_buf_span(&text));
	}
	return 0;
}

static int look_at_manifests(struct search *s, const struct rv_scan_port *p, struct rv_error *err)
{
	const struct rv_port_context context = {.mk = s->reading.recipes.mk};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *port = NULL;

	if (rv_trees_load(&s->reading.recipes.trees, p->namebase, &context, &problems, &port, err) <
	    0)
		return -1;
	return look_at_files(s, p->namebase, &port->files, err);
}

/* --- the whole */

static int read_places(struct search *s, const struct search_opts *o)
{
	for (size_t i = 0; i < o->by.n; i++) {
		size_t k = 0;

		while (k < RV_COUNT(places) && strcmp(places[k].word, o->by.v[i]) != 0)
			k++;
		if (k == RV_COUNT(places))
			return rv_cli_usage(s->run,
			    "--by: '%s' is none of name, description, keyword, file", o->by.v[i]);
		s->by |= places[k].bit;
	}
	if (!o->by.n)
		s->by = BY_NAME | BY_DESCRIPTION | BY_KEYWORD;
	for (int i = 0; i < s->run->argc; i++)
		if (!*s->run->argv[i])
			return rv_cli_usage(s->run, "an empty pattern is in everything");
	return 0;
}

static int look(struct search *s, struct rv_error *err)
{
	rv_autofree(rv_scan) struct rv_scan *scan = NULL;
	struct rv_scan_port p;

	if (rv_adm_scan(
		s->run, s->reading.profile, &s->reading.recipes, RV_SCAN_HEADS, &scan, err) < 0)
		return -1;
	for (uint32_t i = 0; i < rv_scan_port_count(scan); i++) {
		rv_scan_port(scan, i, &p);
		if (s->by & ~(unsigned)BY_FILE)
			look_at_variants(s, scan, &p);
		if ((s->by & BY_FILE) && look_at_manifests(s, &p, err) < 0)
			return -1;
	}
	return 0;
}

static int run_search(struct rv_run *run, struct rv_error *err)
{
	const struct search_opts *o = run->opts;
	__attribute__((cleanup(search_release))) struct search s = {.run = run,
	    .reading = RV_READING_INIT,
	    .ports = RV_TABLE_INIT(3),
	    .files = RV_TABLE_INIT(2),
	    .all = rv_json_new_array()};
	int rc = read_places(&s, o);

	if (rc != 0)
		return rc;
	if (rv_reading_open(run, &o->reading, &s.reading, err) < 0 || look(&s, err) < 0)
		return -1;
	if (run->globals.json) {
		rv_out_json(run, s.all);
		s.all = NULL;
	} else {
		rv_table_print(&s.ports, run);
		rv_table_print(&s.files, run);
	}
	if (s.found)
		return 0;
	rv_cli_warn(run, "search: nothing found");
	return RV_STATUS_FAILED;
}

const struct rv_cmd rv_cmd_search = {
    .name = "search",
    .synopsis = "PATTERN ...",
    .summary = "find ports by name, description, keyword, or by a file in their manifests",
    .details = "Every PATTERN must be part of what is looked at, in small or capital letters; one "
	       "with * ? or [ must fit the whole of it. Status 1 when nothing was found.",
    .min = 1,
    .max = RV_MANY,
    .options = options,
    .opts_bytes = sizeof(struct search_opts),
    .run = run_search,
};
