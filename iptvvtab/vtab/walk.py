"""The rows that a cursor walks, page by page, those to come among them: a join looks ahead in them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from iptvvtab.source import Row

HELD_ROWS = 20_000
"""Rows already passed that are held: who sorted them first joins them only when all have been read."""

UNDER_WAY = 2
"""The first page after which the next one is under way anyhow (remote/pager.py): to look at it costs nothing more."""


class Walk:
    """Hands out pages, once.

    `is_near` tells whether they come from no portal: then any may be looked at early. `holds`: rows that were passed
    are held, for somebody may look back at them.
    """

    def __init__(
        self, pages: Iterable[Iterable[Row]], is_near: Callable[[], bool] = lambda: False, *, holds: bool = False
    ) -> None:
        self._pages, self._is_near, self._holds = iter(pages), is_near, holds
        self._page: Sequence[Row] = ()
        self._number = 0
        self._passed: deque[Sequence[Row]] = deque()
        self._passed_rows = 0
        self._coming: deque[Sequence[Row]] = deque()

    def __iter__(self) -> Iterator[Iterable[Row]]:
        """Yield pages; what is no sequence passes through and is not seen by anybody else."""
        while (page := self._taken()) is not None:
            self._page = page if isinstance(page, Sequence) else ()
            self._number += 1
            yield page

    def held(self) -> Iterator[Row]:
        """Yield the rows that are there: those passed of late, and the present page."""
        for page in (*self._passed, self._page):
            yield from page

    def ahead(self, current: Row | None) -> Iterator[Row]:
        """Yield the rows after the current one as far as they are there; once there is none, those that were passed."""
        if current is None:
            for page in tuple(self._passed):
                yield from page
            return
        place = next((place for place, row in enumerate(self._page) if row is current), None)
        if place is not None:
            yield from self._page[place:]
        number = 0
        while number < len(self._coming) or self._look():
            yield from self._coming[number]
            number += 1

    def _taken(self) -> Iterable[Row] | None:
        self._pass()  # first: two pages at once are one too many
        return self._coming.popleft() if self._coming else next(self._pages, None)

    def _look(self) -> bool:
        """Fetch one more page before its turn, if that costs nothing."""
        if not self._is_near() and self._number < UNDER_WAY:
            return False
        page = next(self._pages, None)
        if not isinstance(page, Sequence):
            return False
        self._coming.append(page)
        return True

    def _pass(self) -> None:
        if self._page and self._holds:
            self._passed.append(self._page)
            self._passed_rows += len(self._page)
        self._page = ()
        while self._passed_rows > HELD_ROWS and self._passed:
            self._passed_rows -= len(self._passed.popleft())
