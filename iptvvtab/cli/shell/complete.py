"""What TAB offers behind a dot: the tables of a schema, the columns of a table or of its alias."""

from __future__ import annotations

import re

import apsw


def completions(connection: apsw.Connection, line: str, token: str) -> list[str]:
    """Return what a token with a dot in it may become; nothing when it has none, or nothing fits."""
    qualifier, dot, begun = token.rpartition(".")
    if not dot:
        return []
    schemas = {name.casefold() for (_, name, _) in connection.execute("PRAGMA database_list")}
    table = qualifier if qualifier.casefold() not in schemas else None
    names = _tables(connection, qualifier) if table is None else _columns(connection, _named(line, qualifier))
    return [f"{qualifier}.{name}" for name in names if name.casefold().startswith(begun.casefold())]


def _tables(connection: apsw.Connection, schema: str) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = ? COLLATE NOCASE AND name NOT LIKE 'sqlite%' ORDER BY name",
        (schema,),
    )
    return [str(name) for (name,) in rows]


def _named(line: str, alias: str) -> str:
    """Return the table that an alias of this line stands for, or the alias itself."""
    found = re.search(rf"([\w.]+)\s+(?:as\s+)?{re.escape(alias)}\b", line, re.IGNORECASE)
    return (found[1] if found else alias).rpartition(".")[2]


def _columns(connection: apsw.Connection, table: str) -> list[str]:
    """Return the columns of a table, whatever schema has it; of all tables for an alias that is yet to be given."""
    rows = connection.execute(
        "SELECT t.name = ?1 COLLATE NOCASE, c.name FROM pragma_table_list AS t, "
        "pragma_table_info(t.name, t.schema) AS c WHERE t.name NOT LIKE 'sqlite%'",
        (table,),
    ).fetchall()
    own = [str(name) for is_own, name in rows if is_own]
    return own or sorted({str(name) for _, name in rows})
