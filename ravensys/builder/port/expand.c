/* SPDX-License-Identifier: ISC */
/*
 * Expansion works on one bounded buffer: the innermost leftmost ${...} is replaced until none is
 * left, so a value that names other variables is expanded too. The number of rounds is bounded: a
 * definition that leads to itself is an error, not a loop.
 */
#include "port/expand.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"

#define ROUNDS_MAX 200
/* of one modifier: what moves letters past each other ends, but after a square of their number */
#define REPLACEMENTS_MAX 4096
#define VALUE_MAX_BYTES 8192 /* of one variable, before what follows may shorten it */

void rv_defs_release(struct rv_defs *d)
{
	rv_map_release(&d->values);
	rv_arena_release(&d->arena);
}

void rv_defs_set(struct rv_defs *d, struct rv_span name, struct rv_span value)
{
	rv_map_put(&d->values, rv_arena_span(&d->arena, name),
	    rv_arena_strndup(&d->arena, value.p, value.n));
}

const char *rv_defs_get(const struct rv_defs *d, struct rv_span name)
{
	return rv_map_get(&d->values, name);
}

static RV_PRINTF(2, 3) int fail(struct rv_expand_error *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return -1;
}

/* --- modifiers: each rewrites value in place */
struct modify {
	struct rv_buf value;
	struct rv_buf delimiter; /* DL= holds for the rest of the text, not only of the variable */
};

static void set_value(struct rv_buf *value, struct rv_span text)
{
	/* text may point into value */
	char *copy = rv_strndup(text.p ? text.p : "", text.n);

	rv_buf_reset(value);
	rv_buf_add_str(value, copy);
	rv_str_release(&copy);
}

static size_t last_of(struct rv_span s, struct rv_span part)
{
	for (size_t i = s.n >= part.n ? s.n - part.n + 1 : 0; i-- > 0;)
		if (part.n && memcmp(s.p + i, part.p, part.n) == 0)
			return i;
	return s.n;
}

static void cut_head(struct rv_buf *value, struct rv_span delimiter)
{
	size_t at = last_of(rv_buf_span(value), delimiter);

	rv_buf_cut(value, at == value->n ? 0 : at);
}

static void cut_tail(struct rv_buf *value, struct rv_span delimiter)
{
	struct rv_span s = rv_buf_span(value);
	size_t at = last_of(s, delimiter);

	if (at < s.n)
		set_value(value, rv_span_from(s, at + delimiter.n));
}

static void change_case(struct rv_buf *value, char from, char to)
{
	for (size_t i = 0; i < value->n; i++)
		if (value->p[i] >= from && value->p[i] <= from + 25)
			value->p[i] = (char)(value->p[i] - from + to);
}

static void replace_once(struct rv_buf *value, struct rv_span old, struct rv_span new)
{
	struct rv_span s = rv_buf_span(value);
	size_t at = rv_span_find_span(s, old);
	char *tail = rv_strndup(s.p + at + old.n, s.n - at - old.n);

	rv_buf_cut(value, at);
	rv_buf_add_span(value, new);
	rv_buf_add_str(value, tail);
	rv_str_release(&tail);
}

/* S/old/new/ or S|old|new|, with a final g to repeat */
static int substitute(struct rv_buf *value, struct rv_span modifier, struct rv_expand_error *why)
{
	char separator = modifier.p[1];
	struct rv_span rest = rv_span_from(modifier, 2), old, new;
	size_t a = rv_span_find(rest, separator), b;
	bool all;

	old = rv_span_sub(rest, 0, a);
	rest = rv_span_from(rest, a + 1);
	b = rv_span_find(rest, separator);
	new = rv_span_sub(rest, 0, b);
	if (old.n == 0 || b == rest.n)
		return fail(
		    why, "modifier '%.*s' is not of the form S/old/new/", RV_SPAN_ARG(modifier));
	rest = rv_span_from(rest, b + 1);
	all = rv_span_is(rest, "g");
	if (rest.n && !all)
		return fail(
		    why, "modifier '%.*s' is not of the form S/old/new/", RV_SPAN_ARG(modifier));
	if (all && rv_span_find_span(new, old) <
		       new.n &&rv_span_find_span(rv_buf_span(value), old) < value->n)
		return fail(why, "modifier '%.*s' would never end", RV_SPAN_ARG(modifier));
	for (unsigned i = 0;
	     !value->failed && rv_span_find_span(rv_buf_span(value), old) < value->n; i++) {
		if (i == REPLACEMENTS_MAX)
			return fail(why, "modifier '%.*s' replaces more than %d times",
			    RV_SPAN_ARG(modifier), REPLACEMENTS_MAX);
		replace_once(value, old, new);
		if (!all)
			break;
	}
	return 0;
}

static int apply(struct modify *m, struct rv_span modifier, struct rv_expand_error *why)
{
	struct rv_span dot = RV_SPAN_LIT(".");

	if (rv_span_is(modifier, "LC"))
		change_case(&m->value, 'A', 'a');
	else if (rv_span_is(modifier, "UC"))
		change_case(&m->value, 'a', 'A');
	else if (rv_span_is(modifier, "H"))
		cut_head(&m->value, rv_buf_span(&m->delimiter));
	else if (rv_span_is(modifier, "T"))
		cut_tail(&m->value, rv_buf_span(&m->delimiter));
	else if (rv_span_is(modifier, "R"))
		cut_head(&m->value, dot);
	else if (rv_span_is(modifier, "E"))
		cut_tail(&m->value, dot);
	else if (modifier.n >= 6 && rv_span_starts(modifier, RV_SPAN_LIT("DL=\"")) &&
		 modifier.p[modifier.n - 1] == '"')
		set_value(&m->delimiter, rv_span_sub(modifier, 4, modifier.n - 5));
	else if (modifier.n >= 5 && modifier.p[0] == 'S' &&
		 (modifier.p[1] == '/' || modifier.p[1] == '|'))
		return substitute(&m->value, modifier, why);
	else
		return fail(why, "modifier '%.*s' is not known (LC UC H T R E DL=\"x\" S/old/new/)",
		    RV_SPAN_ARG(modifier));
	return 0;
}

/* NAME[:modifier...] into out */
static int translate(const struct rv_defs *d, struct rv_span inside, struct modify *m,
    struct rv_buf *out, struct rv_expand_error *why)
{
	size_t colon = rv_span_find(inside, ':');
	struct rv_span name = rv_span_sub(inside, 0, colon), rest = rv_span_from(inside, colon + 1);
	const char *value = rv_defs_get(d, name);
	struct rv_span modifier;
	int rc = 0;

	if (name.n == 0)
		return fail(why, "a variable without a name: ${%.*s}", RV_SPAN_ARG(inside));
	if (!value)
		return fail(why, "variable '%.*s' is not defined: DEF[%.*s]= must come first",
		    RV_SPAN_ARG(name), RV_SPAN_ARG(name));
	rv_buf_reset(&m->value);
	rv_buf_add_str(&m->value, value);
	if (colon < inside.n && (rest.n == 0 || rest.p[rest.n - 1] == ':'))
		rc = fail(why, "empty modifier in '%.*s'", RV_SPAN_ARG(inside));
	while (rc == 0 && rv_span_next(&rest, ':', &modifier))
		rc = apply(m, modifier, why);
	if (rc == 0 && m->value.failed)
		rc = fail(why, "'%.*s' expands to %d bytes or more", RV_SPAN_ARG(inside),
		    VALUE_MAX_BYTES);
	if (rc == 0)
		rv_buf_add_span(out, rv_buf_span(&m->value));
	return rc;
}

static int round_once(const struct rv_defs *d, struct rv_buf *canvas, size_t at, struct modify *m,
    struct rv_expand_error *why)
{
	struct rv_span rest = rv_span_from(rv_buf_span(canvas), at + 2);
	size_t end = rv_span_find(rest, '}');
	rv_auto(rv_buf) struct rv_buf made = RV_BUF_INIT(2 * RV_EXPAND_MAX_BYTES);

	if (end == rest.n)
		return fail(why, "no closing brace after '${%.*s'", RV_SPAN_ARG(rest));
	if (translate(d, rv_span_sub(rest, 0, end), m, &made, why) < 0)
		return -1;
	rv_buf_add_span(&made, rv_span_from(rest, end + 1));
	rv_buf_cut(canvas, at);
	rv_buf_add_span(canvas, rv_buf_span(&made));
	if (canvas->failed || made.failed || canvas->n >= RV_EXPAND_MAX_BYTES)
		return fail(why, "the expanded value has %d bytes or more", RV_EXPAND_MAX_BYTES);
	return 0;
}

static int expand_all(const struct rv_defs *d, struct rv_buf *canvas, size_t at, struct modify *m,
    struct rv_expand_error *why)
{
	for (unsigned i = 0; at < canvas->n; i++) {
		if (i == ROUNDS_MAX)
			return fail(why, "variables lead to themselves");
		if (round_once(d, canvas, at, m, why) < 0)
			return -1;
		at = rv_span_find_span(rv_buf_span(canvas), RV_SPAN_LIT("${"));
	}
	return 0;
}

int rv_expand(
    const struct rv_defs *d, struct rv_span text, struct rv_buf *out, struct rv_expand_error *why)
{
	rv_auto(rv_buf) struct rv_buf canvas = RV_BUF_INIT(2 * RV_EXPAND_MAX_BYTES);
	struct modify m = {
	    .value = RV_BUF_INIT(VALUE_MAX_BYTES), .delimiter = RV_BUF_INIT(VALUE_MAX_BYTES)};
	size_t at = rv_span_find_span(text, RV_SPAN_LIT("${"));
	int rc = 0;

	if (at == text.n) {
		rv_buf_add_span(out, text);
		return 0;
	}
	if (text.n > RV_EXPAND_MAX_BYTES)
		return fail(
		    why, "a value with variables is limited to %d bytes", RV_EXPAND_MAX_BYTES);
	rv_buf_add_span(&canvas, text);
	rv_buf_add_str(&m.delimiter, "/");
	rc = expand_all(d, &canvas, at, &m, why);
	if (rc == 0)
		rv_buf_add_span(out, rv_buf_span(&canvas));
	rv_buf_release(&m.value);
	rv_buf_release(&m.delimiter);
	return rc;
}

void rv_expand_target_line(const struct rv_defs *d, struct rv_span line, struct rv_buf *out)
{
	while (line.n) {
		rv_auto(rv_buf) struct rv_buf made = RV_BUF_INIT(RV_EXPAND_MAX_BYTES);
		struct rv_expand_error why;
		size_t at = rv_span_find_span(line, RV_SPAN_LIT("${"));
		struct rv_span rest = rv_span_from(line, at + 2);
		size_t end = rv_span_find(rest, '}');
		struct rv_span whole = rv_span_sub(line, at, end + 3);

		if (at == line.n || end == rest.n) {
			rv_buf_add_span(out, line);
			return;
		}
		rv_buf_add_span(out, rv_span_sub(line, 0, at));
		/* a name of one letter is left alone, as whoever wrote recipes has known it */
		if (end > 1 && rv_expand(d, whole, &made, &why) == 0)
			rv_expand_braces(rv_buf_span(&made), out);
		else
			rv_buf_add_span(out, whole);
		line = rv_span_from(rest, end + 1);
	}
}

void rv_expand_braces(struct rv_span text, struct rv_buf *out)
{
	struct rv_span open = RV_SPAN_LIT("{{"), close = RV_SPAN_LIT("}}");
	rv_auto(rv_buf) struct rv_buf made = RV_BUF_INIT(text.n + 1);

	rv_buf_add_span(&made, text);
	for (;;) {
		struct rv_span s = rv_buf_span(&made);
		size_t from = rv_span_find_span(s, open), to = rv_span_find_span(s, close);

		/* a closing pair that nothing opened ends it: the rest stays as it is */
		if (from == s.n || to == s.n || to < from)
			break;
		/*
		 * "{{X}}" to "${X}": the second brace of each pair goes; what they then form is
		 * looked at anew
		 */
		made.p[from] = '$';
		memmove(made.p + to, made.p + to + 1, made.n - to - 1);
		rv_buf_cut(&made, made.n - 1);
	}
	rv_buf_add_span(out, rv_buf_span(&made));
}
