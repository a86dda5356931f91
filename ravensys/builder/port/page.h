/* SPDX-License-Identifier: ISC */
/*
 * A page of HTML about one variant of a port. It is well-formed XML too, needs nothing from
 * elsewhere, and everything that a recipe says is escaped. Links to other ports are those of a site
 * that has them as bucket_XX/NAMEBASE/VARIANT/.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "port/recipe.h"

#define RV_PAGE_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct rv_page {
	const struct rv_recipe *recipe;
	const char *const *needed_by; /* namebase:variant, as many as n_needed_by */
	size_t n_needed_by;
};

int rv_page_write(const struct rv_page *p, struct rv_buf *out, struct rv_error *err) RV_MUST_CHECK;

/* Text as it stands between tags or in a quoted attribute; what is no UTF-8 text is replaced. */
void rv_page_escape(struct rv_span text, struct rv_buf *out);
