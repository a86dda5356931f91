/* SPDX-License-Identifier: ISC */
/* ravenadm dev: what one recipe makes, for the people who write recipes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/out.h"
#include "engine/recipes.h"
#include "os/file.h"
#include "ravenadm/cmds.h"

#define SUM_BUFFER_BYTES ((size_t)64 * 1024)

/* A recipe in a folder, with all that it needs. */
struct dev {
	struct rv_profile *profile;
	struct rv_recipes recipes;
	struct rv_port *port;
	struct rv_recipe *recipe;
	int fd;
};

#define DEV_INIT ((struct dev){.recipes = RV_RECIPES_INIT, .fd = -1})

static void dev_release(struct dev *d)
{
	rv_recipe_free(d->recipe);
	rv_port_free(d->port);
	rv_recipes_release(&d->recipes);
	rv_profile_free(d->profile);
	rv_fd_release(&d->fd);
}

/* Every problem is said; the error that comes back only counts them. */
static int say_problems(
    const struct rv_run *run, struct rv_problems *problems, const char *what, struct rv_error *err)
{
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT((size_t)1024 * 1024);
	struct rv_span rest, line;

	if (!problems->count)
		return -1;
	rv_problems_print(problems, &text);
	rest = rv_buf_span(&text);
	while (rv_span_next(&rest, '\n', &line))
		rv_cli_error(run, "%.*s", RV_SPAN_ARG(line));
	return rv_fail(err, RV_INPUT, "%s: %zu problem%s", what, problems->count,
	    problems->count == 1 ? "" : "s");
}

static int load_port(const struct rv_run *run, const char *dir, struct dev *d, struct rv_error *err)
{
	struct rv_port_context context = {.mk_dirfd = d->recipes.mk_fd, .check_files = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	char what[4096];
	int rc = rv_dir_open_user(dir, &d->fd, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: there is no such folder", dir);
	if (rc < 0)
		return rc;
	snprintf(what, sizeof(what), "%s%s" RV_SPECIFICATION, strcmp(dir, ".") ? dir : "",
	    strcmp(dir, ".") ? "/" : "");
	if (rv_port_load(d->fd, what, &context, &problems, &d->port, err) < 0)
		return say_problems(run, &problems, what, err);
	return 0;
}

/* Without a variant: std, or the first when the port has no std. */
static int dev_open(
    const struct rv_run *run, const char *variant, struct dev *d, struct rv_error *err)
{
	const char *dir = run->argc > 0 ? run->argv[0] : ".";

	if (rv_profile_load(rv_profile_conf_path(run->globals.conf), NULL, &d->profile, err) < 0 ||
	    rv_recipes_open(d->profile, &d->recipes, err) < 0 || load_port(run, dir, d, err) < 0)
		return -1;
	if (!variant)
		variant = rv_port_has_variant(d->port, "std")
			      ? "std"
			      : rv_port_variants(d->port)->v[0].text;
	return rv_recipe_make(
	    d->port, variant, &d->recipes.platform, &d->recipes.defaults, d->fd, &d->recipe, err);
}

static int run_makefile(struct rv_run *run, struct rv_error *err)
{
	__attribute__((cleanup(dev_release))) struct dev d = DEV_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_MAKEFILE_MAX_BYTES);

	if (dev_open(run, run->argc > 1 ? run->argv[1] : NULL, &d, err) < 0)
		return -1;
	rv_recipe_makefile(d.recipe, &text);
	if (rv_buf_check(&text, "Makefile", err) < 0)
		return -1;
	rv_out_print(run, "%s", rv_buf_str(&text));
	return 0;
}

/* --- distinfo */

static int sum_file(int dirfd, const char *path, struct rv_sum *out, struct rv_error *err)
{
	__attribute__((cleanup(rv_sha256_state_release))) struct rv_sha256_state state = {0};
	rv_auto(rv_str) char *buffer = rv_alloc(SUM_BUFFER_BYTES);
	struct rv_stat st;
	rv_auto_fd fd = -1;
	uint64_t at = 0;
	int rc = rv_file_open(dirfd, path, &fd, err);

	if (rc != 0 || rv_file_fstat(fd, &st, err) < 0)
		return rc != 0 ? rc : -1;
	rv_sha256_begin(&state);
	while (at < st.size) {
		size_t n =
		    st.size - at < SUM_BUFFER_BYTES ? (size_t)(st.size - at) : SUM_BUFFER_BYTES;

		if (rv_fd_pread(fd, path, buffer, n, at, err) < 0)
			return -1;
		rv_sha256_add(&state, buffer, n);
		at += n;
	}
	rv_sha256_end(&state, &out->digest);
	out->size = st.size;
	return 0;
}

static int add_missing(struct rv_buf *list, const struct rv_distfile *d)
{
	rv_buf_addf(list, "%s%s", list->n ? ", " : "", d->path);
	return 0;
}

/* The line of every distfile, in the recipe's order. */
static int make_distinfo(const struct dev *d, struct rv_buf *out, struct rv_error *err)
{
	const char *folder = rv_profile_text(d->profile, RV_PROFILE_DISTFILES);
	rv_auto(rv_buf) struct rv_buf missing = RV_BUF_INIT(RV_ERROR_MSG_BYTES);
	rv_auto_fd fd = -1;
	struct rv_sum sum;

	if (rv_dir_open_user(folder, &fd, err) != 0)
		return rv_fail(err, RV_INPUT, "%s: there is no folder %s",
		    rv_profile_keys[RV_PROFILE_DISTFILES].key, folder);
	for (size_t i = 0; i < d->recipe->distfiles.n; i++) {
		const struct rv_distfile *file = &d->recipe->distfiles.v[i];
		int rc = sum_file(fd, file->path, &sum, err);

		if (rc < 0)
			return rv_context(err, "%s", folder);
		if (rc == RV_ABSENT)
			add_missing(&missing, file);
		else
			rv_distinfo_add_line(out, file->path, &sum);
	}
	if (missing.n)
		return rv_fail(err, RV_INPUT,
		    "%s: put these there first, from a place that you trust: %s", folder,
		    rv_buf_str(&missing));
	return rv_buf_check(out, "distinfo", err);
}

static int run_distinfo(struct rv_run *run, struct rv_error *err)
{
	__attribute__((cleanup(dev_release))) struct dev d = DEV_INIT;
	rv_auto(rv_buf) struct rv_buf text = RV_BUF_INIT(RV_DISTINFO_MAX_BYTES);

	if (dev_open(run, NULL, &d, err) < 0 || make_distinfo(&d, &text, err) < 0)
		return -1;
	if (!d.recipe->distfiles.n) {
		rv_out_say(run, "%s: no distfiles, no distinfo\n", d.recipe->namebase);
		return 0;
	}
	if (rv_file_replace(d.fd, "distinfo", 0644, rv_buf_span(&text), err) < 0)
		return -1;
	rv_out_say(run, "%s: distinfo of %zu file%s\n", d.recipe->namebase, d.recipe->distfiles.n,
	    d.recipe->distfiles.n == 1 ? "" : "s");
	return 0;
}

const struct rv_cmd rv_cmd_dev_makefile = {
    .name = "dev makefile",
    .synopsis = "[DIR [VARIANT]]",
    .summary = "print the Makefile that a recipe makes",
    .details = "DIR is the folder with the specification, the present one without it. VARIANT is "
	       "std, or the\n"
	       "first variant of a port that has no std.",
    .min = 0,
    .max = 2,
    .run = run_makefile,
};

const struct rv_cmd rv_cmd_dev_distinfo = {
    .name = "dev distinfo",
    .synopsis = "[DIR]",
    .summary = "write distinfo from the files in the distfiles folder",
    .details = "Every distfile of the recipe must be in the profile's distfiles folder.",
    .min = 0,
    .max = 1,
    .run = run_distinfo,
};
