/* SPDX-License-Identifier: ISC */
/* Inside packing: what its three files share. */
#pragma once

#include "codec/json.h"
#include "engine/pack.h"
#include "engine/plist.h"
#include "pkg/build.h"
#include "pkg/manifest.h"

struct rv_pack_sub {
	const char *name;
	const struct rv_json *request; /* its object in the request */
	struct rv_strings needed;      /* sonames that its files need, as found */
	struct rv_strings provided;    /* sonames of its libraries */
	struct rv_strings siblings;    /* subpackages that it requires at the same version */
};

struct rv_pack {
	const struct rv_json *request;
	const struct rv_pack_dirs *dirs;
	struct rv_buf *report;
	const char *namebase, *variant, *version, *abi, *prefix, *system_root;
	struct rv_arena arena;
	struct rv_pack_sub *subs;
	const char **names; /* of subs */
	size_t n_subs;
	struct rv_plist plist;
};

/* Sonames and links of every entry: fills needed, provided and siblings. */
int rv_pack_scan(struct rv_pack *p, struct rv_error *err) RV_MUST_CHECK;
/* Turns needed into requires_sonames and requirements; counts and reports what nobody provides. */
int rv_pack_resolve(struct rv_pack *p, struct rv_pack_sub *s, struct rv_manifest *m,
    struct rv_error *err) RV_MUST_CHECK;

/*
 * Everything in the manifest but what resolve adds and what depends on the files. Strings live in
 * p's arena or m's.
 */
int rv_pack_manifest(struct rv_pack *p, size_t sub, struct rv_manifest *m, struct rv_error *err)
    RV_MUST_CHECK;
int rv_pack_build(struct rv_pack *p, struct rv_build *b, struct rv_error *err) RV_MUST_CHECK;
/* Adds a requirement unless its name is there already; at the same version wins over others. */
void rv_pack_require(
    struct rv_manifest *m, const char *name, enum rv_require_kind kind, const char *version);
