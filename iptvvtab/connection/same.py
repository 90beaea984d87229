"""Whether two texts of a query mean the same to SQLite: what its compiler says that it reads, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import apsw
import apsw.ext

Action: TypeAlias = tuple[int, str | None, str | None, str | None, str | None, str | None]

_ROWID = "ROWID"
_OF_QUERIES = frozenset((apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_FUNCTION, apsw.SQLITE_RECURSIVE))


@dataclass(frozen=True, slots=True)
class _Compiled:
    columns: tuple[tuple[str, str], ...]
    parameters: tuple[str | None, ...]
    actions: tuple[Action, ...]


def tables_left(
    connection: apsw.Connection, before: str, after: str, schemas: Mapping[str, str]
) -> frozenset[tuple[str, str]] | None:
    """Return what a query reads by its new text under the old schemas, as (schema, table); None unless it is the same.

    Both texts must give columns of the same names and types, and read the same columns of the same tables, in the order
    of their words. `schemas`: the old names by the new ones. Rows may not be told apart by their ids, which are made
    in another way where a table has no key. The connection must have no authorizer. Raises apsw.Error for what SQLite
    refuses.
    """
    new = _compiled(connection, after)
    if new is None or (old := _compiled(connection, before)) is None:
        return None
    if any(column == _ROWID and schema in schemas for _, _, column, schema, _, _ in new.actions):
        return None
    by_old_names = tuple(_under(action, schemas) for action in new.actions)
    if (new.columns, new.parameters, _values(by_old_names)) != (old.columns, old.parameters, _values(old.actions)):
        return None
    if _tables(by_old_names) != _tables(old.actions):
        return None
    kept = frozenset(name.lower() for name in schemas.values())
    return frozenset(one for one in _tables(new.actions) if one[0] in kept)


def _values(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """Return the actions without those that say that a table is read, of which no column is.

    The key alone is a column of a virtual table, but not of a native one, as it is the rowid.
    """
    return tuple(one for one in actions if (one[0], one[2]) != (apsw.SQLITE_READ, ""))


def _tables(actions: tuple[Action, ...]) -> frozenset[tuple[str, str]]:
    """Return (schema, table) in small letters: of a table without columns SQLite says the name as it is written."""
    return frozenset((str(schema).lower(), table.lower()) for _, table, _, schema, _, _ in actions if table)


def _under(action: Action, schemas: Mapping[str, str]) -> Action:
    code, table, column, schema, within, function = action
    return code, table, column, schemas.get(schema, schema) if schema else schema, within, function


def _compiled(connection: apsw.Connection, sql: str) -> _Compiled | None:
    details = apsw.ext.query_info(connection, sql, actions=True)
    actions = details.actions or ()
    is_query = details.is_readonly and not details.is_explain and not details.query_remaining
    if not is_query or any(one.action not in _OF_QUERIES for one in actions):
        return None
    return _Compiled(
        details.description,
        details.bindings_names,
        tuple(
            (
                one.action,
                one.table_name,
                one.column_name,
                one.database_name,
                one.trigger_or_view,
                one.function_name,
            )
            for one in actions
        ),
    )
