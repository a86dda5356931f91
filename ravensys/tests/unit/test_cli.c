/* SPDX-License-Identifier: ISC */
/* The command line against a table of its own: options of every type, groups, counts. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/out.h"
#include "tests/tap.h"

struct opts {
	bool flag;
	const char *text;
	int64_t number;
	struct rv_opt_list list;
};

static const struct rv_opt options[] = {
    RV_OPT_FLAG(struct opts, flag, 'f', "flag", "a flag"),
    RV_OPT_STRING(struct opts, text, 't', "text", "TEXT", "a text"),
    RV_OPT_INT(struct opts, number, 0, "number", "NUMBER", "a number"),
    RV_OPT_LIST(struct opts, list, 'l', "list", "ITEM", "a list"),
    RV_OPT_END,
};

static void set_defaults(void *opts)
{
	((struct opts *)opts)->number = 5;
}

/* What the last run saw, as text. */
static char seen[512];

static int record(struct rv_run *run, struct rv_error *err)
{
	const struct opts *o = run->opts;
	int n;

	(void)err;
	n = snprintf(seen, sizeof(seen), "%s f%d t%s n%lld j%d q%d", run->cmd->name, o->flag,
	    o->text ? o->text : "-", (long long)o->number, run->globals.json, run->globals.quiet);
	for (size_t i = 0; i < o->list.n; i++)
		n += snprintf(seen + n, sizeof(seen) - (size_t)n, " l%s", o->list.v[i]);
	for (int i = 0; i < run->argc; i++)
		n += snprintf(seen + n, sizeof(seen) - (size_t)n, " <%s>", run->argv[i]);
	return 0;
}

static int fail(struct rv_run *run, struct rv_error *err)
{
	(void)run;
	return rv_fail(err, RV_INPUT, "thing: broken");
}

static int give_three(struct rv_run *run, struct rv_error *err)
{
	(void)run;
	(void)err;
	return RV_STATUS_PORTS;
}

#define TAKES                                                                                      \
	.options = options, .opts_bytes = sizeof(struct opts), .defaults = set_defaults,           \
	.run = record
static const struct rv_cmd cmd_any = {
    .name = "any", .synopsis = "[X ...]", .summary = "s", .max = RV_MANY, TAKES};
static const struct rv_cmd cmd_two = {
    .name = "two", .synopsis = "A B", .summary = "s", .min = 2, .max = 2, TAKES};
static const struct rv_cmd cmd_first = {.name = "first",
    .synopsis = "P [X ...]",
    .summary = "s",
    .min = 1,
    .max = RV_MANY,
    .flags = RV_CMD_OPTIONS_FIRST,
    TAKES};
static const struct rv_cmd cmd_member = {.name = "group member", .summary = "s", TAKES};
static const struct rv_cmd cmd_fails = {.name = "fails", .summary = "s", .run = fail};
static const struct rv_cmd cmd_three = {.name = "three", .summary = "s", .run = give_three};
static const struct rv_cmd *const cmds[] = {
    &cmd_any, &cmd_two, &cmd_first, &cmd_member, &cmd_fails, &cmd_three, NULL};
static const struct rv_program program = {.name = "prog", .summary = "test", .cmds = cmds};

static const struct {
	const char *line; /* words separated by | */
	int status;
	const char *seen;
} rows[] = {
    {"any", 0, "any f0 t- n5 j0 q0"},
    {"any|a|b", 0, "any f0 t- n5 j0 q0 <a> <b>"},
    {"any|-f|a|--text|x|b", 0, "any f1 tx n5 j0 q0 <a> <b>"},
    {"any|-fq|-tx|--number=7", 0, "any f1 tx n7 j0 q1"},
    {"any|-ft|x", 0, "any f1 tx n5 j0 q0"},
    {"--json|-q|any", 0, "any f0 t- n5 j1 q1"},
    {"any|-l|1|--list=2|-l3", 0, "any f0 t- n5 j0 q0 l1 l2 l3"},
    {"any|--|-f|--text", 0, "any f0 t- n5 j0 q0 <-f> <--text>"},
    {"any|-", 0, "any f0 t- n5 j0 q0 <->"},
    {"any|--text=", 0, "any f0 t n5 j0 q0"},
    {"two|a|b", 0, "two f0 t- n5 j0 q0 <a> <b>"},
    {"first|-f|p|-f|--json", 0, "first f1 t- n5 j0 q0 <p> <-f> <--json>"},
    {"group|member", 0, "group member f0 t- n5 j0 q0"},
    {"-q|group|member|-f", 0, "group member f1 t- n5 j0 q1"},
    {"two|a", 2, ""},
    {"two|a|b|c", 2, ""},
    {"two", 2, ""},
    {"first", 2, ""},
    {"group", 2, ""},
    {"group|membr", 2, ""},
    {"grup", 2, ""},
    {"-f|any", 2, ""},
    {"any|--number|x", 2, ""},
    {"any|--number=-1", 2, ""},
    {"any|--number=99999999999999999999", 2, ""},
    {"any|--text", 2, ""},
    {"any|-t", 2, ""},
    {"any|--flag=1", 2, ""},
    {"any|--fla", 2, ""},
    {"any|-x", 2, ""},
    {"", 2, ""},
    {"fails", 1, ""},
    {"three", 3, ""},
    {"any|--help", 0, ""},
    {"group|--help", 0, ""},
    {"help|any", 0, ""},
    {"help|group", 0, ""},
    {"help|group|member", 0, ""},
    {"help|nothing", 2, ""},
};

static int run_line(const char *line)
{
	char text[256], *argv[16], *rest = text;
	int argc = 0;

	snprintf(text, sizeof(text), "prog|%s", line);
	if (!*line)
		text[4] = '\0';
	while (rest)
		argv[argc++] = strsep(&rest, "|");
	argv[argc] = NULL;
	seen[0] = '\0';
	return rv_cli_main(&program, argc, argv);
}

/* The programs talk on standard output and error: they are put aside, TAP's stays. */
static void test_rows(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), out = dup(1), err = dup(2);

	for (size_t i = 0; i < RV_COUNT(rows); i++) {
		int status;

		fflush(stdout);
		dup2(null, 1);
		dup2(null, 2);
		status = run_line(rows[i].line);
		fflush(stdout);
		dup2(out, 1);
		dup2(err, 2);
		tap_int(status, rows[i].status, "status of '%s'", rows[i].line);
		tap_str(seen, rows[i].seen, "seen of '%s'", rows[i].line);
	}
	close(null);
	close(out);
	close(err);
}

static void test_size(void)
{
	char text[RV_OUT_SIZE_BYTES];

	tap_str(rv_out_size(0, text), "0 B", "0 B");
	tap_str(rv_out_size(1023, text), "1023 B", "1023 B");
	tap_str(rv_out_size(1536, text), "1.5 KiB", "1.5 KiB");
	tap_str(rv_out_size(UINT64_MAX, text), "16384.0 PiB", "the most");
}

int main(void)
{
	test_rows();
	test_size();
	return tap_done();
}
