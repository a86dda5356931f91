/* SPDX-License-Identifier: ISC */
/*
 * Inside builder/port: the checks that rows of keys.def and helpers.def name. Each looks at one
 * item.
 */
#pragma once

#include "port/reader.h"

typedef void rv_check_fn(struct rv_reader *r, const struct rv_checked *c);

rv_check_fn rv_check_arch, rv_check_broken, rv_check_broken_mysql, rv_check_broken_pgsql,
    rv_check_broken_ssl, rv_check_conditional_dep, rv_check_conditional_uses, rv_check_contact,
    rv_check_cve, rv_check_date, rv_check_dependency, rv_check_dist_index, rv_check_distfile,
    rv_check_exrun, rv_check_extra_patch, rv_check_extract_text, rv_check_gnome, rv_check_group,
    rv_check_homepage, rv_check_info, rv_check_job_limit, rv_check_keyword, rv_check_license,
    rv_check_license_awk, rv_check_license_file, rv_check_license_name, rv_check_license_scheme,
    rv_check_license_source, rv_check_license_terms, rv_check_must_configure, rv_check_namebase,
    rv_check_none, rv_check_opsys, rv_check_opt_on, rv_check_optdescr, rv_check_optgroup,
    rv_check_optgroup_member, rv_check_optimizer, rv_check_option_available, rv_check_option_name,
    rv_check_option_standard, rv_check_option_text, rv_check_php, rv_check_rc_subr, rv_check_sdesc,
    rv_check_sdl, rv_check_site, rv_check_soversion, rv_check_sub_file, rv_check_subpackage,
    rv_check_unpacked, rv_check_user, rv_check_usergroup_spkg, rv_check_uses, rv_check_variant,
    rv_check_version, rv_check_vopt, rv_check_var_arch, rv_check_var_opsys, rv_check_xorg;

/* "KEY", "KEY[index]" or "[OPTION].HELPER" for messages; valid until the port is freed. */
const char *rv_check_where(struct rv_reader *r, const struct rv_checked *c);
/* Reports an index that is no system. */
void rv_check_system(struct rv_reader *r, const struct rv_checked *c);
/* Reports an item that its list has already. */
void rv_check_duplicate(struct rv_reader *r, const struct rv_checked *c);
/* RV_PROBLEM_VALUE with where and the text: "KEY: 'text' <reason>". */
void rv_check_bad(struct rv_reader *r, const struct rv_checked *c, const char *fmt, ...)
    RV_PRINTF(3, 4);
/* namebase:subpackage:variant, three parts not empty. */
bool rv_is_triplet(struct rv_span s);
/* The part before / after the first separator; the whole / nothing when there is none. */
struct rv_span rv_part_1(struct rv_span s, char separator);
struct rv_span rv_part_2(struct rv_span s, char separator);
