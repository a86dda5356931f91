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
}

/* Every problem is said; the error that comes back only counts them. */
static int say_problems(
    const struct rv_run *run, struct rv_problems *problems, const char *what, struct rv_error *err)
{
	if (!rv_adm_say_problems(run, problems))
		return -1;
	return rv_fail(err, RV_INPUT, "%s: %zu problem%s", what, problems->count,
	    problems->count == 1 ? "" : "s");
}

static int load_port(
    const struct rv_run *run, const char *dir, struct rv_dev *d, struct rv_error *err)
{
	struct rv_port_context context = {.mk = d->reading.mk, .check_files = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	struct rv_port_files files = {.folder = "."};
	char what[4096];
	int rc = rv_dir_open_user(dir, &d->fd, err);

	if (rc == RV_ABSENT)
		return rv_fail(err, RV_INPUT, "%s: there is no such folder", dir);
	if (rc < 0)
		return rc;
	snprintf(what, sizeof(what), "%s%s" RV_SPECIFICATION, strcmp(dir, ".") ? dir : "",
	    strcmp(dir, ".") ? "/" : "");
	files.tree_fd = d->fd;
	if (rv_port_load(&files, what, &context, &problems, &d->port, err) < 0)
		return say_problems(run, &problems, what, err);
	return 0;
}

/* Without a variant: std, or the first when the port has no std. */
int rv_dev_open(const struct rv_run *run, const struct rv_reading_opts *reading,
    const char *variant, struct rv_dev *d, struct rv_error *err)
{
	const char *dir = run->argc > 0 ? run->argv[0] : ".";

	if (rv_reading_open(run, reading, &d->reading, err) < 0 || load_port(run, dir, d, err) < 0)
		return -1;
	if (!variant)
		variant = rv_port_has_variant(d->port, "std")
			      ? "std"
			      : rv_port_variants(d->port)->v[0].text;
	return rv_recipe_make(
	    d->port, variant, &d->reading.platform, &d->reading.defaults, &d->recipe, err);
}
