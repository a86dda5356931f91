/* SPDX-License-Identifier: ISC */
/*
 * Static command tables and the driver of both programs. A command is one cmd_NAME.c that exports
 *one `const struct rv_cmd rv_cmd_NAME`; the program's main lists them. Usage, `help`, `completion
 *bash`, the check of the manual's SYNOPSIS and the parsing of the command line all come from these
 *tables.
 *
 *	struct search_opts { bool installed; const char *repo; };
 *	static const struct rv_opt options[] = {
 *		RV_OPT_FLAG(struct search_opts, installed, 'i', "installed", "look at installed
 *packages only"), RV_OPT_STRING(struct search_opts, repo, 0, "repo", "NAME", "look in this
 *repository only"), RV_OPT_END,
 *	};
 *	const struct rv_cmd rv_cmd_search = {.name = "search", .synopsis = "PATTERN ...", .min = 1,
 *.max = RV_MANY, ...};
 *
 * Exit status: 0 done, 1 failure, 2 wrong command line, 3 bulk run with failed ports.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum rv_status { RV_STATUS_OK = 0, RV_STATUS_FAILED = 1, RV_STATUS_USAGE = 2, RV_STATUS_PORTS = 3 };

/* --- options */
enum rv_opt_type {
	RV_OPT_IS_FLAG,	  /* bool */
	RV_OPT_IS_STRING, /* const char *, borrowed from argv */
	RV_OPT_IS_INT,	  /* int64_t, >= 0; keeps what is in the target when not given */
	RV_OPT_IS_LIST,	  /* struct rv_opt_list, may be repeated */
};

struct rv_opt_list {
	const char **v; /* borrowed strings; the array is freed by the driver */
	size_t n, cap;
};

struct rv_opt {
	const char *name; /* long, without "--"; NULL ends the table */
	char letter;	  /* short, 0: none */
	enum rv_opt_type type;
	const char *placeholder; /* FILE, DIR, NUMBER ...; NULL for flags */
	const char *help;
	size_t offset; /* of the target in the command's options struct (or in struct rv_globals) */
	bool shared;   /* by many commands: not in a synopsis */
};

#define RV_OPT_FLAG(type_, field_, letter_, name_, help_)                                          \
	{                                                                                          \
		(name_), (letter_), RV_OPT_IS_FLAG, NULL, (help_), offsetof(type_, field_), false  \
	}
#define RV_OPT_STRING(type_, field_, letter_, name_, placeholder_, help_)                          \
	{                                                                                          \
		(name_), (letter_), RV_OPT_IS_STRING, (placeholder_), (help_),                     \
		    offsetof(type_, field_), false                                                 \
	}
#define RV_OPT_INT(type_, field_, letter_, name_, placeholder_, help_)                             \
	{                                                                                          \
		(name_), (letter_), RV_OPT_IS_INT, (placeholder_), (help_),                        \
		    offsetof(type_, field_), false                                                 \
	}
#define RV_OPT_LIST(type_, field_, letter_, name_, placeholder_, help_)                            \
	{                                                                                          \
		(name_), (letter_), RV_OPT_IS_LIST, (placeholder_), (help_),                       \
		    offsetof(type_, field_), false                                                 \
	}
#define RV_OPT_END                                                                                 \
	{                                                                                          \
		NULL, 0, RV_OPT_IS_FLAG, NULL, NULL, 0, false                                      \
	}

/* Understood before and after the command's name. A program's table adds those that only it has. */
struct rv_globals {
	bool json, quiet, yes, dry_run, version, help; /* both programs */
	const char *conf;			       /* ravenadm -C FILE */
	const char *root;			       /* rvn -r ROOT */
	struct rv_opt_list set;			       /* rvn -o KEY=VALUE */
	bool allow_expired;			       /* rvn --allow-expired */
	int64_t wait_s;				       /* rvn --wait SECONDS; -1: not given */
};

/* --- commands */
struct rv_run;

#define RV_MANY (-1)

enum rv_cmd_flag {
	RV_CMD_OPTIONS_FIRST = 1, /* options end at the first operand (exec PROGRAM ARG...) */
	RV_CMD_HIDDEN = 2,	  /* not in help */
};

struct rv_cmd {
	const char *name;     /* "install"; a member of a group has both words: "key generate" */
	const char *synopsis; /* operands only, "NAME ..."; options are put before it; NULL: none */
	const char *summary;  /* one line, lower case, no full stop */
	const char *details;  /* more for `help NAME`; NULL: none */
	int min, max;	      /* number of operands; max RV_MANY: no bound */
	unsigned flags;	      /* enum rv_cmd_flag */
	unsigned needs;	      /* the program's own bits, seen by its open callback */
	const struct rv_opt *options; /* NULL: none */
	size_t opts_bytes;	      /* size of the options struct, zeroed before parsing */
	/* Defaults other than zero; NULL: none. */
	void (*defaults)(void *opts);
	/*
	 * 0 done; > 0 the exit status, the reason was already said; < 0 failed: the driver says
	 * *err, status 1.
	 */
	int (*run)(struct rv_run *run, struct rv_error *err);
};

/*
 * One line in the program's table of entries that are no commands: "--worker", "--script-worker".
 */
struct rv_cli_entry {
	const char *flag; /* argv[1]; NULL ends the table */
	int (*main)(int argc, char **argv);
};

struct rv_program {
	const char *name, *summary;
	const struct rv_cmd *const *cmds;   /* NULL-terminated, in the order of help */
	const struct rv_opt *globals;	    /* offsets in struct rv_globals; NULL: none */
	const struct rv_cli_entry *entries; /* NULL: none */
	/*
	 * Before run, for every command with needs != 0: set run->app. Both may be NULL. close is
	 * always called after.
	 */
	int (*open)(struct rv_run *run, struct rv_error *err);
	void (*close)(struct rv_run *run);
};

/* What a command is given. */
struct rv_run {
	const struct rv_program *program;
	const struct rv_cmd *cmd;
	struct rv_globals globals;
	int argc; /* operands */
	char **argv;
	void *opts; /* the command's options struct */
	void *app;  /* the program's own, set by open */
	bool err_tty, in_tty;
	unsigned columns;
};

/* The whole life of a program: parse, open, run, close, exit status. */
int rv_cli_main(const struct rv_program *program, int argc, char **argv) RV_MUST_CHECK;

/* Says a wrong command line with the command's usage on standard error; returns RV_STATUS_USAGE. */
int rv_cli_usage(struct rv_run *run, const char *fmt, ...) RV_PRINTF(2, 3);

/* "program: text" on standard error. warn is silenced by -q, error never. */
void rv_cli_error(const struct rv_run *run, const char *fmt, ...) RV_PRINTF(2, 3);
void rv_cli_warn(const struct rv_run *run, const char *fmt, ...) RV_PRINTF(2, 3);
