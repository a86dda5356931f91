/* SPDX-License-Identifier: ISC */
/*
 * ravenadm.ini: section "Global Configuration" with profile_selected, and one section a profile.
 * Every key of a profile is a row of profile.def. All values are checked when the file is read:
 * errors are "FILE:LINE: key: reason".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

enum rv_profile_key {
#define RV_PROFILE_ROW(name, key, type, fallback, help) RV_PROFILE_##name,
#include "engine/profile.def"
#undef RV_PROFILE_ROW
	RV_PROFILE_KEY_COUNT
};

enum rv_profile_type {
	RV_PROFILE_TYPE_FOLDER,	     /* absolute path, not "/" */
	RV_PROFILE_TYPE_MAKE_FOLDER, /* the same without blanks, which make cannot have in names */
	RV_PROFILE_TYPE_FOLDER_OR_NONE, /* the same, or "none" */
	RV_PROFILE_TYPE_SYSROOT,	/* the same, or "host" */
	RV_PROFILE_TYPE_COUNT,		/* 1 to 128 */
	RV_PROFILE_TYPE_FLAG,		/* true or false */
	RV_PROFILE_TYPE_TEXT,
	RV_PROFILE_TYPE_VERSION, /* "floating" or a version */
	RV_PROFILE_TYPE_SOURCES, /* some of sites, mirrors, apt, each once */
	RV_PROFILE_TYPE_ID,	 /* 65536 to 4294836224 */
	RV_PROFILE_TYPE_BYTES,
	RV_PROFILE_TYPE_SECONDS, /* up to a year */
};

struct rv_profile_info {
	const char *key;
	enum rv_profile_type type;
	const char *fallback, *help;
};
extern const struct rv_profile_info rv_profile_keys[RV_PROFILE_KEY_COUNT];

/* RV_PROFILE_KEY_COUNT when there is no such key. */
enum rv_profile_key rv_profile_key_find(const char *key);

struct rv_profile;

/* What the user gave (-C), else $RAVENADM_CONF, else the system's. Borrowed. */
const char *rv_profile_conf_path(const char *given);

/* name: NULL for $RAVENPROFILE, else the one that is selected. */
int rv_profile_load(const char *conf, const char *name, struct rv_profile **out,
    struct rv_error *err) RV_MUST_CHECK;
/* The same of a text; what: its name in messages. */
int rv_profile_parse(struct rv_span text, const char *what, const char *name,
    struct rv_profile **out, struct rv_error *err) RV_MUST_CHECK;
/* A profile that no file describes: every key has its default, below the folder state. */
int rv_profile_assume(const char *state, struct rv_profile **out, struct rv_error *err)
    RV_MUST_CHECK;
void rv_profile_free(struct rv_profile *p);
RV_DEFINE_FREEP(rv_profile)

const char *rv_profile_name(const struct rv_profile *p);
/* As in the file, or the default; %P resolved. Never NULL; "none" stays. */
const char *rv_profile_text(const struct rv_profile *p, enum rv_profile_key key);
bool rv_profile_is_none(const struct rv_profile *p, enum rv_profile_key key);
int64_t rv_profile_int(const struct rv_profile *p, enum rv_profile_key key);

/* Of the packages that this profile makes: linux:x86_64:host.debian.12. Owned by p. */
const char *rv_profile_abi(const struct rv_profile *p);
const char *rv_profile_abi_folder(const struct rv_profile *p); /* with hyphens */

struct rv_profile_init {
	const char *conf; /* the file to write */
	const char *dir;  /* folders go below it */
	const char *tree; /* NULL: the recipes beside the program */
	const char *mk;	  /* NULL: the mk/ beside the program */
};
/* Writes a profile "primary" and makes its folders. RV_INPUT when conf exists. */
int rv_profile_create(const struct rv_profile_init *how, struct rv_error *err) RV_MUST_CHECK;
/* Changes one key of the selected profile, checked. */
int rv_profile_change(const char *conf, const char *name, enum rv_profile_key key,
    const char *value, struct rv_error *err) RV_MUST_CHECK;
