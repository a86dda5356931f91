/* SPDX-License-Identifier: ISC */
/* A recipe in a folder, for the dev commands. */
#include "ravenadm/dev.h"

#include <stdio.h>
#include <string.h>

#include "os/file.h"
#include "ravenadm/app.h"

void rv_dev_release(struct rv_dev *d)
{
	rv_recipe_free(d->recipe);
	rv_port_free(d->port);
	rv_reading_release(&d->reading);
	rv_fd_release(&d->fd);
	rv_buf_release(&d->sheet);
}

int rv_dev_say_problems(
    const struct rv_run *run, struct rv_problems *problems, const char *what, struct rv_error *err)
{
	if (!rv_adm_say_problems(run, problems))
		return -1;
	return rv_fail(err, RV_INPUT, "%s: %zu problem%s", what, problems->count,
	    problems->count == 1 ? "" : "s");
}

static int load_sheet(
    const struct rv_run *run, const char *path, struct rv_dev *d, struct rv_error *err)
{
	struct rv_port_context context = {.mk = d->reading.recipes.mk, .compiled = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_auto_fd fd = -1;
	int rc = rv_file_open_user(path, &fd, err);

	if (rc > 0)
		return rv_fail(err, RV_INPUT, "%s: there is no such folder or buildsheet", path);
	if (rc < 0 || rv_fd_read_all(fd, path, &d->sheet, err) < 0)
		return -1;
	if (rv_port_parse(rv_buf_span(&d->sheet), path, NULL, &context, &problems, &d->port, err) <
	    0)
		return rv_dev_say_problems(run, &problems, path, err);
	return 0;
}

static int load_port(
    const struct rv_run *run, const char *dir, struct rv_dev *d, struct rv_error *err)
{
	struct rv_port_context context = {.mk = d->reading.recipes.mk, .check_files = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_port_files files = {.folder = "."};
	char what[4096];
	int rc = rv_dir_open_user(dir, &d->fd, err);

	if (rc == RV_ABSENT)
		return load_sheet(run, dir, d, err);
	if (rc < 0)
		return rc;
	snprintf(what, sizeof(what), "%s%s" RV_SPECIFICATION, strcmp(dir, ".") ? dir : "",
	    strcmp(dir, ".") ? "/" : "");
	files.tree_fd = d->fd;
	if (rv_port_load(&files, what, &context, &problems, &d->port, err) < 0)
		return rv_dev_say_problems(run, &problems, what, err);
	return 0;
}

int rv_dev_load(const struct rv_run *run, const struct rv_reading_opts *reading, struct rv_dev *d,
    struct rv_error *err)
{
	if (rv_reading_open_without_trees(run, reading, &d->reading, err) < 0)
		return -1;
	return load_port(run, run->argc > 0 ? run->argv[0] : ".", d, err);
}

int rv_dev_open(const struct rv_run *run, const struct rv_reading_opts *reading,
    const char *variant, struct rv_dev *d, struct rv_error *err)
{
	if (rv_dev_load(run, reading, d, err) < 0)
		return -1;
	if (!variant)
		variant = rv_port_first_choice(d->port);
	return rv_recipe_make(d->port, variant, &d->reading.recipes.platform,
	    &d->reading.recipes.defaults, &d->recipe, err);
}
