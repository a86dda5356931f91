/* SPDX-License-Identifier: ISC */
/*
 * ravenadm: builds ports in isolated slots and publishes signed repositories. The command table,
 * nothing else.
 */
#include "cli/cmd.h"
#include "ravenadm/app.h"
#include "ravenadm/cmds.h"
#include "ravenadm/workers.h"

static const struct rv_cmd *const cmds[] = {
    &rv_cmd_build,
    &rv_cmd_force,
    &rv_cmd_status,
    &rv_cmd_status_everything,
    &rv_cmd_graph,
    &rv_cmd_locate,
    &rv_cmd_search,
    &rv_cmd_subpackages,
    &rv_cmd_list_options,
    &rv_cmd_set_options,
    &rv_cmd_check_ports,
    &rv_cmd_update_ports,
    &rv_cmd_purge_distfiles,
    &rv_cmd_purge_logs,
    &rv_cmd_generate_repository,
    &rv_cmd_key_generate,
    &rv_cmd_serve,
    &rv_cmd_configure,
    &rv_cmd_configure_get,
    &rv_cmd_configure_set,
    &rv_cmd_dev_lint,
    &rv_cmd_dev_makefile,
    &rv_cmd_dev_depends,
    &rv_cmd_dev_dump,
    &rv_cmd_dev_distinfo,
    &rv_cmd_dev_web,
    &rv_cmd_dev_template,
    &rv_cmd_dev_jump,
    &rv_cmd_dev_info,
    &rv_cmd_dev_buildsheet,
    &rv_cmd_dev_explode,
    &rv_cmd_dev_generate_conspiracy,
    &rv_cmd_dev_sort,
    &rv_cmd_dev_generate_index,
    NULL,
};

static const struct rv_opt globals[] = {
    RV_OPT_STRING(struct rv_globals, conf, 'C', "config", "FILE",
	"use this configuration (else $RAVENADM_CONF, else the system's)"),
    RV_OPT_END,
};

static const struct rv_cli_entry entries[] = {
    {"--worker", rv_adm_worker_main},
    {NULL, NULL},
};

static const struct rv_program program = {
    .name = "ravenadm",
    .summary = "build ports and publish package repositories",
    .cmds = cmds,
    .globals = globals,
    .entries = entries,
    .open = rv_adm_open,
    .close = rv_adm_close,
};

int main(int argc, char **argv)
{
	return rv_cli_main(&program, argc, argv);
}
