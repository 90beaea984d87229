"""`iptvvtab shell`: SQLite's shell over the tables of the portal."""
