/* SPDX-License-Identifier: ISC */
/*
 * Bash completion out of the tables: commands, members of groups, options, and file names
 * elsewhere.
 */
#include <string.h>

#include "cli/table.h"

static void print_words(const struct rv_opt *o, FILE *to)
{
	for (; o && o->name; o++) {
		fprintf(to, " --%s", o->name);
		if (o->letter)
			fprintf(to, " -%c", o->letter);
	}
}

static void print_first_words(const struct rv_program *program, FILE *to)
{
	const struct rv_cmd *cmd;
	const char *last = "";

	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));) {
		size_t n = strcspn(cmd->name, " ");

		if ((cmd->flags & RV_CMD_HIDDEN) ||
		    (strncmp(cmd->name, last, n) == 0 && last[n] == ' '))
			continue;
		fprintf(to, " %.*s", (int)n, cmd->name);
		last = cmd->name;
	}
}

/* One case branch: the words that may follow the command. */
static void print_branch(const struct rv_program *program, const struct rv_cmd *cmd, FILE *to)
{
	fprintf(to, "\t'%s') words=\"$globals", cmd->name);
	print_words(cmd->options, to);
	if (strcmp(cmd->name, "help") == 0)
		print_first_words(program, to);
	else if (cmd->synopsis && strchr("abcdefghijklmnopqrstuvwxyz", cmd->synopsis[0]))
		fprintf(to, " %s", cmd->synopsis);
	fprintf(to, "\" ;;\n");
}

static void print_group_branches(const struct rv_program *program, FILE *to)
{
	const struct rv_cmd *cmd;
	const char *open = "";

	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));) {
		const char *member = strchr(cmd->name, ' ');
		size_t n = strcspn(cmd->name, " ");

		if (!member)
			continue;
		if (strncmp(cmd->name, open, n) != 0 || open[n] != ' ')
			fprintf(
			    to, "%s\t'%.*s') words=\"", *open ? "\" ;;\n" : "", (int)n, cmd->name);
		fprintf(to, "%s ", member + 1);
		open = cmd->name;
	}
	if (*open)
		fprintf(to, "\" ;;\n");
}

void rv_cli_completion(const struct rv_program *program, FILE *to)
{
	const char *name = program->name;
	const struct rv_cmd *cmd;

	fprintf(to, "# bash completion of %s; source it\n_%s()\n{\n", name, name);
	fprintf(to, "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words='' typed='' globals='");
	print_words(program->globals, to);
	print_words(rv_cli_common, to);
	fprintf(to,
	    "' i\n"
	    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	    "\t\tcase ${COMP_WORDS[i]} in -*) ;; *) typed+=${typed:+ }${COMP_WORDS[i]} ;; esac\n"
	    "\tdone\n"
	    "\tcase $typed in\n");
	fprintf(to, "\t'') words=\"$globals");
	print_first_words(program, to);
	fprintf(to, "\" ;;\n");
	print_group_branches(program, to);
	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));)
		if (!(cmd->flags & RV_CMD_HIDDEN))
			print_branch(program, cmd, to);
	fprintf(to,
	    "\t*) words=$globals ;;\n\tesac\n"
	    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
	    "complete -o default -F _%s %s\n",
	    name, name);
}
