/* SPDX-License-Identifier: ISC */
/* The life of a program: parse, open, run, close, exit status. Every error is said here, once. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/table.h"
#include "os/fault.h"
#include "os/file.h"

static void say(const struct rv_run *run, const char *fmt, va_list ap) RV_PRINTF(2, 0);

static void say(const struct rv_run *run, const char *fmt, va_list ap)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", run->program->name);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void rv_cli_error(const struct rv_run *run, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(run, fmt, ap);
	va_end(ap);
}

void rv_cli_warn(const struct rv_run *run, const char *fmt, ...)
{
	va_list ap;

	if (run->globals.quiet)
		return;
	va_start(ap, fmt);
	say(run, fmt, ap);
	va_end(ap);
}

int rv_cli_usage(struct rv_run *run, const char *fmt, ...)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT((size_t)4096);
	va_list ap;

	if (run->cmd)
		rv_cli_synopsis(run->program, run->cmd, &line);
	fprintf(stderr, "%s: ", run->program->name);
	if (run->cmd)
		fprintf(stderr, "%s: ", run->cmd->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (run->cmd)
		fprintf(stderr, "\nusage: %s\n", rv_buf_str(&line));
	else
		fprintf(stderr, "\n'%s help' lists the commands\n", run->program->name);
	return RV_STATUS_USAGE;
}

static unsigned terminal_columns(void)
{
	struct winsize ws;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_col == 0)
		return 80;
	return ws.ws_col;
}

static int run_command(struct rv_run *run)
{
	struct rv_error err = RV_ERROR_INIT;
	int rc = 0;

	if (run->cmd->needs && run->program->open)
		rc = run->program->open(run, &err);
	if (rc == 0)
		rc = run->cmd->run(run, &err);
	if (rc < 0)
		rv_cli_error(run, "%s", err.msg);
	if (run->program->close)
		run->program->close(run);
	return rc < 0 ? RV_STATUS_FAILED : rc;
}

static int dispatch(struct rv_run *run)
{
	if (run->globals.version) {
		printf("%s %s\n", run->program->name, RV_VERSION);
		return RV_STATUS_OK;
	}
	if (run->globals.help && run->cmd)
		rv_cli_help_cmd(run->program, run->cmd, stdout);
	else if (run->globals.help && run->argc == 0)
		rv_cli_help_program(run->program, stdout);
	return run->globals.help ? RV_STATUS_OK : run_command(run);
}

/* What was printed must have arrived: a full disk behind a redirection is a failure. */
static int finish_output(const struct rv_run *run, int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	rv_cli_error(run, "standard output: %s", strerror(errno ? errno : EIO));
	return status ? status : RV_STATUS_FAILED;
}

int rv_cli_main(const struct rv_program *program, int argc, char **argv)
{
	struct rv_run run = {.program = program, .globals = {.wait_s = -1}};
	int status;

	/*
	 * packages, repositories and databases are read by others; what is secret says so by its
	 * own mode
	 */
	rv_umask_set(022);
	for (const struct rv_cli_entry *e = program->entries; e && e->flag && argc > 1; e++)
		if (strcmp(argv[1], e->flag) == 0)
			return e->main(argc, argv);
	rv_fault_from_env();
	run.err_tty = isatty(STDERR_FILENO);
	run.in_tty = isatty(STDIN_FILENO);
	run.columns = run.err_tty ? terminal_columns() : 80;
	status = rv_cli_parse(&run, argc, argv);
	if (status == 0)
		status = dispatch(&run);
	rv_cli_parse_release(&run);
	return finish_output(&run, status);
}
