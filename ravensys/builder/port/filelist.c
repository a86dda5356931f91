/* SPDX-License-Identifier: ISC */
/* Lists of files: compressed, in full, sorted. */
#include "port/filelist.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"

static const char empty_list[] = "@comment manifest is empty, mistake??";

static struct rv_span trim_spaces(struct rv_span s)
{
	while (s.n && s.p[0] == ' ')
		s = rv_span_from(s, 1);
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* --- compressing */

/*
 * The folder of a path without its last slash; empty: it has none, lies in the root, or ends in a
 * slash.
 */
static struct rv_span folder_of(struct rv_span line)
{
	size_t slash = rv_span_rfind(line, '/');

	if (line.p[0] == '@' || slash == line.n || slash + 1 == line.n)
		return RV_SPAN_NULL;
	return rv_span_sub(line, 0, slash);
}

static void add_count(struct rv_map *counts, struct rv_span folder, uintptr_t n)
{
	if (folder.n)
		rv_map_put(counts, folder, (void *)((uintptr_t)rv_map_get(counts, folder) + n));
}

/* How many paths each folder has; lists are mostly sorted, so runs are counted at once. */
static int count_folders(
    struct rv_span text, const char *what, struct rv_map *counts, struct rv_error *err)
{
	struct rv_span line, last = RV_SPAN_NULL;
	uintptr_t run = 0;
	unsigned number = 0;

	while (rv_span_next(&text, '\n', &line)) {
		struct rv_span folder;

		number++;
		line = trim_spaces(line);
		if (!line.n && !text.n)
			break;
		if (!line.n)
			return rv_fail(err, RV_INPUT, "%s:%u: an empty line", what, number);
		folder = folder_of(line);
		if (!rv_span_eq(folder, last)) {
			add_count(counts, last, run);
			last = folder;
			run = 0;
		}
		run++;
	}
	add_count(counts, last, run);
	return 0;
}

static void put_path(
    struct rv_span line, const struct rv_map *counts, struct rv_span *last, struct rv_buf *out)
{
	struct rv_span folder = folder_of(line);

	if (!folder.n ||
	    (!rv_span_eq(folder, *last) && (uintptr_t)rv_map_get(counts, folder) == 1)) {
		rv_buf_add_span(out, line);
		rv_buf_add_char(out, '\n');
		return;
	}
	if (!rv_span_eq(folder, *last)) {
		rv_buf_add_span(out, folder);
		rv_buf_add_str(out, "/\n");
		*last = folder;
	}
	rv_buf_add_char(out, ' ');
	rv_buf_add_span(out, rv_span_from(line, folder.n + 1));
	rv_buf_add_char(out, '\n');
}

int rv_filelist_compress(
    struct rv_span text, const char *what, struct rv_buf *out, struct rv_error *err)
{
	rv_auto(rv_map) struct rv_map counts = RV_MAP_INIT;
	struct rv_span line, last = RV_SPAN_NULL;
	size_t before = out->n;

	if (count_folders(text, what, &counts, err) < 0)
		return -1;
	while (rv_span_next(&text, '\n', &line)) {
		line = trim_spaces(line);
		if (line.n)
			put_path(line, &counts, &last, out);
	}
	if (out->n == before)
		rv_buf_add_str(out, empty_list);
	return 0;
}

/* --- and back */

void rv_filelist_decompress(struct rv_span text, struct rv_buf *out)
{
	struct rv_span line, folder = RV_SPAN_NULL;

	while (rv_span_next(&text, '\n', &line)) {
		bool more = text.n && text.p[0] == ' ';

		if (line.n && line.p[0] != '@' && line.p[0] != ' ' && more &&
		    line.p[line.n - 1] == '/') {
			folder = line;
			continue;
		}
		if (line.n && line.p[0] == ' ') {
			rv_buf_add_span(out, folder);
			line = rv_span_from(line, 1);
		}
		rv_buf_add_span(out, line);
		rv_buf_add_char(out, '\n');
	}
}

void rv_filelist_source(struct rv_span text, struct rv_buf *out)
{
	if (!rv_span_is(text, empty_list))
		rv_filelist_decompress(text, out);
}

/* --- sorting */

struct owner {
	struct rv_span owner, group, mode;
};

struct sorted_line {
	struct rv_span folder, name; /* of a keyword: the line is its name */
	struct owner by;
	size_t number; /* of equal ones the first stays */
};

struct lines {
	struct sorted_line *v;
	size_t n, cap;
};

struct sorting {
	struct owner now; /* of the @mode, @owner and @group lines above */
	struct lines keywords, roots, files;
	size_t number;
};

/* "@mode 755": what follows; false for what could not stand in @(owner,group,mode). */
static bool take_state(struct rv_span line, const char *keyword, struct rv_span *now)
{
	size_t space = rv_span_find(line, ' ');
	struct rv_span value = trim_spaces(rv_span_from(line, space + 1));

	if (!rv_span_starts(line, rv_span_str(keyword)) || rv_span_find(value, ',') < value.n ||
	    rv_span_find(value, ')') < value.n)
		return false;
	*now = value;
	return true;
}

static void replace_set(struct rv_span *now, struct rv_span value)
{
	value = trim_spaces(value);
	if (value.n)
		*now = value;
}

/* "@(owner,group,mode) path": what is empty is as above; gives the path. */
static struct rv_span take_owner(struct rv_span line, struct owner *by)
{
	size_t close = rv_span_find(line, ')');
	struct rv_span inside = rv_span_sub(line, 2, close - 2), part;

	if (close == line.n)
		return RV_SPAN_NULL;
	if (rv_span_next(&inside, ',', &part))
		replace_set(&by->owner, part);
	if (rv_span_next(&inside, ',', &part))
		replace_set(&by->group, part);
	if (rv_span_next(&inside, ',', &part))
		replace_set(&by->mode, part);
	return trim_spaces(rv_span_from(line, close + 1));
}

static void sort_path(struct sorting *s, struct rv_span path, struct owner by)
{
	size_t slash = rv_span_rfind(path, '/');
	struct sorted_line line = {.name = path, .by = by, .number = s->number};

	if (slash == path.n) {
		rv_vec_push(&s->roots, line);
		return;
	}
	line.folder = rv_span_sub(path, 0, slash);
	line.name = rv_span_from(path, slash + 1);
	rv_vec_push(&s->files, line);
}

static void sort_line(struct sorting *s, struct rv_span line)
{
	struct owner by = s->now;
	struct rv_span path;

	s->number++;
	if (take_state(line, "@mode", &s->now.mode) || take_state(line, "@owner", &s->now.owner) ||
	    take_state(line, "@group", &s->now.group))
		return;
	if (rv_span_starts(line, RV_SPAN_LIT("@("))) {
		path = take_owner(line, &by);
		if (path.n)
			sort_path(s, path, by);
		else
			rv_vec_push(
			    &s->keywords, (struct sorted_line){.name = line, .number = s->number});
	} else if (line.p[0] == '@')
		rv_vec_push(&s->keywords, (struct sorted_line){.name = line, .number = s->number});
	else
		sort_path(s, line, by);
}

static int by_name(const void *a, const void *b)
{
	const struct sorted_line *x = a, *y = b;
	int order = rv_span_cmp(x->folder, y->folder);

	if (!order)
		order = rv_span_cmp(x->name, y->name);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

/* A path that begins with @ would be a keyword without it. */
static void put_owner(struct rv_buf *out, const struct sorted_line *l, bool keyword)
{
	const struct owner *by = &l->by;
	struct rv_span first = l->folder.n ? l->folder : l->name;

	if (!by->owner.n && !by->group.n && !by->mode.n &&
	    (keyword || !first.n || first.p[0] != '@'))
		return;
	rv_buf_add_str(out, "@(");
	rv_buf_add_span(out, by->owner);
	rv_buf_add_char(out, ',');
	rv_buf_add_span(out, by->group);
	rv_buf_add_char(out, ',');
	rv_buf_add_span(out, by->mode);
	rv_buf_add_str(out, ") ");
}

enum put { PUT_ALL, PUT_FIRST, PUT_LAST };

static bool comes_first(struct rv_span line)
{
	static const char *const first[] = {"@comment", "@info", "@sample", "@shell", "@smf"};
	struct rv_span word = rv_span_sub(line, 0, rv_span_find(line, ' '));

	for (size_t i = 0; i < RV_COUNT(first); i++)
		if (rv_span_is(word, first[i]))
			return true;
	return false;
}

static void put_lines(const struct lines *lines, bool folders, enum put which, struct rv_buf *out)
{
	const struct sorted_line *last = NULL;

	for (size_t i = 0; i < lines->n; i++) {
		const struct sorted_line *l = &lines->v[i];

		if ((last && rv_span_eq(last->folder, l->folder) &&
			rv_span_eq(last->name, l->name)) ||
		    (which != PUT_ALL && comes_first(l->name) != (which == PUT_FIRST)))
			continue;
		put_owner(out, l, which != PUT_ALL);
		rv_buf_add_span(out, l->folder);
		rv_buf_add_str(out, folders ? "/" : "");
		rv_buf_add_span(out, l->name);
		rv_buf_add_char(out, '\n');
		last = l;
	}
}

void rv_filelist_sort(struct rv_span text, struct rv_buf *out)
{
	struct sorting s = {0};
	struct rv_span line;

	while (rv_span_next(&text, '\n', &line)) {
		line = trim_spaces(line);
		if (line.n)
			sort_line(&s, line);
	}
	rv_vec_sort(&s.keywords, by_name);
	rv_vec_sort(&s.roots, by_name);
	rv_vec_sort(&s.files, by_name);
	put_lines(&s.keywords, false, PUT_FIRST, out);
	put_lines(&s.roots, false, PUT_ALL, out);
	put_lines(&s.files, true, PUT_ALL, out);
	put_lines(&s.keywords, false, PUT_LAST, out);
	rv_vec_release(&s.keywords);
	rv_vec_release(&s.roots);
	rv_vec_release(&s.files);
}
