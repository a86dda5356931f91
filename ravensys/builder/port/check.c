/* SPDX-License-Identifier: ISC */
/* From a row of keys.def or helpers.def to its check, and what the checks share. */
#include "port/check.h"

#include <stdarg.h>
#include <stdio.h>

static rv_check_fn *const key_checks[RV_KEY_COUNT] = {
#define RV_KEY_ROW(name, kind, stage, check) rv_check_##check,
#include "port/keys.def"
#undef RV_KEY_ROW
};

static rv_check_fn *const helper_checks[RV_HELPER_COUNT] = {
#define RV_HELPER_ROW(name, when, key, items, check) rv_check_##check,
#include "port/helpers.def"
#undef RV_HELPER_ROW
};

void rv_check_value(struct rv_reader *r, const struct rv_checked *c)
{
	if (c->key < RV_KEY_COUNT)
		key_checks[c->key](r, c);
	else
		helper_checks[c->helper](r, c);
}

void rv_check_none(struct rv_reader *r, const struct rv_checked *c)
{
	(void)r;
	(void)c;
}

const char *rv_check_where(struct rv_reader *r, const struct rv_checked *c)
{
	struct rv_arena *arena = &r->port->arena;

	if (c->key == RV_KEY_COUNT)
		return rv_arena_fmt(arena, "[%s].%s", c->option, rv_helpers[c->helper].name);
	if (*c->index)
		return rv_arena_fmt(arena, "%s[%s]", rv_keys[c->key].name, c->index);
	return rv_keys[c->key].name;
}

void rv_check_bad(struct rv_reader *r, const struct rv_checked *c, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rv_reader_problem(r, RV_PROBLEM_VALUE, "%s: '%s' %s", rv_check_where(r, c), c->text, text);
}

void rv_check_duplicate(struct rv_reader *r, const struct rv_checked *c)
{
	uint32_t mark = c->items->n ? rv_text_mark(c->text) : 0;

	for (size_t i = 0; i < c->items->n; i++)
		if (rv_text_is(c->items->v[i].text, c->items->v[i].mark, c->text, mark)) {
			rv_reader_problem(r, RV_PROBLEM_VALUE,
			    "%s: '%s' stands twice (first in line %u)", rv_check_where(r, c),
			    c->text, c->items->v[i].line);
			return;
		}
}

struct rv_span rv_part_1(struct rv_span s, char separator)
{
	return rv_span_sub(s, 0, rv_span_find(s, separator));
}

struct rv_span rv_part_2(struct rv_span s, char separator)
{
	return rv_span_from(s, rv_span_find(s, separator) + 1);
}

bool rv_is_triplet(struct rv_span s)
{
	struct rv_span rest = rv_part_2(s, ':'), last = rv_part_2(rest, ':');

	return rv_part_1(s, ':').n && rv_part_1(rest, ':').n && last.n &&
	       rv_span_find(last, ':') == last.n && rv_span_find(s, ':') < s.n;
}
