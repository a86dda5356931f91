/* SPDX-License-Identifier: ISC */
/*
 * Names of users and groups to numbers, by the root's own etc/passwd and etc/group, never the
 * host's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"

struct rv_owners {
	struct rv_map users, groups; /* name -> uint32_t */
	struct rv_arena arena;
};
#define RV_OWNERS_INIT ((struct rv_owners){0})
void rv_owners_release(struct rv_owners *o);
/* Reads what there is; missing files are empty ones. */
int rv_owners_read(struct rv_owners *o, int root_fd, struct rv_error *err) RV_MUST_CHECK;
/*
 * "" and "root" (users), "" "wheel" "root" (groups) are 0, digits are themselves. false: unknown.
 */
bool rv_owners_user(const struct rv_owners *o, struct rv_span name, uint32_t *out);
bool rv_owners_group(const struct rv_owners *o, struct rv_span name, uint32_t *out);
/* Make a name known, unless it is: what a package says about the users that it brings. */
void rv_owners_add_user(struct rv_owners *o, const char *name, uint32_t id);
void rv_owners_add_group(struct rv_owners *o, const char *name, uint32_t id);
