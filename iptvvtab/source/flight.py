"""A Read under way, or landed: its pages, fetched once for all who ask the same question."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from iptvvtab import errors
from iptvvtab.remote import Page
from iptvvtab.types import Value

Interrupted = Callable[[], bool] | None
"""Polled while a page is waited for: true ends the wait with errors.Interrupted."""

POLL_SECONDS = 0.05
"""How often whoever waits for another's page looks whether it was interrupted."""

ROW_BYTES, VALUE_BYTES = 72, 40
"""Memory of a row and of a value in it, beside what the value's text takes (measured: `make bench`)."""


class Pages(Protocol):
    """Where pages come from: a remote Pager."""

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one."""

    def close(self) -> None:
        """Drop the page under way."""


def memory_of(page: Page) -> int:
    """Return the bytes that a page takes as Python values, roughly: its text, its rows, their values."""
    width = len(page.rows[0]) if page.rows else 0
    return page.bytes + len(page.rows) * (ROW_BYTES + width * VALUE_BYTES)


class Flight:
    """The pages of one Read, in order, for any number of travellers, each at a page of its own.

    `depart` gives the pages when the first is asked for. `started` is the clock's time when the Read began; rows are as
    old as that. `limit` bounds, in bytes, the pages that are kept for whoever comes later: beyond it nobody may board
    any more, and pages that all have seen go. One traveller fetches at a time, and nothing is locked meanwhile: others
    may board, leave and be interrupted.
    """

    def __init__(self, depart: Callable[[], Pages], started: float, limit: int) -> None:
        self.started = started
        self.size = 0
        self._depart, self._limit = depart, limit
        self._pages: Pages | None = None
        self._state = threading.Condition()
        self._is_fetching = False
        self._kept: list[Page] = []
        self._by: dict[int, Mapping[Value, list[Sequence[Value]]]] = {}
        self._gone = 0
        self._places: dict[object, int] = {}
        self._is_complete = self._is_over = self._is_outdated = False

    @property
    def is_open(self) -> bool:
        """Whether one may board: every page from the first is there, or to come."""
        return not self._gone and not self._is_over and not self._is_outdated

    @property
    def is_whole(self) -> bool:
        """Whether every page is there: it answers the same question again."""
        return self._is_complete and self.is_open

    @property
    def has_travellers(self) -> bool:
        """Whether anybody is still reading."""
        return bool(self._places)

    def outdate(self) -> None:
        """Let nobody board any more: rows changed since it began. Travellers go on to its end."""
        self._is_outdated = True

    def pages(self) -> list[Page]:
        """Return the pages that are kept; of a whole flight these are all, and none of them will change."""
        return list(self._kept)

    def rows_by(self, place: int) -> Mapping[Value, list[Sequence[Value]]]:
        """Return the kept rows by the value at a place of theirs, in their order."""
        found = self._by.get(place)
        if found is None:
            rows_of: dict[Value, list[Sequence[Value]]] = defaultdict(list)
            for page in self._kept:
                for row in page.rows:
                    rows_of[row[place]].append(row)
            found = self._by[place] = dict(rows_of)
        return found

    def board(self, traveller: object) -> bool:
        """Let a traveller see all pages from the first; return whether it is not too late for that."""
        with self._state:
            is_open = self.is_open
            if is_open:
                self._places[traveller] = 0
            return is_open

    def leave(self, traveller: object) -> None:
        """Forget a traveller; an unfinished flight that nobody follows is over."""
        with self._state:
            self._places.pop(traveller, None)
            if not self._places and not self._is_complete:
                self._is_over = True
                self._kept.clear()
                if self._pages is not None:
                    self._pages.close()

    def next(self, traveller: object, interrupted: Interrupted) -> Page | None:
        """Return the traveller's next page, fetching it if nobody does; None after the last one."""
        while True:
            with self._state:
                if self._places[traveller] - self._gone < len(self._kept):
                    return self._take(traveller)
                if self._is_complete:
                    return None
                is_ours = not self._is_fetching
                if is_ours:
                    self._is_fetching = True
                else:
                    self._state.wait(POLL_SECONDS)
            if is_ours:
                self._fetch(interrupted)
            elif interrupted is not None and interrupted():
                raise errors.Interrupted

    def _fetch(self, interrupted: Interrupted) -> None:
        try:
            if self._pages is None:
                self._pages = self._depart()
            page = self._pages.next(interrupted)
            with self._state:
                self._is_complete = page is None
                if page is not None:
                    self._kept.append(page)
                    self.size += memory_of(page)
        finally:
            with self._state:
                self._is_fetching = False
                self._state.notify_all()

    def _take(self, traveller: object) -> Page:
        place = self._places[traveller]
        page = self._kept[place - self._gone]
        self._places[traveller] = place + 1
        if self.size > self._limit:
            self._let_go()
        return page

    def _let_go(self) -> None:
        seen = min(self._places.values())
        del self._kept[: seen - self._gone]
        self._gone = max(self._gone, seen)
