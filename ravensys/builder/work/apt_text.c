/* SPDX-License-Identifier: ISC */
/* Lists of sources and source indexes of apt. */
#include "work/apt_text.h"

#include <string.h>
#include <strings.h>

/* --- words and fields */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool next_word(struct rv_span *rest, struct rv_span *out)
{
	size_t n = 0;

	while (rest->n > 0 && is_blank(rest->p[0]))
		*rest = rv_span_from(*rest, 1);
	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	*out = rv_span_sub(*rest, 0, n);
	*rest = rv_span_from(*rest, n);
	return n > 0;
}

static bool has_word(struct rv_span words, const char *wanted)
{
	struct rv_span word;

	while (next_word(&words, &word))
		if (rv_span_is(word, wanted))
			return true;
	return false;
}

/*
 * The value of "Name: value", its continuation lines included; empty when the field is not there.
 */
static struct rv_span field(struct rv_span stanza, const char *name)
{
	size_t n = strlen(name);
	struct rv_span rest = stanza, line, value = RV_SPAN_NULL;

	while (rv_span_next(&rest, '\n', &line)) {
		if (value.p) {
			if (line.n == 0 || (line.p[0] != ' ' && line.p[0] != '\t'))
				break;
			value.n = (size_t)(line.p + line.n - value.p);
		} else if (line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0) {
			value = rv_span_from(line, n + 1);
		}
	}
	return value;
}

/* --- lists of sources */

static bool is_printable(struct rv_span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] <= ' ' || word.p[i] > '~')
			return false;
	return word.n > 0;
}

/* The words of text with one blank between them; those that are not printable are left out. */
static const char *join_words(struct rv_span text, struct rv_arena *arena)
{
	char *joined = rv_arena_alloc(arena, text.n + 2);
	struct rv_span word;
	size_t n = 0;

	while (next_word(&text, &word)) {
		if (!is_printable(word))
			continue;
		if (n > 0)
			joined[n++] = ' ';
		memcpy(joined + n, word.p, word.n);
		n += word.n;
	}
	return joined;
}

static void push(struct rv_apt_sources *out, struct rv_arena *arena, struct rv_span uri,
    struct rv_span suite, struct rv_span components)
{
	/* a suite that ends in a slash is a flat folder: no index of sources by component */
	if (!is_printable(uri) || !is_printable(suite) || suite.p[suite.n - 1] == '/')
		return;
	rv_vec_push(out, (struct rv_apt_source){.uri = rv_arena_span(arena, uri).p,
			     .suite = rv_arena_span(arena, suite).p,
			     .components = join_words(components, arena)});
}

void rv_apt_parse_list(struct rv_span text, struct rv_arena *arena, struct rv_apt_sources *out)
{
	struct rv_span line, word, suite;

	while (rv_span_next(&text, '\n', &line)) {
		line = rv_span_sub(line, 0, rv_span_find(line, '#'));
		if (!next_word(&line, &word) ||
		    (!rv_span_is(word, "deb") && !rv_span_is(word, "deb-src")))
			continue;
		line = rv_span_trim(line);
		if (line.n > 0 && line.p[0] == '[')
			line = rv_span_from(line, rv_span_find(line, ']') + 1);
		if (next_word(&line, &word) && next_word(&line, &suite))
			push(out, arena, word, suite, line);
	}
}

static void add_stanza(struct rv_span stanza, struct rv_arena *arena, struct rv_apt_sources *out)
{
	struct rv_span types = field(stanza, "Types"), uris = field(stanza, "URIs");
	struct rv_span enabled = rv_span_trim(field(stanza, "Enabled"));
	struct rv_span components = field(stanza, "Components"), uri, suite;

	if (rv_span_is(enabled, "no") || rv_span_is(enabled, "false") ||
	    (!has_word(types, "deb") && !has_word(types, "deb-src")))
		return;
	while (next_word(&uris, &uri)) {
		struct rv_span suites = field(stanza, "Suites");

		while (next_word(&suites, &suite))
			push(out, arena, uri, suite, components);
	}
}

void rv_apt_parse_deb822(struct rv_span text, struct rv_arena *arena, struct rv_apt_sources *out)
{
	struct rv_span line, rest = text;
	/* comment lines may stand inside a field: the text without them */
	char *plain = rv_arena_alloc(arena, text.n + 2);
	size_t n = 0, begin = 0;

	while (rv_span_next(&rest, '\n', &line)) {
		if (line.n > 0 && line.p[0] == '#')
			continue;
		if (rv_span_trim(line).n == 0) {
			add_stanza(rv_span(plain + begin, n - begin), arena, out);
			begin = n;
			continue;
		}
		memcpy(plain + n, line.p, line.n);
		n += line.n;
		plain[n++] = '\n';
	}
	add_stanza(rv_span(plain + begin, n - begin), arena, out);
}

/* --- which archives to ask */

static const char *const debian_names[] = {"bullseye", "bookworm", "trixie", "forky", "duke", "sid",
    "oldoldstable", "oldstable", "stable", "testing", "unstable", NULL};

/* "bookworm" of "bookworm-updates" and "bookworm/updates" */
static struct rv_span base_name(const char *suite)
{
	return rv_span(suite, strcspn(suite, "-/"));
}

static bool is_debian(const char *suite)
{
	for (const char *const *name = debian_names; *name; name++)
		if (rv_span_is(base_name(suite), *name))
			return true;
	return false;
}

static void add_once(struct rv_apt_sources *out, const struct rv_apt_source *source)
{
	rv_vec_each (out, s)
		if (strcmp(s->uri, source->uri) == 0 && strcmp(s->suite, source->suite) == 0)
			return;
	rv_vec_push(out, *source);
}

static void add_wanted(const struct rv_apt_source *host, const char *const *suites,
    struct rv_arena *arena, struct rv_apt_sources *out)
{
	const char *tail = host->suite + base_name(host->suite).n;
	bool security = strstr(tail, "security") != NULL;

	/* updates, backports and the like are archives of the same address */
	for (; *suites; suites++) {
		struct rv_apt_source s = *host;

		s.suite = security ? rv_arena_fmt(arena, "%s-security", *suites)
				   : rv_arena_strdup(arena, *suites);
		if (!security || strcmp(*suites, "sid") != 0)
			add_once(out, &s);
	}
}

void rv_apt_choose(const struct rv_apt_sources *host, const char *codename,
    const char *const *suites, struct rv_arena *arena, struct rv_apt_sources *out)
{
	rv_vec_each (host, h) {
		bool own = codename && rv_span_is(base_name(h->suite), codename);

		if (strncmp(h->uri, "cdrom:", 6) == 0 || (!own && !is_debian(h->suite)))
			continue;
		add_once(out, h);
		if (is_debian(h->suite))
			add_wanted(h, suites, arena, out);
	}
}

/* --- source indexes */

/* " HEX SIZE NAME" */
static void scan_file(
    struct rv_span line, struct rv_span directory, rv_apt_found_fn *found, void *ctx)
{
	struct rv_span hex, size, name;

	if (next_word(&line, &hex) && next_word(&line, &size) && next_word(&line, &name) &&
	    hex.n == 64)
		found(ctx, directory, name, hex);
}

void rv_apt_scan_stanza(struct rv_span stanza, rv_apt_found_fn *found, void *ctx)
{
	struct rv_span sums = field(stanza, "Checksums-Sha256"), line;
	struct rv_span directory = rv_span_trim(field(stanza, "Directory"));

	if (directory.n == 0)
		return;
	while (rv_span_next(&sums, '\n', &line))
		scan_file(line, directory, found, ctx);
}
