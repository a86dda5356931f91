/* SPDX-License-Identifier: ISC */
/* What db.c and query.c share; nobody else includes it. */
#pragma once

#include <sqlite3.h>

#include "store/db.h"

struct rv_db {
	sqlite3 *handle;
	const struct rv_db_schema *schema;
	char *name; /* for messages: "installed database" and the file's path */
	sqlite3_stmt **statements;
	bool *running;
	bool in_txn;
	bool writes;
};

/* Fill *err from the handle's last error. Returns -1. */
int rv_db_fail(const struct rv_db *db, const char *doing, struct rv_error *err) RV_MUST_CHECK;
void rv_db_finalize(struct rv_db *db);
