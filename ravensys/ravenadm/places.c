/* SPDX-License-Identifier: ISC */
/* Trees and the names in them. */
#include "ravenadm/places.h"

#include <string.h>

#include "codec/digest.h"
#include "os/file.h"

void rv_places_release(struct rv_places *p)
{
	rv_trees_release(&p->trees);
	rv_profile_free(p->profile);
	p->profile = NULL;
}

int rv_places_open(const struct rv_run *run, const struct rv_opt_list *trees, struct rv_places *out,
    struct rv_error *err)
{
	const struct rv_recipes_how how = {
	    .trees = (const char *const *)trees->v, .n_trees = trees->n};

	if (!trees->n) {
		if (rv_profile_load(
			rv_profile_conf_path(run->globals.conf), NULL, &out->profile, err) < 0)
			return -1;
		out->has_custom = !rv_profile_is_none(out->profile, RV_PROFILE_UNKINDNESS);
	}
	if (rv_recipes_add_trees(out->profile, &how, &out->trees, err) < 0)
		return -1;
	if (!out->trees.n)
		return rv_fail(err, RV_INPUT,
		    "there is no tree of recipes: set directory_conspiracy, or give --tree DIR");
	return 0;
}

int rv_places_check_name(const char *namebase, struct rv_error *err)
{
	struct rv_origin origin;

	if (rv_origin_parse(namebase, &origin, NULL) < 0 || strchr(namebase, ':'))
		return rv_fail(
		    err, RV_INPUT, "'%s' is not the name of a port: NAMEBASE is wanted", namebase);
	return 0;
}

int rv_places_look(
    const struct rv_tree *tree, const char *namebase, bool *out_compiled, struct rv_error *err)
{
	rv_auto(rv_str) char *path = rv_tree_place(NULL, namebase);
	struct rv_stat st;
	int rc = rv_file_stat(tree->fd, path, &st, err);

	if (rc < 0)
		return rv_context(err, "%s", tree->path);
	if (rc == RV_ABSENT || (st.kind != RV_DIR && st.kind != RV_FILE))
		return RV_ABSENT;
	*out_compiled = st.kind == RV_FILE;
	return 0;
}
