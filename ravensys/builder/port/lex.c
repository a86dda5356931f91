/* SPDX-License-Identifier: ISC */
/* Recognition order: target, file capsule, option helper, array, singlet, continuation. */
#include "port/lex.h"

#define KEY_COLUMN 24
#define HELPER_COLUMN 40
#define COMMENT_MAX_COLUMNS 100

const char *rv_lex_fault(struct rv_span s, bool generated)
{
	char last = s.n ? s.p[s.n - 1] : 'x';

	if (last == ' ' || last == '\t')
		return "white space at the end of the line";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == ' ' && i + 1 < s.n && s.p[i + 1] == '\t')
			return "a space before a tab";
		if (c == '\r')
			return "a carriage return: lines end in LF alone";
		if ((c < ' ' && c != '\t') || c == 127)
			return "a control character";
	}
	if (s.n < 2 || s.p[0] != '#')
		return NULL;
	if (s.p[1] != ' ')
		return "no space after # of a comment";
	if (s.n > COMMENT_MAX_COLUMNS && !generated)
		return "a comment of more than 100 columns";
	return NULL;
}

/*
 * Tabs needed from the end of "KEY=" to the column, 0 when it is there already: no tab would be
 * left.
 */
static size_t tabs_needed(size_t width, size_t column)
{
	return width < column ? (column - width + 7) / 8 : 0;
}

bool rv_lex_is_bare(struct rv_span text)
{
	while (text.n && text.p[text.n - 1] == '\t')
		text.n--;
	return rv_span_ends(text, RV_SPAN_LIT("="));
}

static size_t count_tabs(struct rv_span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] == '\t')
		n++;
	return n;
}

/* The value behind "=" at `equals`: how many tabs, and is that right. */
static void take_value(struct rv_line *out, struct rv_span text, size_t equals, size_t column)
{
	struct rv_span rest = rv_span_from(text, equals + 1);
	size_t tabs = count_tabs(rest), need = tabs_needed(equals + 1, column);

	out->value = rv_span_from(rest, tabs);
	out->aligned = need > 0 && tabs == need;
}

static bool lex_title(struct rv_span text, struct rv_line *out)
{
	if (!rv_span_ends(text, RV_SPAN_LIT(":")))
		return false;
	out->class = RV_LINE_TITLE;
	out->key = rv_span_sub(text, 0, text.n - 1);
	return true;
}

static bool lex_capsule(struct rv_span text, struct rv_line *out)
{
	struct rv_span rest = rv_span_from(text, 6);
	size_t colon;
	uint64_t bytes;

	if (!rv_span_starts(text, RV_SPAN_LIT("[FILE:")) || text.p[text.n - 1] != ']')
		return false;
	colon = rv_span_find(rest, ':');
	if (!rv_span_to_u64(rv_span_sub(rest, 0, colon), &bytes))
		return false;
	if (rv_span_find(rv_span_from(rest, colon + 1), ':') < rest.n - colon - 1)
		return false;
	out->class = RV_LINE_CAPSULE;
	out->index = rv_span_sub(rest, 0, colon);
	out->key = rv_span_sub(rest, colon + 1, rest.n - colon - 2);
	return true;
}

static bool lex_helper(struct rv_span text, struct rv_line *out)
{
	size_t close, equals;

	if (text.p[0] != '[')
		return false;
	close = rv_span_find_span(text, RV_SPAN_LIT("]."));
	equals = rv_span_find(text, '=');
	if (close == text.n || equals == text.n || equals < close)
		return false;
	out->class = RV_LINE_HELPER;
	out->index = rv_span_sub(text, 1, close - 1);
	out->key = rv_span_sub(text, close + 2, equals - close - 2);
	take_value(out, text, equals, HELPER_COLUMN);
	return true;
}

static bool lex_array(struct rv_span text, struct rv_line *out)
{
	size_t open = rv_span_find(text, '['), close;

	if (open == 0 || open == text.n || text.p[0] == '\t')
		return false;
	close = rv_span_find_span(text, RV_SPAN_LIT("]=\t"));
	if (close == text.n || open >= close)
		return false;
	out->class = RV_LINE_ARRAY;
	out->key = rv_span_sub(text, 0, open);
	out->index = rv_span_sub(text, open + 1, close - open - 1);
	take_value(out, text, close + 1, KEY_COLUMN);
	return true;
}

/* A keyword is capital letters, digits and underscores. */
static bool is_keyword(struct rv_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    s.p[i] != '_')
			return false;
	return s.n > 0;
}

static bool lex_singlet(struct rv_span text, struct rv_line *out)
{
	size_t equals = rv_span_find(text, '=');

	if (equals + 1 >= text.n || text.p[equals + 1] != '\t' ||
	    !is_keyword(rv_span_sub(text, 0, equals)))
		return false;
	out->class = RV_LINE_SINGLET;
	out->key = rv_span_sub(text, 0, equals);
	take_value(out, text, equals, KEY_COLUMN);
	return true;
}

/* Three tabs continue a keyword, five a helper; after a helper four are recognised, and wrong. */
static bool lex_more(struct rv_span text, enum rv_line_before before, struct rv_line *out)
{
	size_t tabs = count_tabs(text);

	if (tabs < 3 || before == RV_BEFORE_NONE || before == RV_BEFORE_TARGET)
		return false;
	out->class = RV_LINE_MORE;
	out->value = rv_span_from(text, tabs);
	out->aligned = tabs == (before == RV_BEFORE_HELPER ? 5 : 3);
	return true;
}

struct rv_line rv_lex(struct rv_span text, enum rv_line_before before)
{
	struct rv_line line = {.class = RV_LINE_UNKNOWN, .aligned = true};

	if (text.n == 0 || text.p[0] == '#') {
		line.class = RV_LINE_EMPTY;
		return line;
	}
	if (before == RV_BEFORE_TARGET && (text.p[0] == '\t' || text.p[0] == '.')) {
		line.class = RV_LINE_BODY;
		return line;
	}
	if (lex_title(text, &line) || lex_capsule(text, &line) || lex_helper(text, &line) ||
	    lex_array(text, &line) || lex_singlet(text, &line) || lex_more(text, before, &line))
		return line;
	return line;
}

size_t rv_lex_space(struct rv_span s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' && !(quoted && s.p[i - 1] == '\\'))
			quoted = !quoted;
		else if (s.p[i] == ' ' && !quoted)
			return i;
	}
	return s.n;
}

bool rv_lex_item(struct rv_span *rest, struct rv_span *out, bool *ok)
{
	size_t at = rv_lex_space(*rest);

	if (rest->n == 0)
		return false;
	*out = rv_span_sub(*rest, 0, at);
	*ok = at > 0 && at + 1 != rest->n;
	*rest = rv_span_from(*rest, at + 1);
	return true;
}
