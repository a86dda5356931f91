/* SPDX-License-Identifier: ISC */
/*
 * The line classes of a specification. A line is recognised by its form alone and by what came
 * before it; what it says is looked at by the reader.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"
#include "base/vec.h"
#include "port/keys.h"

enum rv_line_class {
	RV_LINE_EMPTY,	 /* nothing, or a comment */
	RV_LINE_TITLE,	 /* "post-install:" */
	RV_LINE_BODY,	 /* a line of a target */
	RV_LINE_HELPER,	 /* "[OPTION].HELPER=<tabs>value" */
	RV_LINE_ARRAY,	 /* "KEY[index]=<tabs>value" */
	RV_LINE_SINGLET, /* "KEY=<tabs>value" */
	RV_LINE_MORE,	 /* continues the last of the three above */
	RV_LINE_CAPSULE, /* "[FILE:bytes:name]" */
	RV_LINE_UNKNOWN,
};

/* What the lines before were, as far as it decides what this one is. */
enum rv_line_before { RV_BEFORE_NONE, RV_BEFORE_KEY, RV_BEFORE_HELPER, RV_BEFORE_TARGET };

struct rv_line {
	enum rv_line_class class;
	struct rv_span key; /* keyword or helper name, title without its colon, a capsule's path */
	struct rv_span index; /* of an array; option of a helper; bytes of a capsule */
	struct rv_span value; /* from the column where it must begin; wrong tabs included */
	bool aligned;	      /* the value begins at column 24, or 40 for helpers */
};

struct rv_line rv_lex(struct rv_span text, enum rv_line_before before);

/*
 * What is wrong with a line whatever its class: NULL, or the reason. generated: long comments are
 * allowed.
 */
const char *rv_lex_fault(struct rv_span text, bool generated);

/* "KEY=" and only tabs behind it: a buildsheet goes on in the next line when an item is long. */
bool rv_lex_is_bare(struct rv_span text);

/*
 * Cuts a list value into its items: one space between them, those inside double quotes do not count
 * (\" does not close). *ok false for a leading space, two in a row. Call until it returns false.
 */
bool rv_lex_item(struct rv_span *rest, struct rv_span *out, bool *ok);
/* Position of the first space outside quotes, or s.n. */
size_t rv_lex_space(struct rv_span s);
