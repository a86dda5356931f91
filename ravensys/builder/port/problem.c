/* SPDX-License-Identifier: ISC */
/* The list of what is wrong with a recipe. */
#include "port/problem.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const class_names[] = {
    [RV_PROBLEM_LEXICAL] = "lexical",
    [RV_PROBLEM_EXPANSION] = "expansion",
    [RV_PROBLEM_ORDER] = "order",
    [RV_PROBLEM_KEY] = "key",
    [RV_PROBLEM_VALUE] = "value",
    [RV_PROBLEM_TARGET] = "target",
    [RV_PROBLEM_MISSING_FILE] = "missing-file",
    [RV_PROBLEM_LATE] = "late",
};

#define TEXT_BYTES 700

const char *rv_problem_class_name(enum rv_problem_class c)
{
	return class_names[c];
}

void rv_problems_release(struct rv_problems *p)
{
	rv_vec_release(&p->list);
	rv_arena_release(&p->arena);
	*p = RV_PROBLEMS_INIT;
}

/* Bytes of a UTF-8 character at s, 0 when it is none or a control character. */
static size_t character(const unsigned char *s)
{
	size_t n = *s < 0x80		     ? 1
		   : *s >= 0xc2 && *s < 0xe0 ? 2
		   : *s >= 0xe0 && *s < 0xf0 ? 3
		   : *s >= 0xf0 && *s < 0xf5 ? 4
					     : 0;

	if (n == 1)
		return *s >= ' ' && *s != 127;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
	    (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void make_printable(char *text)
{
	unsigned char *s = (unsigned char *)text;

	while (*s) {
		size_t n = character(s);

		if (!n)
			*s = '?';
		s += n ? n : 1;
	}
}

static size_t rank_of(struct rv_problems *p, const char *file)
{
	size_t n = p->list.n;

	if (n && strcmp(p->list.v[n - 1].file, file) == 0)
		return p->list.v[n - 1].file_rank;
	return ++p->files;
}

void rv_problems_add(struct rv_problems *p, enum rv_problem_class c, const char *file,
    unsigned line, const char *fmt, ...)
{
	struct rv_problem problem;
	char text[TEXT_BYTES];
	va_list ap;

	p->count++;
	if (p->list.n >= RV_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	make_printable(text);
	problem = (struct rv_problem){.class = c,
	    .line = line,
	    .file = rv_arena_strdup(&p->arena, file),
	    .text = rv_arena_strdup(&p->arena, text),
	    .file_rank = rank_of(p, file),
	    .seq = p->count};
	rv_vec_push(&p->list, problem);
}

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int in_order(const void *a, const void *b)
{
	const struct rv_problem *x = a, *y = b;
	int d = compare(x->file_rank, y->file_rank);

	if (!d)
		d = (x->class == RV_PROBLEM_LATE) - (y->class == RV_PROBLEM_LATE);
	/* those of no line come last */
	if (!d)
		d = compare(x->line - 1, y->line - 1);
	return d ? d : compare(x->seq, y->seq);
}

void rv_problems_sort(struct rv_problems *p)
{
	rv_vec_sort(&p->list, in_order);
}

void rv_problems_print(struct rv_problems *p, struct rv_buf *out)
{
	rv_problems_sort(p);
	rv_vec_each (&p->list, it) {
		if (it->line)
			rv_buf_addf(out, "%s:%u: %s\n", it->file, it->line, it->text);
		else
			rv_buf_addf(out, "%s: %s\n", it->file, it->text);
	}
	if (p->count > p->list.n)
		rv_buf_addf(out, "%zu further problems\n", p->count - p->list.n);
}

struct rv_json *rv_problems_to_json(struct rv_problems *p)
{
	struct rv_json *doc = rv_json_new_object(), *all = rv_json_new_array();

	rv_problems_sort(p);
	rv_vec_each (&p->list, it) {
		struct rv_json *one = rv_json_new_object();

		rv_json_set_string(one, "file", it->file);
		if (it->line)
			rv_json_set_int(one, "line", it->line);
		rv_json_set_string(one, "class", rv_problem_class_name(it->class));
		rv_json_set_string(one, "reason", it->text);
		rv_json_append(all, one);
	}
	rv_json_set(doc, "problems", all);
	rv_json_set_int(doc, "further", (int64_t)(p->count - p->list.n));
	return doc;
}

int rv_problems_check(struct rv_problems *p, struct rv_error *err)
{
	char place[32] = "", more[48] = "";
	const struct rv_problem *first;

	if (!p->list.n)
		return 0;
	rv_problems_sort(p);
	first = p->list.v;
	if (first->line)
		snprintf(place, sizeof(place), ":%u", first->line);
	if (p->count > 1)
		snprintf(more, sizeof(more), " (and %zu more)", p->count - 1);
	return rv_fail(err, RV_INPUT, "%s%s: %s%s", first->file, place, first->text, more);
}
