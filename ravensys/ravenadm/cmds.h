/* SPDX-License-Identifier: ISC */
/* The commands of ravenadm: one cmd_NAME.c each, listed in main.c in the order of help. */
#pragma once

#include "cli/cmd.h"

/* Bits of rv_cmd.needs. */
enum { RV_ADM_PROFILE = 1 /* the configuration is read before run */ };
