/* SPDX-License-Identifier: ISC */
/* Conditions of .if: a descent by precedence over ||, &&, ! and parentheses. */
#include <stdlib.h>

#include "port/mkeval.h"

struct condition {
	struct rv_mk *mk;
	struct rv_span rest;
	unsigned depth;
};

static int wrong(struct condition *c)
{
	c->mk->why = "a condition that is not understood";
	return -1;
}

static bool take(struct condition *c, const char *text)
{
	c->rest = rv_span_trim(c->rest);
	if (!rv_span_starts(c->rest, rv_span_str(text)))
		return false;
	c->rest = rv_span_from(c->rest, strlen(text));
	return true;
}

static int either(struct condition *c, bool *out);

/* defined(NAME), empty(NAME:modifiers): the argument, whose parentheses are balanced */
static bool take_call(struct condition *c, const char *name, struct rv_span *argument)
{
	struct rv_span whole = c->rest;
	unsigned depth = 1;

	if (!take(c, name) || !take(c, "(")) {
		c->rest = whole;
		return false;
	}
	for (size_t i = 0; i < c->rest.n; i++) {
		depth += c->rest.p[i] == '(';
		depth -= c->rest.p[i] == ')';
		if (depth == 0) {
			*argument = rv_span_trim(rv_span_sub(c->rest, 0, i));
			c->rest = rv_span_from(c->rest, i + 1);
			return true;
		}
	}
	c->rest = whole;
	return false;
}

static int is_empty(struct condition *c, struct rv_span argument, bool *out)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf value = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);

	rv_buf_addf(&text, "${%.*s}", RV_SPAN_ARG(argument));
	if (rv_mk_expand(c->mk, rv_buf_span(&text), 0, &value) < 0)
		return -1;
	*out = rv_span_trim(rv_buf_span(&value)).n == 0;
	return 0;
}

static int is_defined(struct condition *c, struct rv_span argument, bool *out)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);

	if (rv_mk_expand(c->mk, argument, 0, &name) < 0)
		return -1;
	*out = rv_map_get(c->mk->raw, rv_buf_span(&name)) != NULL;
	return 0;
}

/* "text", a reference, or a bare word; expanded */
static int operand(struct condition *c, struct rv_buf *out)
{
	size_t n = 0;

	c->rest = rv_span_trim(c->rest);
	if (c->rest.n && c->rest.p[0] == '"') {
		n = 1 + rv_span_find(rv_span_from(c->rest, 1), '"');
		if (n >= c->rest.n)
			return wrong(c);
		if (rv_mk_expand(c->mk, rv_span_sub(c->rest, 1, n - 1), 0, out) < 0)
			return -1;
		c->rest = rv_span_from(c->rest, n + 1);
		return 0;
	}
	while (n < c->rest.n && !strchr(" \t=!<>&|()", c->rest.p[n])) {
		size_t step = c->rest.p[n] == '$' ? rv_mk_reference(rv_span_from(c->rest, n)) : 0;

		n += step ? step : 1;
	}
	if (n == 0)
		return wrong(c);
	if (rv_mk_expand(c->mk, rv_span_sub(c->rest, 0, n), 0, out) < 0)
		return -1;
	c->rest = rv_span_from(c->rest, n);
	return 0;
}

static bool number_of(struct rv_buf *text, double *out)
{
	const char *s = rv_buf_str(text);
	char *end;

	*out = strtod(s, &end);
	return *s && *end == '\0';
}

/* Both numbers: compared as such; else == and != as texts, and the rest is an error. */
static int compare(struct condition *c, int op, struct rv_buf *left, bool *out)
{
	rv_auto(rv_buf) struct rv_buf right = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	double a = 0, b = 0;
	bool numbers, same;

	if (operand(c, &right) < 0)
		return -1;
	numbers = number_of(left, &a) && number_of(&right, &b);
	if (!numbers && op > 1)
		return wrong(c);
	same = numbers ? !(a < b) && !(a > b) : rv_span_eq(rv_buf_span(left), rv_buf_span(&right));
	*out = op == 0	 ? same
	       : op == 1 ? !same
	       : op == 2 ? a < b || same
	       : op == 3 ? a > b || same
	       : op == 4 ? a < b
			 : a > b;
	return 0;
}

static int comparison(struct condition *c, bool *out)
{
	static const char *const ops[] = {"==", "!=", "<=", ">=", "<", ">"};
	rv_auto(rv_buf) struct rv_buf left = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	double number;

	if (operand(c, &left) < 0)
		return -1;
	for (int i = 0; i < (int)RV_COUNT(ops); i++)
		if (take(c, ops[i]))
			return compare(c, i, &left, out);
	*out = number_of(&left, &number) ? number < 0 || number > 0 : left.n > 0;
	return 0;
}

static int primary(struct condition *c, bool *out)
{
	struct rv_span argument;
	int rc;

	if (++c->depth > RV_MK_DEPTH_MAX)
		return wrong(c);
	if (rv_span_starts(rv_span_trim(c->rest), RV_SPAN_LIT("!")) && take(c, "!")) {
		rc = primary(c, out);
		*out = !*out;
	} else if (take(c, "(")) {
		rc = either(c, out);
		if (rc == 0 && !take(c, ")"))
			rc = wrong(c);
	} else if (take_call(c, "defined", &argument)) {
		rc = is_defined(c, argument, out);
	} else if (take_call(c, "empty", &argument)) {
		rc = is_empty(c, argument, out);
	} else {
		rc = comparison(c, out);
	}
	c->depth--;
	return rc;
}

static int both(struct condition *c, bool *out)
{
	bool next;

	if (primary(c, out) < 0)
		return -1;
	while (take(c, "&&")) {
		if (primary(c, &next) < 0)
			return -1;
		*out = *out && next;
	}
	return 0;
}

static int either(struct condition *c, bool *out)
{
	bool next;

	if (both(c, out) < 0)
		return -1;
	while (take(c, "||")) {
		if (both(c, &next) < 0)
			return -1;
		*out = *out || next;
	}
	return 0;
}

int rv_mk_condition(struct rv_mk *mk, struct rv_span text, bool *out)
{
	struct condition c = {.mk = mk, .rest = text};

	*out = false;
	if (either(&c, out) < 0)
		return -1;
	return rv_span_trim(c.rest).n ? wrong(&c) : 0;
}
