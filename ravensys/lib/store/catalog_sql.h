/* SPDX-License-Identifier: ISC */
/* Inside lib/store: the catalogue's statements, shared by its reader and its writer. */
#pragma once

#include "store/db.h"

enum catalog_statement {
	CATALOG_COUNT,
	CATALOG_FIND,
	CATALOG_SEARCH,
	CATALOG_REQUIRES,
	CATALOG_REQUIRES_ALL,
	CATALOG_NEEDED,
	CATALOG_NEEDED_ALL,
	CATALOG_PROVIDED,
	CATALOG_PROVIDED_ALL,
	CATALOG_ADD,
	CATALOG_ADD_REQUIRE,
	CATALOG_ADD_NEEDED,
	CATALOG_ADD_PROVIDED,
	CATALOG_STATEMENTS
};

extern const struct rv_db_schema rv_catalog_schema;
