-- How each table was last compared with the portal as a whole, and when that began. Where a function is named, the hashes that
-- the portal gave of its rows by it are in a table of their own, _mirror_hash_<name> (key, hash); a hash of NULL is not known.
CREATE TABLE _mirror_verified (
    name TEXT PRIMARY KEY,
    rung TEXT NOT NULL,
    function TEXT,
    began REAL NOT NULL
) WITHOUT ROWID;
