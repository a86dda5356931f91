/* SPDX-License-Identifier: ISC */
/* Inside builder/port: the steps from a port to a recipe. */
#pragma once

#include "port/recipe.h"

#define RV_CARGO_SUBDIR "rust/crates" /* DIST_SUBDIR of ports that say none and use cargo */

void rv_recipe_add(struct rv_recipe *r, enum rv_port_key key, const char *text, unsigned line);
/* Adds a triplet unless it is there. */
void rv_recipe_need(struct rv_recipe *r, enum rv_dep_kind kind, const char *triplet);
/* A run dependency of one subpackage, added to its EXRUN unless it is there. */
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
/* module.c: what USES and the component lists need. */
void rv_recipe_modules(struct rv_recipe *r, const struct rv_defaults *defaults);
/* language.c: the modules that choose between branches. */
typedef void rv_module_fn(struct rv_recipe *r, const struct rv_defaults *d);
rv_module_fn rv_module_lua, rv_module_perl, rv_module_ruby, rv_module_gem, rv_module_php,
    rv_module_tcl, rv_module_ssl, rv_module_mysql, rv_module_pgsql, rv_module_python;
/* The branch that an argument of the module names, else NULL. */
const char *rv_module_branch(const struct rv_recipe *r, const char *module,
    const struct rv_defaults *d, enum rv_family family);
/* Build, run or both, by the arguments of the module. */
enum rv_dep_kind rv_module_kind(
    const struct rv_recipe *r, const char *module, enum rv_dep_kind none);
/* component.c: GNOME, SDL, XORG components, PHP extensions. */
void rv_recipe_components(struct rv_recipe *r, const struct rv_defaults *defaults);
/* depend.c: dependency keywords, EXRUN, the subpackages' needs. */
void rv_recipe_depends(struct rv_recipe *r);
void rv_recipe_exruns(struct rv_recipe *r, const struct rv_defaults *defaults);
/* facts.c: distfiles, licences, CPE, reasons not to build. */
/* The first INFO item of the recipe, whether its option is on or not; NULL: there is none. */
const struct rv_item *rv_port_first_info(const struct rv_port *p);
int rv_recipe_distfiles(struct rv_recipe *r, struct rv_error *err) RV_MUST_CHECK;
void rv_recipe_licenses(struct rv_recipe *r);
void rv_recipe_cpe(struct rv_recipe *r);
void rv_recipe_ignore(struct rv_recipe *r, const struct rv_defaults *defaults);

/* Is the module used, and with this argument? */
bool rv_recipe_uses(const struct rv_recipe *r, const char *module);
bool rv_recipe_uses_with(const struct rv_recipe *r, const char *module, const char *argument);
bool rv_recipe_uses_plain(const struct rv_recipe *r, const char *module); /* without arguments */

/* What the profile says, or the default of mk; "" when neither is known. */
const char *rv_default_of(const struct rv_defaults *d, enum rv_family family);
const char *rv_default_mysql_port(struct rv_recipe *r, const struct rv_defaults *d);
/* "3.13" to "v13" */
const char *rv_python_variant(struct rv_recipe *r, const char *branch);
/* The subpackage that run dependencies attach to, as recipe.h says. */
void rv_recipe_find_prime(struct rv_recipe *r);
bool rv_subpackage_is_side(const char *name);
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

/* passed.c: a keyword that is handed to the Makefile as it is, or the computed INFO_SUBDIR. */
struct rv_passed {
	const char *name;
	unsigned line;
	const struct rv_items *items;
};
struct rv_passed_list {
	struct rv_passed *v;
	size_t n, cap;
};
/* keys: the port's, or a recipe's of it. In the original's order. rv_vec_release(out). */
void rv_passed_collect(const struct rv_port *p, const struct rv_entries *keys,
    struct rv_arena *arena, struct rv_passed_list *out);

/* What a recipe need not say: the first distfile alone is extracted; where crates are kept. */
bool rv_port_default_index(const struct rv_port *p);
const char *rv_port_dist_subdir(const struct rv_port *p); /* NULL: none */
#define RV_CARGO_SUBDIR "rust/crates"
