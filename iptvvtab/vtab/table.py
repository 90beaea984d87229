"""One table of the portal as SQLite's virtual table: translates between SQLite's objects and the pure plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import apsw

from iptvvtab.errors import MirrorUnusable, RowsChanged, UnknownPosition
from iptvvtab.mirror import View
from iptvvtab.remote import Journal, Read, Term
from iptvvtab.schema import Catalog, Column, Table
from iptvvtab.source import Freshness, Rows, Source
from iptvvtab.vtab.contract import LOOKAHEAD, LOOKUPS, Comparison, Contract
from iptvvtab.vtab.cursor import Cursor, KeylessCursor
from iptvvtab.vtab.declare import declaration
from iptvvtab.vtab.estimate import Estimates, estimates
from iptvvtab.vtab.leads import Peers
from iptvvtab.vtab.lookups import Lookups
from iptvvtab.vtab.observer import Observed
from iptvvtab.vtab.offer import ROWID, Bound, Constraint, Offer, Ordering, Outlook, rowid_column
from iptvvtab.vtab.plan import Plan, from_text, plan
from iptvvtab.vtab.scan import Argument, Scan, scan_for
from iptvvtab.vtab.shapes import Shapes

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
    apsw.SQLITE_INDEX_CONSTRAINT_GLOB: Comparison.GLOB,
}


_GROUPED = 1
"""How SQLite says that it puts equal rows together, in whatever order."""

_DISTINCT = 2
"""How SQLite says that it drops equal rows, and does not mind their order."""


STEPS = 5_000
"""Steps of its own that SQLite makes in a millisecond: what it counts costs in. A row that it reads takes three."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the tables of one schema on one connection share.

    `freshness` gives what a table accepts; `opened` and `closed` tell how many tables SQLite holds; `mirror` is what
    the connection sees of the shadow file, `peers` are its open cursors, of all its schemas.
    """

    catalog: Catalog
    source: Source
    journal: Journal
    freshness: Callable[[str], Freshness]
    opened: Callable[[], None]
    closed: Callable[[], None]
    mirror: View | None = None
    contract: Contract = field(default_factory=Contract)
    observed: Observed = field(default_factory=Observed)
    peers: Peers = field(default_factory=Peers)

    @property
    def outlook(self) -> Outlook:
        """What is known when SQLite plans."""
        remote = self.source.remote
        return Outlook(self.contract, remote.known, self.source.learned, remote.sizes, self._is_mirrored)

    def is_near(self, read: Read) -> bool:
        """Return whether a Read would be answered without the portal."""
        return self.source.foreseen(read, self.freshness(read.table), self.mirror) is not None

    def _is_mirrored(self, table: Table) -> bool:
        """Return whether the rows of a table stand in the shadow file, fresh enough; reading tells why they do not."""
        try:
            return self.mirror is not None and self.is_near(Read(table.name, table.key or (table.columns[0].name,), ()))
        except MirrorUnusable:
            return False


@dataclass(frozen=True)
class _Guide:
    """What the look-ups of a cursor know of the world."""

    context: Context
    table: Table

    @cached_property
    def estimates(self) -> Estimates:
        """What reads of the table are expected to take, as known when the cursor first asks: look-ups are many."""
        return estimates(self.table, self.context.outlook)

    @property
    def peers(self) -> Peers | None:
        """The open cursors that keys may come from; None where nobody looks ahead."""
        return self.context.peers if self.context.contract.uses(LOOKAHEAD) else None

    def listed(self, column: Column, values: frozenset[Any]) -> tuple[Term, ...] | None:
        """Return the terms of a list of values; None where such a list does not travel."""
        context = self.context
        judged = context.contract.judge(column, Comparison.IN, values, context.source.remote.known)
        return None if judged.is_empty else judged.terms or None

    def is_near(self, read: Read) -> bool:
        """Return whether a Read would be answered without the portal."""
        return self.context.is_near(read)


class PortalTable:
    """A table as SQLite sees it. SQLite checks every row again (no `omit`), so a superset is always right."""

    following: type[Lookups] = Lookups
    """What follows the look-ups of its cursors."""

    def __init__(self, context: Context, table: Table, interrupted: Callable[[], bool]) -> None:
        self._context, self._table, self._interrupted = context, table, interrupted
        self._rowid = rowid_column(table)

    def BestIndexObject(self, index: apsw.IndexInfo) -> bool:  # noqa: N802 -- APSW's name
        """Plan a scan."""
        offered = offer(index)
        chosen = plan(self._table, offered, self._context.outlook)
        recipe = chosen.recipe
        taken = [use.number for use in recipe.uses] + [bound.number for bound in recipe.bounds]
        for argument, number in enumerate(taken, start=1):
            index.set_aConstraintUsage_argvIndex(number, argument)
        for use in recipe.uses:
            if use.comparison is Comparison.IN:
                index.set_aConstraintUsage_in(use.number, True)
        describe(index, chosen)
        observer = self._context.observed.by
        index.idxNum = observer.planned(self._table, offered, chosen) if observer else 0
        return True

    def scan(self, number: int, text: str, arguments: Sequence[Argument]) -> tuple[Scan | None, Journal]:
        """Return a planned scan with these values, and the journal for its requests; None when no row can match."""
        context = self._context
        scan = scan_for(
            self._table, from_text(text), arguments, context.contract, lambda: context.source.remote.capabilities
        )
        observer = context.observed.by
        journal = observer.filtered(number, scan) if observer else None
        return scan, journal or context.journal

    def open(self, read: Read, journal: Journal, wanted: int | None = None) -> Rows:
        """Return the rows of a Read, from wherever the policy says. `wanted`: rows that will do, if that is known."""
        freshness = self._context.freshness(self._table.name)
        return self._context.source.open(read, freshness, journal, self._interrupted, wanted, self._context.mirror)

    @property
    def is_observed(self) -> bool:
        """Whether somebody wants to hear of every scan."""
        return self._context.observed.by is not None

    @property
    def schema(self) -> Table:
        """What the portal has."""
        return self._table

    def lookups(self, cursor: Cursor) -> Shapes:
        """Return what follows the look-ups of one cursor."""
        is_allowed, guide = self._context.contract.uses(LOOKUPS), _Guide(self._context, self._table)
        return Shapes(partial(self.following, self._table, guide, cursor, is_allowed=is_allowed))

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

    def Open(self) -> Cursor:  # noqa: N802 -- APSW's name
        """Return a cursor; until it is closed, its statement sees one moment of the mirror."""
        if self._context.mirror is not None:
            self._context.mirror.hold()
        cursor = Cursor(self) if self._table.key else KeylessCursor(self)
        self._context.peers.opened(cursor)
        return cursor

    def is_joined(self, cursor: Cursor) -> bool:
        """Return whether other cursors are open, which may look for their keys in the rows of this one."""
        return bool(self._context.peers.others(cursor))

    def left(self, cursor: Cursor) -> None:
        """Be told that a cursor is closed."""
        self._context.peers.closed(cursor)
        if self._context.mirror is not None:
            self._context.mirror.let_go()

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
        value = index.get_aConstraint_rhs(number)
        found.append(Constraint(number, index.get_aConstraint_iColumn(number), comparison, collation, value))
    return found


def bounds(index: apsw.IndexInfo) -> list[Bound]:
    """Return the LIMIT and OFFSET of an offer that can be used."""
    kinds = {apsw.SQLITE_INDEX_CONSTRAINT_LIMIT: False, apsw.SQLITE_INDEX_CONSTRAINT_OFFSET: True}
    return [
        Bound(number, kinds[index.get_aConstraint_op(number)], index.get_aConstraint_rhs(number))
        for number in range(index.nConstraint)
        if index.get_aConstraint_op(number) in kinds and index.get_aConstraint_usable(number)
    ]


def offer(index: apsw.IndexInfo) -> Offer:
    """Return what SQLite offers. An order that serves DISTINCT alone is none: a plain table gives what comes first."""
    is_distinct = index.distinct == _DISTINCT
    order = [
        Ordering(index.get_aOrderBy_iColumn(number), index.get_aOrderBy_desc(number))
        for number in range(0 if is_distinct else index.nOrderBy)
    ]
    # A condition on the rowid makes SQLite ask for it, though colUsed does not say so (vtab-facts 6).
    columns = {index.get_aConstraint_iColumn(number) for number in range(index.nConstraint)}
    return Offer(
        tuple(constraints(index)),
        index.colUsed,
        tuple(order),
        tuple(bounds(index)),
        wants_distinct=is_distinct and ROWID not in columns,
        is_grouped=index.distinct == _GROUPED,
    )


def describe(index: apsw.IndexInfo, chosen: Plan) -> None:
    """Tell SQLite what the plan is and what it costs."""
    index.idxStr = chosen.recipe.to_text()
    index.estimatedCost = chosen.cost * STEPS
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
