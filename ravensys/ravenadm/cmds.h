/* SPDX-License-Identifier: ISC */
/* The commands of ravenadm: one cmd_NAME.c each, listed in main.c in the order of help. */
#pragma once

#include "cli/cmd.h"

/* Bits of rv_cmd.needs. */
enum {
	RV_ADM_PROFILE = 1, /* the profile is read before run; see app.h */
	RV_ADM_READING = 2, /* its options struct begins with struct rv_reading_opts */
};

extern const struct rv_cmd rv_cmd_build;
extern const struct rv_cmd rv_cmd_check_ports;
extern const struct rv_cmd rv_cmd_configure;
extern const struct rv_cmd rv_cmd_configure_get;
extern const struct rv_cmd rv_cmd_configure_set;
extern const struct rv_cmd rv_cmd_dev_buildsheet;
extern const struct rv_cmd rv_cmd_dev_distinfo;
extern const struct rv_cmd rv_cmd_dev_dump;
extern const struct rv_cmd rv_cmd_dev_explode;
extern const struct rv_cmd rv_cmd_dev_generate_conspiracy;
extern const struct rv_cmd rv_cmd_dev_generate_index;
extern const struct rv_cmd rv_cmd_dev_info;
extern const struct rv_cmd rv_cmd_dev_jump;
extern const struct rv_cmd rv_cmd_dev_lint;
extern const struct rv_cmd rv_cmd_dev_depends;
extern const struct rv_cmd rv_cmd_dev_dump;
extern const struct rv_cmd rv_cmd_dev_makefile;
extern const struct rv_cmd rv_cmd_dev_sort;
extern const struct rv_cmd rv_cmd_dev_template;
extern const struct rv_cmd rv_cmd_dev_web;
extern const struct rv_cmd rv_cmd_force;
extern const struct rv_cmd rv_cmd_generate_repository;
extern const struct rv_cmd rv_cmd_graph;
extern const struct rv_cmd rv_cmd_key_generate;
extern const struct rv_cmd rv_cmd_list_options;
extern const struct rv_cmd rv_cmd_locate;
extern const struct rv_cmd rv_cmd_purge_distfiles;
extern const struct rv_cmd rv_cmd_purge_logs;
extern const struct rv_cmd rv_cmd_search;
extern const struct rv_cmd rv_cmd_serve;
extern const struct rv_cmd rv_cmd_set_options;
extern const struct rv_cmd rv_cmd_status;
extern const struct rv_cmd rv_cmd_status_everything;
extern const struct rv_cmd rv_cmd_subpackages;
extern const struct rv_cmd rv_cmd_update_ports;
