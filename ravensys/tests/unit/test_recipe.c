/* SPDX-License-Identifier: ISC */
/*
 * From a port's folder (tests/data/port) to recipes: options, dependencies, facts, Makefile, /port,
 * digests, trees.
 */
#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "port/recipe.h"
#include "port/tree.h"
#include "tests/tap.h"

#define SPEC "ravensys/tests/data/port/specification"

static struct rv_error err;
static char folder[] = "/tmp/test-recipe-XXXXXX";
static int top = -1;

static void put(const char *path, const char *text)
{
	char dir[256];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash) {
		*slash = '\0';
		if (rv_dir_make_path(top, dir, 0755, &err) < 0)
			tap_ok(false, "%s", err.msg);
	}
	if (rv_file_replace(top, path, 0644, rv_span_str(text), &err) < 0)
		tap_ok(false, "%s", err.msg);
}

#define MK                                                                                         \
	"PYTHON3_DEFAULT?=\t3.13\nPERL5_DEFAULT?=5.40\nRUBY_DEFAULT=3.4\nPHP_DEFAULT=8.4\n"        \
	"TCL_DEFAULT=8.6\nLUA_DEFAULT=5.4\nPGSQL_DEFAULT=17\nMYSQL_DEFAULT=oracle-8.0\n"           \
	"SSL_DEFAULT=libressl\nSSL_BRANCHES=libressl openssl30\nPYTHON_3.13_VERSION=3.13.1\n"      \
	"PYTHON_3.14_VERSION=3.14.1\nPERL_5.40_VERSION=5.40.1\nPERL_5.42_VERSION=5.42.0\n"         \
	"RUBY_3.3_VERSION=3.3.1\nRUBY_3.4_VERSION=3.4.1\nPHP_8.3_VERSION=8.3.1\n"                  \
	"LUA_5.4_VERSION=5.4.1\nTCL_8.6_VERSION=8.6.1\nTCL_9.0_VERSION=9.0.1\n"                    \
	"PGSQL_17_VERSION=17.1\nMYSQL_oracle-8.0_VERSION=8.0.1\nMYSQL_mariadb-BE_VERSION=12\n"
#define PORT "tree/bucket_2F/kitchen/"

static void make_port(void)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_SPECIFICATION_MAX_BYTES);

	tap_good(rv_file_read(RV_CWD, SPEC, &text, &err), &err, "read " SPEC);
	put(PORT "specification", rv_buf_str(&text));
	put(PORT "distinfo",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855           12 "
	    "kitchen/acct-kitchen-2.0-rc1.tar.gz\n");
	put(PORT "descriptions/desc.primary", "text\n");
	put(PORT "descriptions/desc.single.small", "small\n");
	put(PORT "manifests/plist.primary", "bin/sink\n");
	put(PORT "manifests/plist.single", "bin/sink\n");
	put(PORT "patches/patch-a", "a\n");
	put(PORT "files/extra-patch-sink", "b\n");
	put(PORT "files/tap.sh.in", "c\n");
	put(PORT "files/messages-primary.linux.x86_64.ucl", "d\n");
	put(PORT "linux/special.mk", "e\n");
	put(PORT "freebsd/special.mk", "f\n");
	put("mk/raven.versions.mk", MK);
}

struct loaded {
	struct rv_trees trees;
	struct rv_port *port;
	struct rv_mkdata mk;
};

static void load(struct loaded *l)
{
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_port_context context = {.check_files = true};
	char path[256];

	rv_auto_fd mk = -1;

	*l = (struct loaded){0};
	snprintf(path, sizeof(path), "%s/tree", folder);
	tap_good(rv_trees_add(&l->trees, path, &err), &err, "tree");
	tap_good(rv_dir_open(top, "mk", &mk, &err), &err, "mk");
	tap_good(rv_mkdata_load(mk, &l->mk, &err), &err, "what mk says");
	context.mk = &l->mk;
	tap_good(
	    rv_trees_load(&l->trees, "kitchen", &context, &problems, &l->port, &err), &err, "load");
}

static void unload(struct loaded *l)
{
	rv_port_free(l->port);
	rv_trees_release(&l->trees);
	rv_mkdata_release(&l->mk);
}

static struct rv_recipe *make(
    const struct loaded *l, const char *variant, const char *opsys, bool host)
{
	struct rv_platform platform = {.opsys = opsys,
	    .arch = "x86_64",
	    .release = strcmp(opsys, "linux") == 0 ? "6.1" : "15.0",
	    .host_compiler = host};
	struct rv_defaults defaults = {.mk = &l->mk};
	struct rv_recipe *r = NULL;

	tap_good(rv_recipe_make(l->port, variant, &platform, &defaults, &r, &err), &err, "%s on %s",
	    variant, opsys);
	return r;
}

static const char *deps(const struct rv_deps *d)
{
	static char text[2000];

	text[0] = '\0';
	for (size_t i = 0; i < d->n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s:%s:%s",
		    i ? " " : "", d->v[i].namebase, d->v[i].subpackage, d->v[i].variant);
	return text;
}

static const char *items(const struct rv_items *list)
{
	static char text[1000];

	text[0] = '\0';
	for (size_t i = 0; i < list->n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
		    list->v[i].text);
	return text;
}

static void test_std(const struct loaded *l)
{
	rv_autofree(rv_recipe) struct rv_recipe *r = make(l, "std", "linux", false);
	struct rv_deps all = {0};

	tap_str(r->pkgversion, "2.0.rc1_2,1", "version of packages");
	tap_ok(rv_recipe_option_is_on(r, "SINK") && rv_recipe_option_is_on(r, "TAP") &&
		   !rv_recipe_option_is_on(r, "NLS"),
	    "options by all and by system");
	tap_str(deps(&r->deps[RV_DEP_BUILD]),
	    "gmake:primary:std readline:dev:std ncurses:dev:std zlib:dev:std xz:dev:std "
	    "python314:dev:std python314:primary:std autoselect-python:single:std",
	    "build dependencies");
	tap_str(deps(&r->deps[RV_DEP_BUILDRUN]),
	    "water:primary:std sink:primary:std pipes:primary:std ncurses:primary:std "
	    "ncurses:terminfo:std zlib:primary:std xz:primary:std",
	    "build and run dependencies");
	tap_str(deps(&r->deps[RV_DEP_RUN]), "drain:single:v14", "run dependencies");
	tap_str(r->subpackages.v[r->prime].name, "primary", "the prime subpackage");
	tap_int((long long)r->subpackages.v[r->prime].needs.n, 8, "has BUILDRUN and RUN");
	tap_str(deps(&rv_recipe_subpackage(r, "tools")->needs),
	    "python313:primary:std ravensys-gcc:cxx_run:std ravensys-gcc:libs:std",
	    "EXRUN and compiler libraries");
	tap_str(items(&rv_recipe_subpackage(r, "tools")->own), "primary", "an own subpackage");
	tap_str(items(&rv_recipe_subpackage(r, "dev")->own), "primary tools", "by triplet too");
	tap_str(
	    items(&rv_recipe_subpackage(r, "set")->own), "docs primary tools dev", "set has all");
	tap_str(rv_recipe_subpackage(r, "primary")->description, "desc.primary", "description");
	tap_ok(!rv_recipe_subpackage(r, "dev")->manifest, "no manifest");
	tap_str(r->cpe, "cpe:2.3:a:sinks:kitchen:2.0-rc1:::::linux6:x64:2", "CPE");
	tap_str(r->ignore, "drips", "reason of an option");
	rv_recipe_slot_deps(r, &all);
	tap_int((long long)all.n, 19, "everything in the slot, each once");
	rv_vec_release(&all);
}

static void test_facts(const struct loaded *l)
{
	rv_autofree(rv_recipe) struct rv_recipe *r = make(l, "std", "linux", true);
	const struct rv_distfile *d = r->distfiles.v;

	tap_str(d[0].path, "kitchen/acct-kitchen-2.0-rc1.tar.gz", "generated name");
	tap_ok(d[0].wanted && d[0].has_sum && d[0].sum.size == 12, "wanted, with its sum");
	tap_ok(!d[1].wanted && !d[1].has_sum && d[1].sites.n == 2, "not wanted, two sites");
	tap_str(r->licenses.v[0].spdx, "GPL-2.0-or-later", "SPDX");
	tap_str(r->licenses.v[1].spdx, "LicenseRef-kitchen-CUSTOM1", "SPDX of a custom licence");
	tap_str(r->licenses.v[1].title, "Kitchen licence", "its name");
	tap_str(items(&rv_recipe_subpackage(r, "docs")->licenses), "CUSTOM1",
	    "licence of a subpackage");
	tap_str(deps(&rv_recipe_subpackage(r, "tools")->needs), "python313:primary:std",
	    "the host's compiler brings no packages");
}

static void test_others(const struct loaded *l)
{
	rv_autofree(rv_recipe) struct rv_recipe *small = make(l, "small", "linux", false);
	rv_autofree(rv_recipe) struct rv_recipe *bsd = make(l, "std", "freebsd", false);
	struct rv_recipe *none = NULL;

	tap_ok(!rv_recipe_option_is_on(small, "SINK"), "VOPTS");
	tap_str(
	    small->subpackages.v[0].description, "desc.single.small", "description of a variant");
	tap_str(small->subpackages.v[0].manifest, "plist.single", "manifest of any");
	tap_ok(!small->ignore, "nothing against it");
	tap_ok(rv_recipe_option_is_on(bsd, "NLS") && !rv_recipe_option_is_on(bsd, "TAP"),
	    "options of the other system");
	tap_str(bsd->ignore, "needs an older system", "a release condition");
	tap_int(rv_recipe_make(l->port, "big", &bsd->platform, NULL, &none, &err), -1,
	    "no such variant");
	tap_str(err.msg, "kitchen: no variant 'big'; it has: std, small", "and what there is");
}

static void has_line(const char *text, const char *line)
{
	char wanted[300];

	snprintf(wanted, sizeof(wanted), "\n%s\n", line);
	tap_ok(strstr(text, wanted) != NULL, "line: %.*s", (int)strcspn(line, "\n"), line);
}

static void test_makefile(const struct loaded *l)
{
	static const char *const lines[] = {"VERSION=2.0-rc1", "REVISION=2", "EPOCH=1",
	    "DL_SITES_extra=https://www.example.org/a/ https://www.example.org/b/",
	    "DISTFILE_1=acct-kitchen-2.0-rc1.tar.gz:main", "DIST_SUBDIR=kitchen",
	    "DISTNAME=kitchen-2.0-rc1", "MAKESUM_INDEX=1 2 ", "EXTRACT_HEAD_2=/usr/bin/unzip -qo",
	    "EXTRACT_TAIL_2=-d ${EXTRACT_WRKDIR_2}", "IGNORE=drips",
	    "USES=python:v14,build ncurses ", "LICENSE_FILE_CUSTOM1 = ${WRKSRC}/NOTICE",
	    "LICENSE_NAME_CUSTOM1 = Kitchen licence", "CPE_VENDOR+=sinks",
	    "CONFIGURE_ARGS=--enable-tap", "SUB_LIST=TAP=${PREFIX}/tap", "LDFLAGS+=-lm",
	    "MAKE_JOBS_NUMBER_LIMIT=2", "VAR=1", "\t${CP} ${WRKSRC}/2.0-rc1 ${STAGEDIR}",
	    "post-install-opsys:\n\t# Linux-specific",
	    "post-install-option:\n\t# SINK option ON\n\t${TRUE} # sink",
	    ".include \"/xports/Mk/raven.mk\""};
	rv_autofree(rv_recipe) struct rv_recipe *r = make(l, "std", "linux", false);
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);

	rv_recipe_makefile(r, &text);
	for (size_t i = 0; i < RV_COUNT(lines); i++)
		has_line(rv_buf_str(&text), lines[i]);
}

static void test_extract(const struct loaded *l)
{
	static const char *const there[] = {"Makefile", "distinfo", "descriptions/desc.primary",
	    "manifests/plist.primary", "patches/patch-a", "patches/patch-zzz-extra-patch-sink",
	    "files/tap.sh.in", "files/messages-primary.opsys.arch.ucl", "opsys/special.mk"};
	static const char *const gone[] = {"files/extra-patch-sink", "manifests/plist.single",
	    "descriptions/desc.single.small", "freebsd"};
	rv_autofree(rv_recipe) struct rv_recipe *r = make(l, "std", "linux", false);
	rv_auto_fd port = -1;
	struct rv_stat st;

	tap_good(rv_dir_make(top, "port", 0755, &err), &err, "a folder");
	tap_good(rv_dir_open(top, "port", &port, &err), &err, "opened");
	tap_good(rv_recipe_extract(r, port, &err), &err, "extract");
	for (size_t i = 0; i < RV_COUNT(there); i++)
		tap_int(rv_file_stat(port, there[i], &st, &err), 0, "%s", there[i]);
	for (size_t i = 0; i < RV_COUNT(gone); i++)
		tap_int(rv_file_stat(port, gone[i], &st, &err), RV_ABSENT, "not %s", gone[i]);
	tap_int(rv_recipe_extract(r, port, &err), -1, "not into a full folder");
}

static void digest(struct rv_recipe *r, struct rv_inputs *inputs, struct rv_sha256 *out)
{
	*inputs = (struct rv_inputs){0};
	tap_good(rv_recipe_inputs(r, inputs, &err), &err, "inputs");
	rv_inputs_digest(inputs, out);
}

static void test_inputs(const struct loaded *l)
{
	rv_autofree(rv_recipe) struct rv_recipe *r = make(l, "std", "linux", false);
	rv_auto(rv_inputs) struct rv_inputs before = {0}, limited = {0}, after = {0};
	struct rv_sha256 a, b, c;
	size_t changed = 0;

	digest(r, &before, &a);
	r->job_limit = 1;
	digest(r, &limited, &b);
	tap_ok(rv_sha256_eq(&a, &b), "job counts are no input");
	put(PORT "files/tap.sh.in", "changed\n");
	digest(r, &after, &c);
	tap_ok(!rv_sha256_eq(&a, &c) && before.n == after.n, "a file is");
	for (size_t i = 0; i < before.n; i++)
		if (!rv_sha256_eq(&before.v[i].digest, &after.v[i].digest)) {
			tap_str(after.v[i].name, "files/tap.sh.in", "the one that changed");
			changed++;
		}
	tap_int((long long)changed, 1, "and no other");
}

static int count_names(void *ctx, const char *name, struct rv_error *e)
{
	(void)name;
	(void)e;
	++*(int *)ctx;
	return 0;
}

static void test_trees(void)
{
	struct rv_port_context context = {0};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto(rv_trees) struct rv_trees trees = {0};
	struct rv_found_port at;
	struct rv_port *port = NULL;
	char path[256];
	int names = 0;

	put("mine/bucket_2F/kitchen/specification", "");
	put("mine/bucket_00/wrong/specification", "");
	snprintf(path, sizeof(path), "%s/mine", folder);
	tap_good(rv_trees_add(&trees, path, &err), &err, "the custom tree");
	snprintf(path, sizeof(path), "%s/tree", folder);
	tap_good(rv_trees_add(&trees, path, &err), &err, "the other tree");
	tap_good(rv_trees_find(&trees, "kitchen", &at, &err), &err, "find");
	tap_ok(at.tree == &trees.v[0], "the first tree wins");
	tap_str(at.folder, "bucket_2F/kitchen", "its folder");
	tap_int(rv_trees_find(&trees, "kitchem", &at, &err), -1, "a misspelt name");
	tap_ok(strstr(err.msg, "no port 'kitchem' in ") && strstr(err.msg, "names are: kitchen"),
	    "%s", err.msg);
	tap_good(rv_trees_each(&trees, count_names, &names, &err), &err, "walk");
	tap_int(names, 2, "each name once");
	tap_int(rv_trees_load(&trees, "kitchen", &context, &problems, &port, &err), -1,
	    "an empty specification");
	tap_int(rv_trees_add(&trees, "/nonexistent", &err), -1, "no such tree");
}

int main(void)
{
	struct loaded l;

	if (!mkdtemp(folder) || rv_dir_open_user(folder, &top, &err) != 0)
		return 1;
	make_port();
	load(&l);
	test_std(&l);
	test_facts(&l);
	test_others(&l);
	test_makefile(&l);
	test_extract(&l);
	test_inputs(&l);
	test_trees();
	unload(&l);
	if (rv_tree_remove(RV_CWD, folder, &err) < 0)
		tap_ok(false, "%s", err.msg);
	return tap_done();
}
