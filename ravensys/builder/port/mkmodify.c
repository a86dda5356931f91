/* SPDX-License-Identifier: ISC */
/* The modifiers of make's variables, word by word. */
#include <fnmatch.h>
#include <regex.h>

#include "port/mkeval.h"

struct change {
	struct rv_mk *mk;
	struct rv_span from, to;
	bool all, once, whole; /* g, 1, W */
	bool done;
	regex_t *regex;
};

/* One word into out; false drops it. */
typedef bool word_fn(struct change *c, struct rv_span word, struct rv_buf *out);

static bool matches(struct change *c, struct rv_span word)
{
	char pattern[256], text[4096];

	if (c->from.n >= sizeof(pattern) || word.n >= sizeof(text))
		return false;
	memcpy(pattern, c->from.p, c->from.n);
	pattern[c->from.n] = '\0';
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	return fnmatch(pattern, text, 0) == 0;
}

static bool word_match(struct change *c, struct rv_span word, struct rv_buf *out)
{
	rv_buf_add_span(out, word);
	return matches(c, word);
}

static bool word_no_match(struct change *c, struct rv_span word, struct rv_buf *out)
{
	rv_buf_add_span(out, word);
	return !matches(c, word);
}

static bool word_head(struct change *c, struct rv_span word, struct rv_buf *out)
{
	size_t slash = rv_span_rfind(word, '/');

	(void)c;
	rv_buf_add_span(out, slash < word.n ? rv_span_sub(word, 0, slash) : RV_SPAN_LIT("."));
	return true;
}

static bool word_tail(struct change *c, struct rv_span word, struct rv_buf *out)
{
	size_t slash = rv_span_rfind(word, '/');

	(void)c;
	rv_buf_add_span(out, slash < word.n ? rv_span_from(word, slash + 1) : word);
	return true;
}

static bool word_root(struct change *c, struct rv_span word, struct rv_buf *out)
{
	(void)c;
	rv_buf_add_span(out, rv_span_sub(word, 0, rv_span_rfind(word, '.')));
	return true;
}

static bool word_suffix(struct change *c, struct rv_span word, struct rv_buf *out)
{
	size_t dot = rv_span_rfind(word, '.');

	(void)c;
	rv_buf_add_span(out, rv_span_from(word, dot + 1));
	return dot < word.n;
}

/* The replacement of :S, in which & is what was found. */
static void put_replacement(const struct change *c, struct rv_span found, struct rv_buf *out)
{
	for (size_t i = 0; i < c->to.n; i++) {
		if (c->to.p[i] == '\\' && i + 1 < c->to.n)
			rv_buf_add_char(out, c->to.p[++i]);
		else if (c->to.p[i] == '&')
			rv_buf_add_span(out, found);
		else
			rv_buf_add_char(out, c->to.p[i]);
	}
}

static bool word_replace(struct change *c, struct rv_span word, struct rv_buf *out)
{
	bool head = c->from.n && c->from.p[0] == '^';
	struct rv_span from = rv_span_from(c->from, head);
	bool tail = from.n && from.p[from.n - 1] == '$';
	size_t at, done = 0;

	from = rv_span_sub(from, 0, from.n - tail);
	while (!(c->once && c->done) && word.n >= from.n && (from.n || head || tail)) {
		struct rv_span rest = rv_span_from(word, done);

		at = tail ? (rv_span_ends(rest, from) ? rest.n - from.n : rest.n + 1)
			  : rv_span_find_span(rest, from);
		if (at > rest.n || (at == rest.n && from.n) || (head && at + done > 0))
			break;
		rv_buf_add_span(out, rv_span_sub(rest, 0, at));
		put_replacement(c, from, out);
		c->done = true;
		done += at + from.n;
		if (!c->all || head || tail || !from.n)
			break;
	}
	rv_buf_add_span(out, rv_span_from(word, done));
	return out->n > 0;
}

/* The replacement of :C, in which \1 is a group and & or \0 all that was found. */
static void put_groups(
    const struct change *c, const char *text, const regmatch_t *m, struct rv_buf *out)
{
	for (size_t i = 0; i < c->to.n; i++) {
		int group = -1;

		if (c->to.p[i] == '&')
			group = 0;
		else if (c->to.p[i] == '\\' && i + 1 < c->to.n) {
			i++;
			if (c->to.p[i] >= '0' && c->to.p[i] <= '9')
				group = c->to.p[i] - '0';
		}
		if (group < 0)
			rv_buf_add_char(out, c->to.p[i]);
		else if (m[group].rm_so >= 0)
			rv_buf_add(
			    out, text + m[group].rm_so, (size_t)(m[group].rm_eo - m[group].rm_so));
	}
}

static bool word_regex(struct change *c, struct rv_span word, struct rv_buf *out)
{
	char text[4096];
	regmatch_t m[10];
	size_t done = 0;

	if (word.n >= sizeof(text)) {
		rv_buf_add_span(out, word);
		return true;
	}
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	while (!(c->once && c->done) && done <= word.n &&
	       regexec(c->regex, text + done, RV_COUNT(m), m, done ? REG_NOTBOL : 0) == 0) {
		size_t end = (size_t)m[0].rm_eo;

		rv_buf_add(out, text + done, (size_t)m[0].rm_so);
		put_groups(c, text + done, m, out);
		c->done = true;
		if (end == 0 && done < word.n)
			rv_buf_add_char(out, text[done]);
		done += end ? end : 1;
		if (!c->all)
			break;
	}
	if (done < word.n)
		rv_buf_add(out, text + done, word.n - done);
	return out->n > 0;
}

/* Words are what blanks separate; those that are kept come out with one space between. */
static int each_word(struct change *c, struct rv_span value, word_fn *fn, struct rv_buf *out)
{
	size_t i = 0;
	bool first = true;

	while (i < value.n || (c->whole && first)) {
		rv_auto(rv_buf) struct rv_buf made = RV_BUF_INIT(RV_MK_VALUE_MAX_BYTES);
		size_t from;

		while (!c->whole && i < value.n && strchr(" \t\n", value.p[i]))
			i++;
		from = i;
		while (i < value.n && (c->whole || !strchr(" \t\n", value.p[i])))
			i++;
		if (i == from && !c->whole)
			break;
		if (fn(c, rv_span_sub(value, from, i - from), &made)) {
			rv_buf_addf(out, "%s", first ? "" : " ");
			rv_buf_add_span(out, rv_buf_span(&made));
			first = false;
		}
		if (c->whole)
			break;
	}
	return 0;
}

/* The field up to the separator, which is left out; false when there is none. */
static bool take_field(struct rv_span *rest, char separator, bool regex, struct rv_buf *out)
{
	for (size_t i = 0; i < rest->n; i++) {
		char c = rest->p[i];

		if (c == separator) {
			*rest = rv_span_from(*rest, i + 1);
			return true;
		}
		if (c == '\\' && i + 1 < rest->n) {
			if (rest->p[i + 1] != separator || regex)
				rv_buf_add_char(out, c);
			c = rest->p[++i];
		}
		rv_buf_add_char(out, c);
	}
	return false;
}

static int run_regex(
    struct change *c, const char *pattern, struct rv_span value, struct rv_buf *out)
{
	regex_t regex;
	int rc;

	if (regcomp(&regex, pattern, REG_EXTENDED) != 0) {
		c->mk->why = "a :C whose pattern is no regular expression";
		return -1;
	}
	c->regex = &regex;
	rc = each_word(c, value, word_regex, out);
	regfree(&regex);
	return rc;
}

/* S/old/new/flags and C/pattern/new/flags */
static int substitute(
    struct rv_mk *mk, struct rv_span mod, struct rv_span value, struct rv_buf *out)
{
	rv_auto(rv_buf) struct rv_buf from = RV_BUF_INIT(1024), to = RV_BUF_INIT(4096);
	struct rv_span rest = rv_span_from(mod, 2);
	struct change c = {.mk = mk};
	char separator = mod.n > 1 ? mod.p[1] : '\0';
	bool regex = mod.p[0] == 'C';

	if (!take_field(&rest, separator, regex, &from) ||
	    !take_field(&rest, separator, true, &to) || from.failed || to.failed) {
		mk->why = "a :S or :C without its three separators, or too long";
		return -1;
	}
	for (size_t i = 0; i < rest.n; i++) {
		c.all |= rest.p[i] == 'g';
		c.once |= rest.p[i] == '1';
		c.whole |= rest.p[i] == 'W';
		if (!strchr("g1W", rest.p[i])) {
			mk->why = "a :S or :C with flags that are not known";
			return -1;
		}
	}
	c.from = rv_buf_span(&from);
	c.to = rv_buf_span(&to);
	return regex ? run_regex(&c, rv_buf_str(&from), value, out)
		     : each_word(&c, value, word_replace, out);
}

static void change_case(struct rv_span value, bool upper, struct rv_buf *out)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (upper && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		else if (!upper && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		rv_buf_add_char(out, c);
	}
}

int rv_mk_modify(struct rv_mk *mk, struct rv_span mod, struct rv_span value, struct rv_buf *out)
{
	static const struct {
		const char *name;
		word_fn *fn;
	} plain[] = {{"H", word_head}, {"T", word_tail}, {"R", word_root}, {"E", word_suffix}};
	struct change c = {.mk = mk, .from = rv_span_from(mod, 1)};

	for (size_t i = 0; i < RV_COUNT(plain); i++)
		if (rv_span_is(mod, plain[i].name))
			return each_word(&c, value, plain[i].fn, out);
	if (rv_span_is(mod, "tu") || rv_span_is(mod, "tl")) {
		change_case(value, mod.p[1] == 'u', out);
		return 0;
	}
	if (mod.n && mod.p[0] == 'M')
		return each_word(&c, value, word_match, out);
	if (mod.n && mod.p[0] == 'N')
		return each_word(&c, value, word_no_match, out);
	if (mod.n && (mod.p[0] == 'S' || mod.p[0] == 'C'))
		return substitute(mk, mod, value, out);
	mk->why = "a modifier that is not known";
	return -1;
}
