/* SPDX-License-Identifier: ISC */
/* The closed lists of words that recipes choose from, as sorted tables. */
#pragma once

#include <stdbool.h>

#include "base/span.h"

enum rv_words {
	RV_WORDS_OPSYS,
	RV_WORDS_ARCH,	   /* the names of pkg/ident.h's table: only for rv_words_have */
	RV_WORDS_KEYWORDS, /* of KEYWORDS */
	RV_WORDS_MODULES,  /* of USES */
	RV_WORDS_GNOME,
	RV_WORDS_XORG,
	RV_WORDS_SDL,
	RV_WORDS_PHP,
	RV_WORDS_OPTIONS, /* that need no DESCRIPTION */
	RV_WORDS_SITES,	  /* macros of SITES */
	RV_WORDS_COUNT
};

bool rv_words_have(enum rv_words list, struct rv_span word);
/* The word of the list that is nearest to this one, NULL when none is near. */
const char *rv_words_near(enum rv_words list, struct rv_span word);
/* Edit distance of two short words; a large number for long ones. */
size_t rv_word_distance(struct rv_span a, struct rv_span b);
/* All of it, NULL-terminated. */
const char *const *rv_words(enum rv_words list);

/* What our description of an option is; NULL when a DESCRIPTION helper is needed. */
const char *rv_option_description(const char *option);

struct rv_license_info {
	const char *name;  /* as recipes write it */
	const char *title; /* NULL for CUSTOM1..4 */
	const char *spdx;
};

/* NULL when not known. */
const struct rv_license_info *rv_license_find(struct rv_span name);

/* Modules that only add dependencies: they do not go into the Makefile's USES. */
bool rv_module_is_passive(struct rv_span module);
