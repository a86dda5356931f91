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

void rv_problems_add(struct rv_problems *p, enum rv_problem_class c, const char *file,
    unsigned line, const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list ap;

	p->count++;
	if (p->list.n >= RV_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rv_vec_push(&p->list, (struct rv_problem){c, line, rv_arena_strdup(&p->arena, file),
				  rv_arena_strdup(&p->arena, text)});
}

/* By line; those of no line come last. */
static int by_line(const void *a, const void *b)
{
	const struct rv_problem *x = a, *y = b;

	if (x->line != y->line)
		return x->line - 1 < y->line - 1 ? -1 : 1;
	return strcmp(x->text, y->text);
}

void rv_problems_sort(struct rv_problems *p)
{
	rv_vec_sort(&p->list, by_line);
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
