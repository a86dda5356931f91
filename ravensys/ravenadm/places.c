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

static int add_of_profile(struct rv_places *p, enum rv_profile_key key, struct rv_error *err)
{
	if (rv_profile_is_none(p->profile, key))
		return 0;
	if (rv_trees_add(&p->trees, rv_profile_text(p->profile, key), err) < 0)
		return rv_context(err, "%s", rv_profile_keys[key].key);
	return 1;
}

int rv_places_open(const struct rv_run *run, const struct rv_opt_list *trees, struct rv_places *out,
    struct rv_error *err)
{
	int rc;

	for (size_t i = 0; i < trees->n; i++)
		if (rv_trees_add(&out->trees, trees->v[i], err) < 0)
			return -1;
	if (trees->n)
		return 0;
	if (rv_profile_load(rv_profile_conf_path(run->globals.conf), NULL, &out->profile, err) < 0)
		return -1;
	rc = add_of_profile(out, RV_PROFILE_UNKINDNESS, err);
	out->has_custom = rc > 0;
	if (rc < 0 || add_of_profile(out, RV_PROFILE_CONSPIRACY, err) < 0)
		return -1;
	if (!out->trees.n)
		return rv_fail(err, RV_INPUT,
		    "there is no tree of recipes: set directory_conspiracy, or give --tree DIR");
	return 0;
}

char *rv_places_path(const char *tree, const char *namebase)
{
	char bucket[3];

	rv_bucket_of(rv_span_str(namebase), bucket);
	return tree ? rv_strfmt("%s/bucket_%s/%s", tree, bucket, namebase)
		    : rv_strfmt("bucket_%s/%s", bucket, namebase);
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
	rv_auto(rv_str) char *path = rv_places_path(NULL, namebase);
	struct rv_stat st;
	int rc = rv_file_stat(tree->fd, path, &st, err);

	if (rc < 0)
		return rv_context(err, "%s", tree->path);
	if (rc == RV_ABSENT || (st.kind != RV_DIR && st.kind != RV_FILE))
		return RV_ABSENT;
	*out_compiled = st.kind == RV_FILE;
	return 0;
}
