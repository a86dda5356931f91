/* SPDX-License-Identifier: ISC */
/* Puts the journal and the text view on a run's bus. */
#include "ravenadm/views.h"

#include <stdio.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "ravenadm/app.h"
#include "report/journal.h"
#include "report/text.h"

static void to_stdout(void *ctx RV_UNUSED, const char *text, size_t n)
{
	fwrite(text, 1, n, stdout);
	fflush(stdout);
}

static void to_stderr(void *ctx RV_UNUSED, const char *text, size_t n)
{
	fwrite(text, 1, n, stderr);
}

int rv_views_add(struct rv_run *run, struct rv_event_bus *bus, struct rv_error *err)
{
	rv_auto_fd logs = -1;
	struct rv_listener l;
	struct rv_text_view view = {
	    /* with --json standard output is the document's alone */
	    .write = run->globals.json ? to_stderr : to_stdout,
	    .terminal = isatty(run->globals.json ? STDERR_FILENO : STDOUT_FILENO) == 1,
	    .columns = run->columns,
	};

	if (rv_dir_open_user(rv_adm_of(run)->config.logs_path, &logs, err) != 0)
		return -1;
	if (rv_journal_listener(logs, rv_clock_now_s(), &l, err) < 0)
		return -1;
	rv_event_bus_add(bus, &l);
	if (run->globals.quiet)
		return 0;
	l = rv_text_listener(&view);
	rv_event_bus_add(bus, &l);
	return 0;
}
