/* SPDX-License-Identifier: ISC */
/* Inside cli/: walking the tables. Nothing here allocates but what says so. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "cli/cmd.h"

/* help, version, completion: every program has them. NULL-terminated. */
extern const struct rv_cmd *const rv_cli_builtins[];
/* --json, -q, -y, -n, --version, --help. */
extern const struct rv_opt rv_cli_common[];

/* All commands, the program's first: i = 0, NULL at the end. */
const struct rv_cmd *rv_cli_next_cmd(const struct rv_program *program, size_t *i);
const struct rv_cmd *rv_cli_find_cmd(const struct rv_program *program, const char *name);
/* name is the first word of "name member" commands */
bool rv_cli_is_group(const struct rv_program *program, const char *name);
/*
 * The name nearest to word among commands (in_group: members of that group), NULL when none is
 * near.
 */
const char *rv_cli_suggest_cmd(
    const struct rv_program *program, const char *in_group, const char *word);
const char *rv_cli_suggest_opt(const struct rv_opt *const *tables, const char *word);

/* "rvn install [-f] [--repo NAME] NAME ..." */
void rv_cli_synopsis(
    const struct rv_program *program, const struct rv_cmd *cmd, struct rv_buf *out);
void rv_cli_help_program(const struct rv_program *program, FILE *to);
void rv_cli_help_group(const struct rv_program *program, const char *group, FILE *to);
void rv_cli_help_cmd(const struct rv_program *program, const struct rv_cmd *cmd, FILE *to);
void rv_cli_completion(const struct rv_program *program, FILE *to);

/*
 * Fill run from argv: globals, cmd, opts (allocated), operands (run->argv, allocated). 0, or the
 * exit status after the reason was said.
 */
int rv_cli_parse(struct rv_run *run, int argc, char **argv) RV_MUST_CHECK;
void rv_cli_parse_release(struct rv_run *run);
