/* SPDX-License-Identifier: ISC */
/*
 * A port as its source folder says it: the values of the specification by keyword, DEFs expanded,
 * nothing yet chosen (no variant, options or platform: that is recipe.h). Everything lives in the
 * port's arena; the texts are NUL-terminated.
 *
 * Values keep what the recipe wrote: quotes stay, {{VAR}} stays. Lists hold one item an entry.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/vec.h"
#include "port/files.h"
#include "port/keys.h"
#include "port/mkdata.h"
#include "port/problem.h"

#define RV_SPECIFICATION "specification"
#define RV_SPECIFICATION_MAX_BYTES ((size_t)8 * 1024 * 1024)

struct rv_item {
	const char *text;
	unsigned line;
	uint32_t
	    mark; /* rv_text_mark(text), 0 when nobody took it: two that differ are two texts */
};

struct rv_items {
	struct rv_item *v;
	size_t n, cap;
};

/* One KEY or KEY[index]; index is "" for keywords that have none. In the order of the file. */
struct rv_entry {
	const char *index;
	unsigned line; /* of the first line */
	uint32_t mark; /* rv_text_mark(index) or 0 */
	struct rv_items items;
};

struct rv_entries {
	struct rv_entry *v;
	size_t n, cap;
};

struct rv_port_option {
	const char *name;
	unsigned line; /* of the first helper, else of OPTIONS_AVAILABLE */
	struct rv_items helpers[RV_HELPER_COUNT];
};

struct rv_target {
	const char *name; /* "post-install", "pre-build-linux", "do-build-DOCS-ON" */
	unsigned line;
	struct rv_items lines; /* with their leading tab or dot */
};

struct rv_port {
	struct rv_arena arena;
	const char *what; /* the name of its specification in messages */
	struct rv_port_files files;
	bool compiled; /* read from a buildsheet: what has an index is in its order */
	const char *namebase;
	const char *version;
	const char *pkgversion; /* VERSION with - , _ turned to dots, _REVISION, ,EPOCH */
	unsigned long revision, epoch;
	struct rv_entries keys[RV_KEY_COUNT];
	rv_vec(struct rv_port_option)
	    options; /* of OPTIONS_AVAILABLE, in its order; empty for "none" */
	rv_vec(struct rv_target) targets;
};

/*
 * mk: what EXTRACT_VERSION and EXTRACT_INFO look in, and the branches that recipes may name; NULL
 * for no mk folder (each extraction is then an error, every branch is accepted). Borrowed.
 */
struct rv_port_context {
	const struct rv_mkdata *mk;
	bool check_files; /* EXTRA_PATCHES, SUB_FILES, must exist */
	/*
	 * The text is a buildsheet. The files passed then say where it is, to be read again for a
	 * file; none: files are taken out of the text, which then outlives the port.
	 */
	bool compiled;
};

/*
 * Reads the specification among the files. `what` names it in messages
 * ("buckets/bucket_XX/NAME/specification"). 0 with *out (the caller frees); < 0: unreadable, or
 * *problems (empty before) holds what is wrong with it. The port keeps where its files are.
 */
int rv_port_load(const struct rv_port_files *files, const char *what,
    const struct rv_port_context *context, struct rv_problems *problems, struct rv_port **out,
    struct rv_error *err) RV_MUST_CHECK;
/* The same of a text; files NULL: it has none, and context->check_files looks for none. */
int rv_port_parse(struct rv_span text, const char *what, const struct rv_port_files *files,
    const struct rv_port_context *context, struct rv_problems *problems, struct rv_port **out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_port_free(struct rv_port *p);
RV_DEFINE_FREEP(rv_port)

/*
 * A number made of a text's length, beginning and end, never 0: what is looked for in long lists is
 * told apart by it.
 */
static inline uint32_t rv_text_mark(const char *text)
{
	size_t n = strlen(text), part = n < 8 ? n : 8;
	uint64_t head = 0, tail = 0;

	memcpy(&head, text, part);
	memcpy(&tail, text + n - part, part);
	head = (head ^ (tail << 7) ^ (tail >> 3) ^ n) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(head >> 32) | 1u;
}
static inline bool rv_text_is(const char *text, uint32_t mark, const char *other, uint32_t its)
{
	return (!mark || mark == its) && strcmp(text, other) == 0;
}

/* --- looking; nothing here returns NULL but rv_port_text */
/* The items of a keyword without index. */
const struct rv_items *rv_port_list(const struct rv_port *p, enum rv_port_key key);
/* The items of KEY[index]; empty when there is none. */
const struct rv_items *rv_port_array(
    const struct rv_port *p, enum rv_port_key key, const char *index);
/* First item, NULL when the keyword was not given. */
const char *rv_port_text(const struct rv_port *p, enum rv_port_key key);
bool rv_port_has(const struct rv_port *p, enum rv_port_key key);
/* NULL when there is no such entry. */
const struct rv_items *rv_entries_items(const struct rv_entries *e, const char *index);
bool rv_items_contain(const struct rv_items *items, const char *text);

bool rv_port_has_variant(const struct rv_port *p, const char *variant);
/* RV_INPUT naming those that it has when it has no such variant. */
int rv_port_want_variant(const struct rv_port *p, const char *variant, struct rv_error *err)
    RV_MUST_CHECK;
/* The variant that is meant where none is said: std, else the first. */
const char *rv_port_first_choice(const struct rv_port *p);
/* The variants, in the recipe's order. */
static inline const struct rv_items *rv_port_variants(const struct rv_port *p)
{
	return rv_port_list(p, RV_KEY_VARIANTS);
}
