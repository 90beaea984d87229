"""Rows in an order that was promised to SQLite, whatever the portal makes of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import total_ordering
from typing import Any, Protocol

from iptvvtab.errors import Forbidden, Refused
from iptvvtab.remote.encode import parts, sort_of, stages
from iptvvtab.remote.pager import Page, Pager
from iptvvtab.remote.read import Order, Read
from iptvvtab.remote.wire import Interrupted
from iptvvtab.schema import Table
from iptvvtab.types import Json, Value

Start = Callable[[Read, int | None], Pager]
"""Begins the pages of a Read of which so many rows will do."""


class Pages(Protocol):
    """Where pages come from; after an interrupt they can be asked again."""

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one."""

    def close(self) -> None:
        """Drop the page under way."""


class Ordered:
    """The pages of a Read with an order: NULL apart, parts of a long list merged.

    If the portal refuses to sort, all rows are fetched, and sorted here. `pager` begins the pages of a Read of which so
    many rows will do; `surprised` is called when the portal refuses what a capability had promised.
    """

    def __init__(
        self, read: Read, pager: Start, surprised: Callable[[], None], longest_in: int, wanted: int | None = None
    ) -> None:
        self._pager, self._surprised, self._longest_in, self._left = pager, surprised, longest_in, wanted
        self._stages = deque(stages(read))
        self._pages: Pages | None = None
        self._has_begun = False

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one. Raises PortalError and its kin."""
        while self._stages:
            page = self._next_of_stage(self._stages[0], interrupted)
            if page is not None:
                self._has_begun = True
                if self._left is not None:
                    self._left = max(self._left - len(page.rows), 0)
                return page
            self._stages.popleft()
            self._pages, self._has_begun = None, False
        return None

    def announced(self) -> tuple[dict[str, Json], ...]:
        """Return the document that each part would be asked for with first, as it may be shown."""
        each = [part for stage in self._stages for part in parts(stage, self._longest_in)]
        return tuple(one for part in each for one in self._pager(part, self._left).announced())

    def close(self) -> None:
        """Drop the pages under way."""
        if self._pages is not None:
            self._pages.close()
        self._stages.clear()

    def _next_of_stage(self, stage: Read, interrupted: Interrupted) -> Page | None:
        if self._pages is None:
            self._pages = self._begin(stage)
        try:
            return self._pages.next(interrupted)
        except Refused as error:
            if self._has_begun or isinstance(error, Forbidden) or not stage.order:
                raise
            self._surprised()
            self._pages.close()
            self._pages = Sorted(stage, self._pager)
            return self._pages.next(interrupted)

    def _begin(self, stage: Read) -> Pages:
        each = list(parts(stage, self._longest_in))
        wanted = self._left or None
        if len(each) == 1:
            return self._pager(stage, wanted)
        order = (*stage.order, *(Order(name) for name in stage.columns))
        return Merged([self._pager(part, wanted) for part in each], stage.columns, order)


@total_ordering
@dataclass(frozen=True, slots=True)
class _Down:
    """A value that sorts downward."""

    value: Any

    def __lt__(self, other: _Down) -> bool:
        return bool(other.value < self.value)


def place_of(row: Sequence[Value], columns: tuple[str, ...], order: tuple[Order, ...]) -> tuple[Any, ...]:
    """Return what a row sorts by. NULL is before everything."""
    place = []
    for one in order:
        value = row[columns.index(one.column)]
        known = (value is not None, value) if value is not None else (False, 0)
        place.append(_Down(known) if one.is_down else known)
    return tuple(place)


def in_order(table: Table, read: Read, rows: Iterable[Sequence[Value]]) -> list[Sequence[Value]]:
    """Return rows of a Read in the order that it promises."""
    order = sort_of(table, read)
    return sorted(rows, key=lambda row: place_of(row, read.columns, order))


class Sorted:
    """The rows of a Read on one page, sorted here."""

    def __init__(self, read: Read, pager: Start) -> None:
        self._read, self._pages = read, pager(replace(read, order=()), None)
        self._rows: list[list[Value]] = []
        self._size = 0

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the page, then None."""
        while (page := self._pages.next(interrupted)) is not None:
            self._rows += page.rows
            self._size += page.bytes
        rows, self._rows = self._rows, []
        rows.sort(key=lambda row: place_of(row, self._read.columns, self._read.order))
        return Page(rows, self._size) if rows else None

    def close(self) -> None:
        """Drop the page under way."""
        self._pages.close()


class _Part:
    """One of the Reads that are merged: what is left of its page."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.rows: deque[list[Value]] = deque()
        self.size = 0
        self.is_over = False

    def fill(self, interrupted: Interrupted) -> None:
        if not self.rows and not self.is_over:
            page = self.pages.next(interrupted)
            self.is_over = page is None
            if page is not None:
                self.rows.extend(page.rows)
                self.size += page.bytes


class Merged:
    """The pages of several Reads of disjoint rows, each sorted, as one."""

    def __init__(self, each: list[Pager], columns: tuple[str, ...], order: tuple[Order, ...]) -> None:
        self._parts = [_Part(pages) for pages in each]
        self._columns, self._order = columns, order

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the rows up to where some part must be asked again; None after the last one."""
        for part in self._parts:
            part.fill(interrupted)
        rows: list[list[Value]] = []
        while all(part.rows or part.is_over for part in self._parts):
            alive = [part for part in self._parts if part.rows]
            if not alive:
                break
            first = min(alive, key=lambda part: place_of(part.rows[0], self._columns, self._order))
            rows.append(first.rows.popleft())
        size = sum(part.size for part in self._parts)
        for part in self._parts:
            part.size = 0
        return Page(rows, size) if rows else None

    def close(self) -> None:
        """Drop the pages under way."""
        for part in self._parts:
            part.pages.close()
