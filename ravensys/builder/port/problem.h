/* SPDX-License-Identifier: ISC */
/*
 * What is wrong with a recipe: all of it, in one run, each with file, line and class. The caller
 * prints the whole list ("FILE:LINE: reason"); struct rv_error carries the first one and the count.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

enum rv_problem_class {
	RV_PROBLEM_LEXICAL,
	RV_PROBLEM_EXPANSION,
	RV_PROBLEM_ORDER,
	RV_PROBLEM_KEY,
	RV_PROBLEM_VALUE,
	RV_PROBLEM_TARGET,
	RV_PROBLEM_MISSING_FILE,
	RV_PROBLEM_LATE, /* found when the whole file was read */
};

/* "lexical", "expansion", "order", "key", "value", "target", "missing-file", "late" */
const char *rv_problem_class_name(enum rv_problem_class c);

struct rv_problem {
	enum rv_problem_class class;
	unsigned line;	  /* 1.. ; 0 when it belongs to no line */
	const char *file; /* as the reader was told to call it */
	const char *text;
};

#define RV_PROBLEMS_MAX 200 /* further ones are counted, not kept */

struct rv_problems {
	struct rv_arena arena;
	rv_vec(struct rv_problem) list;
	size_t count;
};

#define RV_PROBLEMS_INIT ((struct rv_problems){0})

void rv_problems_release(struct rv_problems *p);
void rv_problems_add(struct rv_problems *p, enum rv_problem_class c, const char *file,
    unsigned line, const char *fmt, ...) RV_PRINTF(5, 6);
void rv_problems_sort(struct rv_problems *p); /* by line, those of no line last */
/* Sorts by line, appends "FILE:LINE: reason\n" for each. */
void rv_problems_print(struct rv_problems *p, struct rv_buf *out);
/* 0 when there is none; else RV_INPUT: the first one, and how many more. */
int rv_problems_check(struct rv_problems *p, struct rv_error *err) RV_MUST_CHECK;
