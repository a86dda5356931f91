/* SPDX-License-Identifier: ISC */
/* Inside builder/port: the steps from a port to a recipe. */
#pragma once

#include "port/recipe.h"

#define RV_CARGO_SUBDIR "rust/crates" /* DIST_SUBDIR of ports that say none and use cargo */

void rv_recipe_add(struct rv_recipe *r, enum rv_port_key key, const char *text, unsigned line);
/* Adds a triplet unless it is there. */
void rv_recipe_need(struct rv_recipe *r, enum rv_dep_kind kind, const char *triplet);
/* A run dependency of one subpackage, as EXRUN; no such subpackage in this variant: nothing. */
void rv_recipe_exrun(struct rv_recipe *r, const char *subpackage, const char *triplet);

/*
 * options.c: decides the options, applies their helpers. profile_path: whose saved options count;
 * NULL: none.
 */
int rv_recipe_options(struct rv_recipe *r, const char *profile_path, struct rv_error *err)
    RV_MUST_CHECK;
/* What OPT_ON says of an option on this platform. */
bool rv_option_default(
    const struct rv_port *p, const char *option, const struct rv_platform *platform);
/* modules.c: what USES and the component lists need. */
void rv_recipe_modules(struct rv_recipe *r, const struct rv_defaults *defaults);
/* component.c: GNOME, SDL, XORG components, PHP extensions. */
void rv_recipe_components(struct rv_recipe *r, const struct rv_defaults *defaults);
/* depend.c: dependency keywords, EXRUN, the subpackages' needs. */
void rv_recipe_depends(struct rv_recipe *r);
void rv_recipe_exruns(struct rv_recipe *r, const struct rv_defaults *defaults);
/* facts.c: distfiles, licences, CPE, reasons not to build. */
int rv_recipe_distfiles(struct rv_recipe *r, struct rv_error *err) RV_MUST_CHECK;
void rv_recipe_licenses(struct rv_recipe *r);
void rv_recipe_cpe(struct rv_recipe *r);
void rv_recipe_ignore(struct rv_recipe *r, const struct rv_defaults *defaults);

/* Is the module used, and with this argument? */
bool rv_recipe_uses(const struct rv_recipe *r, const char *module);
bool rv_recipe_uses_with(const struct rv_recipe *r, const char *module, const char *argument);

/* What the profile says, or our default. */
enum rv_default {
	RV_DEFAULT_LUA,
	RV_DEFAULT_PERL,
	RV_DEFAULT_PYTHON,
	RV_DEFAULT_RUBY,
	RV_DEFAULT_PHP,
	RV_DEFAULT_TCL,
	RV_DEFAULT_PGSQL,
	RV_DEFAULT_MYSQL,
	RV_DEFAULT_SSL
};
const char *rv_default_of(const struct rv_defaults *d, enum rv_default what);
const char *rv_default_mysql_port(const struct rv_defaults *d);
/* "3.4" to "34" */
const char *rv_without_dots(struct rv_arena *arena, const char *version);

enum rv_site_kind {
	RV_SITE_OTHER,
	RV_SITE_GITHUB,
	RV_SITE_GITHUB_PRIVATE,
	RV_SITE_GITLAB,
	RV_SITE_CRATES
};
enum rv_site_kind rv_site_kind(const char *site);
/*
 * File name of a GITHUB/, GITLAB/ or CRATES/ site, and the name of its folder; NULL for other
 * sites.
 */
const char *rv_site_distfile(struct rv_arena *arena, const char *site);
const char *rv_site_distname(struct rv_arena *arena, const char *site);
/* Walk of entries in the original's order; rv_vec_release(out). */
struct rv_order;
void rv_entries_order(const struct rv_entries *e, struct rv_order *out);

/*
 * relocate.c: the targets that move what a GITHUB, GITLAB or CRATES site unpacks to where the
 * recipe wants it.
 */
void rv_makefile_relocations(const struct rv_recipe *r, struct rv_buf *out);
