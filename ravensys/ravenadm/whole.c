/* SPDX-License-Identifier: ISC */
/*
 * A file for each recipe of whole trees, written beside its name and renamed: nobody sees half of
 * one. They are not made durable, since the same command makes them again.
 */
#include "ravenadm/whole.h"

#include <stdio.h>

#include "cli/out.h"
#include "os/file.h"
#include "os/lock.h"
#include "ravenadm/dev.h"

#define TEMPORARY ".ravenadm.tmp"

struct rv_whole {
	struct rv_run *run;
	struct rv_reading reading;
	int out_fd;
	size_t ports, files, faults;
	int (*each)(struct rv_whole *w, const struct rv_port *p, struct rv_error *err);
};

static void whole_release(struct rv_whole *w)
{
	rv_reading_release(&w->reading);
	rv_fd_release(&w->out_fd);
}

const struct rv_reading *rv_whole_reading(const struct rv_whole *w)
{
	return &w->reading;
}

int rv_whole_write(
    struct rv_whole *w, const char *name, const struct rv_buf *text, struct rv_error *err)
{
	rv_auto_fd fd = -1;

	if (rv_buf_check(text, name, err) < 0 || rv_file_unlink(w->out_fd, TEMPORARY, err) < 0 ||
	    rv_file_create(w->out_fd, TEMPORARY, 0644, &fd, err) != 0 ||
	    rv_fd_write(fd, name, text->p, text->n, err) < 0 ||
	    rv_file_rename(w->out_fd, TEMPORARY, w->out_fd, name, RV_RENAME_OVER, err) != 0)
		return rv_context(err, "%s", ((const struct rv_whole_opts *)w->run->opts)->output);
	w->files++;
	return 0;
}

static int look(void *ctx, const char *namebase, struct rv_error *err)
{
	struct rv_whole *w = ctx;
	struct rv_port_context context = {.mk = w->reading.recipes.mk, .check_files = true};
	rv_auto(rv_problems) struct rv_problems problems = RV_PROBLEMS_INIT;
	rv_autofree(rv_port) struct rv_port *port = NULL;

	if (rv_trees_load(&w->reading.recipes.trees, namebase, &context, &problems, &port, err) <
	    0) {
		if (problems.count)
			rv_dev_say_problems(w->run, &problems, namebase, err);
		else
			rv_cli_error(w->run, "%s", err->msg);
		*err = RV_ERROR_INIT;
		w->faults++;
		return 0;
	}
	w->ports++;
	return w->each(w, port, err);
}

static int open_output(struct rv_whole *w, const char *path, struct rv_error *err)
{
	int rc = rv_dir_make_path(RV_CWD, path, 0755, err);

	if (rc >= 0)
		rc = rv_dir_open_user(path, &w->out_fd, err);
	/* the temporary name is for one */
	if (rc == 0)
		rc = rv_lock_folder(w->out_fd, path, 0, err);
	return rc == 0 ? 0 : rv_context(err, "--output");
}

static void say_totals(const struct rv_whole *w, const char *noun)
{
	const struct rv_whole_opts *o = w->run->opts;
	struct rv_json *doc;

	if (!w->run->globals.json) {
		rv_out_say(
		    w->run, "%zu %s of %zu ports in %s\n", w->files, noun, w->ports, o->output);
		return;
	}
	doc = rv_json_new_object();
	rv_json_set_int(doc, "ports", (int64_t)w->ports);
	rv_json_set_int(doc, "files", (int64_t)w->files);
	rv_json_set_int(doc, "faulty", (int64_t)w->faults);
	rv_out_json(w->run, doc);
}

int rv_whole_run(struct rv_run *run, const char *noun,
    int (*each)(struct rv_whole *w, const struct rv_port *p, struct rv_error *err),
    struct rv_error *err)
{
	const struct rv_whole_opts *o = run->opts;
	__attribute__((cleanup(whole_release))) struct rv_whole w = {
	    .run = run, .reading = RV_READING_INIT, .out_fd = -1, .each = each};

	if (!o->all || !o->output || run->argc)
		return rv_cli_usage(run, "--all and --output go together, without a folder");
	if (rv_reading_open(run, &o->reading, &w.reading, err) < 0 ||
	    open_output(&w, o->output, err) < 0 ||
	    rv_trees_each(&w.reading.recipes.trees, look, &w, err) < 0)
		return -1;
	say_totals(&w, noun);
	if (!w.faults)
		return 0;
	rv_cli_error(run, "%zu recipe%s with faults", w.faults, w.faults == 1 ? "" : "s");
	return RV_STATUS_FAILED;
}
