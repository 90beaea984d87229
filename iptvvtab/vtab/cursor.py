"""One scan of a table, as SQLite's cursor. Hot: `Next`, `Eof` and `Column` are all that a row costs in Python."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat
from operator import length_hint
from typing import TYPE_CHECKING

import apsw

from iptvvtab.errors import Interrupted
from iptvvtab.types import Value
from iptvvtab.vtab.rows import ContentIds
from iptvvtab.vtab.scan import Argument, Scan

if TYPE_CHECKING:
    from iptvvtab.source import Rows
    from iptvvtab.vtab.table import PortalTable

Row = Sequence[Value]


class Cursor:
    """Walks the rows of one Read after another: SQLite may call Filter any number of times."""

    __slots__ = ("Eof", "_at", "_equal", "_lookups", "_next", "_number", "_over", "_row", "_rows", "_scan", "_table")

    def __init__(self, table: PortalTable) -> None:
        self._table = table
        self._lookups = table.lookups()
        self._rows: Rows | None = None
        self._row: Row | None = None
        self._over: list[None] = []
        # In C, so that no Ctrl-C strikes in it: APSW 3.53.4 goes on after an exception in Eof. No length is "not over".
        self.Eof = self._over.__len__
        self._next: Iterator[Row] = iter(())
        self._at: Sequence[int] = ()
        self._scan: Scan | None = None
        self._equal: Iterable[Row] = ()
        self._number = 0

    def Filter(self, number: int, plan: str, arguments: tuple[Argument, ...]) -> None:  # noqa: N802 -- APSW's name
        """Start a scan: the plan's constraints have these values now."""
        self.Close()
        self._next, self._equal = iter(()), ()
        self._over.clear()
        self._scan = self._table.scan(plan, arguments)
        if self._scan is not None:
            self._next = chain.from_iterable(self._pages(self._scan))
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
        """End the scan; a page under way is dropped."""
        self._row = None
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def _pages(self, scan: Scan) -> Iterator[Iterable[Row]]:
        """Yield the rows of a scan by page: of what a join has read already, equal ones by their number, or fetched."""
        try:
            self._at = self._table.places(scan.read.columns)
            if (kept := self._lookups.find(scan.read, is_counted=scan.pinned is not None)) is not None:
                yield kept
                return
            if scan.pinned is not None and self._table.can_count():
                yield self._equal_rows(scan.pinned, self._table.open(scan.count))
                return
            self._rows = self._table.open(scan.read, scan.wanted)
            yield from self._rows
        except Interrupted as interrupted:
            raise apsw.InterruptError(str(interrupted)) from None
        self.Close()

    def _equal_rows(self, pinned: Mapping[str, Value], counted: Rows) -> Iterable[Row]:
        """Return as many equal rows as there are: SQLite looks at nothing in them but what is pinned."""
        try:
            [[[number]]] = counted  # read to the end: only what was read whole is remembered
        finally:
            counted.close()
        assert isinstance(number, int)
        self._number = number
        self._at = self._table.places(tuple(pinned))
        self._equal = repeat(tuple(pinned.values()), self._number)
        return self._equal

    def _read_after_all(self) -> None:
        """Fetch the rows that were only counted, up to the current one: SQLite wants to know which one it is."""
        assert self._scan is not None
        passed = self._number - length_hint(self._equal)
        self._equal = ()
        self._next = chain.from_iterable(self._pages(replace(self._scan, pinned=None)))
        for _ in range(passed):
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
        if self._row is not None and not self._equal:
            self._id = self._ids.of(self._row)

    def Column(self, number: int) -> Value:  # noqa: N802 -- APSW's name
        """Return a value of the current row; column -1 is the rowid."""
        return self.Rowid() if number < 0 else super().Column(number)

    def Rowid(self) -> int:  # noqa: N802 -- APSW's name
        """Return what SQLite knows the row by: an id made from its values. Raises RowsChanged."""
        if self._equal:
            self._read_after_all()
        return self._id


def interruption(connection: apsw.Connection) -> Callable[[], bool]:
    """Return a test whether SQLite was told to stop what it does on a connection; holds no reference to it."""
    reference = weakref.ref(connection)

    def is_interrupted() -> bool:
        alive = reference()
        return alive is not None and alive.is_interrupted

    return is_interrupted
