/* SPDX-License-Identifier: ISC */
/*
 * A platform as the user writes it: OPSYS:ARCH[:RELEASE]. Processors by any name of pkg/ident.h's
 * table (amd64 is x86_64), systems by their recipe name, their display name in any case, or macos.
 */
#pragma once

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "port/recipe.h"

/*
 * Sets opsys, arch and what the release gives (rv_platform_release), all from the arena; the rest
 * of *out is cleared. RV_INPUT names the part that is wrong and what is known.
 */
int rv_platform_parse(const char *text, struct rv_arena *arena, struct rv_platform *out,
    struct rv_error *err) RV_MUST_CHECK;

/*
 * release is the system's (OSRELEASE); from it major, the digits before the first dot (OSMAJOR),
 * and version, three numbers (OSVERSION): 4.4 gives 4 and 4.4.0. "" for what is not known.
 */
void rv_platform_release(struct rv_platform *p, struct rv_arena *arena, const char *release);
