"""One table of the portal as SQLite's virtual table: translates between SQLite's objects and the pure plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import apsw

from iptvvtab.errors import RowsChanged, UnknownPosition
from iptvvtab.remote import Journal, Read
from iptvvtab.schema import Catalog, Table
from iptvvtab.source import Freshness, Rows, Source
from iptvvtab.vtab.compare import Comparison
from iptvvtab.vtab.cursor import Cursor, KeylessCursor
from iptvvtab.vtab.declare import declaration
from iptvvtab.vtab.lookups import Lookups
from iptvvtab.vtab.plan import Bound, Constraint, Ordering, Plan, plan, requests_for, rowid_column, rows_in
from iptvvtab.vtab.scan import Argument, Scan, scan_for

_COMPARISONS = {
    apsw.SQLITE_INDEX_CONSTRAINT_EQ: Comparison.EQ,
    apsw.SQLITE_INDEX_CONSTRAINT_LT: Comparison.LT,
    apsw.SQLITE_INDEX_CONSTRAINT_LE: Comparison.LE,
    apsw.SQLITE_INDEX_CONSTRAINT_GT: Comparison.GT,
    apsw.SQLITE_INDEX_CONSTRAINT_GE: Comparison.GE,
    apsw.SQLITE_INDEX_CONSTRAINT_NE: Comparison.NE,
    apsw.SQLITE_INDEX_CONSTRAINT_IS: Comparison.IS,
    apsw.SQLITE_INDEX_CONSTRAINT_ISNOT: Comparison.IS_NOT,
    apsw.SQLITE_INDEX_CONSTRAINT_ISNULL: Comparison.IS_NULL,
    apsw.SQLITE_INDEX_CONSTRAINT_ISNOTNULL: Comparison.NOT_NULL,
    apsw.SQLITE_INDEX_CONSTRAINT_LIKE: Comparison.LIKE,
}


_DISTINCT = 2
"""How SQLite says that the order serves DISTINCT alone: a plain table gives what comes first, in its own order."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the tables of one schema on one connection share.

    `freshness` gives what a table accepts; `opened` and `closed` tell how many tables SQLite holds.
    """

    catalog: Catalog
    source: Source
    journal: Journal
    freshness: Callable[[str], Freshness]
    opened: Callable[[], None]
    closed: Callable[[], None]


class PortalTable:
    """A table as SQLite sees it. SQLite checks every row again (no `omit`), so a superset is always right."""

    def __init__(self, context: Context, table: Table, interrupted: Callable[[], bool]) -> None:
        self._context, self._table, self._interrupted = context, table, interrupted
        self._rowid = rowid_column(table)

    def BestIndexObject(self, index: apsw.IndexInfo) -> bool:  # noqa: N802 -- APSW's name
        """Plan a scan."""
        order = orderings(index)
        # Asked only where it matters: before the first contact it looks into a file.
        can_descend = any(one.is_down for one in order) and self._context.source.remote.can_descend
        chosen = plan(self._table, constraints(index), index.colUsed, order, bounds(index), can_descend=can_descend)
        taken = [use.number for use in chosen.uses] + [bound.number for bound in chosen.bounds]
        for argument, number in enumerate(taken, start=1):
            index.set_aConstraintUsage_argvIndex(number, argument)
        for use in chosen.uses:
            if use.comparison is Comparison.IN:
                index.set_aConstraintUsage_in(use.number, True)
        describe(index, chosen)
        return True

    def scan(self, text: str, arguments: Sequence[Argument]) -> Scan | None:
        """Return a planned scan with these values; None when no row can match: then nothing travels."""
        return scan_for(self._table, text, arguments, self._has_ilike)

    def open(self, read: Read, wanted: int | None = None) -> Rows:
        """Return the rows of a Read, from wherever the policy says. `wanted`: rows that will do, if that is known."""
        context = self._context
        freshness = context.freshness(self._table.name)
        return context.source.open(read, freshness, context.journal, self._interrupted, wanted)

    def lookups(self) -> Lookups:
        """Return what follows the look-ups of one cursor."""
        return Lookups(self._table, requests_for(rows_in(self._table)), self.open)

    def places(self, columns: Sequence[str]) -> list[int]:
        """Return, for each column of the table and the rowid last, its place in rows of these columns."""
        nowhere = len(columns)  # an IndexError if SQLite asks for what was not read
        places = [nowhere] * (len(self._table.columns) + 1)
        for place, name in enumerate(columns):
            places[self._table.index(name)] = place
        if self._rowid is not None:
            places[-1] = places[self._rowid]
        return places

    def unread(self) -> UnknownPosition:
        """Return the error for a value that could not be read together with the others (plan.columns_read)."""
        table = self._table
        return UnknownPosition(table.name, [one.name for one in table.columns if not table.is_placed(one)])

    def changed(self) -> RowsChanged:
        """Return the error for rows that were counted and then gone."""
        return RowsChanged(self._context.source.remote.portal, self._table.name)

    def can_count(self) -> bool:
        """Whether this portal counts rows; the first contact may ask it."""
        return bool(self._context.source.remote.capabilities.count)

    def _has_ilike(self) -> bool:
        return bool(self._context.source.remote.capabilities.ilike)

    def Open(self) -> Cursor:  # noqa: N802 -- APSW's name
        """Return a cursor."""
        return Cursor(self) if self._table.key else KeylessCursor(self)

    def Disconnect(self) -> None:  # noqa: N802 -- APSW's name
        """SQLite lets go of the table: its connection closes, or it connects anew."""
        self._context.closed()

    Destroy = Disconnect


def constraints(index: apsw.IndexInfo) -> list[Constraint]:
    """Return the constraints of an offer that can be used at all, in their order."""
    found = []
    for number in range(index.nConstraint):
        comparison = _COMPARISONS.get(index.get_aConstraint_op(number))
        if comparison is None or not index.get_aConstraint_usable(number):
            continue
        if comparison is Comparison.EQ and index.get_aConstraintUsage_in(number):
            comparison = Comparison.IN
        collation = index.get_aConstraint_collation(number)
        found.append(Constraint(number, index.get_aConstraint_iColumn(number), comparison, collation))
    return found


def bounds(index: apsw.IndexInfo) -> list[Bound]:
    """Return the LIMIT and OFFSET of an offer that can be used."""
    kinds = {apsw.SQLITE_INDEX_CONSTRAINT_LIMIT: False, apsw.SQLITE_INDEX_CONSTRAINT_OFFSET: True}
    return [
        Bound(number, kinds[index.get_aConstraint_op(number)])
        for number in range(index.nConstraint)
        if index.get_aConstraint_op(number) in kinds and index.get_aConstraint_usable(number)
    ]


def orderings(index: apsw.IndexInfo) -> list[Ordering]:
    """Return the order that SQLite would like; none where it only wants the same values side by side (DISTINCT)."""
    if index.distinct == _DISTINCT:
        return []
    return [
        Ordering(index.get_aOrderBy_iColumn(number), index.get_aOrderBy_desc(number))
        for number in range(index.nOrderBy)
    ]


def describe(index: apsw.IndexInfo, chosen: Plan) -> None:
    """Tell SQLite what the plan is and what it costs."""
    index.idxStr = chosen.to_text()
    index.estimatedCost = chosen.cost
    index.estimatedRows = int(chosen.rows)
    index.orderByConsumed = chosen.is_ordered


class PortalModule:
    """The module that SQLite makes the tables of one schema from."""

    def __init__(self, context: Context, interrupted: Callable[[], bool]) -> None:
        self._context, self._interrupted = context, interrupted

    def Create(  # noqa: N802 -- APSW's name
        self, connection: apsw.Connection, module: str, schema: str, name: str, *arguments: str
    ) -> tuple[str, PortalTable]:
        """Return a table's declaration and the table. Raises UnknownTable."""
        table = self._context.catalog[name]
        made = PortalTable(self._context, table, self._interrupted)
        self._context.opened()
        return declaration(table), made

    Connect = Create
