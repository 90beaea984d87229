"""How many rows and requests a scan takes, and how long that is, as far as anybody knows. Pure.

SQLite compares plans by their cost alone, here in milliseconds. What was learned of a table goes before what its schema
says, that before a guess; nothing is asked for to know better.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iptvvtab.remote import Op, Sizes, Term
from iptvvtab.schema import Column, Table
from iptvvtab.source import Learned, Pace, Size
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import LEARNED, RANGES, Comparison, Verdict
from iptvvtab.vtab.offer import Bound, Considered, Outlook, rowid_column

DEFAULT_ROWS = 30_000
"""Rows of a table that nobody has counted."""

MEMBERS = 25
"""Members that an IN list is taken to have: SQLite does not say."""

BATCH = 500
"""Keys that travel together at most, on a portal that takes such lists."""

LOOKUP = 0.02
"""Milliseconds of a look-up that is answered here."""

NEAR = Pace(request=0.05, row=0.001)
"""How fast the shadow file answers: measured, docs/benchmarks.md."""

_NOTHING = Learned()

_EQUALITIES = (Comparison.EQ, Comparison.IS)

_SHARES = {
    Comparison.EQ: 0.01,
    Comparison.IS: 0.01,
    Comparison.IS_NULL: 0.1,
    Comparison.IN: 0.05,
    Comparison.LIKE: 0.1,
    Comparison.GLOB: 0.1,
    Comparison.NE: 0.9,
    Comparison.IS_NOT: 0.9,
    Comparison.NOT_NULL: 0.9,
}
"""The share of rows that a comparison keeps, where nothing better is known."""

_SHARE_OF_RANGE = 0.3
_SHARE_OF_FLAG = 0.5

SPARSE = 1000
"""Keys in the range of a table for each of its rows, from which on they are not taken to be spread evenly: a single one
that is far off would make every other range look empty.
"""

FEWEST_ROWS = 1.0
"""However many conditions there are, a row is expected: one that is not there costs a request all the same."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """What is expected of the scans of one table. `longest_in`: members that the portal takes at once, if known."""

    table: Table
    size: Size
    pace: Pace
    sizes: Sizes
    outlook: Outlook
    longest_in: int | None = None

    @property
    def total(self) -> float:
        """The rows that the table is taken to have."""
        return float(DEFAULT_ROWS if self._counted is None else self._counted)

    @property
    def is_counted(self) -> bool:
        """Whether somebody has counted the rows of the table, or its schema says how many there are."""
        return self._counted is not None

    @property
    def _counted(self) -> int | None:
        return self.table.statistics.row_count if self.size.rows is None else self.size.rows

    def rows(self, pushed: Sequence[Considered]) -> float:
        """Return the rows that a scan brings under these constraints."""
        equal = {one.column for one in pushed if one.constraint.comparison in _EQUALITIES}
        if self.table.key and equal >= {*self.table.key}:
            return FEWEST_ROWS
        if any(self.table.column(name).unique for name in equal):
            return FEWEST_ROWS
        ranges, spans = self._ranges(pushed)
        bounds = self._bounds
        rows = self.total if bounds is None else self.total * _share_between(bounds, spans)
        said = {(one.column, one.constraint.comparison) for one in pushed if bounds is None or one not in ranges}
        for name, comparison in sorted(said):
            rows = self._kept(rows, self.table.column(name), comparison)
        return max(min(rows, _most_between(spans)), FEWEST_ROWS)

    def requests(self, rows: float, pushed: Iterable[Considered] = (), width: int = 1) -> float:
        """Return the requests that bring so many rows of `width` columns: pages grow, long lists travel in parts."""
        if not self.table.key:  # all at once, and a look beyond what the portal may have cut
            return 1.0 if self.sizes.is_last(rows, rows + 1) else 2.0
        parts = 1
        if self.longest_in and any(one.constraint.comparison is Comparison.IN for one in pushed):
            parts = math.ceil(MEMBERS / self.longest_in)
        return float(max(self.sizes.requests(rows, width), parts))

    def cost(self, requests: float, rows: float) -> float:
        """Return the milliseconds that so many requests and rows take."""
        return requests * self.pace.request + rows * self.pace.row

    def lookup(self, rows: float) -> float:
        """Return the milliseconds of one of many look-ups, each of which brings so many rows: keys travel together."""
        page = self.sizes.limit(self.sizes.largest, len(self.table.columns))
        return self.cost(1 / min(BATCH, self.longest_in or BATCH) + rows / page, rows) + LOOKUP

    def whole(self, unknown: float | None = None) -> float:
        """Return the milliseconds that reading the whole table takes; `unknown` where nobody knows how large it is."""
        if self._counted is None and unknown is not None:
            return unknown
        return self.at_once(self.total)

    def at_once(self, rows: float) -> float:
        """Return the milliseconds that so many rows take where all are wanted, so that pages are large."""
        page = self.sizes.limit(self.sizes.largest, len(self.table.columns))
        return self.cost(1 + rows // page, rows)

    def rows_of(self, name: str, values: int) -> float:
        """Return the rows that so many values of a column have."""
        column = self.table.column(name)
        if column.unique or self.table.key == (column.name,):
            return float(values)
        per_value = self._per_value(column)
        return min(values * (self.total * _SHARES[Comparison.EQ] if per_value is None else per_value), self.total)

    def _per_value(self, column: Column) -> float | None:
        """Return the rows that a value of a column has, as learned; of one that refers to counted rows, the mean."""
        if column.name in self.size.per_value or column.references is None:
            return self.size.per_value.get(column.name)
        referred = self.outlook.learned.size(column.references[0]).rows if self.outlook.contract.uses(LEARNED) else None
        return self.total / referred if referred else None

    @property
    def _bounds(self) -> tuple[int, int] | None:
        """The smallest and the largest key, as learned or as the schema says; None also where keys are too sparse."""
        said = self.table.statistics
        known = ((self.size.smallest, self.size.largest), (said.min_id, said.max_id))
        for smallest, largest in known:
            if smallest is not None and largest is not None and smallest <= largest:
                is_dense = largest - smallest < SPARSE * max(self.total, FEWEST_ROWS)
                return (smallest, largest) if is_dense else None
        return None

    def _ranges(self, pushed: Sequence[Considered]) -> tuple[list[Considered], list[Term]]:
        """Return the ranges of the integer key that have a known value, and what they say.

        The rule is asked what the value makes of it: `id < '7.5'` is `id <= 7`.
        """
        place = rowid_column(self.table)
        if place is None:
            return [], []
        key = self.table.columns[place]
        ranges: list[Considered] = []
        terms: list[Term] = []
        for one in pushed:
            constraint = one.constraint
            if one.column == key.name and constraint.comparison in RANGES and constraint.value is not None:
                ranges.append(one)
                terms += self.outlook.contract.judge(
                    key, constraint.comparison, constraint.value, self.outlook.abilities, constraint.collation
                ).terms
        return ranges, terms

    def _kept(self, rows: float, column: Column, comparison: Comparison) -> float:
        """Return how many of these rows a comparison keeps."""
        per_value = self._per_value(column)
        if comparison is Comparison.IN and (column.unique or self.table.key == (column.name,)):
            per_value = 1.0
        if comparison in RANGES:
            return rows * _SHARE_OF_RANGE
        if comparison in (*_EQUALITIES, Comparison.IN) and per_value is not None:
            values = MEMBERS if comparison is Comparison.IN else 1
            return rows * min(values * per_value / max(self.total, FEWEST_ROWS), 1.0)
        if column.type is ColumnType.BOOLEAN and comparison in _EQUALITIES:
            return rows * _SHARE_OF_FLAG
        return rows * _SHARES[comparison]


def estimates(table: Table, outlook: Outlook) -> Estimates:
    """Return what is expected of a table's scans, with what was learned unless that rule is switched off."""
    can = outlook.abilities()
    sizes = outlook.sizes.of(can)
    learned = outlook.learned if outlook.contract.uses(LEARNED) else _NOTHING
    pace = NEAR if outlook.is_near(table) else learned.pace
    return Estimates(table, learned.size(table.name), pace, sizes, outlook, can.longest_in)


def enough(bounds: Sequence[Bound], considered: Iterable[Considered]) -> float:
    """Return how many rows LIMIT and OFFSET let SQLite take, where no condition may travel wider than it is.

    Infinite where that is not known. SQLite offers LIMIT for a FROM clause of one table only, so that no order of a
    join depends on it.
    """
    if any(one.rule.verdict is not Verdict.EXACT for one in considered):
        return math.inf
    if not bounds or any(not isinstance(bound.value, int) for bound in bounds):
        return math.inf
    numbers = {bound.is_offset: bound.value for bound in bounds if isinstance(bound.value, int)}
    limit = numbers.get(False, -1)
    return float(limit + max(numbers.get(True, 0), 0)) if limit >= 0 else math.inf


def _most_between(spans: Iterable[Term]) -> float:
    """Return how many keys ranges leave at most: whole numbers, from 1 on where nothing is said."""
    low, high = _span(spans, 1, None)
    return math.inf if high is None else max(high - low + 1, 0)


def _span(spans: Iterable[Term], low: int, high: int | None) -> tuple[int, int | None]:
    """Return the span of keys that ranges leave of one, which may have no end."""
    for term in spans:
        value = term.values[0] if term.values else None
        if not isinstance(value, int):
            continue
        match term.op:
            case Op.GT | Op.GE:
                low = max(low, value + (term.op is Op.GT))
            case Op.LT | Op.LE:
                limit = value - (term.op is Op.LT)
                high = limit if high is None else min(high, limit)
    return low, high


def _share_between(bounds: tuple[int, int], spans: Iterable[Term]) -> float:
    """Return the share of keys, taken to be spread evenly, for which ranges hold."""
    smallest, largest = bounds
    low, high = _span(spans, smallest, largest)
    assert high is not None
    return max(high - low + 1, 0) / (largest - smallest + 1)
