/* SPDX-License-Identifier: ISC */
/* ravenadm list-options, set-options: what a user may choose for the std variant of a port. */
#include <string.h>

#include "cli/out.h"
#include "os/file.h"
#include "port/saved.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"

struct choose {
	struct rv_reading reading;
	struct rv_port *port;
	struct rv_choice defaults, choice;
	struct rv_saved saved;
	bool is_saved;
};

#define CHOOSE_INIT ((struct choose){.reading = RV_READING_INIT, .saved = RV_SAVED_INIT})

static void choose_release(struct choose *c)
{
	rv_saved_release(&c->saved);
	rv_choice_release(&c->choice);
	rv_choice_release(&c->defaults);
	rv_port_free(c->port);
	rv_reading_release(&c->reading);
}

/* Only std has a choice: other variants are what their VOPTS say. */
static int open_port(struct rv_run *run, struct choose *c, struct rv_error *err)
{
	struct rv_origin origin;
	int rc;

	if (rv_origin_parse(run->argv[0], &origin, err) < 0)
		return -1;
	if (strcmp(origin.variant, "std") != 0)
		return rv_fail(err, RV_INPUT,
		    "%s: the options of variant %s are fixed: only std leaves a choice",
		    run->argv[0], origin.variant);
	if (rv_reading_open(run, run->opts, &c->reading, err) < 0)
		return -1;
	rc = rv_adm_load_port(run, &c->reading.recipes, origin.namebase, &c->port, err);
	if (rc != 0)
		return rc;
	rv_choice_defaults(c->port, &c->reading.recipes.platform, &c->defaults);
	rv_choice_defaults(c->port, &c->reading.recipes.platform, &c->choice);
	return 0;
}

/* What is saved and still an option of the port counts, though the set as a whole does not fit. */
static int open_saved(struct rv_run *run, struct choose *c, struct rv_error *err)
{
	int rc = rv_saved_load(c->reading.recipes.defaults.profile_path, c->port, &c->saved, err);

	if (rc < 0)
		return -1;
	c->is_saved = rc == 0;
	if (c->saved.fault.n)
		rv_cli_warn(run, "%s: does not fit the recipe any more: %s", c->saved.path,
		    rv_buf_str(&c->saved.fault));
	rv_choice_take(&c->choice, &c->saved.choice);
	return 0;
}

/* --- showing */

static void add_json(struct rv_json *all, const struct choose *c, size_t at)
{
	const struct rv_setting *s = &c->choice.v[at];
	struct rv_json *o = rv_json_new_object();
	struct rv_option_group g;

	rv_json_set_string(o, "name", s->name);
	rv_json_set_bool(o, "on", s->on);
	rv_json_set_bool(o, "default", c->defaults.v[at].on);
	if (rv_choice_group(c->port, s->name, &g)) {
		rv_json_set_string(o, "group", g.name);
		rv_json_set_string(o, "rule", rv_group_rule_name(g.rule));
	}
	rv_json_set_string(o, "description", rv_choice_description(c->port, s->name));
	rv_json_append(all, o);
}

static void print_json(const struct rv_run *run, const struct choose *c)
{
	struct rv_json *o = rv_json_new_object(), *all = rv_json_new_array();

	rv_json_set_string(o, "port", c->port->namebase);
	rv_json_set_bool(o, "saved", c->is_saved);
	rv_json_set_bool(o, "fits", c->saved.fault.n == 0);
	for (size_t i = 0; i < c->choice.n; i++)
		add_json(all, c, i);
	rv_json_set(o, "options", all);
	rv_out_json(run, o);
}

static const char *word(bool on)
{
	return on ? "on" : "off";
}

static void print_table(const struct rv_run *run, const struct choose *c)
{
	rv_auto(rv_table) struct rv_table table = RV_TABLE_INIT(5);
	struct rv_option_group g;

	for (size_t i = 0; i < c->choice.n; i++) {
		const struct rv_setting *s = &c->choice.v[i];

		rv_table_add(&table, s->name);
		rv_table_add(&table, word(s->on));
		rv_table_addf(&table, "default %s", word(c->defaults.v[i].on));
		if (rv_choice_group(c->port, s->name, &g))
			rv_table_addf(&table, "%s: %s", g.name, rv_group_rule_name(g.rule));
		else
			rv_table_add(&table, "");
		rv_table_add(&table, rv_choice_description(c->port, s->name));
	}
	rv_table_print(&table, run);
}

static void show(const struct rv_run *run, const struct choose *c)
{
	if (run->globals.json)
		print_json(run, c);
	else
		print_table(run, c);
}

static int run_list(struct rv_run *run, struct rv_error *err)
{
	__attribute__((cleanup(choose_release))) struct choose c = CHOOSE_INIT;
	int rc = open_port(run, &c, err);

	if (rc != 0 || open_saved(run, &c, err) < 0)
		return rc != 0 ? rc : -1;
	if (!c.choice.n)
		rv_cli_warn(run, "%s: leaves no option to choose", c.port->namebase);
	show(run, &c);
	return 0;
}

/* --- changing */

struct set_opts {
	struct rv_reading_opts reading; /* first: open_port takes it */
	bool defaults;
};

static const struct rv_opt set_options[] = {
    RV_OPT_FLAG(struct set_opts, defaults, 0, "defaults", "forget what is saved first"),
    RV_READING_OPTIONS(struct set_opts, reading),
    RV_OPT_END,
};

/* Defaults float with the recipe, unless the profile wants them recorded. */
static int save(const struct rv_run *run, struct choose *c, struct rv_error *err)
{
	const char *profile = c->reading.recipes.defaults.profile_path;
	bool record =
	    strcmp(rv_profile_text(c->reading.profile, RV_PROFILE_RECORD_OPTIONS), "true") == 0;

	if (run->globals.dry_run)
		return 0;
	if (!record && rv_choice_eq(&c->choice, &c->defaults)) {
		c->is_saved = false;
		return rv_saved_remove(profile, c->port->namebase, err) < 0 ? -1 : 0;
	}
	c->is_saved = true;
	return rv_saved_write(profile, c->port, &c->choice, err);
}

static void say_notes(const struct rv_run *run, const struct rv_choice_notes *notes)
{
	for (size_t i = 0; i < notes->list.n; i++)
		rv_cli_warn(run, "%s", notes->list.v[i]);
}

static int change(struct rv_run *run, struct choose *c, struct rv_error *err)
{
	rv_auto(rv_choice_notes) struct rv_choice_notes notes = {0};

	if (rv_choice_change(c->port, &c->choice, (const char *const *)run->argv + 1,
		(size_t)run->argc - 1, &notes, err) < 0)
		return rv_context(err, "%s", c->port->namebase);
	say_notes(run, &notes);
	rv_buf_reset(&c->saved.fault);
	if (save(run, c, err) < 0)
		return -1;
	if (!run->globals.quiet || run->globals.json)
		show(run, c);
	return 0;
}

static int run_set(struct rv_run *run, struct rv_error *err)
{
	const struct set_opts *o = run->opts;
	__attribute__((cleanup(choose_release))) struct choose c = CHOOSE_INIT;
	int rc;

	if (run->argc < 2 && !o->defaults)
		return rv_cli_usage(run, "what to change: +OPTION, -OPTION or --defaults");
	rc = open_port(run, &c, err);
	if (rc != 0)
		return rc;
	if (!c.choice.n && !o->defaults)
		return rv_fail(err, RV_INPUT, "%s: leaves no option to choose", c.port->namebase);
	if (!o->defaults && open_saved(run, &c, err) < 0)
		return -1;
	return change(run, &c, err);
}

const struct rv_cmd rv_cmd_list_options = {
    .name = "list-options",
    .synopsis = "NAMEBASE",
    .summary = "show the options of a port that may be chosen, and what is chosen",
    .min = 1,
    .max = 1,
    .options = rv_adm_reading_options,
    .opts_bytes = sizeof(struct rv_adm_opts),
    .run = run_list,
};

const struct rv_cmd rv_cmd_set_options = {
    .name = "set-options",
    .synopsis = "NAMEBASE [+OPTION|-OPTION ...]",
    .summary = "choose options of a port's std variant",
    .details = "What is saved counts in every later build. Of a radio group exactly one option is "
	       "on: choosing one puts the others off; of a restricted group at least one. What an "
	       "option implies or prevents follows. A choice that is the default is not saved, so "
	       "that it floats with the recipe (record_default_options saves it all the same).",
    .min = 1,
    .max = RV_MANY,
    .flags = RV_CMD_OPTIONS_FIRST,
    .options = set_options,
    .opts_bytes = sizeof(struct set_opts),
    .run = run_set,
};
