-- Installed packages of one root, and the record of the transactions that brought them there.

CREATE TABLE package (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,              -- namebase~subpackage~variant
	namebase TEXT NOT NULL,
	version TEXT NOT NULL,
	content BLOB NOT NULL,                  -- content id, 32 bytes
	automatic INTEGER NOT NULL,             -- 1: only because something required it
	repository TEXT NOT NULL,               -- '' when from a file
	reason TEXT NOT NULL,
	installed_s INTEGER NOT NULL,
	by_uid INTEGER NOT NULL,                -- not 0: owners, set-id bits and capabilities were not applied
	bytes INTEGER NOT NULL,
	manifest TEXT NOT NULL
);
CREATE INDEX package_namebase ON package (namebase);

-- Folder paths, relative to the root ('raven/bin'), named once.
CREATE TABLE folder (
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL UNIQUE
);

-- Everything but folders, by the folder where it really is: links of folders that packages own are followed.
CREATE TABLE file (
	folder INTEGER NOT NULL,
	name TEXT NOT NULL,
	package INTEGER NOT NULL,
	declared INTEGER,                       -- the folder that the package named, where that is another
	type INTEGER NOT NULL,                  -- 0 file, 2 link, 3 hard link
	mode INTEGER NOT NULL,
	owner TEXT NOT NULL,
	grp TEXT NOT NULL,
	size INTEGER NOT NULL,
	sha256 BLOB,
	target TEXT,                            -- as the package says it
	flags INTEGER NOT NULL,                 -- 1: configuration
	xattrs BLOB,
	PRIMARY KEY (folder, name)
) WITHOUT ROWID;
CREATE INDEX file_package ON file (package);
CREATE INDEX file_declared ON file (declared, name) WHERE declared IS NOT NULL;
CREATE INDEX file_link ON file (type) WHERE type = 2;

-- Folders and the packages that own them.
CREATE TABLE directory (
	folder INTEGER NOT NULL,
	package INTEGER NOT NULL,
	declared INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	owner TEXT NOT NULL,
	grp TEXT NOT NULL,
	xattrs BLOB,
	PRIMARY KEY (folder, package, declared)
) WITHOUT ROWID;
CREATE INDEX directory_package ON directory (package);
CREATE INDEX directory_declared ON directory (declared) WHERE declared <> folder;

CREATE TABLE requires (
	package INTEGER NOT NULL,
	kind INTEGER NOT NULL,                  -- 0 package name, 1 soname
	what TEXT NOT NULL,
	PRIMARY KEY (package, kind, what)
) WITHOUT ROWID;
CREATE INDEX requires_what ON requires (kind, what);

CREATE TABLE provides (
	package INTEGER NOT NULL,
	soname TEXT NOT NULL,
	PRIMARY KEY (package, soname)
) WITHOUT ROWID;
CREATE INDEX provides_soname ON provides (soname);

CREATE TABLE txn (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	state INTEGER NOT NULL,                 -- 0 intent, 1 committed, 2 applied, 3 done, 4 cancelled
	command TEXT NOT NULL,
	uid INTEGER NOT NULL,
	begun_s INTEGER NOT NULL,
	ended_s INTEGER,
	resumed INTEGER NOT NULL DEFAULT 0,
	note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX txn_pending ON txn (state) WHERE state < 3;

CREATE TABLE txn_package (
	txn INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	action INTEGER NOT NULL,                -- 0 install, 1 upgrade, 2 remove, 3 mark
	name TEXT NOT NULL,
	old_version TEXT,
	old_content BLOB,
	old_repository TEXT,
	old_automatic INTEGER,
	new_version TEXT,
	new_content BLOB,
	new_repository TEXT,
	new_automatic INTEGER,
	PRIMARY KEY (txn, seq)
) WITHOUT ROWID;

-- Of the pending transaction only: folders in which it stages, what is to be done in order, scripts.
CREATE TABLE txn_folder (
	path TEXT NOT NULL PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE txn_op (
	seq INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	folder TEXT NOT NULL,
	name TEXT NOT NULL,
	n INTEGER NOT NULL,                     -- the temporary is .rvn-TXN-n
	flags INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	gid INTEGER NOT NULL,
	sha256 BLOB                             -- of the file as it was shipped
);

CREATE TABLE txn_script (
	seq INTEGER PRIMARY KEY,
	package TEXT NOT NULL,
	version TEXT NOT NULL,
	old_version TEXT NOT NULL,
	phase INTEGER NOT NULL,
	language INTEGER NOT NULL,
	text TEXT NOT NULL,
	args BLOB,                              -- each ends with a NUL
	state INTEGER NOT NULL                  -- 0 waits, 1 begun, 2 ended well, 3 failed
);
