/* SPDX-License-Identifier: ISC */
/* rvn: installs, upgrades, verifies and removes packages. The command table and nothing else. */
#include "cli/cmd.h"
#include "rvn/app.h"
#include "script/script.h"

static const struct rv_cmd *const cmds[] = {
    &rv_cmd_catalog,
    &rv_cmd_install,
    &rv_cmd_upgrade,
    &rv_cmd_remove,
    &rv_cmd_autoremove,
    &rv_cmd_info,
    &rv_cmd_search,
    &rv_cmd_which,
    &rv_cmd_check,
    &rv_cmd_exec,
    &rv_cmd_history,
    NULL,
};

static const struct rv_opt globals[] = {
    RV_OPT_STRING(struct rv_globals, root, 'r', "root", "ROOT", "work on this root, not on /"),
    RV_OPT_LIST(struct rv_globals, set, 'o', "option", "KEY=VALUE",
	"a key of rvn.conf for this run; may be repeated"),
    RV_OPT_FLAG(struct rv_globals, allow_expired, 0, "allow-expired",
	"use catalogues whose validity has ended"),
    RV_OPT_INT(
	struct rv_globals, wait_s, 0, "wait", "SECONDS", "wait so long for another rvn to end"),
    RV_OPT_END,
};

static const struct rv_cli_entry entries[] = {
    {RV_SCRIPT_FLAG, rv_script_worker_main},
    {NULL, NULL},
};

static const struct rv_program program = {
    .name = "rvn",
    .summary = "install, upgrade, verify and remove packages",
    .cmds = cmds,
    .globals = globals,
    .entries = entries,
    .open = rvn_open,
    .close = rvn_close,
};

int main(int argc, char **argv)
{
	return rv_cli_main(&program, argc, argv);
}
