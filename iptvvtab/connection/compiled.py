"""What SQLite says of a statement once it is compiled, before it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import apsw
import apsw.ext

from iptvvtab.connection.statements import Schema, Statement
from iptvvtab.schema import Column, Table

_OF_QUERIES = (apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_FUNCTION)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What SQLite makes of a text: what it answers, which columns of the portal's tables it reads, which functions."""

    description: tuple[tuple[str, str], ...]
    columns: Mapping[str, tuple[str, ...]]
    functions: tuple[str, ...]
    parameters: int
    reason: str = ""


def compiled_by(connection: apsw.Connection, schema: Schema, statement: Statement) -> Compiled:
    """Return what SQLite makes of a statement. Raises apsw.Error for what it refuses."""
    details = apsw.ext.query_info(connection, statement.sql, actions=True)
    actions = details.actions or ()
    read: dict[str, dict[str, None]] = {}
    reason = "" if details.is_readonly and not details.query_remaining else "it is more than one query"
    for one in actions:
        if one.action not in _OF_QUERIES:
            reason = reason or "it does more than to read"
        table = schema.tables.get((one.table_name or "").lower())
        if one.action == apsw.SQLITE_READ and table is not None:
            found = _column(table, one.column_name)
            read.setdefault(table.name, {}).update({} if found is None else {found.name: None})
            if found is not None and found.sensitive:
                reason = reason or f"it reads {table.name}.{found.name}, of which values are masked in receipts"
    functions = dict.fromkeys(one.function_name.lower() for one in actions if one.function_name)
    columns = {name: tuple(found) for name, found in read.items()}
    return Compiled(details.description, columns, tuple(functions), details.bindings_count, reason)


def _column(table: Table, name: str | None) -> Column | None:
    return table.column(name) if name and table.has(name) else None


def is_overridden(connection: apsw.Connection, functions: tuple[str, ...]) -> bool:
    """Return whether any of these functions is not SQLite's own, or compares letters as PRAGMA asked it to."""
    if not functions:
        return False
    marks = ", ".join("?" * len(functions))
    cursor = apsw.Cursor(connection)  # not of the connection's factory, which is ours
    own = f"SELECT 1 FROM pragma_function_list WHERE builtin = 0 AND name IN ({marks}) LIMIT 1"
    if cursor.execute(own, functions).fetchall():
        return True
    return "like" in functions and not cursor.execute("SELECT 'A' LIKE 'a'").fetchall()[0][0]
