"""Which keys of a table are known that is kept on demand: since when, and whether the portal has a row of them.

The rows stand under the table's name, as those of any other; the keys in a table beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import apsw
import orjson

from iptvvtab.mirror.ddl import BOOKKEEPING, hashed, is_mirrorable, quoted
from iptvvtab.remote import Op, Read, Term, held
from iptvvtab.schema import Column, Table
from iptvvtab.types import BY_MEANING, ColumnType, Value

STRATEGY = "on-demand"

Key: TypeAlias = tuple[Value, ...]

BEGAN, IS_THERE = f"{BOOKKEEPING}began", f"{BOOKKEEPING}is_there"
_KINDS = (ColumnType.INTEGER, ColumnType.STRING, *BY_MEANING)
"""Types whose values are the same value on both sides, written the same way."""


def is_on_demand(table: Table) -> bool:
    """Return whether rows of a table are kept as they are asked for: by a key, and all that a mirror holds."""
    policy = table.policy
    has_key = bool(table.key) and all(table.column(name).type in _KINDS for name in table.key)
    is_all = not policy.where and not policy.limit and not hashed(table)
    return policy.cache_strategy == STRATEGY and has_key and is_all and is_mirrorable(table)


def keys_of(table: Table, read: Read) -> tuple[Key, ...] | None:
    """Return the keys of all rows that a Read asks for; None where it names other rows by other conditions. Pure."""
    named = [_named(table.column(name), read.terms) for name in table.key]
    first, *rest = named
    if first is not None and not rest:
        return tuple((value,) for value in first)
    if any(one is None or len(one) != 1 for one in named):
        return None
    return (tuple(one[0] for one in named if one is not None),)


def _named(column: Column, terms: Iterable[Term]) -> tuple[Value, ...] | None:
    """Return the only values that conditions let a column have."""
    for term in terms:
        if term.column == column.name and term.op in (Op.EQ, Op.IN):
            values = tuple(dict.fromkeys(held(column.type, value) for value in term.values))
            return None if None in values else values
    return None


def terms_of(table: Table, keys: Sequence[Key]) -> tuple[Term, ...]:
    """Return the conditions that name rows of these keys: one key, or those of one column."""
    if len(table.key) == 1:
        (name,) = table.key
        values: Any = sorted(key[0] for key in keys)
        return (Term(name, Op.IN, tuple(values)),) if len(values) > 1 else (Term(name, Op.EQ, tuple(values)),)
    (key,) = keys
    return tuple(Term(name, Op.EQ, (value,)) for name, value in zip(table.key, key, strict=True))


def keys_table(name: str) -> str:
    """Return the name of the table that holds the known keys of a table."""
    return f"{BOOKKEEPING}key_{name}"


def creation(table: Table) -> str:
    """Return the statement that creates it."""
    names = ", ".join(map(quoted, table.key))
    columns = ", ".join(f"{quoted(name)} {table.column(name).type.declaration}" for name in table.key)
    own = f"{BEGAN} REAL NOT NULL, {IS_THERE} INTEGER NOT NULL"
    return f"CREATE TABLE {quoted(keys_table(table.name))} ({columns}, {own}, PRIMARY KEY ({names})) WITHOUT ROWID"


def clear(connection: apsw.Connection, name: str) -> None:
    """Drop the known keys of a table that is dropped, or whole from now on."""
    connection.execute(f"DROP TABLE IF EXISTS {quoted(keys_table(name))}")


def known(connection: apsw.Connection, table: Table, keys: Sequence[Key]) -> dict[Key, float]:
    """Return since when each of these keys is known; those that are not known are left out."""
    names = ", ".join(map(quoted, table.key))
    sql = f"SELECT {names}, {BEGAN} FROM {quoted(keys_table(table.name))} WHERE "
    if len(table.key) == 1:
        bindings: tuple[Value, ...] = (orjson.dumps([key[0] for key in keys]).decode(),)
        sql += f"{names} IN (SELECT value FROM json_each(?))"
    else:
        bindings = keys[0]
        sql += " AND ".join(f"{quoted(name)} = ?" for name in table.key)
    found: Iterable[Any] = connection.execute(sql, bindings)
    return {tuple(key): began for *key, began in found}


def number_of(connection: apsw.Connection, name: str) -> int:
    """Return how many keys of a table are known."""
    return int(connection.execute(f"SELECT count(*) FROM {quoted(keys_table(name))}").get)


def put(connection: apsw.Connection, table: Table, rows: Mapping[Key, Sequence[Value] | None], began: float) -> None:
    """Put what was read of some keys into the file: a row for each, or that there is none. Newer reads stay."""
    before = known_of(connection, table, rows)
    newer = {key: row for key, row in rows.items() if before.get(key, began) <= began}
    is_key = " AND ".join(f"{quoted(name)} = ?" for name in table.key)
    connection.executemany(f"DELETE FROM {quoted(table.name)} WHERE {is_key}", newer)
    there = [row for row in newer.values() if row is not None]
    if there:
        connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({', '.join('?' * len(there[0]))})", there)
    marks = ", ".join("?" * (len(table.key) + 2))
    connection.executemany(
        f"INSERT OR REPLACE INTO {quoted(keys_table(table.name))} VALUES ({marks})",
        [(*key, began, row is not None) for key, row in newer.items()],
    )


def known_of(connection: apsw.Connection, table: Table, keys: Iterable[Key]) -> dict[Key, float]:
    """Return since when keys are known, however many columns they have."""
    groups = [list(keys)] if len(table.key) == 1 else [[key] for key in keys]
    return {key: began for group in groups for key, began in known(connection, table, group).items()}
