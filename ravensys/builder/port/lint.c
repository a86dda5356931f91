/* SPDX-License-Identifier: ISC */
/* Runs the rules of lint.def over a port. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "os/file.h"
#include "port/lint_rules.h"

enum wants { WANTS_TEXT, WANTS_PORT };

static const struct rv_lint_rule rules[] = {
#define RV_LINT_ROW(id_, severity_, wants_, function_, summary_)                                   \
	{(id_), RV_SEVERITY_##severity_, WANTS_##wants_ == WANTS_PORT, rv_lint_##function_,        \
	    (summary_)},
#include "port/lint.def"
#undef RV_LINT_ROW
};

const char *rv_severity_name(enum rv_severity s)
{
	return s == RV_SEVERITY_ERROR ? "error" : "warning";
}

bool rv_lint_rule_at(size_t i, const char **id, enum rv_severity *severity, const char **summary)
{
	if (i >= RV_COUNT(rules))
		return false;
	*id = rules[i].id;
	*severity = rules[i].severity;
	*summary = rules[i].summary;
	return true;
}

void rv_findings_release(struct rv_findings *f)
{
	rv_vec_release(&f->list);
	rv_arena_release(&f->arena);
	*f = RV_FINDINGS_INIT;
}

void rv_lint_place_release(struct rv_lint_place *p)
{
	rv_map_release(&p->known);
	rv_arena_release(&p->arena);
}

/* Bytes that are not printable ASCII or part of UTF-8 become '?'. */
static const char *printable(struct rv_arena *arena, char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return rv_arena_strdup(arena, text);
}

void rv_lint_say(struct rv_lint *l, const char *file, unsigned line, const char *fmt, ...)
{
	struct rv_findings *out = l->out;
	char text[700];
	va_list ap;

	if (l->rule->severity == RV_SEVERITY_ERROR)
		out->errors++;
	else
		out->warnings++;
	if (out->list.n >= RV_FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rv_vec_push(&out->list, (struct rv_finding){.severity = l->rule->severity,
				    .rule = l->rule->id,
				    .file = rv_arena_strdup(&out->arena, file),
				    .line = line,
				    .text = printable(&out->arena, text)});
}

/* --- the port's texts */

static int read_text(
    struct rv_lint *l, const char *path, struct rv_lint_text *out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	int rc = rv_port_files_read(l->files, path, &text, err);

	out->path = path;
	if (rc == 0)
		out->text = rv_arena_span(&l->arena, rv_buf_span(&text));
	return rc < 0 ? rc : 0;
}

static int read_folder(
    struct rv_lint *l, enum rv_lint_folder which, const char *folder, struct rv_error *err)
{
	struct rv_file_names names = {0};
	int rc = rv_port_files_list(l->files, folder, &names, err);

	for (size_t i = 0; i < names.n && rc == 0; i++) {
		const char *path = rv_arena_fmt(&l->arena, "%s/%s", folder, names.v[i]);

		rc = read_text(l, path, rv_vec_add(&l->texts[which]), err);
	}
	rv_file_names_release(&names);
	return rc;
}

static int read_port(struct rv_lint *l, struct rv_error *err)
{
	struct rv_error why = RV_ERROR_INIT;
	int rc;

	if (read_text(l, RV_SPECIFICATION, &l->specification, err) < 0 ||
	    read_text(l, "distinfo", &l->distinfo, err) < 0 ||
	    read_folder(l, RV_LINT_DESCRIPTIONS, "descriptions", err) < 0 ||
	    read_folder(l, RV_LINT_MANIFESTS, "manifests", err) < 0)
		return -1;
	if (!l->specification.text.p)
		return rv_fail(err, RV_INPUT, "%s: there is no " RV_SPECIFICATION, l->path);
	rc = rv_port_parse(l->specification.text, RV_SPECIFICATION, l->files, &l->place->context,
	    &l->problems, &l->port, &why);
	if (rc < 0 && !l->problems.count)
		return rv_fail(err, why.code, "%s", why.msg);
	return 0;
}

static void lint_release(struct rv_lint *l)
{
	rv_port_free(l->port);
	rv_problems_release(&l->problems);
	for (size_t i = 0; i < RV_LINT_FOLDERS; i++)
		rv_vec_release(&l->texts[i]);
	rv_arena_release(&l->arena);
}

/* --- rules */

static bool is_skipped(const struct rv_lint_place *p, const char *id)
{
	for (size_t i = 0; i < p->n_skip; i++)
		if (strcmp(p->skip[i], id) == 0)
			return true;
	return false;
}

/* The specification first, then by name; in a file by line. */
static int by_place(const void *a, const void *b)
{
	const struct rv_finding *x = a, *y = b;
	int xs = strcmp(x->file, RV_SPECIFICATION) != 0,
	    ys = strcmp(y->file, RV_SPECIFICATION) != 0;
	int c = xs != ys ? xs - ys : strcmp(x->file, y->file);

	if (c == 0)
		c = (x->line > y->line) - (x->line < y->line);
	if (c == 0)
		c = strcmp(x->rule, y->rule);
	return c ? c : strcmp(x->text, y->text);
}

int rv_lint_port(struct rv_lint_place *place, const struct rv_port_files *files, const char *path,
    struct rv_findings *out, struct rv_error *err)
{
	__attribute__((cleanup(lint_release))) struct rv_lint l = {
	    .place = place, .files = files, .path = path, .out = out};

	if (read_port(&l, err) < 0)
		return -1;
	for (size_t i = 0; i < RV_COUNT(rules); i++) {
		l.rule = &rules[i];
		if ((l.rule->wants_port && !l.port) || is_skipped(place, l.rule->id))
			continue;
		if (l.rule->look(&l, err) < 0)
			return rv_context(err, "%s", path);
	}
	rv_vec_sort(&out->list, by_place);
	return 0;
}
