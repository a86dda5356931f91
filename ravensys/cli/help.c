/* SPDX-License-Identifier: ISC */
/* Usage, help and the synopsis lines that the manual pages are compared with. */
#include <string.h>

#include "cli/out.h"
#include "cli/table.h"

#define SYNOPSIS_MAX ((size_t)4096)

static void add_option(struct rv_buf *out, const struct rv_opt *o)
{
	rv_buf_add_str(out, " [");
	if (o->letter)
		rv_buf_addf(out, "-%c", o->letter);
	else
		rv_buf_addf(out, "--%s", o->name);
	if (o->placeholder)
		rv_buf_addf(out, " %s", o->placeholder);
	rv_buf_add_str(out, "]");
	if (o->type == RV_OPT_IS_LIST)
		rv_buf_add_str(out, " ...");
}

void rv_cli_synopsis(const struct rv_program *program, const struct rv_cmd *cmd, struct rv_buf *out)
{
	rv_buf_addf(out, "%s %s", program->name, cmd->name);
	for (const struct rv_opt *o = cmd->options; o && o->name; o++)
		if (!o->shared)
			add_option(out, o);
	if (cmd->synopsis)
		rv_buf_addf(out, " %s", cmd->synopsis);
}

static void print_options(const struct rv_opt *o, FILE *to)
{
	for (; o && o->name; o++) {
		rv_auto(rv_buf) struct rv_buf left = RV_BUF_INIT(SYNOPSIS_MAX);

		if (o->letter)
			rv_buf_addf(&left, "-%c, ", o->letter);
		else
			rv_buf_add_str(&left, "    ");
		rv_buf_addf(&left, "--%s", o->name);
		if (o->placeholder)
			rv_buf_addf(&left, " %s", o->placeholder);
		fprintf(to, "  %-26s %s\n", rv_buf_str(&left), o->help);
	}
}

static void print_program_options(const struct rv_program *program, FILE *to)
{
	fprintf(to, "\noptions of every command:\n");
	print_options(program->globals, to);
	print_options(rv_cli_common, to);
}

void rv_cli_help_program(const struct rv_program *program, FILE *to)
{
	const struct rv_cmd *cmd;

	fprintf(to, "usage: %s [options] COMMAND [operands]\n%s: %s\n\ncommands:\n", program->name,
	    program->name, program->summary);
	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));)
		if (!(cmd->flags & RV_CMD_HIDDEN))
			fprintf(to, "  %-26s %s\n", cmd->name, cmd->summary);
	print_program_options(program, to);
	fprintf(to, "\n'%s help COMMAND' tells more\n", program->name);
}

void rv_cli_help_group(const struct rv_program *program, const char *group, FILE *to)
{
	const struct rv_cmd *cmd;
	size_t n = strlen(group);

	fprintf(to, "usage: %s %s COMMAND [operands]\n\ncommands:\n", program->name, group);
	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));)
		if (strncmp(cmd->name, group, n) == 0 && cmd->name[n] == ' ')
			fprintf(to, "  %-26s %s\n", cmd->name, cmd->summary);
}

void rv_cli_help_cmd(const struct rv_program *program, const struct rv_cmd *cmd, FILE *to)
{
	rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(SYNOPSIS_MAX);

	rv_cli_synopsis(program, cmd, &line);
	fprintf(to, "usage: %s\n%s: %s\n", rv_buf_str(&line), cmd->name, cmd->summary);
	if (cmd->details)
		fprintf(to, "\n%s\n", cmd->details);
	if (cmd->options) {
		fprintf(to, "\noptions:\n");
		print_options(cmd->options, to);
	}
	print_program_options(program, to);
}

/* --- the commands that every program has */
struct help_opts {
	bool synopsis;
};

static const struct rv_opt help_options[] = {
    RV_OPT_FLAG(
	struct help_opts, synopsis, 0, "synopsis", "print one line a command, for programs"),
    RV_OPT_END,
};

static void print_synopses(const struct rv_program *program)
{
	const struct rv_cmd *cmd;

	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));) {
		rv_auto(rv_buf) struct rv_buf line = RV_BUF_INIT(SYNOPSIS_MAX);

		if (cmd->flags & RV_CMD_HIDDEN)
			continue;
		rv_cli_synopsis(program, cmd, &line);
		puts(rv_buf_str(&line));
	}
}

static int run_help(struct rv_run *run, struct rv_error *err)
{
	const struct help_opts *opts = run->opts;
	const struct rv_program *program = run->program;
	rv_auto(rv_buf) struct rv_buf name = RV_BUF_INIT(SYNOPSIS_MAX);
	const struct rv_cmd *cmd;
	const char *near;

	(void)err;
	if (opts->synopsis) {
		print_synopses(program);
		return 0;
	}
	if (run->argc == 0) {
		rv_cli_help_program(program, stdout);
		return 0;
	}
	for (int i = 0; i < run->argc; i++)
		rv_buf_addf(&name, "%s%s", i ? " " : "", run->argv[i]);
	cmd = rv_cli_find_cmd(program, rv_buf_str(&name));
	if (cmd) {
		rv_cli_help_cmd(program, cmd, stdout);
		return 0;
	}
	if (rv_cli_is_group(program, rv_buf_str(&name))) {
		rv_cli_help_group(program, rv_buf_str(&name), stdout);
		return 0;
	}
	near = rv_cli_suggest_cmd(program, NULL, run->argv[0]);
	if (near)
		return rv_cli_usage(run, "%s: unknown command; did you mean '%.*s'?",
		    rv_buf_str(&name), (int)strcspn(near, " "), near);
	return rv_cli_usage(run, "%s: unknown command", rv_buf_str(&name));
}

static int run_version(struct rv_run *run, struct rv_error *err)
{
	struct rv_json *doc;

	(void)err;
	if (!run->globals.json) {
		printf("%s %s\n", run->program->name, RV_VERSION);
		return 0;
	}
	doc = rv_json_new_object();
	rv_json_set_string(doc, "program", run->program->name);
	rv_json_set_string(doc, "version", RV_VERSION);
	rv_out_json(run, doc);
	return 0;
}

static int run_completion(struct rv_run *run, struct rv_error *err)
{
	(void)err;
	if (strcmp(run->argv[0], "bash") != 0)
		return rv_cli_usage(
		    run, "%s: no completion for this shell; there is: bash", run->argv[0]);
	rv_cli_completion(run->program, stdout);
	return 0;
}

static const struct rv_cmd cmd_help = {
    .name = "help",
    .synopsis = "[COMMAND]",
    .summary = "explain a command, or list them all",
    .max = 2,
    .options = help_options,
    .opts_bytes = sizeof(struct help_opts),
    .run = run_help,
};
static const struct rv_cmd cmd_version = {
    .name = "version",
    .summary = "print the version",
    .run = run_version,
};
static const struct rv_cmd cmd_completion = {
    .name = "completion",
    .synopsis = "bash",
    .summary = "print completion rules for a shell, to be sourced by it",
    .min = 1,
    .max = 1,
    .run = run_completion,
};

const struct rv_cmd *const rv_cli_builtins[] = {
    &cmd_help,
    &cmd_version,
    &cmd_completion,
    NULL,
};
