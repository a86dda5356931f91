/* SPDX-License-Identifier: ISC */
/*
 * The made-up tree that tests of whole trees read: the same bytes each time, every recipe without a
 * fault, every variant with a Makefile, every dependency there.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "os/dirpath.h"
#include "os/file.h"
#include "os/spawn.h"
#include "port/recipe.h"
#include "port/tree.h"
#include "tests/tap.h"

struct whole {
	struct rv_trees trees;
	struct rv_port_context context;
	unsigned ports, variants, faults, dependencies, missing;
};

static int make_tree(const char *program, const char *dir, const char *flag, struct rv_error *err)
{
	const char *argv[] = {program, "--seed", "7", dir, "300", NULL, NULL};
	struct rv_spawn how = RV_SPAWN_INIT;

	if (flag) {
		argv[3] = flag;
		argv[4] = dir;
		argv[5] = "300";
	}
	how.argv = argv;
	how.stderr_fd = 2;
	return rv_spawn_run(&how, rv_span(NULL, 0), NULL, 60000, err);
}

static int load(struct whole *w, const char *namebase, struct rv_port **out)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_error err = RV_ERROR_INIT;
	int rc = rv_trees_load(&w->trees, namebase, &w->context, &problems, out, &err);

	if (rc != 0)
		printf("# %s: %s\n", namebase, err.msg);
	return rc;
}

static bool is_there(struct whole *w, const struct rv_dep *dep)
{
	__attribute__((cleanup(rv_port_freep))) struct rv_port *p = NULL;

	return load(w, dep->namebase, &p) == 0 &&
	       rv_items_contain(rv_port_array(p, RV_KEY_SPKGS, dep->variant), dep->subpackage);
}

static void look_at(struct whole *w, const struct rv_port *p, const char *variant)
{
	const struct rv_platform linux_host = {
	    .opsys = "linux", .arch = "x86_64", .release = "4.4", .major = "4", .version = "4.4.0"};
	struct rv_defaults defaults = {.mk = w->context.mk};
	struct rv_recipe *r = NULL;
	struct rv_deps deps = {0};
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
	struct rv_error err = RV_ERROR_INIT;

	w->variants++;
	if (rv_recipe_make(p, variant, &linux_host, &defaults, &r, &err) != 0) {
		printf("# %s:%s: %s\n", p->namebase, variant, err.msg);
		w->faults++;
		return;
	}
	rv_recipe_makefile(r, &text);
	w->faults += text.failed || text.n < 200;
	rv_recipe_slot_deps(r, &deps);
	rv_vec_each (&deps, dep) {
		w->dependencies++;
		if (is_there(w, dep))
			continue;
		printf("# %s needs %s:%s:%s\n", p->namebase, dep->namebase, dep->subpackage,
		    dep->variant);
		w->missing++;
	}
	rv_vec_release(&deps);
	rv_recipe_free(r);
}

static int look(void *ctx, const char *namebase, struct rv_error *err)
{
	__attribute__((cleanup(rv_port_freep))) struct rv_port *p = NULL;
	struct whole *w = ctx;

	(void)err;
	w->ports++;
	if (load(w, namebase, &p) != 0) {
		w->faults++;
		return 0;
	}
	for (size_t i = 0; i < rv_port_variants(p)->n; i++)
		look_at(w, p, rv_port_variants(p)->v[i].text);
	return 0;
}

static bool same_trees(const char *a, const char *b)
{
	const char *argv[] = {"diff", "-r", "-q", a, b, NULL};
	struct rv_spawn how = RV_SPAWN_INIT;
	struct rv_error err = RV_ERROR_INIT;

	how.argv = argv;
	how.stdout_fd = 2;
	return rv_spawn_run(&how, rv_span(NULL, 0), NULL, 60000, &err) == 0;
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/ravensys-gentree.XXXXXX", tree[3][64], program[4096];
	struct rv_mkdata mk = RV_MKDATA_INIT;
	struct whole w = {.context = {.mk = &mk}};
	rv_auto_fd mk_fd = open("mk", O_RDONLY | O_CLOEXEC);
	struct rv_error err = RV_ERROR_INIT;

	(void)argc;
	w.context.check_files = true;
	tap_good(rv_mkdata_load(mk_fd, &mk, &err), &err, "what mk says");
	snprintf(program, sizeof(program), "%.*s/../tools/gentree",
	    (int)(strrchr(argv[0], '/') - argv[0]), argv[0]);
	if (!mkdtemp(dir))
		return 1;
	for (int i = 0; i < 3; i++) {
		snprintf(tree[i], sizeof(tree[i]), "%s/%d", dir, i);
		tap_good(make_tree(program, tree[i], i == 2 ? "--cycle" : NULL, &err), &err,
		    "a tree is made");
	}
	tap_ok(same_trees(tree[0], tree[1]), "the same bytes twice");
	tap_ok(!same_trees(tree[0], tree[2]), "others with a cycle");
	tap_good(rv_trees_add(&w.trees, tree[0], &err), &err, "it is a tree");
	tap_good(rv_trees_each(&w.trees, look, &w, &err), &err, "all its ports are read");
	tap_int(w.ports, 300, "as many ports as were wanted");
	tap_ok(w.variants > 450, "%u variants", w.variants);
	tap_int(w.faults, 0, "no recipe has a fault, every variant has a Makefile");
	tap_ok(w.dependencies > 1500, "%u dependencies", w.dependencies);
	tap_int(w.missing, 0, "all of them are in the tree");
	rv_trees_release(&w.trees);
	rv_mkdata_release(&mk);
	tap_good(rv_tree_remove(AT_FDCWD, dir, &err), &err, "it goes away");
	return tap_done();
}
