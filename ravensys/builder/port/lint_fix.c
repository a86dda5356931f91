/* SPDX-License-Identifier: ISC */
/*
 * Mending what needs no thought. A text is mended in memory; the file is replaced only when that
 * changed it, so that a second run finds nothing to do.
 */
#include <stdio.h>

#include "os/file.h"
#include "port/filelist.h"
#include "port/lint_rules.h"
#include "port/lex.h"

enum { KEY_COLUMN = 24, HELPER_COLUMN = 40, TAB = 8, ROUNDS_MAX = 8 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct rv_span without_end_blanks(struct rv_span s)
{
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static struct rv_span without_first_blanks(struct rv_span s)
{
	while (s.n && is_blank(s.p[0]))
		s = rv_span_from(s, 1);
	return s;
}

/* --- columns of a specification */

static bool is_capital(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "KEY=" or "KEY[index]=" with a keyword that there is: the width up to the value, else 0. */
static size_t key_width(struct rv_span line)
{
	size_t n = 0, close;
	enum rv_port_key key;

	while (n < line.n && is_capital(line.p[n]))
		n++;
	key = rv_key_find(rv_span_sub(line, 0, n));
	if (key == RV_KEY_COUNT || n == line.n)
		return 0;
	if (line.p[n] == '[') {
		close = rv_span_find(line, ']');
		n = close + 1;
	}
	return n < line.n && line.p[n] == '=' ? n + 1 : 0;
}

/* "[OPTION].HELPER=" with a helper that there is. */
static size_t helper_width(struct rv_span line)
{
	size_t close = rv_span_find_span(line, RV_SPAN_LIT("].")), equals = rv_span_find(line, '=');
	struct rv_span name = rv_span_sub(line, close + 2, equals - close - 2);

	if (!line.n || line.p[0] != '[' || equals == line.n || close + 2 >= equals ||
	    rv_helper_find(name) == RV_HELPER_COUNT)
		return 0;
	return equals + 1;
}

static void put_tabs(struct rv_buf *out, size_t from, size_t column)
{
	for (; from < column; from = (from / TAB + 1) * TAB)
		rv_buf_add_char(out, '\t');
}

/* False: the name is too wide for its column, which no tabs can mend. */
static bool put_aligned(struct rv_span line, size_t width, size_t column, struct rv_buf *out)
{
	if (width >= column)
		return false;
	rv_buf_add_span(out, rv_span_sub(line, 0, width));
	put_tabs(out, width, column);
	rv_buf_add_span(out, without_first_blanks(rv_span_from(line, width)));
	return true;
}

/* What the next line may continue. Nobody knows what continues a line that is not understood. */
static enum rv_line_before before_next(
    struct rv_span line, enum rv_line_class class, enum rv_line_before before)
{
	if (class == RV_LINE_TITLE)
		return RV_BEFORE_TARGET;
	if (class == RV_LINE_BODY || class == RV_LINE_EMPTY || is_blank(line.p[0]))
		return before;
	if (class == RV_LINE_HELPER || helper_width(line))
		return RV_BEFORE_HELPER;
	if (class == RV_LINE_ARRAY || class == RV_LINE_SINGLET || key_width(line))
		return RV_BEFORE_KEY;
	return before == RV_BEFORE_TARGET ? before : RV_BEFORE_NONE;
}

static void mend_line(struct rv_span line, enum rv_line_before *before, struct rv_buf *out)
{
	enum rv_line_class class = rv_lex(line, *before).class;
	bool whole = class == RV_LINE_TITLE || class == RV_LINE_EMPTY || class == RV_LINE_BODY;
	size_t key = whole ? 0 : key_width(line), helper = whole ? 0 : helper_width(line);

	*before = before_next(line, class, *before);
	if (key || helper) {
		if (!put_aligned(line, key ? key : helper, key ? KEY_COLUMN : HELPER_COLUMN, out))
			rv_buf_add_span(out, line);
	} else if (!whole && is_blank(line.p[0]) &&
		   (*before == RV_BEFORE_KEY || *before == RV_BEFORE_HELPER)) {
		put_tabs(out, 0, *before == RV_BEFORE_KEY ? KEY_COLUMN : HELPER_COLUMN);
		rv_buf_add_span(out, without_first_blanks(line));
	} else {
		rv_buf_add_span(out, line);
	}
}

static void mend_lines(struct rv_span text, struct rv_buf *out)
{
	enum rv_line_before before = RV_BEFORE_NONE;
	struct rv_span line;

	while (rv_span_next(&text, '\n', &line)) {
		mend_line(without_end_blanks(line), &before, out);
		rv_buf_add_char(out, '\n');
	}
}

static bool has_line(const struct rv_items *items, unsigned line)
{
	for (size_t i = 0; i < items->n; i++)
		if (items->v[i].line == line)
			return true;
	return false;
}

/* The text without the lines of definitions that nothing uses, and what continues them. */
static void drop_defs(struct rv_span text, struct rv_buf *out)
{
	struct rv_arena arena = RV_ARENA_INIT;
	struct rv_items unused = {0};
	struct rv_span rest = text, line;
	bool dropping = false;

	rv_lint_unused_defs(text, &arena, &unused);
	for (unsigned n = 1; rv_span_next(&rest, '\n', &line); n++) {
		enum rv_line_class class = rv_lex(line, RV_BEFORE_KEY).class;

		if (class != RV_LINE_EMPTY && !(dropping && class == RV_LINE_MORE))
			dropping = has_line(&unused, n);
		if (dropping && class != RV_LINE_EMPTY)
			continue;
		rv_buf_add_span(out, line);
		rv_buf_add_char(out, '\n');
	}
	rv_vec_release(&unused);
	rv_arena_release(&arena);
}

static void mend_once(struct rv_span text, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf lines = RV_BUF_INIT(out->max);

	mend_lines(text, &lines);
	drop_defs(rv_buf_span(&lines), out);
}

/* A line that goes may change what the next one continues: until nothing changes. */
void rv_lint_mend(struct rv_span text, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf last = RV_BUF_INIT(out->max);

	mend_once(text, out);
	for (int round = 0; round < ROUNDS_MAX && !rv_span_eq(text, rv_buf_span(out)); round++) {
		rv_buf_reset(&last);
		rv_buf_add_span(&last, rv_buf_span(out));
		text = rv_buf_span(&last);
		rv_buf_reset(out);
		mend_once(text, out);
	}
}

/* How many faults the reader finds. */
static int count_faults(struct rv_span text, const struct rv_port_files *files,
    const struct rv_port_context *context, size_t *out, struct rv_error *err)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *p = NULL;

	if (rv_port_parse(text, RV_SPECIFICATION, files, context, &problems, &p, err) < 0 &&
	    !problems.count)
		return -1;
	*out = problems.count;
	*err = RV_ERROR_INIT;
	return 0;
}

static int check_specification(struct rv_span was, struct rv_span is,
    const struct rv_port_files *files, const struct rv_port_context *context, struct rv_error *err)
{
	size_t before, after;

	if (count_faults(was, files, context, &before, err) < 0 ||
	    count_faults(is, files, context, &after, err) < 0)
		return -1;
	return after > before ? rv_fail(err, RV_INPUT,
				    RV_SPECIFICATION ": mended, it would have %zu faults "
						     "instead of %zu: left alone",
				    after, before)
			      : 0;
}

/* --- files */

struct mending {
	int dirfd;
	struct rv_port_files files;
	const struct rv_port_context *context;
	bool dry_run;
	struct rv_file_names *mended;
};

static int put_file(struct mending *m, const char *path, struct rv_span was,
    const struct rv_buf *is, struct rv_error *err)
{
	struct rv_stat st;

	if (rv_buf_check(is, path, err) < 0)
		return -1;
	if (rv_span_eq(was, rv_buf_span(is)))
		return 0;
	if (!m->dry_run &&
	    (rv_file_stat(m->dirfd, path, &st, err) != 0 ||
		rv_file_replace(m->dirfd, path, st.mode & 0777, rv_buf_span(is), err) < 0))
		return -1;
	rv_vec_push(m->mended, rv_arena_strdup(&m->mended->arena, path));
	return 0;
}

static int mend_specification(struct mending *m, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf was = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf is = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES * 2);
	int rc = rv_port_files_read(&m->files, RV_SPECIFICATION, &was, err);

	if (rc != 0)
		return rc == RV_ABSENT ? rv_fail(err, RV_INPUT, "there is no " RV_SPECIFICATION)
				       : rc;
	rv_lint_mend(rv_buf_span(&was), &is);
	if (!rv_span_eq(rv_buf_span(&was), rv_buf_span(&is)) &&
	    check_specification(rv_buf_span(&was), rv_buf_span(&is), &m->files, m->context, err) <
		0)
		return -1;
	return put_file(m, RV_SPECIFICATION, rv_buf_span(&was), &is, err);
}

static void mend_ends(struct rv_span text, struct rv_buf *out)
{
	struct rv_span line;

	while (rv_span_next(&text, '\n', &line)) {
		rv_buf_add_span(out, without_end_blanks(line));
		rv_buf_add_char(out, '\n');
	}
}

static int mend_text(struct mending *m, const char *path, bool sort, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf was = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf lines = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES + 1);
	rv_auto(rv_buf) struct rv_buf sorted = RV_BUF_INIT(RV_PORT_FILE_MAX_BYTES + 1);
	int rc = rv_port_files_read(&m->files, path, &was, err);

	if (rc != 0)
		return rc == RV_ABSENT ? 0 : rc;
	mend_ends(rv_buf_span(&was), &lines);
	if (sort)
		rv_filelist_sort(rv_buf_span(&lines), &sorted);
	return put_file(m, path, rv_buf_span(&was), sort ? &sorted : &lines, err);
}

static int mend_folder(struct mending *m, const char *folder, bool sort, struct rv_error *err)
{
	struct rv_file_names names = {0};
	int rc = rv_port_files_list(&m->files, folder, &names, err);
	char path[512];

	for (size_t i = 0; i < names.n && rc == 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names.v[i]);
		rc = mend_text(m, path, sort, err);
	}
	rv_file_names_release(&names);
	return rc;
}

int rv_lint_fix(int dirfd, const struct rv_port_context *context, bool dry_run,
    struct rv_file_names *mended, struct rv_error *err)
{
	struct mending m = {.dirfd = dirfd,
	    .files = {.tree_fd = dirfd, .folder = "."},
	    .context = context,
	    .dry_run = dry_run,
	    .mended = mended};

	if (mend_specification(&m, err) < 0 || mend_text(&m, "distinfo", false, err) < 0 ||
	    mend_folder(&m, "descriptions", false, err) < 0 ||
	    mend_folder(&m, "manifests", true, err) < 0)
		return -1;
	return 0;
}
