/* SPDX-License-Identifier: ISC */
/*
 * The command line against the tables. Program options stand before or after the command's name, a
 * command's own ones after it; operands and options mix unless the command says otherwise; "--"
 * ends the options.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/span.h"
#include "base/vec.h"
#include "cli/table.h"

const struct rv_opt rv_cli_common[] = {
    RV_OPT_FLAG(struct rv_globals, json, 0, "json", "print one JSON document"),
    RV_OPT_FLAG(struct rv_globals, quiet, 'q', "quiet", "say errors only"),
    RV_OPT_FLAG(struct rv_globals, yes, 'y', "yes", "answer questions with yes"),
    RV_OPT_FLAG(
	struct rv_globals, dry_run, 'n', "dry-run", "show what would be done, change nothing"),
    RV_OPT_FLAG(struct rv_globals, version, 0, "version", "print the version"),
    RV_OPT_FLAG(struct rv_globals, help, 'h', "help", "print help"),
    RV_OPT_END,
};

struct parse {
	struct rv_run *run;
	int argc, i;
	char **argv;
	const struct rv_opt *tables[4]; /* the command's, the program's, the common ones; NULL */
	bool no_more_options;
};

static void set_tables(struct parse *p)
{
	size_t n = 0;

	if (p->run->cmd && p->run->cmd->options)
		p->tables[n++] = p->run->cmd->options;
	if (p->run->program->globals)
		p->tables[n++] = p->run->program->globals;
	p->tables[n++] = rv_cli_common;
	p->tables[n] = NULL;
}

static const struct rv_opt *find_long(const struct parse *p, const char *name, size_t length)
{
	for (const struct rv_opt *const *t = p->tables; *t; t++)
		for (const struct rv_opt *o = *t; o->name; o++)
			if (strlen(o->name) == length && memcmp(o->name, name, length) == 0)
				return o;
	return NULL;
}

static const struct rv_opt *find_letter(const struct parse *p, char letter)
{
	for (const struct rv_opt *const *t = p->tables; *t; t++)
		for (const struct rv_opt *o = *t; o->name; o++)
			if (o->letter == letter)
				return o;
	return NULL;
}

static void *target_of(const struct parse *p, const struct rv_opt *o)
{
	const struct rv_cmd *cmd = p->run->cmd;

	for (const struct rv_opt *own = cmd ? cmd->options : NULL; own && own->name; own++)
		if (own == o)
			return (char *)p->run->opts + o->offset;
	return (char *)&p->run->globals + o->offset;
}

static int store(const struct parse *p, const struct rv_opt *o, const char *value)
{
	void *target = target_of(p, o);
	uint64_t number;

	switch (o->type) {
	case RV_OPT_IS_FLAG:
		*(bool *)target = true;
		return 0;
	case RV_OPT_IS_STRING:
		*(const char **)target = value;
		return 0;
	case RV_OPT_IS_LIST:
		rv_vec_push((struct rv_opt_list *)target, value);
		return 0;
	case RV_OPT_IS_INT:
		break;
	}
	if (!rv_span_to_u64(rv_span_str(value), &number) || number > INT64_MAX)
		return rv_cli_usage(p->run, "--%s: '%s' is no number", o->name, value);
	*(int64_t *)target = (int64_t)number;
	return 0;
}

/* attached: the value written together with the option, or NULL. */
static int take(struct parse *p, const struct rv_opt *o, const char *attached)
{
	if (o->type == RV_OPT_IS_FLAG)
		return attached ? rv_cli_usage(p->run, "--%s: takes no value", o->name)
				: store(p, o, NULL);
	if (attached)
		return store(p, o, attached);
	if (p->i + 1 >= p->argc)
		return rv_cli_usage(p->run, "--%s: wants %s", o->name, o->placeholder);
	return store(p, o, p->argv[++p->i]);
}

static int long_option(struct parse *p, const char *text)
{
	size_t length = strcspn(text, "=");
	const struct rv_opt *o = find_long(p, text, length);
	rv_auto(rv_str) char *name = NULL;
	const char *near;

	if (o)
		return take(p, o, text[length] ? text + length + 1 : NULL);
	name = rv_strndup(text, length);
	near = rv_cli_suggest_opt(p->tables, name);
	if (near)
		return rv_cli_usage(p->run, "--%s: unknown option; did you mean --%s?", name, near);
	return rv_cli_usage(p->run, "--%s: unknown option", name);
}

static int short_options(struct parse *p, const char *text)
{
	for (; *text; text++) {
		const struct rv_opt *o = find_letter(p, *text);
		int status;

		if (!o)
			return rv_cli_usage(p->run, "-%c: unknown option", *text);
		if (o->type != RV_OPT_IS_FLAG)
			return take(p, o, text[1] ? text + 1 : NULL);
		status = take(p, o, NULL);
		if (status)
			return status;
	}
	return 0;
}

static int unknown_command(struct parse *p, const char *group, const char *word)
{
	const char *near = rv_cli_suggest_cmd(p->run->program, group, word),
		   *space = group ? " " : "";

	group = group ? group : "";
	if (!near)
		return rv_cli_usage(p->run, "%s%s%s: unknown command", group, space, word);
	return rv_cli_usage(p->run, "%s%s%s: unknown command; did you mean '%s%s%.*s'?", group,
	    space, word, group, space, (int)strcspn(near, " "), near);
}

static int found_command(struct parse *p, const struct rv_cmd *cmd)
{
	p->run->cmd = cmd;
	p->run->opts = cmd->opts_bytes ? rv_alloc(cmd->opts_bytes) : NULL;
	if (cmd->defaults)
		cmd->defaults(p->run->opts);
	set_tables(p);
	return 0;
}

/* The command's word, or the first of two. */
static int command_word(struct parse *p)
{
	const struct rv_program *program = p->run->program;
	const char *word = p->argv[p->i];
	const struct rv_cmd *cmd = rv_cli_find_cmd(program, word);
	bool group = rv_cli_is_group(program, word);
	rv_auto(rv_str) char *both = NULL;

	if (cmd && !group)
		return found_command(p, cmd);
	if (!group)
		return unknown_command(p, NULL, word);
	if (p->i + 1 < p->argc && p->argv[p->i + 1][0] != '-') {
		both = rv_strfmt("%s %s", word, p->argv[++p->i]);
		cmd = rv_cli_find_cmd(program, both);
		return cmd ? found_command(p, cmd) : unknown_command(p, word, p->argv[p->i]);
	}
	/* a group's own command takes no operands: "configure" beside "configure get" */
	if (cmd)
		return found_command(p, cmd);
	if (p->i + 1 < p->argc &&
	    (strcmp(p->argv[p->i + 1], "--help") == 0 || strcmp(p->argv[p->i + 1], "-h") == 0)) {
		rv_cli_help_group(program, word, stdout);
		p->run->globals.help = true;
		p->i = p->argc;
		return 0;
	}
	rv_cli_help_group(program, word, stderr);
	return RV_STATUS_USAGE;
}

static int one_argument(struct parse *p)
{
	char *arg = p->argv[p->i];

	if (!p->no_more_options && strcmp(arg, "--") == 0) {
		p->no_more_options = true;
		return 0;
	}
	if (!p->no_more_options && arg[0] == '-' && arg[1])
		return arg[1] == '-' ? long_option(p, arg + 2) : short_options(p, arg + 1);
	if (!p->run->cmd)
		return command_word(p);
	if (p->run->cmd->flags & RV_CMD_OPTIONS_FIRST)
		p->no_more_options = true;
	p->run->argv[p->run->argc++] = arg;
	return 0;
}

static int check_count(struct rv_run *run)
{
	const struct rv_cmd *cmd = run->cmd;

	if (run->argc < cmd->min)
		return rv_cli_usage(run, run->argc ? "more operands are wanted" : "wants %s",
		    cmd->synopsis ? cmd->synopsis : "an operand");
	if (cmd->max != RV_MANY && run->argc > cmd->max)
		return rv_cli_usage(run, "%s: one operand too many", run->argv[cmd->max]);
	return 0;
}

int rv_cli_parse(struct rv_run *run, int argc, char **argv)
{
	struct parse p = {.run = run, .argc = argc, .argv = argv};

	run->argv = rv_alloc_array((size_t)argc + 1, sizeof(*run->argv));
	set_tables(&p);
	for (p.i = 1; p.i < argc; p.i++) {
		int status = one_argument(&p);

		if (status)
			return status;
	}
	if (run->globals.help || run->globals.version)
		return 0;
	if (!run->cmd) {
		rv_cli_help_program(run->program, stderr);
		return RV_STATUS_USAGE;
	}
	return check_count(run);
}

static void release_lists(const struct rv_opt *o, void *base)
{
	for (; o && o->name; o++)
		if (o->type == RV_OPT_IS_LIST)
			rv_vec_release((struct rv_opt_list *)(void *)((char *)base + o->offset));
}

void rv_cli_parse_release(struct rv_run *run)
{
	if (run->opts)
		release_lists(run->cmd->options, run->opts);
	release_lists(run->program->globals, &run->globals);
	free(run->opts);
	free(run->argv);
	run->opts = NULL;
	run->argv = NULL;
}
