/* SPDX-License-Identifier: ISC */
/*
 * Inside builder/port: the state of reading one specification, and the checks of its values
 * (check_*.c). A check reports through rv_reader_problem and never stops the reading.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/span.h"
#include "port/expand.h"
#include "port/lex.h"
#include "port/port.h"
#include "port/words.h"

struct rv_capsules {
	struct rv_capsule *v;
	size_t n, cap;
};

struct rv_reader {
	struct rv_port *port;
	struct rv_problems *problems;
	struct rv_port_context context;
	unsigned line;
	const char *sheet; /* the first byte of a buildsheet; NULL: a specification */
	struct rv_capsules capsules;
	struct rv_defs defs;

	/* where we are */
	enum rv_line_before before;
	enum rv_port_key key;  /* last keyword */
	const char *index;     /* last index, "" for none */
	enum rv_helper helper; /* last helper */
	size_t option;	       /* of it, in port->options; its count when there is none */
	size_t target;	       /* last target */
	bool skip_more; /* the line to be continued was not understood: do not complain again */
	bool unordered; /* nobody has looked yet whether the present line stands in its place */
	unsigned key_line[RV_KEY_COUNT];
	const char *info_folder; /* of the first INFO entry, NULL before it */
	enum rv_key_stage stage; /* the furthest reached */
	bool stage_seen[RV_STAGE_BODY + 1];
	bool stage_blamed[RV_STAGE_BODY + 1];
};

/* What a check looks at. items are those that the keyword or helper already has. */
struct rv_checked {
	const char *text;
	const char *index; /* of an array, "" else */
	const struct rv_items *items;
	enum rv_port_key key;  /* RV_KEY_COUNT for a helper */
	enum rv_helper helper; /* RV_HELPER_COUNT for a keyword */
	const char *option;    /* of a helper */
};

void rv_reader_problem(struct rv_reader *r, enum rv_problem_class c, const char *fmt, ...)
    RV_PRINTF(3, 4);

/*
 * Reports the present line's keyword when it stands in the wrong place; once a line. Checks that
 * come before it, because a reader that stops at the first fault has them before it, call it.
 */
void rv_reader_order(struct rv_reader *r);
/* The same of a line in a make target, and what the end of the file lacks. */
void rv_reader_order_target(struct rv_reader *r);
void rv_reader_order_end(struct rv_reader *r);
/* Runs the row's check. */
void rv_check_value(struct rv_reader *r, const struct rv_checked *c);
/* What can be said only when all lines were read. */
void rv_check_late(struct rv_reader *r);

/* Defined somewhere among the variants' subpackages. */
bool rv_port_has_subpackage(const struct rv_port *p, const char *name);
bool rv_port_has_option(const struct rv_port *p, const char *name);
struct rv_port_option *rv_port_option(struct rv_port *p, const char *name, size_t n);

struct rv_entry *rv_entries_find(struct rv_entries *e, const char *index);
struct rv_entry *rv_entries_want(struct rv_entries *e, const char *index, unsigned line);
static inline void rv_items_push(struct rv_items *items, const char *text, unsigned line)
{
	rv_vec_push(items, (struct rv_item){text, line, rv_text_mark(text)});
}
