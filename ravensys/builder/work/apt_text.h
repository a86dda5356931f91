/* SPDX-License-Identifier: ISC */
/*
 * What apt writes and reads, as values: lists of sources and source indexes. Pure. Lines that are
 * not understood are passed over: they are somebody else's, and another version of apt may know
 * more.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/span.h"
#include "base/vec.h"

/* One archive: where, which suite, which components ("main contrib"). */
struct rv_apt_source {
	const char *uri, *suite, *components;
};

struct rv_apt_sources {
	struct rv_apt_source *v; /* texts in the arena that was given */
	size_t n, cap;
};

/* sources.list and *.list: "deb [options] URI SUITE COMPONENT..." */
void rv_apt_parse_list(struct rv_span text, struct rv_arena *arena, struct rv_apt_sources *out);
/* *.sources: stanzas of fields (deb822) */
void rv_apt_parse_deb822(struct rv_span text, struct rv_arena *arena, struct rv_apt_sources *out);

/*
 * Which source archives to ask: for each URI of the host's own distribution (a suite of codename or
 * of Debian) its own suites, and for Debian's the given ones too. codename is the host's, may be
 * NULL; suites ends with NULL.
 */
void rv_apt_choose(const struct rv_apt_sources *host, const char *codename,
    const char *const *suites, struct rv_arena *arena, struct rv_apt_sources *out);

/*
 * One stanza of a Sources index: calls found for each of its files, with its pool folder, the
 * file's name there and its SHA-256 in hex.
 */
typedef void rv_apt_found_fn(
    void *ctx, struct rv_span directory, struct rv_span name, struct rv_span hex);
void rv_apt_scan_stanza(struct rv_span stanza, rv_apt_found_fn *found, void *ctx);
