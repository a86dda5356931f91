/* SPDX-License-Identifier: ISC */
/*
 * System root "host": the machine's own compiler and tools. Which build dependencies they satisfy
 * (mk/host-provides) and the versions that count as inputs of every build (compiler, linker, C
 * library).
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "port/recipe.h"

#define RV_HOST_PROVIDES "host-provides"
#define RV_HOST_PROVIDES_MAX_BYTES ((size_t)1024 * 1024)

struct rv_host_tool {
	const char *name;    /* "cc", "ld", "libc" */
	const char *version; /* first line of what it says of itself */
};

struct rv_host {
	struct rv_arena arena;
	struct rv_map provided; /* "namebase" or "namebase:subpackage" to its program list */
	rv_vec(struct rv_host_tool) tools; /* after rv_host_ask_tools */
};

#define RV_HOST_INIT ((struct rv_host){0})

/* Names of pkg/ident.h: "linux", "x86_64" ...; "unknown" for what is not in its tables. */
const char *rv_host_opsys(void);
const char *rv_host_arch(void);

/* Reads mk_dirfd/host-provides and looks for the programs in /usr/bin and /bin. */
int rv_host_load(int mk_dirfd, struct rv_host *out, struct rv_error *err) RV_MUST_CHECK;
/* Asks the tools for their versions, unless they were asked before. */
void rv_host_ask_tools(struct rv_host *h);
void rv_host_release(struct rv_host *h);

/*
 * Does the machine satisfy this build dependency? *out_programs (may be NULL) gets the row's
 * programs.
 */
bool rv_host_provides(const struct rv_host *h, const struct rv_dep *dep, const char **out_programs);
