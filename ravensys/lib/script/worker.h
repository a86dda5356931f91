/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/script, the child's side: what the Lua functions share. It hangs on the Lua state's
 * registry.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "script/script.h"

enum { RV_SCRIPT_ROOT_FD = 3, RV_SCRIPT_PREFIX_FD = 4 };

struct rv_script_state {
	int root_fd, prefix_fd; /* prefix_fd -1: the prefix is a folder like any other */
	size_t memory_bytes;	/* held by Lua now */
	const char *prefix, *package, *version, *old_version, *phase, *has_prefix, *text;
	const char **args;
	size_t n_args;
	struct rv_buf output;
	bool output_cut;
};

struct lua_State;
struct rv_script_state *rv_script_state_of(struct lua_State *l);
void rv_script_print(struct rv_script_state *s, const char *text, size_t n);

/* Replaces what reaches outside in io and os, and adds the table pkg and the variables pkg_*. */
void rv_script_open_library(struct lua_State *l);
