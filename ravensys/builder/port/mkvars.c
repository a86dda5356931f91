/* SPDX-License-Identifier: ISC */
/* Data-only make files: assignments kept as text, expanded when asked for. */
#include "port/mkvars.h"

#include <fnmatch.h>

#include "base/vec.h"

#define DEPTH_MAX 16
#define VALUE_MAX_BYTES ((size_t)64 * 1024)
#define NEST_MAX 32

struct parser {
	struct rv_mkvars *vars;
	const char *what;
	unsigned line;
	unsigned for_depth;
	unsigned depth; /* of .if */
	/* per .if level: lines count now; some branch was taken already */
	bool live[NEST_MAX], taken[NEST_MAX];
	struct rv_error *err;
};

void rv_mkvars_release(struct rv_mkvars *v)
{
	rv_map_release(&v->values);
	rv_arena_release(&v->arena);
}

static int expand(struct rv_mkvars *v, struct rv_span text, unsigned depth, struct rv_buf *out);

/* ${NAME} or ${NAME:Mpattern} into out. < 0 when it goes round in a circle. */
static int expand_name(struct rv_mkvars *v, struct rv_span name, unsigned depth, struct rv_buf *out)
{
	size_t colon = rv_span_find(name, ':');
	struct rv_span modifier = rv_span_from(name, colon + 1);
	const char *value = rv_map_get(&v->values, rv_span_sub(name, 0, colon));
	rv_auto(rv_buf) struct rv_buf got = RV_BUF_INIT(VALUE_MAX_BYTES);
	char pattern[128];

	if (!value)
		return 0;
	if (expand(v, rv_span_str(value), depth + 1, &got) < 0)
		return -1;
	if (modifier.n > 1 && modifier.n < sizeof(pattern) && modifier.p[0] == 'M') {
		memcpy(pattern, modifier.p + 1, modifier.n - 1);
		pattern[modifier.n - 1] = '\0';
		if (fnmatch(pattern, rv_buf_str(&got), 0) != 0)
			return 0;
	}
	rv_buf_add_span(out, rv_buf_span(&got));
	return 0;
}

static int expand(struct rv_mkvars *v, struct rv_span text, unsigned depth, struct rv_buf *out)
{
	if (depth > DEPTH_MAX)
		return -1;
	while (text.n) {
		size_t at = rv_span_find_span(text, RV_SPAN_LIT("${"));
		struct rv_span rest = rv_span_from(text, at + 2);
		size_t end = rv_span_find(rest, '}');

		if (at == text.n || end == rest.n) {
			rv_buf_add_span(out, text);
			return 0;
		}
		rv_buf_add_span(out, rv_span_sub(text, 0, at));
		if (expand_name(v, rv_span_sub(rest, 0, end), depth, out) < 0)
			return -1;
		text = rv_span_from(rest, end + 1);
	}
	return 0;
}

const char *rv_mkvars_get(struct rv_mkvars *v, struct rv_span name)
{
	const char *raw = rv_map_get(&v->values, name);
	rv_auto(rv_buf) struct rv_buf out = RV_BUF_INIT(VALUE_MAX_BYTES);

	if (!raw || expand(v, rv_span_str(raw), 0, &out) < 0 || out.failed)
		return NULL;
	return rv_arena_strndup(&v->arena, rv_buf_str(&out), out.n);
}

static bool is_live(const struct parser *p)
{
	return p->for_depth == 0 && (p->depth == 0 || p->live[p->depth - 1]);
}

/* defined(X), !defined(X), ${X:Mpattern}, ${X} == "text", ${X} != "text" */
static int condition(struct parser *p, struct rv_span text, bool *out)
{
	rv_auto(rv_buf) struct rv_buf left = RV_BUF_INIT(VALUE_MAX_BYTES);
	bool no = text.n && text.p[0] == '!';
	struct rv_span word = no ? rv_span_from(text, 1) : text;
	size_t equals;

	if (rv_span_starts(word, RV_SPAN_LIT("defined(")) && rv_span_ends(word, RV_SPAN_LIT(")"))) {
		struct rv_span name = rv_span_trim(rv_span_sub(word, 8, word.n - 9));

		*out = (rv_map_get(&p->vars->values, name) != NULL) != no;
		return 0;
	}
	if (!rv_span_starts(text, RV_SPAN_LIT("${")))
		return rv_fail(p->err, RV_INPUT, "%s:%u: condition not understood: %.*s", p->what,
		    p->line, RV_SPAN_ARG(text));
	equals = rv_span_find(text, '=');
	if (equals < text.n && equals > 0 && equals + 1 < text.n) {
		struct rv_span right = rv_span_trim(rv_span_from(text, equals + 2));

		if (right.n >= 2 && right.p[0] == '"')
			right = rv_span_sub(right, 1, right.n - 2);
		if (text.p[equals] == '=' && text.p[equals - 1] == '!')
			no = true, equals--;
		else if (text.p[equals + 1] != '=')
			equals = text.n;
		if (expand(p->vars, rv_span_trim(rv_span_sub(text, 0, equals)), 0, &left) < 0)
			left.n = 0;
		*out = rv_span_eq(rv_buf_span(&left), right) != no;
		return 0;
	}
	*out = expand(p->vars, text, 0, &left) == 0 && left.n > 0;
	return 0;
}

static int directive_if(struct parser *p, struct rv_span rest)
{
	bool outer = is_live(p), yes = false;

	if (p->depth == NEST_MAX)
		return rv_fail(p->err, RV_INPUT, "%s:%u: .if nested too deep", p->what, p->line);
	if (outer && condition(p, rest, &yes) < 0)
		return -1;
	p->live[p->depth] = outer && yes;
	p->taken[p->depth] = !outer || yes;
	p->depth++;
	return 0;
}

static int directive_else(struct parser *p, struct rv_span rest, bool has_condition)
{
	bool yes = true;

	if (p->depth == 0)
		return rv_fail(p->err, RV_INPUT, "%s:%u: no .if before this", p->what, p->line);
	if (has_condition && !p->taken[p->depth - 1] && condition(p, rest, &yes) < 0)
		return -1;
	p->live[p->depth - 1] = yes && !p->taken[p->depth - 1];
	p->taken[p->depth - 1] |= yes;
	return 0;
}

static int directive(struct parser *p, struct rv_span line)
{
	struct rv_span rest = rv_span_trim(rv_span_from(line, 1));
	size_t blank = 0;
	struct rv_span word;

	while (blank < rest.n && rest.p[blank] != ' ' && rest.p[blank] != '\t')
		blank++;
	word = rv_span_sub(rest, 0, blank);
	rest = rv_span_trim(rv_span_from(rest, blank));
	if (rv_span_is(word, "for"))
		p->for_depth++;
	else if (rv_span_is(word, "endfor"))
		p->for_depth -= p->for_depth > 0;
	else if (p->for_depth > 0)
		return 0;
	else if (rv_span_is(word, "if"))
		return directive_if(p, rest);
	else if (rv_span_is(word, "elif"))
		return directive_else(p, rest, true);
	else if (rv_span_is(word, "else"))
		return directive_else(p, rest, false);
	else if (rv_span_is(word, "endif"))
		p->depth -= p->depth > 0;
	else if (rv_span_is(word, "undef"))
		rv_map_remove(&p->vars->values, rest);
	else if (!rv_span_is(word, "include") && is_live(p))
		return rv_fail(p->err, RV_INPUT, "%s:%u: directive not understood: .%.*s", p->what,
		    p->line, RV_SPAN_ARG(word));
	return 0;
}

static int assignment(struct parser *p, struct rv_span line)
{
	size_t equals = rv_span_find(line, '=');
	struct rv_span name = rv_span_sub(line, 0, equals), value = rv_span_from(line, equals + 1);
	struct rv_arena *arena = &p->vars->arena;
	char op = '=';
	const char *old;

	if (equals == line.n || equals == 0)
		return rv_fail(p->err, RV_INPUT, "%s:%u: neither an assignment nor a directive",
		    p->what, p->line);
	if (strchr("?+:", name.p[name.n - 1])) {
		op = name.p[name.n - 1];
		name.n--;
	}
	name = rv_arena_span(arena, rv_span_trim(name));
	value = rv_span_trim(value);
	old = rv_map_get(&p->vars->values, name);
	if (op == '?' && old)
		return 0;
	if (op == '+' && old)
		rv_map_put(&p->vars->values, name,
		    rv_arena_fmt(arena, "%s %.*s", old, RV_SPAN_ARG(value)));
	else
		rv_map_put(&p->vars->values, name, rv_arena_strndup(arena, value.p, value.n));
	return 0;
}

/* Without the comment: a # that no backslash precedes. */
static struct rv_span uncomment(struct rv_span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] != '\\'))
			return rv_span_sub(line, 0, i);
	return line;
}

static int parse_line(struct parser *p, struct rv_span line)
{
	line = rv_span_trim(uncomment(line));
	if (line.n == 0)
		return 0;
	if (line.p[0] == '.')
		return directive(p, line);
	return is_live(p) ? assignment(p, line) : 0;
}

int rv_mkvars_parse(
    struct rv_span text, const char *what, struct rv_mkvars *out, struct rv_error *err)
{
	struct parser p = {.vars = out, .what = what, .err = err};
	rv_auto(rv_buf) struct rv_buf joined = RV_BUF_INIT(RV_MKVARS_MAX_BYTES);
	struct rv_span line;

	while (rv_span_next(&text, '\n', &line)) {
		p.line++;
		if (line.n && line.p[line.n - 1] == '\\') {
			rv_buf_add(&joined, line.p, line.n - 1);
			continue;
		}
		rv_buf_add_span(&joined, line);
		if (rv_buf_check(&joined, what, err) < 0 ||
		    parse_line(&p, rv_buf_span(&joined)) < 0)
			return -1;
		rv_buf_reset(&joined);
	}
	return 0;
}
