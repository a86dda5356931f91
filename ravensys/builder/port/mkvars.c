/* SPDX-License-Identifier: ISC */
/*
 * Make files of data: lines, directives and assignments. Values are kept as text and expanded at
 * the end, as make would when it is asked; every line run counts, so that loops end.
 */
#include "port/mkvars.h"

#include "base/vec.h"
#include "port/mkeval.h"

#define NEST_MAX 32
#define RUN_MAX 200000 /* lines, those of loops counted each time */
#define LOOP_VARIABLES_MAX 16

struct line {
	struct rv_span text; /* joined, without comment, trimmed; never empty */
	unsigned number;
};

struct lines {
	struct line *v;
	size_t n, cap;
};

struct parser {
	struct rv_mkvars *vars;
	struct rv_mk mk;
	const char *what;
	unsigned line;
	unsigned run;
	unsigned loops; /* .for in .for */
	struct rv_error *err;
};

/* The .if that are open within one list of lines. */
struct branches {
	unsigned depth;
	bool live[NEST_MAX], taken[NEST_MAX];
};

void rv_mkvars_release(struct rv_mkvars *v)
{
	rv_map_release(&v->raw);
	rv_map_release(&v->values);
	rv_arena_release(&v->arena);
}

const char *rv_mkvars_get(const struct rv_mkvars *v, struct rv_span name)
{
	return rv_map_get(&v->values, name);
}

static int complain(struct parser *p, const char *why, struct rv_span line)
{
	return rv_fail(p->err, RV_INPUT, "%s:%u: %s: %.*s", p->what, p->line, why,
	    line.n > 200 ? 200 : (int)line.n, line.p);
}

static int expand(struct parser *p, struct rv_span text, struct rv_buf *out, struct rv_span line)
{
	return rv_mk_expand(&p->mk, text, 0, out) < 0 ? complain(p, p->mk.why, line) : 0;
}

/* --- assignments */

/* Where the operator's = is; line.n when there is none. References are stepped over. */
static size_t find_equals(struct rv_span line)
{
	size_t i = 0;

	while (i < line.n && line.p[i] != '=') {
		size_t step = line.p[i] == '$' ? rv_mk_reference(rv_span_from(line, i)) : 0;

		i += step ? step : 1;
	}
	return i < line.n ? i : line.n;
}

static int store(
    struct parser *p, char op, struct rv_span name, struct rv_span value, struct rv_span line)
{
	struct rv_arena *arena = &p->vars->arena;
	const char *old = rv_map_get(&p->vars->raw, name);
	rv_auto(rv_buf) struct rv_buf now = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	const char *text;

	if (op == '?' && old)
		return 0;
	if (op == '!')
		return complain(p, "would run a program", line);
	if (op == ':') {
		if (expand(p, value, &now, line) < 0)
			return -1;
		text = rv_arena_strndup(arena, rv_buf_str(&now), now.n);
	} else if (op == '+' && old) {
		if (strlen(old) + value.n > RV_MK_VALUE_MAX_BYTES)
			return complain(p, "too much in one variable", line);
		text = rv_arena_fmt(arena, "%s %.*s", old, RV_SPAN_ARG(value));
		p->mk.work += strlen(text);
	} else {
		text = rv_arena_strndup(arena, value.p, value.n);
	}
	rv_map_put(&p->vars->raw, rv_arena_span(arena, name), (void *)(uintptr_t)text);
	return p->mk.work > RV_MK_WORK_MAX ? complain(p, "too much to expand", line) : 0;
}

static int assignment(struct parser *p, struct rv_span line)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	size_t equals = find_equals(line);
	struct rv_span left = rv_span_sub(line, 0, equals);
	char op = '=';

	if (equals == line.n || equals == 0)
		return complain(p, "neither an assignment nor a directive", line);
	if (strchr("?+:!", left.p[left.n - 1])) {
		op = left.p[left.n - 1];
		left.n--;
	}
	if (expand(p, rv_span_trim(left), &name, line) < 0)
		return -1;
	if (!rv_span_trim(rv_buf_span(&name)).n)
		return complain(p, "an assignment without a name", line);
	return store(p, op, rv_span_trim(rv_buf_span(&name)),
	    rv_span_trim(rv_span_from(line, equals + 1)), line);
}

/* --- directives */

/* The word behind the dot, and what follows it; an empty word for a line that is no directive. */
static struct rv_span directive_of(struct rv_span line, struct rv_span *rest)
{
	size_t n = 0;

	*rest = line;
	if (line.p[0] != '.')
		return rv_span(NULL, 0);
	line = rv_span_trim(rv_span_from(line, 1));
	while (n < line.n && line.p[n] >= 'a' && line.p[n] <= 'z')
		n++;
	*rest = rv_span_trim(rv_span_from(line, n));
	return rv_span_sub(line, 0, n);
}

static bool is_live(const struct branches *b)
{
	return b->depth == 0 || b->live[b->depth - 1];
}

static int condition(struct parser *p, struct rv_span rest, bool *out, struct rv_span line)
{
	return rv_mk_condition(&p->mk, rest, out) < 0 ? complain(p, p->mk.why, line) : 0;
}

static int branch_if(struct parser *p, struct branches *b, struct rv_span rest, struct rv_span line)
{
	bool outer = is_live(b), yes = false;

	if (b->depth == NEST_MAX)
		return complain(p, ".if nested too deep", line);
	if (outer && condition(p, rest, &yes, line) < 0)
		return -1;
	b->live[b->depth] = outer && yes;
	b->taken[b->depth] = !outer || yes;
	b->depth++;
	return 0;
}

static int branch_else(
    struct parser *p, struct branches *b, struct rv_span rest, struct rv_span line)
{
	bool yes = true;

	if (b->depth == 0)
		return complain(p, "no .if before this", line);
	if (rest.n && !b->taken[b->depth - 1] && condition(p, rest, &yes, line) < 0)
		return -1;
	b->live[b->depth - 1] = yes && !b->taken[b->depth - 1];
	b->taken[b->depth - 1] |= yes;
	return 0;
}

static int undefine(struct parser *p, struct rv_span rest, struct rv_span line)
{
	rv_auto(rv_buf) struct rv_buf names = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	struct rv_span list, name;

	if (expand(p, rest, &names, line) < 0)
		return -1;
	list = rv_buf_span(&names);
	while (rv_span_next(&list, ' ', &name))
		if (name.n)
			rv_map_remove(&p->vars->raw, name);
	return 0;
}

/* A line that counts and is neither .if nor .for. */
static int plain_line(struct parser *p, struct rv_span line)
{
	static const char *const passed[] = {
	    "include", "sinclude", "dinclude", "export", "info", "warning"};
	struct rv_span rest, word = directive_of(line, &rest);

	if (!word.n)
		return line.p[0] == '.' ? complain(p, "not understood", line) : assignment(p, line);
	if (rv_span_is(word, "undef"))
		return undefine(p, rest, line);
	for (size_t i = 0; i < RV_COUNT(passed); i++)
		if (rv_span_is(word, passed[i]))
			return 0;
	return complain(p, "directive not understood", line);
}

/* --- .for */

static int run(struct parser *p, const struct lines *lines, size_t from, size_t to);

struct loop {
	struct rv_span names[LOOP_VARIABLES_MAX];
	size_t n;
	struct rv_span list; /* what follows "in" */
};

static int read_loop(struct parser *p, struct rv_span rest, struct loop *l, struct rv_span line)
{
	*l = (struct loop){0};
	for (;;) {
		size_t n = 0;

		while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\t')
			n++;
		if (n == 0)
			return complain(p, ".for without in", line);
		if (rv_span_is(rv_span_sub(rest, 0, n), "in"))
			break;
		if (l->n == LOOP_VARIABLES_MAX)
			return complain(p, "too many variables", line);
		l->names[l->n++] = rv_span_sub(rest, 0, n);
		rest = rv_span_trim(rv_span_from(rest, n));
	}
	l->list = rv_span_trim(rv_span_from(rest, 2));
	return l->n ? 0 : complain(p, ".for without a variable", line);
}

/* ${name...} and $(name...) become ${:Uvalue...}, as make does it. */
static void put_iteration(
    struct rv_span text, const struct loop *l, const struct rv_span *values, struct rv_buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		size_t k = 0;

		rv_buf_add_char(out, text.p[i]);
		if (text.p[i] != '$' || i + 1 >= text.n || !strchr("{(", text.p[i + 1]))
			continue;
		for (; k < l->n; k++) {
			struct rv_span at = rv_span_from(text, i + 2);

			if (rv_span_starts(at, l->names[k]) && at.n > l->names[k].n &&
			    strchr("}):", at.p[l->names[k].n]))
				break;
		}
		if (k == l->n)
			continue;
		rv_buf_addf(out, "%c:U", text.p[++i]);
		for (size_t c = 0; c < values[k].n; c++) {
			if (strchr(":{}()\\", values[k].p[c]))
				rv_buf_add_char(out, '\\');
			rv_buf_add_char(out, values[k].p[c]);
		}
		i += l->names[k].n;
	}
}

static int run_iteration(struct parser *p, const struct lines *lines, size_t from, size_t to,
    const struct loop *l, const struct rv_span *values)
{
	struct lines body = {0};
	int rc = 0;

	for (size_t i = from; i < to && rc == 0; i++) {
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);

		put_iteration(lines->v[i].text, l, values, &text);
		p->mk.work += text.n;
		if (text.failed || p->mk.work > RV_MK_WORK_MAX)
			rc = complain(p, "too much to expand", lines->v[i].text);
		rv_vec_push(&body, (struct line){rv_arena_span(&p->vars->arena, rv_buf_span(&text)),
				       lines->v[i].number});
	}
	if (rc == 0)
		rc = run(p, &body, 0, body.n);
	rv_vec_release(&body);
	return rc;
}

static int run_loop(struct parser *p, const struct lines *lines, size_t from, size_t to)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	struct rv_span line = lines->v[from].text, rest, words, word, values[LOOP_VARIABLES_MAX];
	struct loop l;
	size_t have = 0;
	int rc = 0;

	directive_of(line, &rest);
	if (read_loop(p, rest, &l, line) < 0 || expand(p, l.list, &list, line) < 0)
		return -1;
	if (p->loops == NEST_MAX)
		return complain(p, ".for nested too deep", line);
	p->loops++;
	words = rv_buf_span(&list);
	while (rc == 0 && rv_span_next(&words, ' ', &word)) {
		word = rv_span_trim(word);
		if (!word.n)
			continue;
		values[have++] = word;
		if (have == l.n) {
			rc = run_iteration(p, lines, from + 1, to, &l, values);
			have = 0;
		}
	}
	p->loops--;
	return rc;
}

/* The .endfor of the .for at this line; to when it has none. */
static size_t find_endfor(const struct lines *lines, size_t at, size_t to)
{
	unsigned depth = 0;

	for (; at < to; at++) {
		struct rv_span rest, word = directive_of(lines->v[at].text, &rest);

		depth += rv_span_is(word, "for");
		if (rv_span_is(word, "endfor") && --depth == 0)
			return at;
	}
	return to;
}

static int run_directive(struct parser *p, struct branches *b, struct rv_span word,
    struct rv_span rest, struct rv_span line)
{
	if (rv_span_is(word, "if"))
		return branch_if(p, b, rest, line);
	if (rv_span_is(word, "elif"))
		return rest.n ? branch_else(p, b, rest, line)
			      : complain(p, "a condition that is not understood", line);
	if (rv_span_is(word, "else"))
		return branch_else(p, b, rv_span(NULL, 0), line);
	if (rv_span_is(word, "endif")) {
		if (b->depth == 0)
			return complain(p, "no .if before this", line);
		b->depth--;
		return 0;
	}
	return is_live(b) ? plain_line(p, line) : 0;
}

static int run(struct parser *p, const struct lines *lines, size_t from, size_t to)
{
	struct branches b = {0};

	for (size_t i = from; i < to; i++) {
		struct rv_span rest, line = lines->v[i].text, word = directive_of(line, &rest);

		p->line = lines->v[i].number;
		if (++p->run > RUN_MAX)
			return complain(p, "too many lines are run", line);
		if (rv_span_is(word, "for")) {
			size_t end = find_endfor(lines, i, to);

			if (end == to)
				return complain(p, ".for without .endfor", line);
			if (is_live(&b) && run_loop(p, lines, i, end) < 0)
				return -1;
			i = end;
		} else if (run_directive(p, &b, word, rest, line) < 0) {
			return -1;
		}
	}
	return b.depth ? rv_fail(p->err, RV_INPUT, "%s: .if without .endif", p->what) : 0;
}

/* --- the file */

/* Without the comment: a # that no backslash precedes; such a backslash goes. */
static void uncomment(struct rv_buf *line)
{
	size_t to = 0;

	for (size_t i = 0; i < line->n && line->p[i] != '#'; i++) {
		if (line->p[i] == '\\' && i + 1 < line->n && line->p[i + 1] == '#')
			i++;
		line->p[to++] = line->p[i];
	}
	rv_buf_cut(line, to);
}

static int split(struct parser *p, struct rv_span text, struct lines *out)
{
	rv_auto(rv_buf) struct rv_buf joined = RV_BUF_INIT(RV_MKVARS_MAX_BYTES);
	struct rv_span line;
	unsigned number = 0, begun = 0;

	while (rv_span_next(&text, '\n', &line)) {
		bool more = line.n && line.p[line.n - 1] == '\\';

		number++;
		begun = joined.n ? begun : number;
		rv_buf_add_span(&joined, joined.n ? rv_span_trim(line) : line);
		if (more) {
			rv_buf_cut(&joined, joined.n - 1);
			rv_buf_add_char(&joined, ' ');
			continue;
		}
		if (rv_buf_check(&joined, p->what, p->err) < 0)
			return -1;
		uncomment(&joined);
		line = rv_span_trim(rv_buf_span(&joined));
		if (line.n)
			rv_vec_push(
			    out, (struct line){rv_arena_span(&p->vars->arena, line), begun});
		rv_buf_reset(&joined);
	}
	return 0;
}

/* What cannot be expanded has no value; that is said where it is asked for. */
static void settle(struct parser *p)
{
	struct rv_span name;
	void *raw;
	size_t i = 0;

	while (rv_map_next(&p->vars->raw, &i, &name, &raw)) {
		rv_auto(rv_buf) struct rv_buf value = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);

		if (rv_mk_expand(&p->mk, rv_span_str(raw), 0, &value) == 0)
			rv_map_put(&p->vars->values, name,
			    rv_arena_strndup(&p->vars->arena, rv_buf_str(&value), value.n));
	}
}

int rv_mkvars_parse(
    struct rv_span text, const char *what, struct rv_mkvars *out, struct rv_error *err)
{
	struct parser p = {.vars = out, .mk = {.raw = &out->raw}, .what = what, .err = err};
	struct lines lines = {0};
	int rc = 0;

	if (text.n > RV_MKVARS_MAX_BYTES)
		return rv_fail(
		    err, RV_INPUT, "%s: larger than %zu bytes", what, RV_MKVARS_MAX_BYTES);
	rc = split(&p, text, &lines);
	if (rc == 0)
		rc = run(&p, &lines, 0, lines.n);
	if (rc == 0)
		settle(&p);
	rv_vec_release(&lines);
	return rc;
}
