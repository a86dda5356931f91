/* SPDX-License-Identifier: ISC */
/* Shared by the files that read and write ravenadm.ini. */
#pragma once

#include "codec/ini.h"
#include "engine/profile.h"

#define RV_PROFILE_GLOBAL "Global Configuration"
#define RV_PROFILE_FIRST "primary"

/* NULL when v is good for the type, else what is wanted: "a number from 1 to 128". */
const char *rv_profile_fault(enum rv_profile_type type, const char *v);
int rv_profile_read_ini(const char *conf, struct rv_ini **out, struct rv_error *err) RV_MUST_CHECK;
/* The section that name, the environment or the file selects. */
const char *rv_profile_selected(const struct rv_ini *ini, const char *name);
