-- What a shadow file knows of itself. Tables of the portal stand beside these, under their own names.

CREATE TABLE _mirror_about (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row for each table that is published. Times are seconds since 1970, those of the read of its rows.
CREATE TABLE _mirror_table (
    name TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    schema_hash TEXT NOT NULL,
    strategy TEXT NOT NULL,
    began REAL NOT NULL,
    ended REAL NOT NULL,
    "rows" INTEGER NOT NULL,
    high ANY, -- the last change that surely has all rows up to it, for tables that tell changes
    is_closed INTEGER NOT NULL DEFAULT 0 -- the portal says that this account may not read it any more
) WITHOUT ROWID;

-- What came of each sync, the last few for each table. An outcome of NULL: under way, killed, or broken off (the message says why).
CREATE TABLE _mirror_run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    strategy TEXT NOT NULL,
    schema_hash TEXT NOT NULL,
    began REAL NOT NULL,
    ended REAL,
    outcome TEXT,
    "rows" INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    message TEXT
);

CREATE INDEX _mirror_run_of_table ON _mirror_run (name, id);

-- Who may publish a table. A token is larger than every earlier one of its table: an owner that slept has an old one.
CREATE TABLE _mirror_lease (
    name TEXT PRIMARY KEY,
    token INTEGER NOT NULL,
    owner TEXT,
    ends REAL NOT NULL
) WITHOUT ROWID;
