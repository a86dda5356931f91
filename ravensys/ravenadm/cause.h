/* SPDX-License-Identifier: ISC */
/* Which line of a recipe a dependency is from, or what added it: read from the recipe itself. */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "engine/wholetree.h"
#include "ravenadm/app.h"

struct rv_cause {
	struct rv_port *port; /* NULL: cannot be read (any more) */
	struct rv_recipe *recipe;
};

void rv_cause_open(const struct rv_adm *a, const char *key, struct rv_cause *out);
void rv_cause_release(struct rv_cause *c);

/* *out_line 0: none. NULL or "USES=cmake", "components", "INFO". */
const char *rv_cause_of(const struct rv_cause *c, const struct rv_need *need, unsigned *out_line);
