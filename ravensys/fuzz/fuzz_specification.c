/* SPDX-License-Identifier: ISC */
/*
 * A specification that is read makes a recipe and a Makefile of its first variants; one that is not
 * says why.
 */
#include <stdint.h>
#include <stdlib.h>

#include "port/recipe.h"

int rv_fuzz_one(const uint8_t *data, size_t size);

#define VARIANTS_MAX 3 /* more of them show nothing new, and take the time */

static void make_all(const struct rv_port *port)
{
	const struct rv_platform platform = {.opsys = "linux", .arch = "x86_64", .release = "6.1"};
	const struct rv_items *variants = rv_port_variants(port);

	for (size_t i = 0; i < variants->n && i < VARIANTS_MAX; i++) {
		rv_autofree(rv_recipe) struct rv_recipe *r = NULL;
		rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
		struct rv_deps deps = {0};

		if (rv_recipe_make(port, variants->v[i].text, &platform, NULL, &r, NULL) < 0)
			abort();
		rv_recipe_makefile(r, &text);
		rv_recipe_slot_deps(r, &deps);
		rv_vec_release(&deps);
	}
}

int rv_fuzz_one(const uint8_t *data, size_t size)
{
	struct rv_port_context context = {0};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *port = NULL;
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_port_parse(
	    rv_span((const char *)data, size), "fuzz", NULL, &context, &problems, &port, &err);

	if ((rc < 0) != (err.code != RV_OK))
		abort();
	if (rc == 0)
		make_all(port);
	return 0;
}
