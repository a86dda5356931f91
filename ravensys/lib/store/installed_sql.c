/* SPDX-License-Identifier: ISC */
/* Every statement that runs on the installed database. */
#include "store/installed_sql.h"
#include "store/schema_installed.h"

#define PACKAGE                                                                                    \
	"SELECT id, name, namebase, version, content, automatic, repository, reason, "             \
	"installed_s, "                                                                            \
	"by_uid, bytes, "
#define TXN "SELECT id, state, command, uid, begun_s, coalesce(ended_s, 0), resumed, note FROM txn "

static const char *const statements[RV_SQL_COUNT] = {
    [RV_SQL_ALL] = PACKAGE "CASE ?1 WHEN 1 THEN manifest END FROM package ORDER BY name",
    [RV_SQL_FIND] = PACKAGE "manifest FROM package WHERE name = ?1",
    [RV_SQL_BY_ID] = PACKAGE "NULL FROM package WHERE id = ?1",
    [RV_SQL_NAMEBASE] = PACKAGE "NULL FROM package WHERE namebase = ?1 ORDER BY name",
    [RV_SQL_FILES] =
	"SELECT f.type, f.mode, f.owner, f.grp, f.size, f.sha256, f.target, f.flags, f.xattrs, "
	"r.path, f.name, coalesce(d.path, r.path) FROM file f JOIN folder r ON r.id = f.folder "
	"LEFT JOIN folder d ON d.id = f.declared WHERE f.package = ?1",
    [RV_SQL_DIRECTORIES] =
	"SELECT 1, x.mode, x.owner, x.grp, 0, NULL, NULL, 0, x.xattrs, r.path, '', d.path "
	"FROM directory x JOIN folder r ON r.id = x.folder JOIN folder d ON d.id = x.declared "
	"WHERE x.package = ?1",
    [RV_SQL_WHICH_FILE] =
	"SELECT package FROM file WHERE folder = (SELECT id FROM folder WHERE path = ?1) "
	"AND name = ?2 UNION SELECT package FROM file WHERE declared = "
	"(SELECT id FROM folder WHERE path = ?1) AND name = ?2",
    [RV_SQL_WHICH_FOLDER] =
	"SELECT package FROM directory WHERE folder = (SELECT id FROM folder WHERE path = ?1) "
	"UNION SELECT package FROM directory WHERE declared <> folder AND declared = "
	"(SELECT id FROM folder WHERE path = ?1)",
    [RV_SQL_DEPENDENTS] =
	"SELECT r.package FROM requires r JOIN package p ON p.name = r.what "
	"WHERE r.kind = 0 AND p.id = ?1 AND r.package <> ?1 "
	"UNION SELECT r.package FROM provides v JOIN requires r ON r.kind = 1 AND r.what = "
	"v.soname "
	"WHERE v.package = ?1 AND r.package <> ?1 AND NOT EXISTS (SELECT 1 FROM provides o "
	"WHERE o.soname = v.soname AND o.package <> ?1)",
    [RV_SQL_MARK] = "UPDATE package SET automatic = ?2 WHERE name = ?1",
    [RV_SQL_ADD_PACKAGE] =
	"INSERT INTO package (name, namebase, version, content, automatic, repository, reason, "
	"installed_s, by_uid, bytes, manifest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [RV_SQL_ADD_REQUIRES] = "INSERT OR IGNORE INTO requires (package, kind, what) VALUES (?, ?, ?)",
    [RV_SQL_ADD_PROVIDES] = "INSERT OR IGNORE INTO provides (package, soname) VALUES (?, ?)",
    [RV_SQL_FOLDER_ID] = "SELECT id FROM folder WHERE path = ?1",
    [RV_SQL_ADD_FOLDER] = "INSERT INTO folder (path) VALUES (?1)",
    [RV_SQL_ADD_FILE] =
	"INSERT INTO file (folder, name, package, declared, type, mode, owner, grp, size, sha256, "
	"target, flags, xattrs) VALUES (?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [RV_SQL_ADD_DIRECTORY] =
	"INSERT INTO directory (folder, package, declared, mode, owner, grp, xattrs) "
	"VALUES (?, ?, ?, ?, ?, ?, ?)",
    [RV_SQL_DROP_PACKAGE] = "DELETE FROM package WHERE id = ?1",
    [RV_SQL_DROP_FILES] = "DELETE FROM file WHERE package = ?1",
    [RV_SQL_DROP_DIRECTORIES] = "DELETE FROM directory WHERE package = ?1",
    [RV_SQL_DROP_REQUIRES] = "DELETE FROM requires WHERE package = ?1",
    [RV_SQL_DROP_PROVIDES] = "DELETE FROM provides WHERE package = ?1",
    [RV_SQL_PRUNE] =
	"DELETE FROM folder WHERE NOT EXISTS (SELECT 1 FROM file WHERE folder = folder.id) "
	"AND NOT EXISTS (SELECT 1 FROM directory WHERE folder = folder.id) "
	"AND NOT EXISTS (SELECT 1 FROM file WHERE declared = folder.id) "
	"AND NOT EXISTS (SELECT 1 FROM directory x WHERE x.declared <> x.folder "
	"AND x.declared = folder.id)",
    [RV_SQL_IN_FOLDER] = "SELECT ?1, name, target, package, type FROM file "
			 "WHERE folder = (SELECT id FROM folder WHERE path = ?1)",
    [RV_SQL_FOLDER_OWNERS] = "SELECT ?1, '', NULL, package, 1 FROM directory "
			     "WHERE folder = (SELECT id FROM folder WHERE path = ?1)",
    [RV_SQL_FOLDER_ALLOWS] = "SELECT count(*), coalesce(sum(mode = ?2), 0) FROM directory "
			     "WHERE folder = (SELECT id FROM folder WHERE path = ?1)",
    [RV_SQL_LINKS] = "SELECT r.path, f.name, f.target, f.package, 2 FROM file f JOIN folder r ON "
		     "r.id = f.folder "
		     "WHERE f.type = 2",
    [RV_SQL_THROUGH] = "SELECT r.path, f.name, f.target, f.package, f.type FROM file f "
		       "JOIN folder d ON d.id = f.declared JOIN folder r ON r.id = f.folder "
		       "WHERE f.declared IS NOT NULL AND (d.path = ?1 OR substr(d.path, 1, "
		       "length(?1) + 1) = ?1 || '/') "
		       "UNION ALL SELECT r.path, '', NULL, x.package, 1 FROM directory x "
		       "JOIN folder d ON d.id = x.declared JOIN folder r ON r.id = x.folder "
		       "WHERE x.declared <> x.folder AND "
		       "(d.path = ?1 OR substr(d.path, 1, length(?1) + 1) = ?1 || '/')",
    [RV_SQL_TXN_ALL] = TXN "ORDER BY id DESC LIMIT ?1",
    [RV_SQL_TXN_GET] = TXN "WHERE id = ?1",
    [RV_SQL_TXN_PENDING] = TXN "WHERE state < 3 ORDER BY id DESC LIMIT 1",
    [RV_SQL_TXN_PACKAGES] =
	"SELECT action, name, old_version, old_content, old_repository, old_automatic, "
	"new_version, new_content, new_repository, new_automatic FROM txn_package "
	"WHERE txn = ?1 ORDER BY seq",
    [RV_SQL_TXN_ADD] = "INSERT INTO txn (state, command, uid, begun_s) VALUES (0, ?, ?, ?)",
    [RV_SQL_TXN_ADD_PACKAGE] =
	"INSERT INTO txn_package (txn, seq, action, name, old_version, old_content, "
	"old_repository, old_automatic, new_version, new_content, new_repository, "
	"new_automatic) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [RV_SQL_TXN_ADD_FOLDER] = "INSERT OR IGNORE INTO txn_folder (path) VALUES (?1)",
    [RV_SQL_TXN_ADD_OP] =
	"INSERT INTO txn_op (kind, folder, name, n, flags, mode, uid, gid, sha256) "
	"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [RV_SQL_TXN_ADD_SCRIPT] =
	"INSERT INTO txn_script (package, version, old_version, phase, language, text, args, "
	"state) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
    [RV_SQL_TXN_STATE] = "UPDATE txn SET state = ?2 WHERE id = ?1",
    [RV_SQL_TXN_RESUME] = "UPDATE txn SET resumed = resumed + 1 WHERE id = ?1",
    [RV_SQL_TXN_END] = "UPDATE txn SET state = ?2, ended_s = ?3 WHERE id = ?1",
    [RV_SQL_TXN_NOTE] = "UPDATE txn SET note = note || ?2 || char(10) WHERE id = ?1",
    [RV_SQL_TXN_DROP_FOLDERS] = "DELETE FROM txn_folder",
    [RV_SQL_TXN_DROP_OPS] = "DELETE FROM txn_op",
    [RV_SQL_TXN_DROP_SCRIPTS] = "DELETE FROM txn_script",
    [RV_SQL_TXN_FOLDERS] = "SELECT path FROM txn_folder ORDER BY path",
    [RV_SQL_TXN_OPS] =
	"SELECT kind, folder, name, n, flags, mode, uid, gid, sha256 FROM txn_op ORDER BY seq",
    [RV_SQL_TXN_SCRIPTS] =
	"SELECT seq, package, version, old_version, phase, language, text, args, state "
	"FROM txn_script ORDER BY seq",
    [RV_SQL_TXN_SCRIPT_STATE] = "UPDATE txn_script SET state = ?2 WHERE seq = ?1",
};

const struct rv_db_schema rv_installed_schema = {
    .what = "installed database",
    .application_id = 0x52564e69, /* "RVNi" */
    .steps = RV_SCHEMA_INSTALLED,
    .n_steps = RV_SCHEMA_INSTALLED_STEPS,
    .statements = statements,
    .n_statements = RV_SQL_COUNT,
};

const char *rv_query_arena(const struct rv_query *q, int column, struct rv_arena *arena)
{
	const char *text = rv_query_text(q, column);

	return rv_arena_strdup(arena, text ? text : "");
}

bool rv_query_sha256(const struct rv_query *q, int column, struct rv_sha256 *out)
{
	struct rv_span b = rv_query_blob(q, column);

	memset(out, 0, sizeof(*out));
	if (b.n != sizeof(out->b))
		return b.n == 0;
	memcpy(out->b, b.p, sizeof(out->b));
	return true;
}
