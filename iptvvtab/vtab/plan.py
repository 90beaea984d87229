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
class Considered:
    """A constraint and the rule that decided about it: what `explain` tells."""

    constraint: Constraint
    column: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Plan:
    """A scan: `uses` in the order of Filter's arguments, `columns` to read (places in the table, ascending)."""

    uses: tuple[Use, ...]
    columns: tuple[int, ...]
    requests: float
    rows: float
    considered: tuple[Considered, ...] = ()

    @property
    def cost(self) -> float:
        """What SQLite compares plans by: requests and rows in one unit."""
        return self.requests * LATENCY + self.rows * ROW

    def to_text(self) -> str:
        """Return what Filter needs, as text for idxStr."""
        uses = [[use.number, use.column, use.comparison.value, use.collation] for use in self.uses]
        return json.dumps([uses, self.columns], separators=(",", ":"))


@lru_cache(maxsize=1024)
def from_text(text: str) -> tuple[tuple[Use, ...], tuple[int, ...]]:
    """Return the uses and columns of a plan that travelled through SQLite."""
    uses, columns = json.loads(text)
    return tuple(Use(number, column, Comparison(word), collation) for number, column, word, collation in uses), tuple(
        columns
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


def plan(table: Table, constraints: Iterable[Constraint], used: Collection[int]) -> Plan:
    """Return the plan for what SQLite offers and uses (column numbers of colUsed)."""
    considered = []
    for constraint in constraints:
        place = resolved(table, constraint.column)
        if place is not None:
            column = table.columns[place]
            found = rule(column, constraint.comparison, constraint.collation)
            considered.append(Considered(constraint, column.name, found))
    pushed = [one for one in considered if one.rule.verdict is not Verdict.LOCAL]
    uses = tuple(
        Use(one.constraint.number, table.index(one.column), one.constraint.comparison, one.constraint.collation)
        for one in pushed
    )
    rows = _rows(table, [(table.column(one.column), one.constraint.comparison) for one in pushed])
    return Plan(uses, columns_read(table, used), requests_for(rows), rows, tuple(considered))


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
