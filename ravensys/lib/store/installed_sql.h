/* SPDX-License-Identifier: ISC */
/*
 * The statements of the installed database: one enum, one table (installed_sql.c), for the files
 * that use them.
 */
#pragma once

#include "store/installed.h"

enum rv_installed_statement {
	RV_SQL_ALL,
	RV_SQL_FIND,
	RV_SQL_BY_ID,
	RV_SQL_NAMEBASE,
	RV_SQL_FILES,
	RV_SQL_DIRECTORIES,
	RV_SQL_WHICH_FILE,
	RV_SQL_WHICH_FOLDER,
	RV_SQL_DEPENDENTS,
	RV_SQL_MARK,
	RV_SQL_ADD_PACKAGE,
	RV_SQL_ADD_REQUIRES,
	RV_SQL_ADD_PROVIDES,
	RV_SQL_FOLDER_ID,
	RV_SQL_ADD_FOLDER,
	RV_SQL_ADD_FILE,
	RV_SQL_ADD_DIRECTORY,
	RV_SQL_DROP_PACKAGE,
	RV_SQL_DROP_FILES,
	RV_SQL_DROP_DIRECTORIES,
	RV_SQL_DROP_REQUIRES,
	RV_SQL_DROP_PROVIDES,
	RV_SQL_PRUNE,
	RV_SQL_IN_FOLDER,
	RV_SQL_FOLDER_OWNERS,
	RV_SQL_FOLDER_ALLOWS,
	RV_SQL_LINKS,
	RV_SQL_THROUGH,
	RV_SQL_TXN_ALL,
	RV_SQL_TXN_GET,
	RV_SQL_TXN_PENDING,
	RV_SQL_TXN_PACKAGES,
	RV_SQL_TXN_ADD,
	RV_SQL_TXN_ADD_PACKAGE,
	RV_SQL_TXN_ADD_FOLDER,
	RV_SQL_TXN_ADD_OP,
	RV_SQL_TXN_ADD_SCRIPT,
	RV_SQL_TXN_STATE,
	RV_SQL_TXN_RESUME,
	RV_SQL_TXN_END,
	RV_SQL_TXN_NOTE,
	RV_SQL_TXN_DROP_FOLDERS,
	RV_SQL_TXN_DROP_OPS,
	RV_SQL_TXN_DROP_SCRIPTS,
	RV_SQL_TXN_FOLDERS,
	RV_SQL_TXN_OPS,
	RV_SQL_TXN_SCRIPTS,
	RV_SQL_TXN_SCRIPT_STATE,
	RV_SQL_COUNT,
};

extern const struct rv_db_schema rv_installed_schema;

/* A text column into the arena: "" for null. */
const char *rv_query_arena(const struct rv_query *q, int column, struct rv_arena *arena);
/* A blob of 32 bytes; zeros for null. false when it has another size. */
bool rv_query_sha256(const struct rv_query *q, int column, struct rv_sha256 *out);
static inline struct rv_span rv_sha256_span(const struct rv_sha256 *d)
{
	return rv_span((const char *)d->b, sizeof(d->b));
}
