"""How many rows and requests a scan takes, as far as anybody knows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import RANGES, Comparison

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
    Comparison.GLOB: 0.1,
    Comparison.NE: 0.9,
    Comparison.IS_NOT: 0.9,
    Comparison.NOT_NULL: 0.9,
}
"""The share of rows that a comparison keeps, where nothing better is known."""

_SHARE_OF_RANGE = 0.3
_SHARE_OF_FLAG = 0.5
_MEMBERS = 25
"""Members that an IN list is taken to have: SQLite does not say."""


def cost_of(requests: float, rows: float) -> float:
    """Return what SQLite compares plans by: requests and rows in one unit."""
    return requests * LATENCY + rows * ROW


def requests_for(rows: float) -> float:
    """Return the requests that a scan of so many rows is estimated to take."""
    return 1 + rows // ROWS_A_PAGE


def rows_in(table: Table) -> float:
    """Return the rows that a table is taken to have."""
    return float(table.statistics.row_count or DEFAULT_ROWS)


def rows_for(table: Table, pushed: Sequence[tuple[Column, Comparison]]) -> float:
    """Estimate the rows that a scan brings under these comparisons."""
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
    if column.type is ColumnType.BOOLEAN and comparison in (Comparison.EQ, Comparison.IS):
        return _SHARE_OF_FLAG
    return _SHARES[comparison]
