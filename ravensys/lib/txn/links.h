/* SPDX-License-Identifier: ISC */
/*
 * Where a declared path really lies, by the links that packages own: pure text, no file is looked
 * at. What comes out is beneath the prefix and is then only ever opened without following links.
 */
#pragma once

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"

struct rv_owned_link {
	struct rv_span target;
	int64_t package; /* row, or < 0: -1 - index of an item that brings it */
};

struct rv_links {
	struct rv_map links;	/* really lying path -> struct rv_owned_link */
	struct rv_map resolved; /* declared folder -> struct rv_span */
	struct rv_arena arena;
	struct rv_span prefix; /* "raven" */
};
#define RV_LINKS_INIT(prefix_span) ((struct rv_links){.prefix = (prefix_span)})
void rv_links_release(struct rv_links *l);
void rv_links_add(struct rv_links *l, struct rv_span path, struct rv_span target, int64_t package);
/*
 * The folder that `folder` (declared by `package`, as in struct rv_owned_link) really is. A link of
 * the same package is never followed: RV_FORMAT. Leaving the prefix or going in circles: RV_INPUT.
 */
int rv_links_resolve(struct rv_links *l, struct rv_span folder, int64_t package,
    struct rv_span *out, struct rv_error *err) RV_MUST_CHECK;
