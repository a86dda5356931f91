/* SPDX-License-Identifier: ISC */
/* ravenadm dev template: a specification to begin with, which the reader and lint accept. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/out.h"
#include "engine/profile.h"
#include "os/file.h"
#include "port/port.h"
#include "port/tree.h"
#include "ravenadm/cmds.h"

#define TEMPLATE_MAX_BYTES ((size_t)16 * 1024)

/* KEY and value, the value at column 24 */
static const struct {
	const char *key, *value;
} rows[] = {
    {"DEF[PORTVERSION]", "1.00"},
    {"# ----------------------------------------------------------------------------", NULL},
    {NULL, NULL},
    {"NAMEBASE", "%N"},
    {"VERSION", "${PORTVERSION}"},
    {"KEYWORDS", "misc"},
    {"VARIANTS", "std"},
    {"SDESC[std]", "Short description, 12 to 50 characters"},
    {"HOMEPAGE", "none"},
    {"CONTACT", "%C"},
    {NULL, NULL},
    {"DOWNLOAD_GROUPS", "main"},
    {"SITES[main]", "https://www.example.com/"},
    {"DISTFILE[1]", "%N-${PORTVERSION}.tar.gz:main"},
    {NULL, NULL},
    {"SPKGS[std]", "single"},
    {NULL, NULL},
    {"OPTIONS_AVAILABLE", "none"},
    {"OPTIONS_STANDARD", "none"},
    {NULL, NULL},
    {"FPC_EQUIVALENT", "misc/%N"},
};

static void add_value(
    struct rv_buf *out, const char *value, const char *namebase, const char *contact)
{
	for (const char *p = value; *p; p++) {
		bool mark = p[0] == '%' && (p[1] == 'N' || p[1] == 'C');

		if (mark)
			rv_buf_add_str(out, *++p == 'N' ? namebase : contact);
		else
			rv_buf_add_char(out, *p);
	}
}

static void add_row(struct rv_buf *out, const char *key, const char *value, const char *namebase,
    const char *contact)
{
	rv_buf_addf(out, "%s=", key);
	for (size_t column = strlen(key) + 1; column < 24; column = column / 8 * 8 + 8)
		rv_buf_add_char(out, '\t');
	add_value(out, value, namebase, contact);
	rv_buf_add_char(out, '\n');
}

static void write_text(struct rv_buf *out, const char *namebase, const char *contact)
{
	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		if (rows[i].value)
			add_row(out, rows[i].key, rows[i].value, namebase, contact);
		else
			rv_buf_addf(out, "%s\n", rows[i].key ? rows[i].key : "");
	}
}

/* The profile's, if there is a profile. */
static int find_contact(const struct rv_run *run, char **out, struct rv_error *err)
{
	const char *conf = rv_profile_conf_path(run->globals.conf);
	rv_autofree(rv_profile) struct rv_profile *p = NULL;
	rv_auto_fd fd = -1;

	if (!run->globals.conf && rv_file_open_user(conf, &fd, NULL) != 0) {
		*out = rv_strdup("nobody");
		return 0;
	}
	if (rv_profile_load(conf, NULL, &p, err) < 0)
		return -1;
	*out = rv_strdup(rv_profile_text(p, RV_PROFILE_CONTACT));
	return 0;
}

/* The working folder's own name, where that can be a port's. */
static char *find_namebase(void)
{
	char *here = realpath(".", NULL), *name = here ? strrchr(here, '/') : NULL;
	struct rv_origin origin;
	char *out;

	if (name && !strchr(name, ':') && strlen(name) < 60 &&
	    rv_origin_parse(name + 1, &origin, NULL) == 0)
		out = rv_strdup(origin.namebase);
	else
		out = rv_strdup("example");
	free(here);
	return out;
}

/* Only the contact is not ours. */
static int check(const struct rv_buf *text, const char *contact, struct rv_error *err)
{
	const struct rv_port_context context = {0};
	const struct rv_port_files files = RV_PORT_FILES_NONE;
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *port = NULL;

	if (rv_port_parse(
		rv_buf_span(text), RV_SPECIFICATION, &files, &context, &problems, &port, err) == 0)
		return 0;
	return rv_context(err, "maintainer_contact '%s' of the profile", contact);
}

static int save_file(int dirfd, const char *name, const char *text, struct rv_error *err)
{
	struct rv_stat st;
	int rc = rv_file_stat(dirfd, name, &st, err);

	if (rc == RV_ABSENT)
		return rv_file_replace(dirfd, name, 0644, rv_span_str(text), err);
	return rc;
}

/* The specification comes last: without it there is no port yet. */
static int save(const struct rv_run *run, const struct rv_buf *text, struct rv_error *err)
{
	struct rv_stat st;
	rv_auto_fd here = -1;
	int rc;

	if (rv_dir_open_user(".", &here, err) != 0)
		return -1;
	rc = rv_file_stat(here, RV_SPECIFICATION, &st, err);
	if (rc == 0)
		return rv_fail(
		    err, RV_INPUT, RV_SPECIFICATION ": there is one already, and it is left alone");
	if (rc < 0 || rv_dir_make(here, "manifests", 0755, err) < 0 ||
	    rv_dir_make(here, "descriptions", 0755, err) < 0 ||
	    save_file(here, "manifests/plist.single", "bin/example\n", err) < 0 ||
	    save_file(here, "descriptions/desc.single",
		"What the port is and does, for those who have never heard of it.\n", err) < 0 ||
	    save_file(here, RV_SPECIFICATION, rv_buf_str(text), err) < 0)
		return -1;
	rv_out_say(run, "written: " RV_SPECIFICATION
			", manifests/, descriptions/; edit them, then ravenadm dev "
			"distinfo and ravenadm dev lint\n");
	return 0;
}

static int run_template(struct rv_run *run, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(TEMPLATE_MAX_BYTES);
	rv_auto(rv_str) char *contact = NULL, *namebase = find_namebase();

	if (run->argc > 0 && strcmp(run->argv[0], "save") != 0)
		return rv_cli_usage(run, "'%s' is not save", run->argv[0]);
	if (find_contact(run, &contact, err) < 0)
		return -1;
	write_text(&text, namebase, contact);
	if (rv_buf_check(&text, RV_SPECIFICATION, err) < 0 || check(&text, contact, err) < 0)
		return -1;
	if (run->argc > 0 && !run->globals.dry_run)
		return save(run, &text, err);
	if (run->globals.json)
		rv_out_json(run, rv_json_new_string(rv_buf_str(&text)));
	else
		rv_out_print(run, "%s", rv_buf_str(&text));
	return 0;
}

const struct rv_cmd rv_cmd_dev_template = {
    .name = "dev template",
    .synopsis = "[save]",
    .summary = "print a specification to begin with",
    .details = "With save it is written into the working folder, with manifests/ and "
	       "descriptions/ beside it. The name of the folder becomes the name of the port.",
    .min = 0,
    .max = 1,
    .run = run_template,
};
