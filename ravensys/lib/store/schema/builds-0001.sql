-- What each port last made.

CREATE TABLE built (
	port TEXT NOT NULL PRIMARY KEY,         -- namebase:variant
	input BLOB NOT NULL,                    -- input digest, 32 bytes
	facts TEXT NOT NULL,
	seconds INTEGER NOT NULL,
	memory_kib INTEGER NOT NULL,
	phases TEXT NOT NULL,
	ended_s INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE built_package (
	port TEXT NOT NULL,
	seq INTEGER NOT NULL,
	name TEXT NOT NULL,
	content BLOB NOT NULL,
	PRIMARY KEY (port, seq)
) WITHOUT ROWID;
