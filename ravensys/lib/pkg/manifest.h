/* SPDX-License-Identifier: ISC */
/*
 * The values of +MANIFEST: what a package installs and needs (docs/rvn-package.5). All strings live
 * in the manifest's arena; absent strings are "" and absent lists empty. Lists that are sets
 * (categories, options, sonames, requires, users, groups) are kept sorted by bytes without
 * duplicates: encode sorts them, parse demands it. Encoding is canonical JSON and a final newline:
 * equal values give equal bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "pkg/ident.h"

#define RV_MANIFEST_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define RV_MANIFEST_MAX_ITEMS 65536 /* of each list */

struct rv_strings { /* a vec: use rv_vec_push, rv_vec_each */
	const char **v;
	size_t n, cap;
};

enum rv_require_kind {
	RV_REQUIRE_ANY,	     /* any version */
	RV_REQUIRE_AT_LEAST, /* version or newer */
	/* a subpackage of the same port and variant, at this package's own version */
	RV_REQUIRE_SAME,
};
struct rv_require {
	const char *name; /* namebase~subpackage~variant */
	enum rv_require_kind kind;
	const char *version; /* the bound; "" but for AT_LEAST */
};

struct rv_option {
	const char *name;
	bool on;
};

enum rv_script_phase {
	RV_SCRIPT_PRE_INSTALL,
	RV_SCRIPT_POST_INSTALL,
	RV_SCRIPT_PRE_UPGRADE,
	RV_SCRIPT_POST_UPGRADE,
	RV_SCRIPT_PRE_REMOVE,
	RV_SCRIPT_POST_REMOVE,
	RV_SCRIPT_PHASES
};
enum rv_script_language { RV_SCRIPT_LUA, RV_SCRIPT_SHELL };
struct rv_script { /* several for one phase run in the order of the list */
	enum rv_script_phase phase;
	enum rv_script_language language;
	const char *text;
	struct rv_strings args;
};

enum rv_message_when {
	RV_MESSAGE_ALWAYS,
	RV_MESSAGE_INSTALL,
	RV_MESSAGE_UPGRADE,
	RV_MESSAGE_REMOVE
};
struct rv_message {
	enum rv_message_when when;
	const char *text;
	const char *older_than,
	    *newer_than; /* with UPGRADE: only from a version below/above this; "" no bound */
};

struct rv_pkg_user {
	const char *name, *group; /* group: its primary group's name */
	int64_t uid;		  /* wanted id; -1: the system chooses */
	const char *gecos, *home, *shell;
};
struct rv_pkg_group {
	const char *name;
	int64_t gid; /* wanted id; -1 */
	struct rv_strings members;
};

struct rv_manifest {
	struct rv_arena arena;
	const char *namebase, *subpackage, *variant, *version; /* each valid as pkg/ident.h says */
	const char *abi;				       /* opsys:arch:release */
	const char *prefix;				       /* absolute: /raven */
	const char *comment;				       /* one line */
	const char *description, *www, *cpe;
	const char *licence; /* SPDX expression, "" unknown */
	struct rv_strings contacts, categories;
	struct {
		struct rv_option *v;
		size_t n, cap;
	} options;
	struct {
		struct rv_require *v;
		size_t n, cap;
	} requires;
	struct rv_strings requires_sonames, provides_sonames;
	struct {
		struct rv_script *v;
		size_t n, cap;
	} scripts;
	struct {
		struct rv_message *v;
		size_t n, cap;
	} messages;
	struct {
		struct rv_pkg_user *v;
		size_t n, cap;
	} users;
	struct {
		struct rv_pkg_group *v;
		size_t n, cap;
	} groups;
	uint64_t plain_bytes; /* sum of the sizes of all regular files */
	uint64_t n_files;     /* entries of +FILES, directories too */
};

/* All strings "", all lists empty. */
void rv_manifest_init(struct rv_manifest *m);
void rv_manifest_release(struct rv_manifest *m); /* accepts the zero value */

/* text: the whole +MANIFEST. what (the package's name) begins each error: RV_FORMAT, RV_LIMIT. */
int rv_manifest_parse(struct rv_span text, const char *what, struct rv_manifest *out,
    struct rv_error *err) RV_MUST_CHECK;
/*
 * Sorts m's sets, checks every field as parse does (RV_INPUT naming it) and appends the canonical
 * text.
 */
int rv_manifest_encode(struct rv_manifest *m, struct rv_buf *out, struct rv_error *err)
    RV_MUST_CHECK;

/* Borrowed from m. */
struct rv_ident rv_manifest_ident(const struct rv_manifest *m);
/* "pre-install" ... and back; false when unknown. */
const char *rv_script_phase_name(enum rv_script_phase phase);
bool rv_script_phase_parse(struct rv_span name, enum rv_script_phase *out);
const char *rv_message_when_name(enum rv_message_when when);
/* A user or group name: [A-Za-z_][A-Za-z0-9_.-]*, at most 32 bytes. */
bool rv_account_name_valid(struct rv_span name);
