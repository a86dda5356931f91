/* SPDX-License-Identifier: ISC */
/*
 * The options that a user may choose for the std variant of a port (OPTIONS_STANDARD), the rules of
 * their groups, and what a choice implies. Values in, values out: saved.h keeps choices in files.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "port/recipe.h"

struct rv_choice {
	struct rv_setting *v; /* OPTIONS_STANDARD in its order; the names are the port's */
	size_t n, cap;
};

/* What a change did besides what was asked: "-NLS: of group LANG exactly one may be on". */
struct rv_choice_notes {
	struct rv_arena arena;
	rv_vec(const char *) list;
};

void rv_choice_release(struct rv_choice *c);
void rv_choice_notes_release(struct rv_choice_notes *n);

/* false: OPTIONS_STANDARD is none, there is nothing to choose. */
bool rv_choice_is_there(const struct rv_port *p);
/* What the recipe says for this platform; empty when there is no choice. */
void rv_choice_defaults(const struct rv_port *p, const struct rv_platform *platform,
    struct rv_choice *out); /* rv_choice_release(out) */
/* NULL when the port has no such option to choose. */
struct rv_setting *rv_choice_find(const struct rv_choice *c, struct rv_span name);
/* Of each option that both have, what from says. */
void rv_choice_take(struct rv_choice *c, const struct rv_choice *from);
bool rv_choice_eq(const struct rv_choice *a, const struct rv_choice *b);

enum rv_group_rule { RV_GROUP_RADIO, RV_GROUP_RESTRICTED, RV_GROUP_UNLIMITED };
struct rv_option_group {
	const char *name, *title; /* title: OPTDESCR, "" when there is none */
	enum rv_group_rule rule;
	const struct rv_items *members;
};
/* false: the option is in no group. */
bool rv_choice_group(const struct rv_port *p, const char *option, struct rv_option_group *out);
/* "exactly one", "at least one", "any" */
const char *rv_group_rule_name(enum rv_group_rule rule);
const char *rv_choice_description(const struct rv_port *p, const char *option); /* never NULL */

/* RV_INPUT naming the group, its rule and its members. */
int rv_choice_check(const struct rv_port *p, const struct rv_choice *c, struct rv_error *err)
    RV_MUST_CHECK;

/*
 * Carries out "+OPT" and "-OPT" words, then what follows from them as in the dialog of other
 * programs: the other members of a radio group go off, what IMPLIES_ON names goes on, what
 * PREVENTS_ON names goes off; each is noted. A word that contradicts what follows from another one,
 * or a rule that does not hold at the end, is RV_INPUT.
 */
int rv_choice_change(const struct rv_port *p, struct rv_choice *c, const char *const *words,
    size_t n_words, struct rv_choice_notes *notes, struct rv_error *err) RV_MUST_CHECK;
