"""A Read under way, or landed: its pages, fetched once for all who ask the same question."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from iptvvtab.remote import Page

Interrupted = Callable[[], bool] | None
"""Polled while a page is waited for: true ends the wait with errors.Interrupted."""

MEMORY_PER_BYTE = 5
"""Bytes of memory for a byte of a body, once it is Python values (`make bench` prints it)."""


class Pages(Protocol):
    """Where pages come from: a remote Pager."""

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one."""

    def close(self) -> None:
        """Drop the page under way."""


class Flight:
    """The pages of one Read, in order, for any number of travellers, each at a page of its own.

    `depart` gives the pages when the first is asked for. `started` is the clock's time when the Read began; rows are as
    old as that. `limit` bounds, in bytes, the pages that are kept for whoever comes later: beyond it nobody may board
    any more, and pages that all have seen go.
    """

    def __init__(self, depart: Callable[[], Pages], started: float, limit: int) -> None:
        self.started = started
        self.size = 0
        self._depart, self._limit = depart, limit
        self._pages: Pages | None = None
        self._lock = threading.Lock()
        self._kept: list[Page] = []
        self._gone = 0
        self._places: dict[object, int] = {}
        self._is_complete = self._is_over = False

    @property
    def is_open(self) -> bool:
        """Whether one may board: every page from the first is there, or to come."""
        return not self._gone and not self._is_over

    @property
    def is_whole(self) -> bool:
        """Whether every page is there: it answers the same question again."""
        return self._is_complete and self.is_open

    @property
    def has_travellers(self) -> bool:
        """Whether anybody is still reading."""
        return bool(self._places)

    def board(self, traveller: object) -> None:
        """Let a traveller see all pages from the first."""
        with self._lock:
            self._places[traveller] = 0

    def leave(self, traveller: object) -> None:
        """Forget a traveller; an unfinished flight that nobody follows is over."""
        with self._lock:
            self._places.pop(traveller, None)
            if not self._places and not self._is_complete:
                self._is_over = True
                self._kept.clear()
                if self._pages is not None:
                    self._pages.close()

    def next(self, traveller: object, interrupted: Interrupted) -> Page | None:
        """Return the traveller's next page, fetching it if nobody has; None after the last one."""
        with self._lock:
            place = self._places[traveller]
            if place - self._gone == len(self._kept) and not self._fetch(interrupted):
                return None
            page = self._kept[place - self._gone]
            self._places[traveller] = place + 1
            if self.size > self._limit:
                self._let_go()
            return page

    def _fetch(self, interrupted: Interrupted) -> bool:
        if self._pages is None:
            self._pages = self._depart()
        page = None if self._is_complete else self._pages.next(interrupted)
        if page is None:
            self._is_complete = True
            return False
        self._kept.append(page)
        self.size += page.bytes * MEMORY_PER_BYTE
        return True

    def _let_go(self) -> None:
        seen = min(self._places.values())
        del self._kept[: seen - self._gone]
        self._gone = max(self._gone, seen)
