/* SPDX-License-Identifier: ISC */
/* Collects (name, digest) pairs; make itself says which files of mk/ the port reads. */
#include "engine/inputs.h"

#include <stdio.h>
#include <string.h>

#include "os/file.h"
#include "os/spawn.h"
#include "pkg/ident.h"

/* Raised when the way packages are made changes so that every port must be built again. */
#define PACKING_VERSION "1"
#define MK_FILE_MAX_BYTES ((size_t)16 * 1024 * 1024)
#define SLOT_INCLUDE ".include \"/xports/Mk/raven.mk\""

void rv_inputs_env_release(struct rv_inputs_env *env)
{
	rv_map_release(&env->mk_digests);
	rv_arena_release(&env->arena);
}

void rv_platform_make_args(
    const struct rv_platform *p, struct rv_arena *arena, const char *out[RV_PLATFORM_MAKE_ARGS])
{
	struct rv_span release = rv_span_str(p->release);
	struct rv_span major = rv_span_sub(release, 0, rv_span_find(release, '.'));

	out[0] = rv_arena_fmt(arena, "OPSYS=%s", rv_opsys_display(p->opsys));
	out[1] = rv_arena_fmt(arena, "OSVERSION=%s", p->release);
	out[2] = rv_arena_fmt(arena, "OSREL=%s", p->release);
	out[3] = rv_arena_fmt(arena, "MAJOR=%.*s", RV_SPAN_ARG(major));
	out[4] = rv_arena_fmt(arena, "ARCH=%s", p->arch);
	out[5] = rv_arena_fmt(arena, "ARCH_STANDARD=%s", p->arch);
	out[6] = NULL;
}

static void add_text(struct rv_inputs *inputs, const char *name, const char *text)
{
	struct rv_sha256 d;

	rv_sha256_of(rv_span_str(text), &d);
	rv_inputs_add(inputs, name, &d);
}

/* What `make -V RAVEN_INPUTS` prints for the generated Makefile read from standard input. */
static int ask_make(const struct rv_inputs_env *env, const struct rv_recipe *recipe,
    struct rv_buf *out, struct rv_error *err)
{
	static const char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
	rv_auto(rv_buf) struct rv_buf makefile = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
	rv_auto(rv_buf) struct rv_buf input = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);
	rv_auto(rv_arena) struct rv_arena arena = RV_ARENA_INIT;
	/* -C: the folder that we are in may be a port; no make.conf of this machine */
	const char *argv[20] = {"bmake", "-m", env->mk_path, "-C", env->mk_path, "-f", "-",
	    "MAKE_CONF=/dev/null", "-V", "RAVEN_INPUTS"};
	struct rv_spawn how = RV_SPAWN_INIT;
	struct rv_span text;
	size_t at;

	rv_recipe_makefile(recipe, &makefile);
	text = rv_buf_span(&makefile);
	at = rv_span_find_span(text, RV_SPAN_LIT(SLOT_INCLUDE));
	rv_buf_add_span(&input, rv_span_sub(text, 0, at));
	rv_buf_addf(&input, ".include \"%s/raven.mk\"\n", env->mk_path);
	if (rv_buf_check(&makefile, "generated Makefile", err) < 0)
		return -1;
	rv_platform_make_args(env->platform, &arena, argv + 10);
	how.argv = argv;
	how.env = environment;
	how.stderr_fd = 2;
	/* a recipe may tell make to run commands: not outside a slot */
	how.only_reads = true;
	if (rv_spawn_run(&how, rv_buf_span(&input), out, 60000, err) < 0)
		return rv_context(err, "asking make what the port reads of mk/");
	return 0;
}

/* *out NULL: there is no such file. */
static int mk_digest(
    struct rv_inputs_env *env, struct rv_span name, struct rv_sha256 **out, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(MK_FILE_MAX_BYTES);
	const char *path;
	int r;

	*out = rv_map_get(&env->mk_digests, name);
	if (*out)
		return 0;
	path = rv_arena_strndup(&env->arena, name.p, name.n);
	r = rv_file_read(env->mk_fd, path, &text, err);
	if (r != 0)
		return r < 0 ? -1 : 0;
	*out = rv_arena_alloc(&env->arena, sizeof(**out));
	rv_sha256_of(rv_buf_span(&text), *out);
	rv_map_put(&env->mk_digests, rv_span_str(path), *out);
	return 0;
}

static int add_mk_files(struct rv_inputs_env *env, struct rv_node *node, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf list = RV_BUF_INIT((size_t)1024 * 1024);
	struct rv_span rest, word, prefix = rv_span_str(env->mk_path);
	struct rv_sha256 *digest;
	size_t before = node->inputs.n;

	if (ask_make(env, node->recipe, &list, err) < 0)
		return -1;
	rest = rv_span_trim(rv_buf_span(&list));
	while (rv_span_next(&rest, ' ', &word)) {
		if (!rv_span_starts(word, prefix))
			continue;
		word = rv_span_from(word, prefix.n + 1);
		if (mk_digest(env, word, &digest, err) < 0)
			return -1;
		if (!digest)
			return rv_fail(err, RV_INPUT, "mk/%.*s: missing, but read by the port",
			    RV_SPAN_ARG(word));
		rv_inputs_add(
		    &node->inputs, rv_arena_fmt(&env->arena, "mk/%.*s", RV_SPAN_ARG(word)), digest);
	}
	if (node->inputs.n == before)
		return rv_fail(err, RV_INPUT,
		    "%s/raven.mk: RAVEN_INPUTS names no file of this folder", env->mk_path);
	return 0;
}

static int add_recorded_mk_files(
    struct rv_inputs_env *env, struct rv_node *node, struct rv_error *err)
{
	struct rv_sha256 *digest;

	rv_vec_each (&node->record->inputs, i) {
		if (strncmp(i->name, "mk/", 3) != 0)
			continue;
		if (mk_digest(env, rv_span_str(i->name + 3), &digest, err) < 0)
			return -1;
		if (digest)
			rv_inputs_add(&node->inputs, i->name, digest);
	}
	return 0;
}

static void add_facts(const struct rv_inputs_env *env, struct rv_node *node)
{
	const char *platform[RV_PLATFORM_MAKE_ARGS];
	char name[64];

	rv_platform_make_args(env->platform, &node->inputs.arena, platform);
	for (size_t i = 0; platform[i]; i++) {
		snprintf(name, sizeof(name), "platform %.*s", (int)strcspn(platform[i], "="),
		    platform[i]);
		add_text(&node->inputs, name, platform[i]);
	}
	add_text(&node->inputs, "packing", PACKING_VERSION);
	add_text(&node->inputs, "abi", env->abi);
	add_text(&node->inputs, "prefix", env->prefix);
	if (!env->host)
		return;
	rv_host_ask_tools(env->host);
	rv_vec_each (&env->host->tools, t) {
		snprintf(name, sizeof(name), "host %s", t->name);
		add_text(&node->inputs, name, t->version);
	}
	rv_vec_each (&node->host, h)
		add_text(
		    &node->inputs, rv_arena_fmt(&node->inputs.arena, "host provides %s", *h), *h);
}

static int fill(struct rv_inputs_env *env, struct rv_node *node,
    int (*mk)(struct rv_inputs_env *env, struct rv_node *node, struct rv_error *err),
    struct rv_error *err)
{
	rv_inputs_release(&node->inputs);
	if (rv_recipe_inputs(node->recipe, &node->inputs, err) < 0)
		return rv_context(err, "%s", node->key);
	add_facts(env, node);
	if (mk(env, node, err) < 0)
		return rv_context(err, "%s", node->key);
	return 0;
}

int rv_inputs_of_node(struct rv_inputs_env *env, struct rv_node *node, struct rv_error *err)
{
	return fill(env, node, add_mk_files, err);
}

int rv_inputs_by_record(struct rv_inputs_env *env, struct rv_node *node, struct rv_error *err)
{
	return fill(env, node, node->record->inferred ? add_mk_files : add_recorded_mk_files, err);
}
