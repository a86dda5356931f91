/* SPDX-License-Identifier: ISC */
/* Inside builder/port: the state of looking at one port, and the functions that lint.def names. */
#pragma once

#include "base/buf.h"
#include "port/lint.h"

struct rv_lint;

struct rv_lint_rule {
	const char *id;
	enum rv_severity severity;
	bool wants_port;
	int (*look)(struct rv_lint *l, struct rv_error *err); /* < 0: a file cannot be read */
	const char *summary;
};

/* One of the port's texts, as a whole. */
struct rv_lint_text {
	const char *path; /* "descriptions/desc.primary" */
	struct rv_span text;
};

enum rv_lint_folder { RV_LINT_DESCRIPTIONS, RV_LINT_MANIFESTS, RV_LINT_FOLDERS };

struct rv_lint {
	struct rv_lint_place *place;
	const struct rv_port_files *files;
	const char *path; /* of the folder */
	struct rv_arena arena;
	struct rv_port *port; /* NULL when the reader found faults */
	struct rv_problems problems;
	struct rv_lint_text specification, distinfo; /* text.p NULL: there is none */
	rv_vec(struct rv_lint_text) texts[RV_LINT_FOLDERS];
	const struct rv_lint_rule *rule;
	struct rv_findings *out;
};

/* A finding of the present rule. */
void rv_lint_say(struct rv_lint *l, const char *file, unsigned line, const char *fmt, ...)
    RV_PRINTF(4, 5);

/*
 * Names of DEF lines that no value and no target uses, not even by way of another definition. The
 * text may be one that the reader does not take.
 */
void rv_lint_unused_defs(struct rv_span text, struct rv_arena *arena, struct rv_items *out);

/* What --fix makes of a specification, and of it once more: the same. */
void rv_lint_mend(struct rv_span text, struct rv_buf *out);

#define RV_LINT_ROW(id_, severity_, wants_, function_, summary_)                                   \
	int rv_lint_##function_(struct rv_lint *l, struct rv_error *err) RV_MUST_CHECK;
#include "port/lint.def"
#undef RV_LINT_ROW
