/* SPDX-License-Identifier: ISC */
/* Opening the root for a command; warnings and progress to the terminal. */
#include "rvn/app.h"

#include <stdlib.h>

#include "base/vec.h"

/*
 * Codes with which a catalogue that cannot be renewed is no reason to stop looking at the present
 * one.
 */
static bool is_bearable(const struct rv_error *err)
{
	return err->code == RV_BUSY || err->code == RV_SYS;
}

static void write_log(void *ctx, enum rv_log_level level, const char *text)
{
	const struct rv_run *run = ctx;

	rv_progress_end(&rvn_app(run)->progress);
	if (level == RV_LOG_ERROR)
		rv_cli_error(run, "%s", text);
	else
		rv_cli_warn(run, "%s", text);
}

static void show_note(void *ctx, const struct rv_event_note *note)
{
	rv_progress_end(&rvn_app(ctx)->progress);
	rv_cli_warn(ctx, "%s%s%s", note->object ? note->object : "", note->object ? ": " : "",
	    note->text ? note->text : "");
}

static int show_event(void *ctx, const struct rv_event *event, struct rv_error *err)
{
	struct rv_progress *p = &rvn_app(ctx)->progress;

	(void)err;
	if (event->kind == RV_EVENT_DOWNLOAD_PROGRESS || event->kind == RV_EVENT_DOWNLOAD_END)
		rv_progress_set(p, event->download.name ? event->download.name : "",
		    (uint64_t)event->download.all_done_bytes,
		    (uint64_t)event->download.all_total_bytes, true);
	else if (event->kind == RV_EVENT_TXN)
		rv_progress_set(p, rv_txn_step_name(event->txn.step), (uint64_t)event->txn.done,
		    (uint64_t)event->txn.total, false);
	else if (event->kind == RV_EVENT_WARNING)
		show_note(ctx, &event->note);
	return 0;
}

static char *command_text(const struct rv_run *run)
{
	rv_auto(rv_buf) struct rv_buf b = RV_BUF_INIT((size_t)512);

	rv_buf_addf(&b, "%s %s", run->program->name, run->cmd->name);
	for (int i = 0; i < run->argc && b.n < 400; i++)
		rv_buf_addf(&b, " %.100s", run->argv[i]);
	return rv_buf_take(&b);
}

/*
 * Catalogues that are missing or old, before looking into them: as far as the user may and nobody
 * is at work.
 */
static int freshen(
    struct rv_run *run, const struct rv_system_options *options, struct rv_error *err)
{
	rv_auto_system writer = NULL;
	bool due = false;
	size_t changed;

	if (rv_system_repos(rvn_system(run))->n == 0)
		return 0;
	if (rv_system_catalogs_due(rvn_system(run), &due, err) < 0)
		return -1;
	if (!due)
		return 0;
	if (rv_system_open(options, RV_SYSTEM_FETCH, &writer, err) < 0) {
		if (!is_bearable(err))
			return -1;
		rv_cli_warn(run, "catalogues are not renewed: %s", err->msg);
		*err = RV_ERROR_INIT;
		return 0;
	}
	if (rv_system_update(writer, false, &changed, err) < 0)
		return -1;
	rv_system_close(writer);
	writer = NULL;
	rv_system_close(rvn_app(run)->system);
	rvn_app(run)->system = NULL;
	return rv_system_open(options, RV_SYSTEM_READ, &rvn_app(run)->system, err);
}

static enum rv_system_mode mode_of(const struct rv_run *run)
{
	if (run->globals.dry_run)
		return RV_SYSTEM_READ;
	if (run->cmd->needs & RVN_WRITE)
		return RV_SYSTEM_WRITE;
	return run->cmd->needs & RVN_MAY_WRITE ? RV_SYSTEM_MAY_WRITE : RV_SYSTEM_READ;
}

int rvn_open(struct rv_run *run, struct rv_error *err)
{
	struct rvn_app *app = rv_alloc(sizeof(*app));
	struct rv_listener listener = {.name = "terminal", .on_event = show_event, .ctx = run};
	struct rv_system_options options = {
	    .root = run->globals.root,
	    .log = &app->log,
	    .bus = &app->bus,
	    .set = run->globals.set.v,
	    .n_set = run->globals.set.n,
	    .wait_s = run->globals.wait_s,
	    .allow_expired = run->globals.allow_expired,
	};

	run->app = app;
	app->log = (struct rv_log){.write = write_log, .ctx = run, .max = RV_LOG_WARN};
	app->command = command_text(run);
	options.command = app->command;
	rv_progress_begin(&app->progress, run);
	rv_event_bus_add(&app->bus, &listener);
	if (rv_system_open(&options, mode_of(run), &app->system, err) < 0)
		return -1;
	if ((run->cmd->needs & RVN_LOOK) && !run->globals.dry_run)
		return freshen(run, &options, err);
	return 0;
}

void rvn_close(struct rv_run *run)
{
	struct rvn_app *app = run->app;

	if (!app)
		return;
	rv_progress_end(&app->progress);
	rv_system_close(app->system);
	rv_event_bus_release(&app->bus);
	rv_arena_release(&app->arena);
	free(app->command);
	free(app);
	run->app = NULL;
}

int rvn_resolve(
    struct rv_run *run, enum rv_system_want want, struct rv_system_names *out, struct rv_error *err)
{
	for (int i = 0; i < run->argc; i++)
		if (rv_system_resolve(
			rvn_system(run), want, run->argv[i], &rvn_app(run)->arena, out, err) < 0)
			return -1;
	return 0;
}

int rvn_find_installed(struct rv_run *run, const char *name, struct rv_installed *out, bool *found,
    struct rv_error *err)
{
	struct rv_db *db = rv_system_db(rvn_system(run));
	int rc = db ? rv_installed_find(db, name, &rvn_app(run)->arena, out, err) : RV_DB_END;

	*found = rc == 0;
	return rc < 0 ? -1 : 0;
}
