/* SPDX-License-Identifier: ISC */
/* ravenadm dev info: one value of the configuration, by letter or key, for scripts. */
#include <string.h>

#include "cli/out.h"
#include "engine/profile.h"
#include "ravenadm/cmds.h"

/* The letters of the original's configuration menu. */
static const struct {
	char letter;
	enum rv_profile_key key;
} letters[] = {
    {'A', RV_PROFILE_SYSROOT},
    {'B', RV_PROFILE_TOOLCHAIN},
    {'C', RV_PROFILE_LOCALBASE},
    {'D', RV_PROFILE_CONSPIRACY},
    {'E', RV_PROFILE_UNKINDNESS},
    {'F', RV_PROFILE_DISTFILES},
    {'G', RV_PROFILE_PROFILE},
    {'H', RV_PROFILE_PACKAGES},
    {'I', RV_PROFILE_CCACHE},
    {'J', RV_PROFILE_BUILDBASE},
    {'K', RV_PROFILE_BUILDERS},
    {'L', RV_PROFILE_JOBS},
    {'M', RV_PROFILE_AVOID_TMPFS},
    {'N', RV_PROFILE_PREBUILT},
    {'O', RV_PROFILE_NCURSES},
    {'P', RV_PROFILE_RECORD_OPTIONS},
    {'Q', RV_PROFILE_ASSUME_OPTIONS},
    {'R', RV_PROFILE_CONTACT},
};

static enum rv_profile_key find(const char *name)
{
	if (strlen(name) != 1)
		return rv_profile_key_find(name);
	for (size_t i = 0; i < RV_COUNT(letters); i++)
		if (letters[i].letter == name[0])
			return letters[i].key;
	return RV_PROFILE_KEY_COUNT;
}

static int run_info(struct rv_run *run, struct rv_error *err)
{
	rv_autofree(rv_profile) struct rv_profile *p = NULL;
	enum rv_profile_key key = find(run->argv[0]);
	const char *value;

	if (key == RV_PROFILE_KEY_COUNT)
		return rv_cli_usage(run,
		    "'%s' is neither a letter from A to R nor a key: see ravenadm configure",
		    run->argv[0]);
	if (rv_profile_load(rv_profile_conf_path(run->globals.conf), NULL, &p, err) < 0)
		return -1;
	value = rv_profile_text(p, key);
	if (run->globals.json)
		rv_out_json(run, rv_json_new_string(value));
	else
		rv_out_print(run, "%s\n", value);
	return 0;
}

const struct rv_cmd rv_cmd_dev_info = {
    .name = "dev info",
    .synopsis = "LETTER|KEY",
    .summary = "print one value of the configuration",
    .details = "Letters: A system root, B toolchain, C localbase, D conspiracy, E custom tree, "
	       "F distfiles, G profile, H packages, I ccache, J buildbase, K builders, L jobs, "
	       "M avoid_tmpfs, N prebuilt, O ncurses, P record options, Q assume options, "
	       "R contact.",
    .min = 1,
    .max = 1,
    .run = run_info,
};
