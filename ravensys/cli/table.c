/* SPDX-License-Identifier: ISC */
/* Walking the command tables, and the nearest name to a misspelt one. */
#include "cli/table.h"

#include <string.h>

const struct rv_cmd *rv_cli_next_cmd(const struct rv_program *program, size_t *i)
{
	size_t n = 0;

	while (program->cmds[n])
		n++;
	if (*i < n)
		return program->cmds[(*i)++];
	if (!rv_cli_builtins[*i - n])
		return NULL;
	return rv_cli_builtins[(*i)++ - n];
}

const struct rv_cmd *rv_cli_find_cmd(const struct rv_program *program, const char *name)
{
	const struct rv_cmd *cmd;

	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));)
		if (strcmp(cmd->name, name) == 0)
			return cmd;
	return NULL;
}

/* The member's word when cmd belongs to the group, else NULL. */
static const char *member_of(const struct rv_cmd *cmd, const char *group)
{
	size_t n = strlen(group);

	return strncmp(cmd->name, group, n) == 0 && cmd->name[n] == ' ' ? cmd->name + n + 1 : NULL;
}

bool rv_cli_is_group(const struct rv_program *program, const char *name)
{
	const struct rv_cmd *cmd;

	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));)
		if (member_of(cmd, name))
			return true;
	return false;
}

#define WORD_MAX 40

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Insertions, deletions and replacements from a to b (n bytes of it). */
static unsigned distance(const char *a, const char *b, size_t nb)
{
	unsigned row[WORD_MAX + 1];
	size_t na = strlen(a);

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[nb];
}

struct nearest {
	const char *word, *best;
	unsigned distance;
};

static void consider(struct nearest *n, const char *name, size_t length)
{
	unsigned d = distance(n->word, name, length);

	if (strlen(n->word) >= 3 && strncmp(n->word, name, strlen(n->word)) == 0)
		d = 1;
	if (d < n->distance) {
		n->distance = d;
		n->best = name;
	}
}

static struct nearest nearest_begin(const char *word)
{
	size_t n = strlen(word);

	return (struct nearest){.word = word, .distance = n <= 3 ? 2 : 3};
}

const char *rv_cli_suggest_cmd(
    const struct rv_program *program, const char *in_group, const char *word)
{
	struct nearest n = nearest_begin(word);
	const struct rv_cmd *cmd;

	for (size_t i = 0; (cmd = rv_cli_next_cmd(program, &i));) {
		const char *name = in_group ? member_of(cmd, in_group) : cmd->name;

		if (name && !(cmd->flags & RV_CMD_HIDDEN))
			consider(&n, name, strcspn(name, " "));
	}
	return n.best;
}

const char *rv_cli_suggest_opt(const struct rv_opt *const *tables, const char *word)
{
	struct nearest n = nearest_begin(word);

	for (; *tables; tables++)
		for (const struct rv_opt *o = *tables; o->name; o++)
			consider(&n, o->name, strlen(o->name));
	return n.best;
}
