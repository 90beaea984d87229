"""A Read as SQL over a mirrored table: the same rows, or more of them, which SQLite checks again. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from iptvvtab.mirror.ddl import mirrored, quoted
from iptvvtab.remote import Op, Read, Term, held
from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType, Value

_SIGNS = {Op.EQ: "=", Op.NE: "<>", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">=", Op.NE_OR_NULL: "IS NOT"}
_NUMBERS = (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.FLOAT)
_DIFFERENCES = (Op.NE, Op.NE_OR_NULL)


@dataclass(frozen=True, slots=True)
class Select:
    """A statement over the shadow file, and its values."""

    sql: str
    bindings: tuple[Value, ...]


def names_held(table: Table) -> frozenset[str]:
    """Return the names of the columns that a mirror of a table holds."""
    return frozenset(column.name for column in mirrored(table))


def select(read: Read, table: Table, held: frozenset[str] | None = None) -> Select | None:
    """Return the statement for a Read; None where the mirror cannot answer: it lacks a column, or cannot count.

    `held`: what `names_held` says, for who asks often.
    """
    held = names_held(table) if held is None else held
    asked = {*read.columns, *(one.column for one in read.order)}
    if not asked <= held or not {term.column for term in read.terms} <= held:
        return None
    conditions = [_condition(table.column(term.column), term) for term in read.terms]
    if read.is_count and None in conditions:
        return None
    bindings = tuple(value for one in conditions if one is not None for value in one.bindings)
    where = " AND ".join(one.sql for one in conditions if one is not None)
    return Select(" ".join(_parts(read, table, where)), bindings)


def _parts(read: Read, table: Table, where: str) -> Iterator[str]:
    columns = "count(*)" if read.is_count else ", ".join(map(quoted, read.columns)) or "NULL"
    yield f"SELECT {'DISTINCT ' * read.is_distinct}{columns} FROM {quoted(table.name)}"
    if where:
        yield f"WHERE {where}"
    if read.is_count or read.is_distinct:
        return
    order = [f"{quoted(one.column)}{' DESC' * one.is_down}" for one in read.order] or [*map(quoted, table.key)]
    if order:
        yield f"ORDER BY {', '.join(order)}"


def _condition(column: Column, term: Term) -> Select | None:
    """Return a term as SQL; None where SQLite would judge by other rules than those it was made for."""
    name = quoted(column.name)
    if term.op is Op.IS_NULL:
        return Select(f"{name} IS NULL", ())
    if term.op is Op.NOT_NULL:
        return Select(f"{name} IS NOT NULL", ())
    if term.op in (Op.LIKE, Op.ILIKE) or (term.op in _DIFFERENCES and column.type not in _NUMBERS):
        return None
    values = tuple(held(column.type, value) for value in term.values)
    if any(value is None for value in values):
        return None
    if term.op is Op.IN:  # one parameter, however long the list is
        return Select(f"{name} IN (SELECT value FROM json_each(?))", (orjson.dumps(values).decode(),))
    return Select(f"{name} {_SIGNS[term.op]} ?", values)
