/* SPDX-License-Identifier: ISC */
/*
 * Package manifests: as the recipe has them (with %%SUB%% markers), and as the framework leaves them after staging,
 * expanded. A line is a path (relative to the prefix, or absolute), a keyword with its argument, or empty.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

#define RV_PLIST_MAX_BYTES ((size_t)256 * 1024 * 1024)

enum rv_plist_kind {
	RV_PLIST_FILE,
	RV_PLIST_DIR,     /* @dir: exists even when empty */
	RV_PLIST_COMMENT, /* dropped by most */
	RV_PLIST_SAMPLE,  /* path ends in .sample; its copy without the suffix is a configuration file */
	RV_PLIST_INFO,    /* a GNU info page */
	RV_PLIST_SHELL,   /* goes to /etc/shells */
	RV_PLIST_KEYWORD, /* any other: smf, rmtry, fontsdir, xmlcatmgr */
};

struct rv_plist_entry {
	enum rv_plist_kind kind;
	unsigned line;
	const char *keyword; /* without @; NULL for plain paths */
	const char *path;    /* or the keyword's argument */
	const char *owner, *group; /* NULL when not said */
	uint32_t mode;
	bool has_mode;
};

struct rv_plist {
	struct rv_arena arena;
	struct rv_plist_entry *v;
	size_t n, cap;
};

void rv_plist_release(struct rv_plist *p);
/*
 * what names the manifest. @mode, @owner and @group states are folded into the entries that follow. RV_INPUT
 * "WHAT:LINE: reason": unknown keyword, bad (owner,group,mode), "..", control characters.
 */
int rv_plist_parse(struct rv_span text, const char *what, struct rv_plist *out, struct rv_error *err) RV_MUST_CHECK;
