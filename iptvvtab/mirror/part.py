"""The part of a table that a mirror keeps, by `where`, `limit` and `order_by` of its policy. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from iptvvtab import jsonsql
from iptvvtab.errors import NotMirrored, SchemaError
from iptvvtab.mirror.ddl import mirrored
from iptvvtab.remote import Op, Order, Read, Term, held, implies
from iptvvtab.schema import Column, Table
from iptvvtab.types import BY_MEANING, UTC, ColumnType

_RANGES = (Op.LT, Op.LE, Op.GT, Op.GE)
_EQUALITIES = (Op.EQ, Op.NE, Op.NE_OR_NULL, Op.IN)
_TESTS = (Op.IS_NULL, Op.NOT_NULL)
_TEXTS = (ColumnType.STRING, *BY_MEANING)
_MIDNIGHT = " 00:00:00"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ORDER = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*", re.IGNORECASE)
_FROM_DAY = {Op.LT: Op.LT, Op.LE: Op.LT, Op.GT: Op.GE, Op.GE: Op.GE}
"""A day alone stands, as a text, right before its first moment."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows under `terms`; of these the first `limit` in an order, if it has one."""

    terms: tuple[Term, ...] = ()
    limit: int | None = None
    order: tuple[Order, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether it is the whole table."""
        return not self.terms and self.limit is None

    def holds(self, table: Table, read: Read) -> bool:
        """Return whether every row that a Read asks for is in this part; of the first rows nobody knows."""
        return self.limit is None and implies(table, read.terms, self.terms)

    def read(self, read: Read) -> Read:
        """Return a Read of this part only."""
        return replace(read, terms=(*self.terms, *read.terms), order=() if read.is_count else self.order)


def said_of(table: Table) -> str | None:
    """Return in words which part of a table its policy keeps; None for all of it."""
    policy = table.policy
    order = f" by {policy.order_by}" if policy.order_by else ""
    words = [f"where {policy.where}"] if policy.where else []
    words += [f"the first {policy.limit}{order}"] if policy.limit else []
    return ", ".join(words) or None


def part_of(table: Table) -> Part:
    """Return the part of a table that its policy keeps. Raises NotMirrored where nobody can ask for it exactly."""
    policy = table.policy
    if not policy.where and not policy.limit:
        return Part()
    try:
        found = jsonsql.conditions(policy.where) if policy.where else ()
        terms = tuple(_term(table.column(one.column), Op(one.operator), one.values) for one in found)
        return Part(terms, policy.limit or None, _order(table) if policy.limit else ())
    except SchemaError as error:
        raise NotMirrored(table.name, f"its sync_config cannot be kept: {error}") from None


def _term(column: Column, op: Op, values: tuple[bool | int | float | str, ...]) -> Term:
    if column.remote_name is None or column.sensitive:
        reason = "is known by its position only" if column.remote_name is None else "is sensitive"
        raise SchemaError(f"column {column.name!r} {reason}, and is not asked for conditions")
    if op in _TESTS:
        return Term(column.name, op)
    if op not in (*_EQUALITIES, *_RANGES) or (op in _RANGES and column.type in _TEXTS):
        raise SchemaError(f"texts of column {column.name!r} may be in another order on the portal")
    if column.type is ColumnType.DATETIME and op in _RANGES and _DAY.fullmatch(str(values[0])):
        return Term(column.name, _FROM_DAY[op], (f"{values[0]}{_MIDNIGHT}{UTC}",))
    sent = tuple(_sent(column, value) for value in values)
    return Term(column.name, op, tuple(sorted(set(sent))) if op is Op.IN else sent)


def _sent(column: Column, value: bool | int | float | str) -> bool | int | float | str:
    """Return a value as conditions on a column carry it. Raises SchemaError for one of another type."""
    match column.type:
        case ColumnType.BOOLEAN if value in (0, 1):
            return bool(value)
        case ColumnType.INTEGER if isinstance(value, int) and not isinstance(value, bool):
            return value
        case ColumnType.FLOAT if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case ColumnType.DATETIME if isinstance(value, str) and held(column.type, value) == value:
            return value + UTC
        case ColumnType.DATE | ColumnType.STRING if held(column.type, value) is not None:
            return value
        case kind if kind in BY_MEANING and isinstance(value, str):
            return value
    raise SchemaError(f"column {column.name!r} is {column.type}, and {value!r} is no value of it")


def _order(table: Table) -> tuple[Order, ...]:
    said = table.policy.order_by
    if said is None:
        return ()
    match = _ORDER.fullmatch(said)
    if match is None:
        raise SchemaError(f"order_by {said!r} is more than one column and a direction")
    column = table.column(match[1])
    if column not in mirrored(table):
        raise SchemaError(f"order_by {said!r} is of a column that is not kept")
    is_down = (match[2] or "").casefold() == "desc"
    return (Order(column.name, is_down, has_null=column.nullable and column.name not in table.key),)
