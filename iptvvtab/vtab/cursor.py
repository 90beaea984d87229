"""One scan of a table, as SQLite's cursor. Hot: `Next`, `Eof` and `Column` are all that a row costs in Python."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

import apsw

from iptvvtab.errors import Interrupted
from iptvvtab.types import Value
from iptvvtab.vtab.rows import ContentIds
from iptvvtab.vtab.scan import Argument, Scan
from iptvvtab.vtab.shapes import Again
from iptvvtab.vtab.summaries import Counted, Different, Summary, gone_on, number_in
from iptvvtab.vtab.walk import Walk

if TYPE_CHECKING:
    from iptvvtab.remote import Journal, Read
    from iptvvtab.schema import Column as SchemaColumn
    from iptvvtab.schema import Table
    from iptvvtab.source import Row, Rows
    from iptvvtab.vtab.table import PortalTable


class Cursor:
    """Walks the rows of one Read after another: SQLite may call Filter any number of times."""

    __slots__ = (
        "Eof",
        "_again",
        "_at",
        "_columns",
        "_counted",
        "_is_looked_at",
        "_journal",
        "_lookups",
        "_next",
        "_over",
        "_row",
        "_rows",
        "_scan",
        "_summary",
        "_table",
        "_walk",
    )

    def __init__(self, table: PortalTable) -> None:
        self._table = table
        self._lookups = table.lookups(self)
        self._rows: Rows | None = None
        self._row: Row | None = None
        self._over: list[None] = []
        # In C, so that no Ctrl-C strikes in it: APSW 3.53.4 goes on after an exception in Eof. No length is "not over".
        self.Eof = self._over.__len__
        self._next: Iterator[Row] = iter(())
        self._at: Sequence[int] = ()
        self._scan: Scan | None = None
        self._journal: Journal | None = None
        self._summary: Summary | None = None
        self._counted: tuple[Read, int] | None = None
        self._walk = Walk(())
        self._columns: tuple[str, ...] = ()
        self._is_looked_at = False
        self._again: Again | None = None

    def Filter(self, number: int, plan: str, arguments: tuple[Argument, ...]) -> None:  # noqa: N802 -- APSW's name
        """Start a scan: the plan's constraints have these values now."""
        self._end()
        self._next, self._summary = iter(()), None
        self._over.clear()
        again = self._again
        if again is not None and again.plan == plan and (rows := again.find(arguments)) is not None:
            self._look_at(again.columns)
            self._walk = Walk((rows,), holds=True)
            self._next = chain.from_iterable(self._walk)
            self.Next()
            return
        self._scan, self._journal = self._table.scan(number, plan, arguments)
        if self._scan is not None:
            pages = _interruptible(self._pages(self._scan, plan, arguments))
            self._walk = Walk(pages, lambda: self._is_near, holds=self._table.is_joined(self))
            self._next = chain.from_iterable(self._walk)
        self.Next()

    def Next(self) -> None:  # noqa: N802 -- APSW's name
        """Go to the next row; a new page is fetched where the last one ends."""
        self._row = next(self._next, None)
        if self._row is None:
            self._over.append(None)

    def Column(self, number: int) -> Value:  # noqa: N802 -- APSW's name
        """Return a value of the current row; column -1 is the rowid. Raises UnknownPosition."""
        try:
            return self._row[self._at[number]]  # type: ignore[index]  # SQLite asks only for rows that are there
        except IndexError:
            raise self._table.unread() from None

    def Rowid(self) -> int:  # noqa: N802 -- APSW's name
        """Return what SQLite knows the row by: the key. Raises RowsChanged."""
        try:
            return self._row[self._at[-1]]  # type: ignore[index, return-value]  # the pager checked the key
        except IndexError:
            self._read_after_all()
            return self.Rowid()

    def Close(self) -> None:  # noqa: N802 -- APSW's name
        """End the scan, as the statement ends."""
        try:
            self._end()
            followed = self._lookups
            if followed.batches and self._journal is not None:
                self._journal.looked_up(self.schema.name, followed.batches, followed.hits)
        finally:
            self._table.left(self)

    @property
    def schema(self) -> Table:
        """The table that it walks."""
        return self._table.schema

    def columns(self) -> tuple[SchemaColumn, ...]:
        """The columns that were read."""
        return tuple(map(self._table.schema.column, self._columns))

    def value(self, column: SchemaColumn) -> Value:
        """Return the current row's value of a column; None also where there is no row, or it was not read."""
        return None if self._row is None or column.name not in self._columns else self._row[self.place(column)]

    def holds(self, column: SchemaColumn, value: Value) -> bool:
        """Return whether a row that passed a moment ago, or is about to come, has a value in a column."""
        place = self.place(column)
        return any(row[place] == value for row in self._walk.held())

    def place(self, column: SchemaColumn) -> int:
        """Return the place of a column in its rows."""
        return self._columns.index(column.name)

    def ahead(self) -> Iterator[Row]:
        """Yield the rows that will come as far as they are known, those of the keys that it will be asked for too."""
        if self._is_looked_at:  # two cursors that each take the other for where its keys come from
            return
        self._is_looked_at = True
        try:
            yield from self._walk.ahead(self._row)
            yield from self._lookups.ahead()
        finally:
            self._is_looked_at = False

    @property
    def _is_near(self) -> bool:
        return self._rows is not None and self._rows.provenance.source != "live"

    def _end(self) -> None:
        """End the scan; a page under way is dropped."""
        self._row = None
        self._let_go()

    def _let_go(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def _pages(self, scan: Scan, plan: str, arguments: tuple[Argument, ...]) -> Iterator[Iterable[Row]]:
        """Yield the rows of a scan by page: of what a join has read already, of a summary, or fetched."""
        self._look_at(scan.read.columns)
        if (kept := self._lookups.find(scan.read, self._open, is_summed_up=scan.summary is not None)) is not None:
            if not self._table.is_observed:
                self._again = self._lookups.again(plan, scan.read, arguments, self.schema)
            yield kept
        elif scan.summary is not None:
            self._summary = self._summary_of(scan)
            self._look_at(self._summary.columns)
            yield from self._summary.pages()
        else:
            yield from self._fetched(scan)

    def _open(self, read: Read, wanted: int | None = None) -> Rows:
        assert self._journal is not None
        return self._table.open(read, self._journal, wanted)

    def _look_at(self, columns: tuple[str, ...]) -> None:
        if columns is not self._columns:
            self._columns, self._at = columns, self._table.places(columns)

    def _fetched(self, scan: Scan) -> Iterator[Iterable[Row]]:
        self._rows = self._open(scan.read, scan.wanted)
        self._lookups.opened(self._rows.provenance.source)
        yield from self._rows
        self._let_go()  # the current row stays: pages may be looked at before their turn

    def _summary_of(self, scan: Scan) -> Summary:
        assert scan.summary is not None
        if scan.pinned is None:
            self._rows = self._open(scan.summary)
            return Different(scan.summary.columns, self._rows)
        # The inner loop of a product asks for the same number again and again.
        if self._counted is None or self._counted[0] != scan.summary:
            self._rows = self._open(scan.summary)
            self._counted = scan.summary, number_in(self._rows)
        return Counted(scan.pinned, self._counted[1])

    def _read_after_all(self) -> None:
        """Fetch the rows that were only summed up, up to the current one: SQLite wants to know which one it is."""
        assert self._scan is not None
        summary, self._summary = self._summary, None
        if summary is None or self._row is None:
            raise self._table.unread()
        seen = summary.seen(self._row)
        self._end()
        columns = self._scan.read.columns
        places = [columns.index(name) for name in summary.columns]
        get = itemgetter(*places) if places else None

        def project(row: Row) -> tuple[Value, ...]:
            if get is None:
                return ()
            return get(row) if len(places) > 1 else (get(row),)

        self._look_at(columns)
        self._walk = Walk(())
        rows = chain.from_iterable(_interruptible(self._fetched(self._scan)))
        self._next = gone_on(seen, rows, project)
        self.Next()
        if self._row is None:
            raise self._table.changed()


class KeylessCursor(Cursor):
    """Walks the rows of a table without a key: their ids are made from their values."""

    __slots__ = ("_id", "_ids")

    def __init__(self, table: PortalTable) -> None:
        super().__init__(table)
        self._ids, self._id = ContentIds(), 0

    def Filter(self, number: int, plan: str, arguments: tuple[Argument, ...]) -> None:  # noqa: N802 -- APSW's name
        """Start a scan: equal rows are numbered from the first again."""
        self._ids = ContentIds()
        super().Filter(number, plan, arguments)

    def Next(self) -> None:  # noqa: N802 -- APSW's name
        """Go to the next row, and count it among its equals."""
        super().Next()
        if self._row is not None and self._summary is None:
            self._id = self._ids.of(self._row)

    def Column(self, number: int) -> Value:  # noqa: N802 -- APSW's name
        """Return a value of the current row; column -1 is the rowid."""
        return self.Rowid() if number < 0 else super().Column(number)

    def Rowid(self) -> int:  # noqa: N802 -- APSW's name
        """Return what SQLite knows the row by: an id made from its values. Raises RowsChanged."""
        if self._summary is not None:
            self._read_after_all()
        return self._id


def _interruptible(pages: Iterator[Iterable[Row]]) -> Iterator[Iterable[Row]]:
    """Say in SQLite's words that a wait for a page was interrupted."""
    try:
        yield from pages
    except Interrupted as interrupted:
        raise apsw.InterruptError(str(interrupted)) from None


def interruption(connection: apsw.Connection) -> Callable[[], bool]:
    """Return a test whether SQLite was told to stop what it does on a connection; holds no reference to it."""
    reference = weakref.ref(connection)

    def is_interrupted() -> bool:
        alive = reference()
        return alive is not None and alive.is_interrupted

    return is_interrupted
