/* SPDX-License-Identifier: ISC */
/* Manifest lines. The state of @owner, @group and @mode is put into each entry that follows. */
#include "port/plist.h"

#include <string.h>

#include "base/vec.h"

struct state {
	struct rv_plist *out;
	const char *owner, *group;
	uint32_t mode;
	bool has_mode;
	unsigned line;
	const char *reason;
};

void rv_plist_release(struct rv_plist *p)
{
	rv_vec_release(p);
	rv_arena_release(&p->arena);
}

static bool fail(struct state *s, const char *reason)
{
	s->reason = reason;
	return false;
}

/* Octal, up to 7777. */
static bool parse_mode(struct rv_span text, uint32_t *out)
{
	uint32_t v = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '7' || text.n > 5)
			return false;
		v = v * 8 + (uint32_t)(text.p[i] - '0');
	}
	*out = v;
	return text.n > 0 && v <= 07777;
}

/* No ".." and no empty part; "" is no path. */
static bool is_path(struct rv_span path)
{
	struct rv_span part;
	bool first = true;

	if (!path.n)
		return false;
	while (rv_span_next(&path, '/', &part)) {
		if (rv_span_is(part, "..") || (part.n == 0 && !first))
			return false;
		first = false;
	}
	return true;
}

static const char *keep(struct state *s, struct rv_span text)
{
	return text.n ? rv_arena_strndup(&s->out->arena, text.p, text.n) : NULL;
}

static struct rv_plist_entry *add(struct state *s, enum rv_plist_kind kind, struct rv_span path)
{
	struct rv_plist_entry *e = rv_vec_add(s->out);

	e->kind = kind;
	e->line = s->line;
	e->path = rv_arena_strndup(&s->out->arena, path.p, path.n);
	e->owner = s->owner;
	e->group = s->group;
	e->mode = s->mode;
	e->has_mode = s->has_mode;
	return e;
}

static bool add_path(struct state *s, enum rv_plist_kind kind, struct rv_span path)
{
	if (!is_path(path))
		return fail(s, "not a path: empty, or with a part that is empty or '..'");
	add(s, kind, path);
	return true;
}

/* "owner,group,mode" of @(...) and @dir(...): each may be empty, then the state holds */
static bool take_attributes(struct state *s, struct rv_span text, struct state *out)
{
	struct rv_span parts[3] = {RV_SPAN_NULL, RV_SPAN_NULL, RV_SPAN_NULL};
	size_t n = 0;

	for (;;) {
		size_t comma = rv_span_find(text, ',');

		if (n == 3)
			return fail(s, "more than three of (owner,group,mode)");
		parts[n++] = rv_span_trim(rv_span_sub(text, 0, comma));
		if (comma == text.n)
			break;
		text = rv_span_from(text, comma + 1);
	}
	*out = *s;
	if (parts[0].n)
		out->owner = keep(s, parts[0]);
	if (parts[1].n)
		out->group = keep(s, parts[1]);
	if (parts[2].n) {
		if (!parse_mode(parts[2], &out->mode))
			return fail(s, "the mode is not octal");
		out->has_mode = true;
	}
	return true;
}

struct keyword {
	const char *name;
	enum rv_plist_kind kind;
};

static const struct keyword keywords[] = {
    {"comment", RV_PLIST_COMMENT},
    {"dir", RV_PLIST_DIR},
    {"info", RV_PLIST_INFO},
    {"sample", RV_PLIST_SAMPLE},
    {"shell", RV_PLIST_SHELL},
    {"rmtry", RV_PLIST_KEYWORD},
    {"smf", RV_PLIST_KEYWORD},
    {"fontsdir", RV_PLIST_KEYWORD},
    {"xmlcatmgr", RV_PLIST_KEYWORD},
};

static bool set_state(struct state *s, struct rv_span word, struct rv_span argument)
{
	if (rv_span_is(word, "owner"))
		s->owner = keep(s, argument);
	else if (rv_span_is(word, "group"))
		s->group = keep(s, argument);
	else if (!argument.n)
		s->has_mode = false;
	else if (parse_mode(argument, &s->mode))
		s->has_mode = true;
	else
		return fail(s, "the mode is not octal");
	return true;
}

static bool add_keyword(struct state *s, struct rv_span word, struct rv_span argument)
{
	for (size_t i = 0; i < RV_COUNT(keywords); i++) {
		enum rv_plist_kind kind = keywords[i].kind;
		size_t before = s->out->n;

		if (!rv_span_is(word, keywords[i].name))
			continue;
		if (kind == RV_PLIST_COMMENT)
			add(s, kind, argument);
		else if (!add_path(s, kind, argument))
			return false;
		s->out->v[before].keyword = keywords[i].name;
		return true;
	}
	return fail(s, "keyword not known (comment dir info rmtry sample shell smf fontsdir "
		       "xmlcatmgr owner group mode)");
}

/* "@word argument", "@word(owner,group,mode) argument", "@(owner,group,mode) path" */
static bool parse_keyword(struct state *s, struct rv_span line)
{
	size_t blank = rv_span_find(line, ' '), paren = rv_span_find(line, '(');
	struct rv_span word, argument;
	struct state with = *s;
	bool good;

	if (paren < blank) {
		size_t close = rv_span_find(line, ')');

		if (close == line.n || close < paren)
			return fail(s, "no closing parenthesis");
		word = rv_span_sub(line, 1, paren - 1);
		argument = rv_span_trim(rv_span_from(line, close + 1));
		if (!take_attributes(s, rv_span_sub(line, paren + 1, close - paren - 1), &with))
			return false;
	} else {
		word = rv_span_sub(line, 1, blank - 1);
		argument = rv_span_trim(rv_span_from(line, blank));
	}
	if (rv_span_is(word, "owner") || rv_span_is(word, "group") || rv_span_is(word, "mode"))
		return set_state(s, word, argument);
	good = word.n ? add_keyword(&with, word, argument)
		      : add_path(&with, RV_PLIST_FILE, argument);
	s->reason = with.reason;
	return good;
}

static bool parse_line(struct state *s, struct rv_span line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < ' ' || line.p[i] == 127)
			return fail(s, "a control character");
	if (!line.n)
		return true;
	if (line.p[0] == '@')
		return parse_keyword(s, line);
	return add_path(s, RV_PLIST_FILE, line);
}

int rv_plist_parse(struct rv_span text, const char *what, struct rv_plist *out, struct rv_error *err)
{
	struct state s = {.out = out};
	struct rv_span line;

	*out = (struct rv_plist){0};
	if (text.n > RV_PLIST_MAX_BYTES)
		return rv_fail(err, RV_LIMIT, "%s: more than %zu bytes", what, RV_PLIST_MAX_BYTES);
	while (rv_span_next(&text, '\n', &line)) {
		s.line++;
		if (!parse_line(&s, line)) {
			rv_plist_release(out);
			*out = (struct rv_plist){0};
			return rv_fail(err, RV_INPUT, "%s:%u: %s", what, s.line, s.reason);
		}
	}
	return 0;
}
