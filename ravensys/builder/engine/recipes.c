/* SPDX-License-Identifier: ISC */
/* From the keys of a profile to what builder/port wants. */
#include "engine/recipes.h"

#include <string.h>

#include "engine/host.h"
#include "os/file.h"
#include "port/platform.h"

void rv_recipes_release(struct rv_recipes *r)
{
	rv_trees_release(&r->trees);
	rv_fd_release(&r->mk_fd);
	if (r->mk)
		rv_mkdata_release(r->mk);
	rv_arena_release(&r->arena);
	*r = RV_RECIPES_INIT;
}

static const char *version(const struct rv_profile *p, enum rv_profile_key key)
{
	const char *text = rv_profile_text(p, key);

	return strcmp(text, "floating") == 0 ? NULL : text;
}

static void take_defaults(const struct rv_profile *p, struct rv_defaults *d)
{
	*d = (struct rv_defaults){
	    .lua = version(p, RV_PROFILE_LUA),
	    .perl = version(p, RV_PROFILE_PERL),
	    .python3 = version(p, RV_PROFILE_PYTHON3),
	    .ruby = version(p, RV_PROFILE_RUBY),
	    .php = version(p, RV_PROFILE_PHP),
	    .tcl = version(p, RV_PROFILE_TCL),
	    .pgsql = version(p, RV_PROFILE_PGSQL),
	    .mysql = version(p, RV_PROFILE_MYSQL),
	    .ssl = version(p, RV_PROFILE_SSL),
	    .job_limit = (unsigned)rv_profile_int(p, RV_PROFILE_JOBS),
	    .builders = (unsigned)rv_profile_int(p, RV_PROFILE_BUILDERS),
	    .profile_path = rv_profile_text(p, RV_PROFILE_PROFILE),
	};
}

static int add_tree(const struct rv_profile *p, enum rv_profile_key key, struct rv_trees *trees,
    struct rv_error *err)
{
	if (rv_profile_is_none(p, key))
		return 0;
	if (rv_trees_add(trees, rv_profile_text(p, key), err) < 0)
		return rv_context(err, "%s", rv_profile_keys[key].key);
	return 0;
}

int rv_recipes_add_trees(const struct rv_profile *p, const struct rv_recipes_how *how,
    struct rv_trees *trees, struct rv_error *err)
{
	for (size_t i = 0; i < how->n_trees; i++)
		if (rv_trees_add(trees, how->trees[i], err) < 0)
			return -1;
	if (how->n_trees || how->without_trees)
		return 0;
	if (add_tree(p, RV_PROFILE_UNKINDNESS, trees, err) < 0)
		return -1;
	return add_tree(p, RV_PROFILE_CONSPIRACY, trees, err);
}

/* Given, or the own one of a tree that was given, or the profile's. */
static int open_mk(const struct rv_profile *p, const struct rv_recipes_how *how,
    struct rv_recipes *out, struct rv_error *err)
{
	int rc;

	for (size_t i = 0; i < how->n_trees && !how->mk; i++) {
		rc = rv_dir_open(out->trees.v[i].fd, RV_TREE_MK, &out->mk_fd, err);
		if (rc == 0)
			out->mk_path =
			    rv_arena_fmt(&out->arena, "%s/" RV_TREE_MK, out->trees.v[i].path);
		if (rc != RV_ABSENT)
			return rc;
	}
	out->mk_path = how->mk ? how->mk : rv_profile_text(p, RV_PROFILE_MK);
	rc = rv_dir_open_user(out->mk_path, &out->mk_fd, err);
	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: there is no folder %s",
		    how->mk ? "--mk" : rv_profile_keys[RV_PROFILE_MK].key, out->mk_path);
	return rc;
}

/* The host's, with the compiler that the profile says; or that of a system root of its own. */
static int set_platform(const struct rv_profile *p, const struct rv_recipes_how *how,
    struct rv_recipes *out, struct rv_error *err)
{
	if (how->platform) {
		if (rv_platform_parse(how->platform, &out->arena, &out->platform, err) < 0)
			return -1;
	} else {
		out->platform.opsys = rv_host_opsys();
		out->platform.arch = rv_host_arch();
		out->platform.host_compiler =
		    strcmp(rv_profile_text(p, RV_PROFILE_SYSROOT), "host") == 0;
		rv_platform_release(
		    &out->platform, &out->arena, rv_profile_text(p, RV_PROFILE_RELEASE));
	}
	out->platform.genesis = how->genesis;
	return 0;
}

int rv_recipes_open(const struct rv_profile *p, const struct rv_recipes_how *how,
    struct rv_recipes *out, struct rv_error *err)
{
	static const struct rv_recipes_how nothing = {0};

	how = how ? how : &nothing;
	*out = RV_RECIPES_INIT;
	out->mk = rv_arena_alloc(&out->arena, sizeof(*out->mk));
	take_defaults(p, &out->defaults);
	out->defaults.mk = out->mk;
	if (set_platform(p, how, out, err) < 0 ||
	    rv_recipes_add_trees(p, how, &out->trees, err) < 0 || open_mk(p, how, out, err) < 0 ||
	    rv_mkdata_load(out->mk_fd, out->mk, err) < 0) {
		rv_recipes_release(out);
		return -1;
	}
	return 0;
}
