"""A long read by an integer key, in ranges that are asked for side by side and handed out in the order of the key.

A range begins after the key that ends the one before, and is asked for without an upper bound: a page of as many rows
as are expected, and some more, reaches beyond its end, which proves that nothing lacks; what is beyond is dropped here,
for it is the next one's. Where keys are denser than they were, a range goes on with another page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import itemgetter

from iptvvtab.errors import PortalError
from iptvvtab.remote.pager import READ_AHEAD_FROM, Page, Pager
from iptvvtab.remote.read import Op, Read, Term
from iptvvtab.remote.sizes import SURELY_ANSWERED
from iptvvtab.remote.wire import Interrupted
from iptvvtab.schema import Table
from iptvvtab.types import Json

FULL_PAGES = 2
"""Pages of the largest size after which it is asked how far the keys go: most reads end before."""

MANY_PAGES = 6
"""Pages that must be left for ranges to pay: they cost that question, and a little overlap."""

MARGIN = 1.05
"""How many rows are asked for, for each that a range is expected to have."""

HELD_BYTES = 64 * 2**20
"""Bytes of pages that are under way at most, if they are as large as the last one; two pages in any case."""

TOLD_FROM = 0.01
"""The share of the keys that must have gone by before it is told how many rows there will be."""

UNEVEN = 0.5
"""Pages of the largest size: where what came differs by more from what was reckoned, keys are not evenly spread."""

ALL = 2**62
"""Rows that are wanted of a range: its first page is of the largest size."""

Start = Callable[[Read, int | None], Pager]
"""Gives the pager of a Read for so many wanted rows."""


@dataclass(frozen=True, slots=True)
class Splitting:
    """How a read may be split. `largest` asks for the largest key of the table; None where there is none.

    `together`: requests that may be under way at once. `expect` is told how many rows there will be, as keys go by,
    and None once they are seen not to tell it.
    """

    largest: Callable[[], int | None]
    together: int
    expect: Callable[[int | None], None] = lambda rows: None


@dataclass(frozen=True, slots=True)
class _Range:
    """Rows after the key `begin`, up to `end`; None: from the first one, to the last one."""

    pager: Pager
    begin: int | None = None
    end: int | None = None


@dataclass(slots=True)
class _Reckoning:
    """How many rows there will be, if they lie among the keys to come as among those from `first` to `last`.

    `tolerance`: rows that may be more or fewer than were reckoned for the keys that went by, and keys still be even.
    """

    first: int
    largest: int
    tolerance: float
    rows: int
    last: int
    is_even: bool = True

    def add(self, rows: int, last: int) -> None:
        """Be told of rows that lie after the last key, up to another."""
        reckoned = (last - self.last) * self.rows / (self.last - self.first + 1)
        self.is_even = self.is_even and abs(rows - reckoned) <= self.tolerance
        self.rows, self.last = self.rows + rows, last

    def all(self) -> int | None:
        """Return how many rows there will be; None where too few keys have gone by, or they are not evenly spread."""
        share = (self.last - self.first + 1) / max(self.largest - self.first + 1, 1)
        return round(self.rows / share) if self.is_even and TOLD_FROM <= share <= 1 else None


@dataclass(slots=True)
class _Plan:
    """The ranges that are left: `begin`, and how many keys each shall span; `largest` is where they end."""

    begin: int
    largest: int
    span: int = 1

    def next(self) -> tuple[int, int | None] | None:
        """Return where the next range begins and ends; the last one has no end, for rows come in meanwhile."""
        begin, end = self.begin, self.begin + self.span
        if begin >= self.largest:
            return None
        self.begin = min(end, self.largest)
        return begin, None if end >= self.largest else end


class Ranges:
    """The pages of one Read, for one thread at a time: of one pager, and split once the read is seen to be long."""

    def __init__(self, table: Table, read: Read, start: Start, wanted: int | None, splitting: Splitting) -> None:
        self._read, self._key, self._start, self._splitting = read, table.key[0], start, splitting
        self._place = read.columns.index(table.key[0])
        self._ranges = deque([_Range(self._paused(read, wanted))])
        self._plan: _Plan | None = None
        self._reckoning: _Reckoning | None = None
        self._size = self._ranges[0].pager.largest
        self._is_settled = splitting.together < 2
        self._pages = self._full = self._rows = 0
        self._first: int | None = None

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one; pages are never empty. Raises what a pager raises."""
        while self._ranges:
            page = self._ranges[0].pager.next(interrupted)
            if page is None:  # without an upper bound: no range that follows has any row
                self.close()
            elif (cut := self._taken(page)).rows:
                return cut
        return None

    def close(self) -> None:
        """Drop the pages under way."""
        for one in self._ranges:
            one.pager.close()
        self._ranges.clear()

    def announced(self) -> tuple[dict[str, Json], ...]:
        """Return the document that the first page would be asked for with, as it may be shown."""
        return self._ranges[0].pager.announced() if self._ranges else ()

    def _taken(self, page: Page) -> Page:
        """Return what a page has of its range, and have pages asked for that will be needed."""
        present, last = self._ranges[0], _whole(page.rows[-1][self._place])
        self._first = _whole(page.rows[0][self._place]) if self._first is None else self._first
        if self._plan is None:
            self._rows += len(page.rows)
            self._go_on(page, last)
            return page
        if present.begin is not None:  # where keys are sparse, as before one that is far off, ranges span more of them
            self._plan.span = self._span(len(page.rows), present.begin, last)
        if present.end is not None and last >= present.end:
            page = replace(page, rows=page.rows[: bisect_right(page.rows, present.end, key=itemgetter(self._place))])
            present.pager.close()
            self._ranges.popleft()
            self._begin(page)
        else:
            self._ranges[0] = replace(present, begin=last)
            present.pager.hurry()
        assert self._reckoning is not None
        self._reckoning.add(len(page.rows), last if present.end is None else min(last, present.end))
        self._splitting.expect(self._reckoning.all())
        return page

    def _go_on(self, page: Page, last: int) -> None:
        """Read on by one pager, or split what is left into ranges if it is long."""
        present = self._ranges[0].pager
        self._pages += 1
        self._full += len(page.rows) >= self._size
        is_large = self._size >= SURELY_ANSWERED or present.is_capped
        if not self._is_settled and self._full >= FULL_PAGES and is_large:
            self._is_settled = True
            self._split(page, last)
        if self._plan is None and self._pages >= READ_AHEAD_FROM:
            present.hurry()

    def _split(self, page: Page, last: int) -> None:
        largest, present = self._asked(), self._ranges[0].pager
        assert self._first is not None
        span = self._span(self._rows, self._first - 1, last)
        if largest is None or largest - last < MANY_PAGES * span:
            return
        self._plan = _Plan(last, largest, span)
        self._reckoning = _Reckoning(self._first, largest, UNEVEN * self._size, self._rows, last)
        present.close()
        self._ranges.clear()
        self._begin(page)

    def _span(self, rows: int, begin: int, last: int) -> int:
        """Return the keys that a page spans where so many rows lie after one key and up to another."""
        return max(int(self._size / MARGIN * (last - begin) / max(rows, 1)), 1)

    def _asked(self) -> int | None:
        """Return the largest key; None where the portal does not tell: then one page follows the other."""
        try:
            return self._splitting.largest()
        except PortalError:
            return None

    def _begin(self, page: Page) -> None:
        """Have the next ranges asked for, as many as may be under way."""
        together = min(self._splitting.together, max(2, HELD_BYTES // max(page.bytes, 1)))
        while len(self._ranges) < together and self._plan is not None and (bounds := self._plan.next()) is not None:
            begin, end = bounds
            after = self._read.with_terms((*self._read.terms, Term(self._key, Op.GT, (begin,))))
            pager = self._paused(after, ALL)
            pager.hurry()
            self._ranges.append(_Range(pager, begin, end))

    def _paused(self, read: Read, wanted: int | None) -> Pager:
        """Return a pager that asks for nothing early by itself."""
        pager = self._start(read, wanted)
        pager.reads_ahead = False
        return pager


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
