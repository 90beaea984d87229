"""Statements that are no document as they stand, but made of such: their shares travel together, in one request."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import apsw

from iptvvtab import jsonsql  # by its name: what parses SQL is imported when it is first called
from iptvvtab.connection.recorder import Bindings, Planned, planned_for
from iptvvtab.connection.statements import Schema
from iptvvtab.errors import NotExact
from iptvvtab.jsonsql import Rest, Used
from iptvvtab.schema import Table
from iptvvtab.types import ColumnType
from iptvvtab.vtab import answer_sql

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Answering, Encoded, Share

MOST_SHARES = 20
"""Documents of one statement that travel together."""

MOST_JOINED = 5000
"""Rows that are read of a table where a join might do with fewer, which nobody knows before it begins."""

_TO_THE_END = re.compile(
    r"\b(group\s+by|order\s+by|over|distinct|(count|sum|avg|total|min|max|group_concat|string_agg|json_group_\w+)\s*\()",
    re.IGNORECASE,
)
"""What shows that SQLite takes all rows before it answers one. What it answers row by row comes sooner in pages."""

_SPARE = 1.25
"""An answer has room for so many times the rows that are expected."""


@dataclass(frozen=True, slots=True)
class _Scan:
    """What virtual tables take for a share: rows, and requests at least."""

    rows: float
    requests: float


def divided(
    connection: apsw.Connection,
    schema: Schema,
    sql: str,
    bindings: Bindings,
    columns: Mapping[str, Sequence[str]],
    ask: Callable[[str, Rest], Encoded],
) -> tuple[str, list[Encoded], list[float | None]]:
    """Return what SQLite makes of several answers, the documents that they answer, and rows expected of scans.

    `columns`: what is read of each table. `ask` says a select as a document. Raises NotExact, StatementRefused where a
    statement is not made of such, or where virtual tables do with less.
    """
    tables = {name.lower(): _used(schema.tables[name.lower()], read) for name, read in columns.items()}
    virtual = planned_for(connection, schema.context, sql, bindings)
    scans: dict[int, _Scan | None] = {}

    def accept(share: Share) -> None:
        if len(scans) == MOST_SHARES:
            raise NotExact("a division", f"it has more than {MOST_SHARES} parts")
        scans[id(share)] = _scan(connection, schema, share, virtual)

    pieces = jsonsql.divided(sql, bindings, schema.name, tables, ask, accept)
    shares = [one for one in pieces if not isinstance(one, str)]
    if not shares:
        raise NotExact("a division", "it has no part that is exact")
    found = [scans[id(one)] for one in shares]
    rest = " ".join(one for one in pieces if isinstance(one, str))
    if len(found) == 1 and found[0] is not None and (found[0].requests <= 1 or not _TO_THE_END.search(rest)):
        raise NotExact("a scan of one table", "a virtual table reads no more, in pages")
    text = "".join(one if isinstance(one, str) else _sql(one) for one in pieces)
    return text, [one.encoded for one in shares], [None if one is None else one.rows for one in found]


def _used(table: Table, read: Sequence[str]) -> Used:
    """Return what is read of a table, as it is declared: `*` means these columns in this order."""
    names = [one.name for one in table.columns if one.name in read] or [*table.key[:1], table.columns[0].name][:1]
    is_ordered = len(table.key) == 1 and table.column(table.key[0]).type is ColumnType.INTEGER
    return Used(tuple(names), table.key[0] if is_ordered else None)


def _sql(share: Share) -> str:
    """Return what stands for a share. A LIMIT keeps SQLite from making it a loop within another."""
    assert share.encoded.answering is not None
    text = answer_sql(share.encoded.answering, named=True)
    return f"{text} " if share.is_arm or " LIMIT " in share.encoded.answering.tail else f"{text} LIMIT -1 "


def _scan(
    connection: apsw.Connection, schema: Schema, share: Share, virtual: Mapping[str, Sequence[Planned]]
) -> _Scan | None:
    """Return what a virtual table takes for a share that is a scan; None for what is more than that.

    `virtual`: what is planned for the tables that the statement names. Raises NotExact for one with too many rows.
    """
    answering = share.encoded.answering
    assert answering is not None
    if not answering.is_scan or answering.most_rows is not None:
        return None
    planned = [one for listed in planned_for(connection, schema.context, share.sql).values() for one in listed]
    sizes = [schema.context.source.seen(one.table.name) for one in planned]
    rows = sum(
        one.plan.rows if size is None else min(one.plan.rows, size) for one, size in zip(planned, sizes, strict=True)
    )
    named = virtual.get(share.name) or virtual.get(f"{schema.name.lower()}.{share.name}") or planned
    if len(named) == len(planned) > 1:  # each side of OR is planned by itself
        is_least = sum(one.plan.rows for one in named) >= rows
    else:
        is_least = all(one.plan.rows >= rows and not one.plan.recipe.is_narrow for one in named)
    if is_least:
        most = math.inf if None in sizes else _at_once(schema, answering)
    else:
        most = MOST_JOINED if share.is_narrowed else schema.context.source.remote.sizes.first
    if rows > most:
        raise NotExact("a scan of one table", f"of {rows:,.0f} rows, which virtual tables read in pages")
    is_parted = any(order.has_null for one in named for order in one.plan.recipe.order)  # NULL comes apart
    in_pages = schema.context.source.remote.sizes.requests(rows, answering.width) + is_parted
    return _Scan(rows, min(in_pages, *(one.plan.requests for one in named)))


def _at_once(schema: Schema, answering: Answering) -> float:
    """Return how many rows may be expected of a scan that is asked for at once, where virtual tables read no fewer.

    If nobody knows how many a table has it is tried: the worst is an answer that is too long, once.
    """
    sizes = schema.context.source.remote.sizes
    return sizes.limit(sizes.largest, answering.width) / _SPARE
