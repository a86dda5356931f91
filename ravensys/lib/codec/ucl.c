/* SPDX-License-Identifier: ISC */
/* Recursive descent with a depth limit; the first fault ends it, with its line. */
#include "codec/ucl.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

struct parser {
	const char *what;
	struct rv_span rest;
	unsigned line, depth;
	struct rv_error *err;
};

static int fault(struct parser *p, const char *reason)
{
	return rv_fail(p->err, RV_INPUT, "%s:%u: %s", p->what, p->line, reason);
}

static char peek(const struct parser *p)
{
	return p->rest.n ? *p->rest.p : '\0';
}

static void skip(struct parser *p, size_t n)
{
	for (size_t i = 0; i < n && i < p->rest.n; i++)
		p->line += p->rest.p[i] == '\n';
	p->rest = rv_span_from(p->rest, n);
}

/* Blanks and comments; with separators also newlines, commas and semicolons. */
static int skip_blank(struct parser *p, const char *blanks)
{
	for (;;) {
		char c = peek(p);

		if (c == '#') {
			skip(p, rv_span_find(p->rest, '\n'));
		} else if (rv_span_starts(p->rest, RV_SPAN_LIT("/*"))) {
			size_t end = rv_span_find_span(p->rest, RV_SPAN_LIT("*/"));

			if (end == p->rest.n)
				return fault(p, "comment without end");
			skip(p, end + 2);
		} else if (c && strchr(blanks, c)) {
			skip(p, 1);
		} else {
			return 0;
		}
	}
}

static int quoted(struct parser *p, struct rv_buf *out)
{
	static const char from[] = "nt\"\\/", to[] = "\n\t\"\\/";

	skip(p, 1);
	while (peek(p) != '"') {
		char c = peek(p);
		const char *escape;

		if (c == '\0' || c == '\n')
			return fault(p, "string without end");
		if (c == '\\') {
			skip(p, 1);
			c = peek(p);
			escape = c ? strchr(from, c) : NULL;
			if (!escape)
				return fault(p, "unknown escape in a string");
			c = to[escape - from];
		}
		rv_buf_add_char(out, c);
		skip(p, 1);
	}
	skip(p, 1);
	return 0;
}

/*
 * <<TAG, lines, TAG alone on a line, but not on the first one: there it is text. The last newline
 * belongs to the end, not to the text.
 */
static int heredoc(struct parser *p, struct rv_buf *out)
{
	size_t n = 2, end;
	struct rv_span tag, line;

	while (n < p->rest.n && p->rest.p[n] >= 'A' && p->rest.p[n] <= 'Z')
		n++;
	tag = rv_span_sub(p->rest, 2, n - 2);
	if (tag.n == 0 || n == p->rest.n || p->rest.p[n] != '\n')
		return fault(p, "text begins with << and capital letters alone on the line");
	skip(p, n + 1);
	for (bool first = true; p->rest.n; first = false) {
		end = rv_span_find(p->rest, '\n');
		line = rv_span_sub(p->rest, 0, end);
		if (!first && rv_span_eq(line, tag)) {
			skip(p, end);
			return 0;
		}
		if (!first)
			rv_buf_add_char(out, '\n');
		rv_buf_add_span(out, line);
		skip(p, end + 1);
	}
	return fault(p, "text without the line that ends it");
}

static struct rv_json *word_value(struct rv_span word)
{
	uint64_t number;

	if (rv_span_is(word, "true") || rv_span_is(word, "false"))
		return rv_json_new_bool(word.p[0] == 't');
	if (rv_span_to_u64(word, &number) && number <= INT64_MAX)
		return rv_json_new_int((int64_t)number);
	return rv_json_new_span(word);
}

static int bare(struct parser *p, struct rv_json **out)
{
	size_t n = 0;

	while (n < p->rest.n && !strchr("\n,;{}[]#\"", p->rest.p[n]) && p->rest.p[n])
		n++;
	if (rv_span_trim(rv_span_sub(p->rest, 0, n)).n == 0)
		return fault(p, "no value");
	*out = word_value(rv_span_trim(rv_span_sub(p->rest, 0, n)));
	skip(p, n);
	return 0;
}

static int value(struct parser *p, struct rv_json **out);

static int list(struct parser *p, struct rv_json **out)
{
	rv_autofree(rv_json) struct rv_json *items = rv_json_new_array();

	skip(p, 1);
	for (;;) {
		struct rv_json *item = NULL;

		if (skip_blank(p, " \t\r\n,;") < 0)
			return -1;
		if (peek(p) == ']')
			break;
		if (p->rest.n == 0)
			return fault(p, "list without end");
		if (value(p, &item) < 0)
			return -1;
		rv_json_append(items, item);
	}
	skip(p, 1);
	*out = items;
	items = NULL;
	return 0;
}

static void append_all(struct rv_json *to, const struct rv_json *v)
{
	if (rv_json_type(v) != RV_JSON_ARRAY) {
		rv_json_append(to, rv_json_copy(v));
		return;
	}
	for (size_t i = 0; i < rv_json_count(v); i++)
		rv_json_append(to, rv_json_copy(rv_json_at(v, i)));
}

static void set_or_join(struct rv_json *object, const char *key, struct rv_json *v)
{
	const struct rv_json *old = rv_json_get(object, key);
	struct rv_json *both;

	if (old) {
		both = rv_json_new_array();
		append_all(both, old);
		append_all(both, v);
		rv_json_free(v);
		v = both;
	}
	rv_json_set(object, key, v);
}

static int key(struct parser *p, struct rv_buf *out)
{
	size_t n = 0;

	if (peek(p) == '"')
		return quoted(p, out);
	while (n < p->rest.n && p->rest.p[n] > ' ' && p->rest.p[n] < 0x7f &&
	       !strchr(":={}[],;#\"", p->rest.p[n]))
		n++;
	if (n == 0)
		return fault(p, "no key");
	rv_buf_add_span(out, rv_span_sub(p->rest, 0, n));
	skip(p, n);
	return 0;
}

static int member(struct parser *p, struct rv_json *object)
{
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(200);
	struct rv_json *v = NULL;

	if (key(p, &name) < 0 || skip_blank(p, " \t\r") < 0)
		return -1;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < ' ' || name.p[i] > '~')
			return fault(p, "a key is printable ASCII");
	if (name.failed || name.n == 0)
		return fault(p, "key empty or longer than 200 bytes");
	if (peek(p) == ':' || peek(p) == '=')
		skip(p, 1);
	else if (peek(p) != '{')
		return fault(p, "no colon behind a key");
	if (skip_blank(p, " \t\r") < 0 || value(p, &v) < 0)
		return -1;
	set_or_join(object, rv_buf_str(&name), v);
	return 0;
}

/* Members up to a closing brace, or to the end of the text at depth 0. */
static int members(struct parser *p, struct rv_json **out)
{
	rv_autofree(rv_json) struct rv_json *object = rv_json_new_object();

	for (;;) {
		if (skip_blank(p, " \t\r\n,;") < 0)
			return -1;
		if (p->rest.n == 0 && p->depth)
			return fault(p, "object without end");
		if (p->rest.n == 0 || (peek(p) == '}' && p->depth))
			break;
		if (member(p, object) < 0)
			return -1;
	}
	*out = object;
	object = NULL;
	return 0;
}

static int nested(struct parser *p, struct rv_json **out)
{
	int rc;

	if (p->depth == RV_UCL_DEPTH)
		return fault(p, "nested too deep");
	p->depth++;
	if (peek(p) == '[') {
		rc = list(p, out);
	} else {
		skip(p, 1);
		rc = members(p, out);
		skip(p, 1);
	}
	p->depth--;
	return rc;
}

static int value(struct parser *p, struct rv_json **out)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_UCL_MAX_BYTES);
	bool here = rv_span_starts(p->rest, RV_SPAN_LIT("<<"));

	if (peek(p) == '{' || peek(p) == '[')
		return nested(p, out);
	if (peek(p) != '"' && !here)
		return bare(p, out);
	if ((here ? heredoc(p, &text) : quoted(p, &text)) < 0)
		return -1;
	*out = rv_json_new_span(rv_span(rv_buf_str(&text), text.n));
	if (rv_json_type(*out) == RV_JSON_STRING)
		return 0;
	rv_json_free(*out);
	return fault(p, "text that is no UTF-8");
}

int rv_ucl_parse(struct rv_span text, const char *what, struct rv_json **out, struct rv_error *err)
{
	struct parser p = {.what = what, .rest = text, .line = 1, .err = err};

	if (text.n > RV_UCL_MAX_BYTES)
		return rv_fail(err, RV_INPUT, "%s: longer than 1 MiB", what);
	if (text.n && memchr(text.p, '\0', text.n))
		return rv_fail(err, RV_INPUT, "%s: holds a NUL byte", what);
	return members(&p, out);
}
