/* SPDX-License-Identifier: ISC */
/* From the keys of a profile to what builder/port wants. */
#include "engine/recipes.h"

#include <string.h>

#include "engine/host.h"
#include "os/file.h"

void rv_recipes_release(struct rv_recipes *r)
{
	rv_trees_release(&r->trees);
	rv_fd_release(&r->mk_fd);
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

int rv_recipes_open(const struct rv_profile *p, struct rv_recipes *out, struct rv_error *err)
{
	const char *mk = rv_profile_text(p, RV_PROFILE_MK);
	int rc;

	*out = RV_RECIPES_INIT;
	out->platform = (struct rv_platform){
	    .opsys = rv_host_opsys(),
	    .arch = rv_host_arch(),
	    .release = rv_profile_text(p, RV_PROFILE_RELEASE),
	    .host_compiler = strcmp(rv_profile_text(p, RV_PROFILE_SYSROOT), "host") == 0,
	};
	take_defaults(p, &out->defaults);
	if (add_tree(p, RV_PROFILE_UNKINDNESS, &out->trees, err) < 0 ||
	    add_tree(p, RV_PROFILE_CONSPIRACY, &out->trees, err) < 0)
		goto failed;
	rc = rv_dir_open_user(mk, &out->mk_fd, err);
	if (rc == RV_ABSENT)
		rv_fail(err, RV_INPUT, "%s: there is no folder %s",
		    rv_profile_keys[RV_PROFILE_MK].key, mk);
	if (rc == 0)
		return 0;
failed:
	rv_recipes_release(out);
	return -1;
}
