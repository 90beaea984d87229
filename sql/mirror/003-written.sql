-- When somebody last wrote to a table of the portal: rows that were read by then may lack it. Seconds since 1970.
CREATE TABLE _mirror_written (
    name TEXT PRIMARY KEY,
    at REAL NOT NULL
) WITHOUT ROWID;
