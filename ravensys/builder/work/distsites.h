/* SPDX-License-Identifier: ISC */
/*
 * Addresses of a distfile: the site macros (the file mk/sites, whose head says its form) and mirror
 * templates. Pure.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/vec.h"

#define RV_SITES_MAX_BYTES ((size_t)1024 * 1024)
#define RV_SITE_URL_MAX_BYTES ((size_t)8192)

struct rv_sites; /* owns its text */
struct rv_urls {
	const char **v; /* in an arena */
	size_t n, cap;
};

/* RV_INPUT "WHAT:LINE: reason". */
int rv_sites_parse(struct rv_span text, const char *what, struct rv_sites **out,
    struct rv_error *err) RV_MUST_CHECK;
void rv_sites_free(struct rv_sites *s);
RV_DEFINE_FREEP(rv_sites)

/*
 * Appends the addresses of file at site ("MACRO/rest", "MACRO:a:b" or a URL). Too long ones are
 * left out.
 */
void rv_sites_expand(const struct rv_sites *s, const char *site, const char *file,
    struct rv_arena *arena, struct rv_urls *out);

struct rv_mirror_file {
	const char *name;   /* %{name} */
	const char *subdir; /* %{subdir}: "" or with a slash at its end */
	const char *sha256; /* %{sha256}, hex */
};
/*
 * A mirror's template for one file; an unknown %{...} is RV_INPUT. Names are percent-encoded,
 * subdir's slashes stay.
 */
int rv_mirror_expand(const char *template, const struct rv_mirror_file *file,
    struct rv_arena *arena, const char **out, struct rv_error *err) RV_MUST_CHECK;
