"""How many rows a Read has, asked for in one request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from iptvvtab.errors import BadAnswer, Forbidden, Refused
from iptvvtab.remote.encode import count_document, masked
from iptvvtab.remote.pager import Page, Pager
from iptvvtab.remote.read import Read
from iptvvtab.remote.wire import Interrupted, Wire
from iptvvtab.schema import Table
from iptvvtab.types import Json


class Count:
    """The one page of a counting Read: one row of one number.

    `pager` gives the pages of the rows themselves: they are counted here if the portal refuses to.
    """

    def __init__(self, wire: Wire, table: Table, read: Read, pager: Callable[[Read], Pager]) -> None:
        self._wire, self._table, self._read, self._pager = wire, table, read, pager
        self._is_done = False

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the page, then None. Raises PortalError and its kin."""
        if self._is_done:
            return None
        try:
            number = self._ask(interrupted)
        except Refused as error:
            if isinstance(error, Forbidden):
                raise
            number = self._count_here(interrupted)
        self._is_done = True
        return Page([[number]], 0)

    def close(self) -> None:
        """Ask no more."""
        self._is_done = True

    def announced(self) -> tuple[dict[str, Json], ...]:
        """Return the document that would be sent, as it may be shown."""
        return (count_document(self._table, masked(self._table, self._read)),)

    def _ask(self, interrupted: Interrupted) -> int:
        (shown,) = self.announced()
        asked = self._wire.ask(self._table.name, count_document(self._table, self._read), shown)
        match self._wire.receive(asked, interrupted).rows:
            case [[int(number)]] if number >= 0:
                return number
        raise BadAnswer(self._wire.portal, f"table {self._table.name!r} answered something else than its count")

    def _count_here(self, interrupted: Interrupted) -> int:
        names = self._table.key or tuple(column.name for column in self._table.columns)
        pager = self._pager(replace(self._read, columns=names, is_count=False))
        number = 0
        try:
            while (page := pager.next(interrupted)) is not None:
                number += len(page.rows)
        finally:
            pager.close()
        return number
