/* SPDX-License-Identifier: ISC */
/*
 * What is wrong with a recipe: all of it, in one run, each with file, line and class. The caller
 * prints the whole list ("FILE:LINE: reason"); struct rv_error carries the first one and the count.
 *
 * Order: by file as they were read, by line, on one line as they were found; those that only the
 * whole file shows (late) come behind all others of the file. So the first is the one at which a
 * reader that stops would have stopped.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "codec/json.h"

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
	unsigned line;	       /* 1.. ; 0 when it belongs to no line */
	const char *file;      /* as the reader was told to call it */
	const char *text;      /* printable UTF-8 */
	size_t file_rank, seq; /* the order of reading */
};

#define RV_PROBLEMS_MAX 200 /* further ones are counted, not kept */

struct rv_problems {
	struct rv_arena arena;
	rv_vec(struct rv_problem) list;
	size_t count, files;
};

#define RV_PROBLEMS_INIT ((struct rv_problems){0})

void rv_problems_release(struct rv_problems *p);
void rv_problems_add(struct rv_problems *p, enum rv_problem_class c, const char *file,
    unsigned line, const char *fmt, ...) RV_PRINTF(5, 6);
void rv_problems_sort(struct rv_problems *p);
/* Sorts, appends "FILE:LINE: reason\n" for each. */
void rv_problems_print(struct rv_problems *p, struct rv_buf *out);
/*
 * {"problems": [{"file", "line", "class", "reason"}], "further": N}; line is left out when it is 0.
 */
struct rv_json *rv_problems_to_json(struct rv_problems *p) RV_MUST_CHECK;
/* 0 when there is none; else RV_INPUT: the first one, and how many more. */
int rv_problems_check(struct rv_problems *p, struct rv_error *err) RV_MUST_CHECK;
