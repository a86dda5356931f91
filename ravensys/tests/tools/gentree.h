/* SPDX-License-Identifier: ISC */
/*
 * Inside gentree: the writer of a port's files, chance, and which port needs which. For one
 * program, so all is static.
 */
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "codec/digest.h"

enum { LEVELS = 30, COUNT_DEFAULT = 4000, COUNT_MIN = 200, DEPS_MAX = 4, COLUMN = 24, HELPER = 40 };

enum kind { LIBRARY, PROGRAM, PYTHON, PERL, RUBY, CRATES };

struct tree {
	int fd;
	unsigned count, seed; /* of all ports; */
	bool cycle;
	bool bucket[256]; /* made already */
};

struct writer {
	struct rv_buf text;
	struct tree *tree;
	int fd; /* the port's folder */
	unsigned index;
	enum kind kind;
	uint64_t random;
	char name[64], project[48], version[24];
	unsigned deps[DEPS_MAX], n_deps;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* --- chance: a function of the seed and the port, so that any port can ask about another */

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static unsigned pick(struct writer *w, unsigned n)
{
	w->random = mix(w->random);
	return (unsigned)(w->random % n);
}

static bool chance(struct writer *w, unsigned percent)
{
	return pick(w, 100) < percent;
}

/* --- text */

static RV_PRINTF(2, 3) void line(struct writer *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	rv_buf_vaddf(&w->text, fmt, ap);
	va_end(ap);
	rv_buf_add_char(&w->text, '\n');
}

static void tabs_to(struct writer *w, size_t from, size_t column)
{
	do {
		rv_buf_add_char(&w->text, '\t');
		from = (from / 8 + 1) * 8;
	} while (from < column);
}

/* "KEY=" and its value; several values, one a line, parted by line feeds */
static RV_PRINTF(3, 4) void key(struct writer *w, const char *name, const char *fmt, ...)
{
	char value[2048];
	size_t column = name[0] == '[' ? HELPER : COLUMN;
	struct rv_span rest, one;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	rv_buf_addf(&w->text, "%s=", name);
	tabs_to(w, strlen(name) + 1, column);
	rest = rv_span_str(value);
	for (bool first = true; rv_span_next(&rest, '\n', &one); first = false) {
		if (!first)
			tabs_to(w, 0, column);
		rv_buf_add_span(&w->text, one);
		rv_buf_add_char(&w->text, '\n');
	}
}

/* The text so far becomes a file of the port. */
static RV_PRINTF(2, 3) void save(struct writer *w, const char *fmt, ...)
{
	char name[256];
	va_list ap;
	int fd;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (strchr(name, '/')) {
		char folder[64];

		snprintf(folder, sizeof(folder), "%.*s", (int)strcspn(name, "/"), name);
		if (mkdirat(w->fd, folder, 0755) < 0 && errno != EEXIST)
			die(folder);
	}
	fd = openat(w->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, rv_buf_str(&w->text), w->text.n) != (ssize_t)w->text.n)
		die(name);
	close(fd);
	rv_buf_reset(&w->text);
}

/* --- the plain ports: what modules of USES need */

struct plain {
	const char *name, *variants, *subpackages;
};

static const struct plain plain[] = {
#define RV_PLAIN(name_, variants_, subpackages_) {name_, variants_, subpackages_},
#include "tests/tools/gentree.def"
#undef RV_PLAIN
};

/* --- names and places */

static unsigned made_up(const struct tree *t)
{
	return t->count - (unsigned)RV_COUNT(plain);
}

static unsigned level_start(const struct tree *t, unsigned level)
{
	return (level * made_up(t) + LEVELS - 1) / LEVELS;
}

static unsigned level_of(const struct tree *t, unsigned index)
{
	return (unsigned)((uint64_t)index * LEVELS / made_up(t));
}

static enum kind kind_of(const struct tree *t, unsigned index)
{
	static const enum kind kinds[] = {LIBRARY, LIBRARY, LIBRARY, LIBRARY, LIBRARY, PROGRAM,
	    PROGRAM, PROGRAM, PROGRAM, PROGRAM, PYTHON, PYTHON, PYTHON, PYTHON, PERL, PERL, PERL,
	    PERL, RUBY, CRATES};

	if (index == level_start(t, level_of(t, index)))
		return LIBRARY;
	return kinds[mix(mix(t->seed) ^ index) % RV_COUNT(kinds)];
}

/* The nth of words parted by spaces. */
static struct rv_span word(const char *words, unsigned n)
{
	struct rv_span rest = rv_span_str(words), out = rest;

	for (unsigned i = 0; i <= n; i++)
		rv_span_next(&rest, ' ', &out);
	return out;
}

static const char first_words[] =
    "amber bold calm dawn early fern gold hazel iris jade keen lunar mild noble "
    "olive plain quiet rapid silver tidal umber velvet wild young azure brisk "
    "coral dusty ember fleet grand hollow ivory jolly kind lively misty north "
    "ocean polar quick rustic sunny tender upper vivid warm zesty";
static const char second_words[] =
    "anchor basin candle delta engine falcon garden harbor island jacket kettle "
    "ladder magnet needle orchard parcel quarry ribbon saddle timber urn valley "
    "window yard arrow bridge cabin drum easel fiddle glade hammer inlet jar kite "
    "lantern meadow nest oar pebble quill raft sail tower union vessel wheel yarn "
    "atlas barrel compass dial echo forge gate hinge ink jewel key lever mill "
    "notch opal pulley quilt ridge spring thread utensil vault whistle zipper "
    "acorn beacon cedar dune estate flint grove heron ingot juniper kernel ledger "
    "marble nugget osprey prism query rocket";
enum { FIRST_WORDS = 48, SECOND_WORDS = 90 };

/* Two words; a number behind them when there are no more such pairs. */
static void project_of(unsigned index, char *out, size_t n)
{
	unsigned a = index % FIRST_WORDS, b = index / FIRST_WORDS % SECOND_WORDS;
	unsigned more = index / (FIRST_WORDS * SECOND_WORDS);

	snprintf(out, n, "%.*s%s%.*s", RV_SPAN_ARG(word(first_words, (a + b) % FIRST_WORDS)),
	    index % 3 ? "" : "_", RV_SPAN_ARG(word(second_words, b)));
	if (more)
		snprintf(out + strlen(out), n - strlen(out), "%u", more);
}

static void name_of(const struct tree *t, unsigned index, char *out, size_t n)
{
	static const char *const before[] = {"lib", "", "python-", "perl-", "ruby-", ""};
	char project[48];

	project_of(index, project, sizeof(project));
	snprintf(out, n, "%s%s", before[kind_of(t, index)], project);
}

static void choose_deps(struct writer *w)
{
	struct tree *t = w->tree;
	unsigned level = level_of(t, w->index), low, high, wanted = 1 + pick(w, DEPS_MAX - 1);

	if (level == 0)
		return;
	low = level_start(t, level - 1);
	high = level_start(t, level);
	w->deps[w->n_deps++] =
	    w->index == high ? low : low + pick(w, high - low); /* the spine, then anywhere */
	while (w->n_deps < wanted) {
		unsigned other = chance(w, 50) ? low + pick(w, high - low) : pick(w, high);

		for (unsigned i = 0; i < w->n_deps; i++)
			if (w->deps[i] == other)
				other = made_up(t);
		if (other < made_up(t))
			w->deps[w->n_deps++] = other;
		else
			wanted--;
	}
}
