/* SPDX-License-Identifier: ISC */
/* Expansion of make's variable references, modifier by modifier. */
#include "port/mkeval.h"

#include "base/attr.h"

static int fail(struct rv_mk *mk, const char *why)
{
	mk->why = why;
	return -1;
}

size_t rv_mk_reference(struct rv_span text)
{
	char closing[RV_MK_DEPTH_MAX];
	unsigned depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\\' && depth && i + 1 < text.n) {
			i++;
		} else if (c == '$' && i + 1 < text.n &&
			   (text.p[i + 1] == '{' || text.p[i + 1] == '(')) {
			if (depth == RV_MK_DEPTH_MAX)
				return 0;
			closing[depth++] = text.p[++i] == '{' ? '}' : ')';
		} else if (depth && c == closing[depth - 1]) {
			if (--depth == 0)
				return i + 1;
		}
	}
	return 0;
}

/* Length of the part up to a colon that stands in no reference and behind no backslash. */
static size_t part_length(struct rv_span s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != ':') {
		size_t step = s.p[i] == '$' ? rv_mk_reference(rv_span_from(s, i)) : 0;

		if (!step)
			step = s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
		i += step;
	}
	return i < s.n ? i : s.n;
}

/* S and C may hold colons between their separators. */
static size_t substitution_length(struct rv_span s)
{
	char separator = s.n > 1 ? s.p[1] : '\0';
	unsigned seen = 0;
	size_t i = 1;

	for (; i < s.n && seen < 3; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		else if (s.p[i] == separator)
			seen++;
	}
	while (i < s.n && s.p[i] != ':')
		i++;
	return i;
}

static size_t modifier_length(struct rv_span s)
{
	return s.n && (s.p[0] == 'S' || s.p[0] == 'C') ? substitution_length(s) : part_length(s);
}

/* :Utext: what a variable that is not set gives; backslashes protect. */
static int fallback(struct rv_mk *mk, struct rv_span text, unsigned depth, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf plain = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n && strchr(":{}()\\$", text.p[i + 1])) {
			i++;
			if (text.p[i] == '$')
				rv_buf_add_char(&plain, '$');
		}
		rv_buf_add_char(&plain, text.p[i]);
	}
	return rv_mk_expand(mk, rv_buf_span(&plain), depth + 1, out);
}

static int apply_modifiers(
    struct rv_mk *mk, struct rv_span mods, bool set, unsigned depth, struct rv_buf *value)
{
	while (mods.n) {
		rv_auto(rv_buf) struct rv_buf next = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
		rv_auto(rv_buf) struct rv_buf mod = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
		size_t n = modifier_length(mods);
		struct rv_span one = rv_span_sub(mods, 0, n);

		mods = rv_span_from(mods, n + 1);
		if (one.n && one.p[0] == 'U') {
			if (!set && fallback(mk, rv_span_from(one, 1), depth, &next) < 0)
				return -1;
			if (set)
				rv_buf_add_span(&next, rv_buf_span(value));
			set = true;
		} else if (rv_mk_expand(mk, one, depth + 1, &mod) < 0 ||
			   rv_mk_modify(mk, rv_buf_span(&mod), rv_buf_span(value), &next) < 0) {
			return -1;
		}
		mk->work += next.n;
		if (next.failed || mod.failed || mk->work > RV_MK_WORK_MAX)
			return fail(mk, "too much to expand");
		rv_buf_reset(value);
		rv_buf_add_span(value, rv_buf_span(&next));
	}
	return 0;
}

/* What stands between the braces: NAME[:modifier]... */
static int expand_reference(
    struct rv_mk *mk, struct rv_span inner, unsigned depth, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf value = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
	size_t colon = part_length(inner);
	const char *raw;

	if (rv_mk_expand(mk, rv_span_sub(inner, 0, colon), depth + 1, &name) < 0)
		return -1;
	raw = rv_map_get(mk->raw, rv_buf_span(&name));
	if (raw && rv_mk_expand(mk, rv_span_str(raw), depth + 1, &value) < 0)
		return -1;
	if (apply_modifiers(mk, rv_span_from(inner, colon + 1), raw != NULL, depth, &value) < 0)
		return -1;
	rv_buf_add_span(out, rv_buf_span(&value));
	return 0;
}

/* The reference at the start of text into out; its length, or < 0. */
static int expand_dollar(struct rv_mk *mk, struct rv_span text, unsigned depth, struct rv_buf *out)
{
	size_t length;
	int rc;

	if (text.n < 2 || text.p[1] == '$') {
		rv_buf_add_char(out, '$');
		return text.n < 2 ? 1 : 2;
	}
	if (text.p[1] != '{' && text.p[1] != '(') {
		rc = expand_reference(mk, rv_span_sub(text, 1, 1), depth, out);
		return rc < 0 ? rc : 2;
	}
	length = rv_mk_reference(text);
	if (!length)
		return fail(mk, "a ${ without its end");
	rc = expand_reference(mk, rv_span_sub(text, 2, length - 3), depth, out);
	return rc < 0 ? rc : (int)length;
}

int rv_mk_expand(struct rv_mk *mk, struct rv_span text, unsigned depth, struct rv_buf *out)
{
	size_t before = out->n;

	if (depth > RV_MK_DEPTH_MAX)
		return fail(mk, "a variable that refers to itself, or too deep");
	while (text.n) {
		size_t at = rv_span_find(text, '$');
		int used;

		rv_buf_add_span(out, rv_span_sub(text, 0, at));
		if (at == text.n)
			break;
		used = expand_dollar(mk, rv_span_from(text, at), depth, out);
		if (used < 0)
			return -1;
		text = rv_span_from(text, at + (size_t)used);
	}
	mk->work += out->n - (out->n < before ? out->n : before) + RV_MK_WORK_EACH;
	if (out->failed || mk->work > RV_MK_WORK_MAX)
		return fail(mk, "too much to expand");
	return 0;
}
