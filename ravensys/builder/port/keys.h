/* SPDX-License-Identifier: ISC */
/*
 * The tables of keywords (keys.def) and option helpers (helpers.def) as enums with their
 * properties.
 */
#pragma once

#include "base/span.h"

enum rv_port_key {
#define RV_KEY_ROW(name, kind, stage, check) RV_KEY_##name,
#include "port/keys.def"
#undef RV_KEY_ROW
	RV_KEY_COUNT
};

enum rv_helper {
#define RV_HELPER_ROW(name, when, key, items, check) RV_HELPER_##name,
#include "port/helpers.def"
#undef RV_HELPER_ROW
	RV_HELPER_COUNT
};

enum rv_key_kind {
	RV_KIND_STRING,	 /* one value without unquoted spaces */
	RV_KIND_NATURAL, /* a decimal number */
	RV_KIND_FLAG,	 /* "yes" */
	RV_KIND_LIST,	 /* items separated by one space; quotes protect */
	RV_KIND_PASS,	 /* handed to the Makefile as it is; may be repeated; one value a line */
	RV_KIND_LISTS,	 /* KEY[index], each a list */
	RV_KIND_TEXTS,	 /* KEY[index], each line one value, spaces allowed */
	RV_KIND_DEF,	 /* DEF[name] */
	RV_KIND_IGNORED, /* known, read over */
};

/* The mandatory order of the head. */
enum rv_key_stage {
	RV_STAGE_ANY,
	RV_STAGE_NAMEBASE,
	RV_STAGE_VERSION,
	RV_STAGE_REVISION,
	RV_STAGE_EPOCH,
	RV_STAGE_KEYWORDS,
	RV_STAGE_VARIANTS,
	RV_STAGE_SDESC,
	RV_STAGE_HOMEPAGE,
	RV_STAGE_CONTACT,
	RV_STAGE_GROUPS,
	RV_STAGE_SITES,
	RV_STAGE_DISTFILE,
	RV_STAGE_SUBDIR,
	RV_STAGE_INDEX,
	RV_STAGE_SPKGS,
	RV_STAGE_AVAILABLE,
	RV_STAGE_STANDARD,
	RV_STAGE_VOPTS,
	RV_STAGE_BODY,
};

enum rv_helper_items { RV_ITEMS_TEXTS, RV_ITEMS_WORDS };
enum rv_helper_when { RV_WHEN_ON, RV_WHEN_OFF, RV_WHEN_BOTH, RV_WHEN_NEVER };

struct rv_key_info {
	const char *name;
	enum rv_key_kind kind;
	enum rv_key_stage stage;
};

struct rv_helper_info {
	const char *name;
	enum rv_helper_when when;
	enum rv_port_key key;
	enum rv_helper_items items;
};

extern const struct rv_key_info rv_keys[RV_KEY_COUNT];
extern const struct rv_helper_info rv_helpers[RV_HELPER_COUNT];

/* RV_KEY_COUNT / RV_HELPER_COUNT when there is no such name. */
enum rv_port_key rv_key_find(struct rv_span name);
enum rv_helper rv_helper_find(struct rv_span name);
