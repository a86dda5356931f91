-- The catalogue of a repository: rvn-repository.5 describes every column. Written once, then read only.

CREATE TABLE package (
	id INTEGER PRIMARY KEY,                 -- 1, 2 ... by the bytes of name
	name TEXT NOT NULL UNIQUE,              -- namebase~subpackage~variant
	namebase TEXT NOT NULL,
	subpackage TEXT NOT NULL,
	variant TEXT NOT NULL,
	version TEXT NOT NULL,
	comment TEXT NOT NULL,
	description TEXT NOT NULL,
	www TEXT NOT NULL,
	licence TEXT NOT NULL,                  -- SPDX expression
	cpe TEXT NOT NULL,
	categories TEXT NOT NULL,               -- separated by blanks
	options TEXT NOT NULL,                  -- NAME=on NAME=off
	abi TEXT NOT NULL,                      -- opsys:arch:release
	prefix TEXT NOT NULL,
	size INTEGER NOT NULL,                  -- of the package file
	plain_bytes INTEGER NOT NULL,
	n_files INTEGER NOT NULL,
	sha256 BLOB NOT NULL,                   -- of the package file
	content_id BLOB NOT NULL
);
CREATE INDEX package_namebase ON package (namebase, subpackage, variant);

CREATE TABLE require (
	package INTEGER NOT NULL,
	name TEXT NOT NULL,
	kind INTEGER NOT NULL,                  -- 0 any, 1 at least, 2 the same version
	version TEXT NOT NULL,
	PRIMARY KEY (package, name)
) WITHOUT ROWID;

CREATE TABLE require_soname (
	package INTEGER NOT NULL,
	soname TEXT NOT NULL,
	PRIMARY KEY (package, soname)
) WITHOUT ROWID;

CREATE TABLE provide_soname (
	package INTEGER NOT NULL,
	soname TEXT NOT NULL,
	PRIMARY KEY (package, soname)
) WITHOUT ROWID;
CREATE INDEX provide_soname_soname ON provide_soname (soname);
