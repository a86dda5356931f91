/* SPDX-License-Identifier: ISC */
/* ravenadm configure: a new profile, and one key of it. */
#include <string.h>

#include "cli/out.h"
#include "engine/profile.h"
#include "ravenadm/cmds.h"

struct configure_opts {
	const char *init, *tree, *mk;
};

static const struct rv_opt options[] = {
    RV_OPT_STRING(struct configure_opts, init, 0, "init", "DIR",
	"write a profile with every folder below DIR"),
    RV_OPT_STRING(struct configure_opts, tree, 0, "tree", "DIR",
	"recipes (default: those beside the program)"),
    RV_OPT_STRING(struct configure_opts, mk, 0, "mk", "DIR",
	"make framework (default: the one beside the program)"),
    RV_OPT_END,
};

static int init(struct rv_run *run, const struct configure_opts *o, struct rv_error *err)
{
	struct rv_profile_init how = {
	    .conf = rv_profile_conf_path(run->globals.conf),
	    .dir = o->init,
	    .tree = o->tree,
	    .mk = o->mk,
	};

	if (rv_profile_create(&how, err) < 0)
		return -1;
	rv_out_say(run, "%s: profile primary, folders below %s\n", how.conf, how.dir);
	return 0;
}

static int find_key(const char *name, enum rv_profile_key *out, struct rv_error *err)
{
	*out = rv_profile_key_find(name);
	if (*out == RV_PROFILE_KEY_COUNT)
		return rv_fail(err, RV_INPUT,
		    "%s: no such key: see ravenadm configure, which lists them", name);
	return 0;
}

static int show_all(struct rv_run *run, struct rv_error *err)
{
	rv_autofree(rv_profile) struct rv_profile *p = NULL;
	rv_autofree(rv_json) struct rv_json *o = rv_json_new_object();
	rv_auto(rv_table) struct rv_table table = RV_TABLE_INIT(2);

	if (rv_profile_load(rv_profile_conf_path(run->globals.conf), NULL, &p, err) < 0)
		return -1;
	for (int i = 0; i < RV_PROFILE_KEY_COUNT; i++) {
		const char *value = rv_profile_text(p, (enum rv_profile_key)i);

		rv_json_set_string(o, rv_profile_keys[i].key, value);
		rv_table_add(&table, rv_profile_keys[i].key);
		rv_table_add(&table, value);
	}
	if (run->globals.json) {
		rv_out_json(run, o);
		o = NULL;
	} else {
		rv_table_print(&table, run);
	}
	return 0;
}

static int run_configure(struct rv_run *run, struct rv_error *err)
{
	const struct configure_opts *o = run->opts;

	if (o->init)
		return init(run, o, err);
	if (o->tree || o->mk)
		return rv_cli_usage(run, "--tree and --mk go with --init");
	return show_all(run, err);
}

static int run_get(struct rv_run *run, struct rv_error *err)
{
	rv_autofree(rv_profile) struct rv_profile *p = NULL;
	bool abi = strcmp(run->argv[0], "abi") == 0;
	enum rv_profile_key key = RV_PROFILE_PROFILE;
	const char *value;

	if ((!abi && find_key(run->argv[0], &key, err) < 0) ||
	    rv_profile_load(rv_profile_conf_path(run->globals.conf), NULL, &p, err) < 0)
		return -1;
	value = abi ? rv_profile_abi(p) : rv_profile_text(p, key);
	if (run->globals.json)
		rv_out_json(run, rv_json_new_string(value));
	else
		rv_out_print(run, "%s\n", value);
	return 0;
}

static int run_set(struct rv_run *run, struct rv_error *err)
{
	enum rv_profile_key key;

	if (find_key(run->argv[0], &key, err) < 0)
		return -1;
	return rv_profile_change(
	    rv_profile_conf_path(run->globals.conf), NULL, key, run->argv[1], err);
}

const struct rv_cmd rv_cmd_configure = {
    .name = "configure",
    .summary = "show the profile, or write a new one",
    .options = options,
    .opts_bytes = sizeof(struct configure_opts),
    .run = run_configure,
};

const struct rv_cmd rv_cmd_configure_get = {
    .name = "configure get",
    .synopsis = "KEY",
    .summary = "print one key of the profile",
    .details = "The key abi, which cannot be set, is what packages of this profile are made for.",
    .min = 1,
    .max = 1,
    .run = run_get,
};

const struct rv_cmd rv_cmd_configure_set = {
    .name = "configure set",
    .synopsis = "KEY VALUE",
    .summary = "change one key of the profile",
    .min = 2,
    .max = 2,
    .run = run_set,
};
