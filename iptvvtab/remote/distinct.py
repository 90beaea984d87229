"""The different rows of a Read, as the portal tells them apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from iptvvtab.errors import Forbidden, Refused
from iptvvtab.remote.canonical import canonical
from iptvvtab.remote.encode import distinct_document, masked, shape
from iptvvtab.remote.pager import Page, Pager, shaped
from iptvvtab.remote.read import Read
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.wire import Interrupted, Raw, Wire
from iptvvtab.schema import Table
from iptvvtab.types import Json, Value


class Distinct:
    """The pages of a Read of which equal rows will do once: a small one, a large one, then all rows by key.

    Later pages repeat what earlier ones had, which is no harm to whoever wants different rows. `pager` gives the pages
    of the rows themselves: they are read if the portal refuses, or if too many of them differ.
    """

    def __init__(self, wire: Wire, table: Table, read: Read, pager: Callable[[Read], Pager], sizes: Sizes) -> None:
        self._wire, self._table, self._read, self._pager = wire, table, read, pager
        self._sizes = sizes
        width = len(read.columns)
        self._limits = sorted({sizes.limit(sizes.first, width), sizes.limit(sizes.largest, width)})
        self._rows: Pager | None = None
        self._is_done = False

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one. Raises PortalError and its kin."""
        if self._is_done:
            return None
        if self._limits:
            try:
                return self._different(self._limits[0], interrupted)
            except Refused as error:
                if isinstance(error, Forbidden):
                    raise
                self._limits = []
        return self._all(interrupted)

    def close(self) -> None:
        """Drop the page under way."""
        self._is_done = True
        if self._rows is not None:
            self._rows.close()

    def announced(self) -> tuple[dict[str, Json], ...]:
        """Return the document that would be sent first, as it may be shown."""
        return (distinct_document(self._table, masked(self._table, self._read), self._limits[0]),)

    def _different(self, limit: int, interrupted: Interrupted) -> Page | None:
        raw = self._ask(limit, None, interrupted)
        form, portal = shape(self._table, self._read), self._wire.portal
        rows = canonical(portal, self._table, form.columns, shaped(portal, self._table, form, raw.rows))
        self._is_done = self._are_all(len(rows), limit, interrupted)
        self._limits = self._limits[1:]
        return Page(rows, raw.bytes) if rows else None

    def _are_all(self, got: int, limit: int, interrupted: Interrupted) -> bool:
        """Return whether these are all; where a portal may have cut them silently, it is asked for one beyond."""
        if self._sizes.is_last(got, limit):
            return True
        return got < limit and not self._ask(1, got, interrupted).rows

    def _ask(self, limit: int, offset: int | None, interrupted: Interrupted) -> Raw:
        sent = distinct_document(self._table, self._read, limit, offset)
        shown = distinct_document(self._table, masked(self._table, self._read), limit, offset)
        return self._wire.receive(self._wire.ask(self._table.name, sent, shown), interrupted)

    def _all(self, interrupted: Interrupted) -> Page | None:
        names = (*self._read.columns, *(name for name in self._table.key if name not in self._read.columns))
        if not self._table.key:
            names = tuple(column.name for column in self._table.columns)
        if self._rows is None:
            self._rows = self._pager(replace(self._read, columns=names, is_distinct=False))
        page = self._rows.next(interrupted)
        if page is None:
            return None
        places = [names.index(name) for name in self._read.columns]
        rows: list[list[Value]] = [[row[place] for place in places] for row in page.rows]
        return Page(rows, page.bytes)
