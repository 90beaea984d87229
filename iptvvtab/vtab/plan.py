"""The plan of a scan: which constraints travel, which columns are read, what it costs. Pure.

SQLite knows neither bound values nor join keys when it plans, so a plan says only what will be looked at, and must be
right for every value that may come: Filter judges again (judge.py).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType
from iptvvtab.vtab.compare import BINARY, RANGES, Comparison
from iptvvtab.vtab.judge import Rule, Verdict, rule

ROWID = -1
"""The column number by which SQLite speaks of the rowid."""

LAST_NAMED = 63
"""The highest column SQLite tells apart in colUsed: this one may also mean any beyond it."""

LATENCY = 200.0
"""What a request costs, in the unit that a row costs one hundredth of."""

ROW = 0.01

DEFAULT_ROWS = 10_000
"""Rows of a table that nobody has counted."""

ROWS_A_PAGE = 5000
"""Rows that a page of a long read has on average."""

_SHARES = {
    Comparison.EQ: 0.01,
    Comparison.IS: 0.01,
    Comparison.IS_NULL: 0.1,
    Comparison.IN: 0.05,
    Comparison.LIKE: 0.1,
    Comparison.NE: 0.9,
    Comparison.IS_NOT: 0.9,
    Comparison.NOT_NULL: 0.9,
}
"""The share of rows that a comparison keeps, where nothing better is known."""

_EQUALITIES = (Comparison.EQ, Comparison.IS)
_ONE_WAY_TO_WRITE = (ColumnType.INTEGER, ColumnType.BOOLEAN)

_ORDERED_ALIKE = (ColumnType.INTEGER, ColumnType.BOOLEAN, ColumnType.DATETIME, ColumnType.DATE)
_KEEPING_NULL = (Comparison.IS, Comparison.IS_NOT, Comparison.IS_NULL)

_SHARE_OF_RANGE = 0.3
_SHARE_OF_FLAG = 0.5
_MEMBERS = 25
"""Members that an IN list is taken to have: SQLite does not say."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """What SQLite offers: `number` is its place in the offer, `column` may be ROWID."""

    number: int
    column: int
    comparison: Comparison
    collation: str = BINARY


@dataclass(frozen=True, slots=True)
class Use:
    """A constraint whose value Filter will get, in this order."""

    number: int
    column: int
    comparison: Comparison
    collation: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """A column that SQLite would like the rows to come in the order of; NULL before everything, last when `is_down`."""

    column: int
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """A LIMIT, or the OFFSET before it: how many rows SQLite will take. `number` is its place in the offer."""

    number: int
    is_offset: bool


@dataclass(frozen=True, slots=True)
class Considered:
    """A constraint and the rule that decided about it: what `explain` tells."""

    constraint: Constraint
    column: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Plan:
    """A scan: `uses`, then `bounds`, in the order of Filter's arguments; `columns` to read (places, ascending).

    `is_ordered`: the rows come in the order that SQLite asked for. `is_counted`: how many rows there are is enough, for
    SQLite looks at nothing but columns whose one value is known. `order`: what the portal sorts by, if not by the key.
    """

    uses: tuple[Use, ...]
    columns: tuple[int, ...]
    requests: float
    rows: float
    considered: tuple[Considered, ...] = ()
    bounds: tuple[Bound, ...] = ()
    is_ordered: bool = False
    is_counted: bool = False
    order: tuple[Ordering, ...] = ()

    @property
    def cost(self) -> float:
        """What SQLite compares plans by: requests and rows in one unit."""
        return self.requests * LATENCY + self.rows * ROW

    def to_text(self) -> str:
        """Return what Filter needs, as text for idxStr."""
        uses = [[use.number, use.column, use.comparison.value, use.collation] for use in self.uses]
        bounds = [[bound.number, bound.is_offset] for bound in self.bounds]
        order = [[one.column, one.is_down] for one in self.order]
        return json.dumps([uses, bounds, self.columns, self.is_counted, order], separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What Filter knows of a plan."""

    uses: tuple[Use, ...]
    bounds: tuple[Bound, ...]
    columns: tuple[int, ...]
    is_counted: bool
    order: tuple[Ordering, ...]


@lru_cache(maxsize=1024)
def from_text(text: str) -> Recipe:
    """Return what travelled through SQLite."""
    uses, bounds, columns, is_counted, order = json.loads(text)
    return Recipe(
        tuple(Use(number, column, Comparison(word), collation) for number, column, word, collation in uses),
        tuple(Bound(number, is_offset) for number, is_offset in bounds),
        tuple(columns),
        is_counted,
        tuple(Ordering(column, is_down) for column, is_down in order),
    )


def rowid_column(table: Table) -> int | None:
    """Return the place of the column that is the rowid: a key of one integer. None where there is no such key."""
    if len(table.key) != 1:
        return None
    place = table.index(table.key[0])
    return place if table.columns[place].type == "integer" else None


def resolved(table: Table, column: int) -> int | None:
    """Return the place of a constraint's column; None for a rowid that is no column."""
    return rowid_column(table) if column == ROWID else column


def plan(
    table: Table,
    constraints: Iterable[Constraint],
    used: Collection[int],
    order: Sequence[Ordering] = (),
    bounds: Sequence[Bound] = (),
    *,
    can_descend: bool = False,
) -> Plan:
    """Return the plan for what SQLite offers, uses (column numbers of colUsed) and would like as order.

    LIMIT and OFFSET are taken as a hint at the size of the first page, when nothing is sorted after us; no row is cut
    by them. SQLite accepts a plan with them only if it also takes every other constraint (vtab-facts 2).
    """
    considered = _considered(table, constraints)
    pushed = [one for one in considered if one.rule.verdict is not Verdict.LOCAL]
    by_key = comes_in_order(table, order) and not _is_in_parts(table, pushed)
    sorted_by = () if by_key else portal_order(table, order, considered, can_descend=can_descend)
    is_ordered = by_key or bool(sorted_by)
    rows = _rows(table, [(table.column(one.column), one.constraint.comparison) for one in pushed])
    return Plan(
        tuple(_use(table, one) for one in pushed),
        columns_read(table, {*used, *(one.column for one in sorted_by)}),
        requests_for(rows),
        rows,
        tuple(considered),
        tuple(bounds) if table.key and (is_ordered or not order) else (),
        is_ordered,
        rows > 1 and is_countable(table, pushed, used),
        sorted_by,
    )


def _considered(table: Table, constraints: Iterable[Constraint]) -> list[Considered]:
    found = []
    for constraint in constraints:
        place = resolved(table, constraint.column)
        if place is not None:
            column = table.columns[place]
            judged = rule(column, constraint.comparison, constraint.collation)
            found.append(Considered(constraint, column.name, judged))
    return found


def _use(table: Table, one: Considered) -> Use:
    constraint = one.constraint
    return Use(constraint.number, table.index(one.column), constraint.comparison, constraint.collation)


def is_countable(table: Table, pushed: Iterable[Considered], used: Collection[int]) -> bool:
    """Return whether a count will do for rows: every condition pins a column to one value, and no other is used.

    Only types whose equal values are the same: a text that equals an address on the portal may be written otherwise.
    """
    pinned = set()
    for one in pushed:
        column, comparison = table.column(one.column), one.constraint.comparison
        is_same = comparison in _EQUALITIES and column.type in _ONE_WAY_TO_WRITE
        if one.rule.verdict is not Verdict.EXACT or not (is_same or comparison is Comparison.IS_NULL):
            return False
        pinned.add(table.index(one.column))
    return set(used) <= pinned and LAST_NAMED not in used


def comes_in_order(table: Table, order: Sequence[Ordering]) -> bool:
    """Return whether pages by key bring the rows in this order: upward along a key of integers.

    Once the whole key has been named, what follows orders nothing.
    """
    if not order or not table.key or any(table.column(name).type is not ColumnType.INTEGER for name in table.key):
        return False
    named = [resolved(table, one.column) for one in order][: len(table.key)]
    is_upward = not any(one.is_down for one in order[: len(table.key)])
    return is_upward and named == [table.index(name) for name in table.key[: len(named)]]


def portal_order(
    table: Table, order: Sequence[Ordering], considered: Sequence[Considered], *, can_descend: bool
) -> tuple[Ordering, ...]:
    """Return the order that the portal can bring the rows in; () if it cannot.

    The columns must order alike on both sides, and hold no NULL, which stands at the other end there: they are of the
    key, or some condition drops rows in which they are NULL. A schema's `nullable: false` is no proof.
    """
    places = [resolved(table, one.column) for one in order]
    found = [Ordering(place, one.is_down) for one, place in zip(order, places, strict=True) if place is not None]
    if not table.key or len(found) < len(order) or len(set(places)) < len(places):
        return ()
    if any(one.constraint.comparison is Comparison.IN for one in considered):
        return ()  # a long list is read in parts
    if any(one.is_down for one in order) and not can_descend:
        return ()
    is_alike = all(_orders_alike(table, table.columns[one.column], considered) for one in found)
    return tuple(found) if is_alike else ()


def _orders_alike(table: Table, column: Column, considered: Sequence[Considered]) -> bool:
    if column.type not in _ORDERED_ALIKE or column.remote_name is None:
        return False
    return column.name in table.key or any(
        one.column == column.name and one.constraint.comparison not in _KEEPING_NULL for one in considered
    )


def _is_in_parts(table: Table, pushed: Iterable[Considered]) -> bool:
    """Return whether a long IN list may split the read: parts come in the order of the list, that of its column."""
    lists = [one.column for one in pushed if one.constraint.comparison is Comparison.IN]
    return any(column != table.key[0] for column in lists)


def requests_for(rows: float) -> float:
    """Return the requests that a scan of so many rows is estimated to take."""
    return 1 + rows // ROWS_A_PAGE


def rows_in(table: Table) -> float:
    """Return the rows that a table is taken to have."""
    return float(table.statistics.row_count or DEFAULT_ROWS)


def columns_read(table: Table, used: Collection[int]) -> tuple[int, ...]:
    """Return the places of the columns to read: the used ones, those beyond what SQLite tells apart, and the key.

    A table without a key is known by the whole of its rows, so all columns are read.
    """
    every = range(len(table.columns))
    if not table.key:
        return tuple(every)
    wanted = {place for place in used if place < LAST_NAMED} | {table.index(name) for name in table.key}
    perhaps = set(range(LAST_NAMED, len(table.columns))) - wanted if LAST_NAMED in used else set()
    return tuple(sorted(wanted | _readable_beside(table, wanted, perhaps)))


def _readable_beside(table: Table, wanted: set[int], perhaps: set[int]) -> set[int]:
    """Return those of the perhaps used columns that one document can ask for together with the wanted ones.

    A nameless column is read by position, and then all are; a column whose position is unknown only by name.
    """
    nameless = {place for place in wanted | perhaps if table.columns[place].remote_name is None}
    unplaced = {place for place in wanted | perhaps if not table.is_placed(table.columns[place])}
    if not nameless & wanted and unplaced & wanted:
        return perhaps - nameless
    return perhaps - unplaced if nameless else perhaps


def _rows(table: Table, pushed: Sequence[tuple[Column, Comparison]]) -> float:
    """Estimate the rows that a scan brings."""
    total = rows_in(table)
    equal = {column.name for column, comparison in pushed if comparison in (Comparison.EQ, Comparison.IS)}
    if table.key and equal >= set(table.key):
        return 1.0
    if any(column.unique and column.name in equal for column, _ in pushed):
        return 1.0
    for column, comparison in pushed:
        if comparison is Comparison.IN and (column.unique or table.key == (column.name,)):
            total = min(total, float(_MEMBERS))
        else:
            total *= _share(column, comparison)
    return max(total, 1.0)


def _share(column: Column, comparison: Comparison) -> float:
    if comparison in RANGES:
        return _SHARE_OF_RANGE
    if column.type == "boolean" and comparison in (Comparison.EQ, Comparison.IS):
        return _SHARE_OF_FLAG
    return _SHARES[comparison]
