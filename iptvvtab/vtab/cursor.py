"""One scan of a table, as SQLite's cursor. Hot: as few Python frames a row as APSW allows."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import apsw

from iptvvtab.errors import Interrupted
from iptvvtab.types import Value
from iptvvtab.vtab.rows import ContentIds
from iptvvtab.vtab.scan import Argument

if TYPE_CHECKING:
    from iptvvtab.remote import Read
    from iptvvtab.source import Rows
    from iptvvtab.vtab.table import PortalTable

Row = Sequence[Value]


class Cursor:
    """Walks the rows of one Read after another: SQLite may call Filter any number of times."""

    __slots__ = ("_at", "_id", "_ids", "_lookups", "_next", "_row", "_rows", "_table")

    def __init__(self, table: PortalTable) -> None:
        self._table = table
        self._lookups = table.lookups()
        self._rows: Rows | None = None
        self._row: Row | None = None
        self._next: Iterator[Row] = iter(())
        self._at: Sequence[int] = ()
        self._ids: ContentIds | None = None
        self._id: int | None = None

    def Filter(self, number: int, plan: str, arguments: tuple[Argument, ...]) -> None:  # noqa: N802 -- APSW's name
        """Start a scan: the plan's constraints have these values now."""
        self.Close()
        self._next = iter(())
        self._ids = None if self._table.has_key else ContentIds()
        read = self._table.read(plan, arguments)
        if read is not None:
            self._at = self._table.places(read.columns)
            self._next = self._start(read)
        self.Next()

    def _start(self, read: Read) -> Iterator[Row]:
        try:
            kept = self._lookups.find(read)
        except Interrupted as interrupted:
            raise apsw.InterruptError(str(interrupted)) from None
        if kept is not None:
            return iter(kept)
        self._rows = self._table.open(read)
        return chain.from_iterable(self._rows)

    def Next(self) -> None:  # noqa: N802 -- APSW's name
        """Go to the next row; a new page is fetched where the last one ends."""
        try:
            self._row = next(self._next, None)
        except Interrupted as interrupted:
            raise apsw.InterruptError(str(interrupted)) from None
        if self._row is None:
            self._release()
        elif self._ids is not None:
            self._id = self._ids.of(self._row)

    def Eof(self) -> bool:  # noqa: N802 -- APSW's name
        """Return whether the scan is over."""
        return self._row is None

    def Column(self, number: int) -> Value:  # noqa: N802 -- APSW's name
        """Return a value of the current row; column -1 is the rowid."""
        return self._row[self._at[number]] if number >= 0 else self.Rowid()  # type: ignore[index]

    def Rowid(self) -> int:  # noqa: N802 -- APSW's name
        """Return what SQLite knows the row by: the key, or an id made from the row's values."""
        if self._id is not None:
            return self._id
        return self._row[self._at[-1]]  # type: ignore[index, return-value]

    def Close(self) -> None:  # noqa: N802 -- APSW's name
        """End the scan; a page under way is dropped."""
        self._row = None
        self._release()

    def _release(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = None


def interruption(connection: apsw.Connection) -> Callable[[], bool]:
    """Return a test whether SQLite was told to stop what it does on a connection; holds no reference to it."""
    reference = weakref.ref(connection)

    def is_interrupted() -> bool:
        alive = reference()
        return alive is not None and alive.is_interrupted

    return is_interrupted
