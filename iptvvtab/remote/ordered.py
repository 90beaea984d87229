"""Rows in an order that was promised to SQLite, whatever the portal makes of it."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from iptvvtab.errors import Forbidden, Refused
from iptvvtab.remote.pager import Page, Pager
from iptvvtab.remote.read import Read
from iptvvtab.remote.wire import Interrupted


class Ordered:
    """The pages of a Read with an order. If the portal refuses to sort, all rows are fetched, and sorted here.

    `pager` gives the pages of a Read; `surprised` is called when the portal refuses what a capability had promised.
    """

    def __init__(self, read: Read, pager: Callable[[Read], Pager], surprised: Callable[[], None]) -> None:
        self._read, self._pager, self._surprised = read, pager, surprised
        self._pages = pager(read)
        self._has_begun = self._is_done = False

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one. Raises PortalError and its kin."""
        if self._is_done:
            return None
        try:
            page = self._pages.next(interrupted)
        except Refused as error:
            if self._has_begun or isinstance(error, Forbidden):
                raise
            self._surprised()
            self._is_done = True
            return self._sorted(interrupted)
        self._has_begun = True
        return page

    def close(self) -> None:
        """Drop the page under way."""
        self._pages.close()

    def _sorted(self, interrupted: Interrupted) -> Page | None:
        pager = self._pager(Read(self._read.table, self._read.columns, self._read.terms))
        rows: list[Any] = []
        size = 0
        try:
            while (page := pager.next(interrupted)) is not None:
                rows += page.rows
                size += page.bytes
        finally:
            pager.close()
        for one in reversed(self._read.order):  # a stable sort, the last key first
            rows.sort(key=itemgetter(self._read.columns.index(one.column)), reverse=one.is_down)
        return Page(rows, size) if rows else None
