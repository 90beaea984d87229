"""A table of the portal as SQLite's CREATE TABLE. Pure."""

from __future__ import annotations

from iptvvtab.mirror import quoted
from iptvvtab.schema import Table
from iptvvtab.vtab.offer import rowid_column


def declaration(table: Table) -> str:
    """Return the statement that declares a table to SQLite.

    One integer as key is the rowid. Any other key makes a table WITHOUT ROWID, so that SQLite knows rows by it. Without
    a key the rowid is made from the row's values. No column is declared NOT NULL or COLLATE: SQLite would trust it.
    """
    key = rowid_column(table)
    columns = [
        f"{quoted(column.name)} {column.type.declaration}".rstrip() + (" PRIMARY KEY" if place == key else "")
        for place, column in enumerate(table.columns)
    ]
    if table.key and key is None:
        columns.append(f"PRIMARY KEY ({', '.join(map(quoted, table.key))})")
        return f"CREATE TABLE x ({', '.join(columns)}) WITHOUT ROWID"
    return f"CREATE TABLE x ({', '.join(columns)})"
