/* SPDX-License-Identifier: ISC */
/* From the reading options and the profile to trees, mk folder and platform. */
#include "ravenadm/reading.h"

#include "os/clock.h"
#include "os/file.h"

struct rv_recipes_how rv_reading_how(const struct rv_reading_opts *o)
{
	static const struct rv_reading_opts nothing = {0};

	o = o ? o : &nothing;
	return (struct rv_recipes_how){.trees = (const char *const *)o->trees.v,
	    .n_trees = o->trees.n,
	    .mk = o->mk,
	    .platform = o->platform,
	    .genesis = o->genesis};
}

static bool is_absent(const char *path)
{
	rv_auto_fd fd = -1;

	return rv_file_open_user(path, &fd, NULL) == RV_ABSENT;
}

static bool tree_has_mk(const char *tree)
{
	rv_auto_fd fd = -1, mk = -1;

	return rv_dir_open_user(tree, &fd, NULL) == 0 &&
	       rv_dir_open(fd, RV_TREE_MK, &mk, NULL) == 0;
}

/* Do the options say all that a profile would? */
static bool says_all(const struct rv_recipes_how *how)
{
	if (how->mk)
		return how->n_trees || how->without_trees;
	for (size_t i = 0; i < how->n_trees; i++)
		if (tree_has_mk(how->trees[i]))
			return true;
	return false;
}

/* Where things are kept for those who have no profile. */
static int assume_profile(struct rv_profile **out, struct rv_error *err)
{
	const char *cache = rv_env_get("XDG_CACHE_HOME"), *home = rv_env_get("HOME");
	rv_auto(rv_buf) struct rv_buf state = RV_BUF_INIT(4096);

	if (cache && cache[0] == '/')
		rv_buf_addf(&state, "%s/ravenadm", cache);
	else if (home && home[0] == '/')
		rv_buf_addf(&state, "%s/.cache/ravenadm", home);
	else
		rv_buf_add_str(&state, "/var/cache/ravenadm");
	if (rv_buf_check(&state, "folder of the cache", err) < 0)
		return -1;
	return rv_profile_assume(rv_buf_str(&state), out, err);
}

/* A configuration is not the only way out. */
static int no_profile(const struct rv_recipes_how *how, struct rv_error *err)
{
	struct rv_error was = *err;
	bool tree = !how->n_trees && !how->without_trees;

	*err = RV_ERROR_INIT;
	return rv_fail(err, was.code, "%s, or give %s%s%s", was.msg, tree ? "--tree DIR" : "",
	    tree && !how->mk ? " and " : "", how->mk ? "" : "--mk DIR");
}

static int open_profile(const struct rv_run *run, const struct rv_recipes_how *how,
    struct rv_profile **out, struct rv_error *err)
{
	const char *path = rv_profile_conf_path(run->globals.conf);

	if (run->globals.conf || !is_absent(path))
		return rv_profile_load(path, NULL, out, err);
	if (says_all(how))
		return assume_profile(out, err);
	return rv_profile_load(path, NULL, out, err) < 0 ? no_profile(how, err) : 0;
}

int rv_reading_profile(const struct rv_run *run, const struct rv_reading_opts *o,
    struct rv_profile **out, struct rv_error *err)
{
	const struct rv_recipes_how how = rv_reading_how(o);

	if (!o)
		return rv_profile_load(rv_profile_conf_path(run->globals.conf), NULL, out, err);
	return open_profile(run, &how, out, err);
}

void rv_reading_release(struct rv_reading *r)
{
	rv_recipes_release(&r->recipes);
	rv_profile_free(r->profile);
	*r = RV_READING_INIT;
}

static int open_reading(const struct rv_run *run, const struct rv_recipes_how *how,
    struct rv_reading *out, struct rv_error *err)
{
	*out = RV_READING_INIT;
	if (open_profile(run, how, &out->profile, err) == 0 &&
	    rv_recipes_open(out->profile, how, &out->recipes, err) == 0)
		return 0;
	rv_reading_release(out);
	return -1;
}

int rv_reading_open(const struct rv_run *run, const struct rv_reading_opts *o,
    struct rv_reading *out, struct rv_error *err)
{
	const struct rv_recipes_how how = rv_reading_how(o);

	return open_reading(run, &how, out, err);
}

int rv_reading_open_without_trees(const struct rv_run *run, const struct rv_reading_opts *o,
    struct rv_reading *out, struct rv_error *err)
{
	struct rv_recipes_how how = rv_reading_how(o);

	how.without_trees = true;
	return open_reading(run, &how, out, err);
}
