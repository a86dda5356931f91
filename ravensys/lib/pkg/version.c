/* SPDX-License-Identifier: ISC */
/*
 * Version order. A version part is a list of blocks cut at "+", a block a list of components; lists
 * are compared member by member, the shorter filled up with zero components. Numbers stay digit
 * spans, so none overflows.
 */
#include "pkg/version.h"

enum { RANK_STAR = -2, RANK_NONE = -1, RANK_NUMBER = 0 };

struct number {
	int rank; /* RANK_*: below RANK_NUMBER the digits do not count */
	struct rv_span digits;
};

struct component {
	struct number n;
	int letter; /* 0 none (and stage word pl), else 1 = a ... 26 = z */
	struct number level;
};

struct parts {
	struct rv_span version, revision, epoch;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t run_of(struct rv_span s, bool (*is)(char))
{
	size_t n = 0;

	while (n < s.n && is(s.p[n]))
		n++;
	return n;
}

static struct rv_span take(struct rv_span *rest, size_t n)
{
	struct rv_span piece = rv_span_sub(*rest, 0, n);

	*rest = rv_span_from(*rest, n);
	return piece;
}

static int digits_cmp(struct rv_span a, struct rv_span b)
{
	while (a.n && *a.p == '0')
		a = rv_span_from(a, 1);
	while (b.n && *b.p == '0')
		b = rv_span_from(b, 1);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

static int number_cmp(const struct number *a, const struct number *b)
{
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->rank == RANK_NUMBER ? digits_cmp(a->digits, b->digits) : 0;
}

static int component_cmp(const struct component *a, const struct component *b)
{
	int c = number_cmp(&a->n, &b->n);

	if (c == 0)
		c = a->letter - b->letter;
	return c ? c : number_cmp(&a->level, &b->level);
}

static const struct stage {
	const char *word;
	int letter;
} stages[] = {
    {"pl", 0},
    {"alpha", 'a' - 'a' + 1},
    {"beta", 'b' - 'a' + 1},
    {"pre", 'p' - 'a' + 1},
    {"rc", 'r' - 'a' + 1},
    {"snap", 's' - 'a' + 1},
};

static const struct stage *stage_of(struct rv_span word)
{
	for (size_t i = 0; i < RV_COUNT(stages); i++) {
		const char *w = stages[i].word;
		size_t k = 0;

		while (k < word.n && w[k] && lower(word.p[k]) == w[k])
			k++;
		if (k == word.n && !w[k])
			return &stages[i];
	}
	return NULL;
}

static struct number number_of(struct rv_span *rest)
{
	size_t n = run_of(*rest, is_digit);

	if (n == 0)
		return (struct number){.rank = RANK_NONE};
	return (struct number){.digits = take(rest, n)};
}

/*
 * Cuts one component off *rest, which is not empty and does not begin with "+". Always takes at
 * least a byte.
 */
static struct component component_of(struct rv_span *rest)
{
	struct component c = {.n.rank = RANK_NONE};
	const struct stage *stage;
	size_t n;

	if (*rest->p == '*') {
		c.n.rank = RANK_STAR;
		take(rest, rv_span_find(*rest, '+'));
		return c;
	}
	c.n = number_of(rest);
	n = run_of(*rest, is_alpha);
	stage = n ? stage_of(rv_span_sub(*rest, 0, n)) : NULL;
	/* a stage word behind a number begins the next component */
	if (n && !(stage && c.n.rank == RANK_NUMBER)) {
		c.letter = stage ? stage->letter : lower(*rest->p) - 'a' + 1;
		take(rest, n);
		c.level = number_of(rest);
	}
	while (rest->n && !is_digit(*rest->p) && !is_alpha(*rest->p) && *rest->p != '+' &&
	       *rest->p != '*')
		take(rest, 1);
	return c;
}

static int version_part_cmp(struct rv_span a, struct rv_span b)
{
	int result = 0;

	while (result == 0 && (a.n || b.n)) {
		struct component ca = {0}, cb = {0};
		bool more_a = a.n && *a.p != '+', more_b = b.n && *b.p != '+';

		if (more_a)
			ca = component_of(&a);
		if (more_b)
			cb = component_of(&b);
		if (!more_a && !more_b) {
			take(&a, 1);
			take(&b, 1);
		}
		result = component_cmp(&ca, &cb);
	}
	return result;
}

/* Cuts sep and the digits behind it off the end of *s, if they are there. */
static struct rv_span cut_number(struct rv_span *s, char sep)
{
	size_t at = rv_span_rfind(*s, sep);
	struct rv_span digits = rv_span_from(*s, at + 1);

	if (at == s->n || digits.n == 0 || run_of(digits, is_digit) != digits.n)
		return RV_SPAN_NULL;
	*s = rv_span_sub(*s, 0, at);
	return digits;
}

static struct parts split(struct rv_span text)
{
	struct parts p;

	p.epoch = cut_number(&text, ',');
	p.revision = cut_number(&text, '_');
	p.version = text;
	return p;
}

int rv_version_cmp(struct rv_span a, struct rv_span b)
{
	struct parts pa = split(a), pb = split(b);
	int result = digits_cmp(pa.epoch, pb.epoch);

	if (result == 0)
		result = version_part_cmp(pa.version, pb.version);
	if (result == 0)
		result = digits_cmp(pa.revision, pb.revision);
	return result < 0 ? -1 : result > 0;
}

bool rv_version_valid(struct rv_span text)
{
	struct parts p;

	if (text.n == 0 || text.n > RV_VERSION_MAX_BYTES)
		return false;
	p = split(text);
	if (p.version.n == 0 || (!is_digit(*p.version.p) && !is_alpha(*p.version.p)))
		return false;
	for (size_t i = 0; i < p.version.n; i++) {
		char c = p.version.p[i];

		if (!is_digit(c) && !is_alpha(c) && c != '.' && c != '+')
			return false;
	}
	return true;
}

int rv_version_make(struct rv_span version, uint64_t revision, uint64_t epoch, struct rv_buf *out,
    struct rv_error *err)
{
	char text[RV_VERSION_MAX_BYTES + 1];
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT(sizeof(text) - 1);

	for (size_t i = 0; i < version.n; i++)
		rv_buf_add_char(
		    &b, version.p[i] && strchr("-,_", version.p[i]) ? '.' : version.p[i]);
	if (revision > 0)
		rv_buf_addf(&b, "_%llu", (unsigned long long)revision);
	if (epoch > 0)
		rv_buf_addf(&b, ",%llu", (unsigned long long)epoch);
	if (version.n == 0 || b.failed || !rv_version_valid(rv_buf_span(&b)))
		return rv_fail(err, RV_INPUT,
		    "version '%.*s': wants letters, digits and any of . + - _ , up to %d bytes",
		    (int)(version.n < 200 ? version.n : 200), version.n ? version.p : "",
		    RV_VERSION_MAX_BYTES);
	rv_buf_add_span(out, rv_buf_span(&b));
	return 0;
}
