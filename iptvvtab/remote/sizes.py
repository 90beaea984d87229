"""How many rows to ask for next: small at first, because SQLite may stop soon, then as many as come easily. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iptvvtab.portal import Capabilities

GROWTH = 5
"""Each page is this many times the last one."""

LARGEST_CELLS = 200_000
"""Values on one page, so that a page of a wide table does not take more memory than one of a narrow table."""

SLOW_SECONDS, HEAVY_BYTES = 10.0, 32_000_000
"""A page that took longer, or came in a larger body, was too large: those that follow have half its rows."""

SURELY_ANSWERED = 1000
"""Rows that a portal that was never seen to cut is trusted to answer at once; a longer answer is looked beyond."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of pages in rows.

    `cap`: the most rows a portal was seen to answer at once, if it cuts; `uncut`: rows it was seen to answer uncut,
    whenever that was; `believed`: rows that it answered at once lately; `seen`: the same, in this very read.
    """

    first: int
    largest: int
    cap: int | None = None
    uncut: int = SURELY_ANSWERED
    believed: int = 0
    seen: int = 0

    def limit(self, size: int, width: int) -> int:
        """Return a size within what memory and the portal allow for rows of that width."""
        bound = max(min(self.largest, LARGEST_CELLS // max(width, 1)), 1)
        if self.cap is not None:
            bound = min(bound, self.cap)
        return min(size, bound)

    def capped(self, cap: int) -> Sizes:
        """Return the sizes under a cap that the portal was seen to have."""
        return replace(self, cap=cap)

    def after(self, size: int, bytes_: int, seconds: float) -> Sizes:
        """Return the sizes after a page of that size, which came in so many bytes and took so long."""
        if size <= self.first or (bytes_ <= HEAVY_BYTES and seconds <= SLOW_SECONDS):
            return self
        return replace(self, largest=max(size // 2, self.first))

    def after_failure(self, size: int) -> Sizes | None:
        """Return the sizes after a page that the portal was too slow or too weak for; None if it was not large."""
        return replace(self, largest=max(size // GROWTH, self.first)) if size > self.first else None

    def of(self, capabilities: Capabilities, believed: int = 0) -> Sizes:
        """Return the sizes for a portal of which this was seen, and which lately answered as many rows at once."""
        uncut = self.uncut if capabilities.rows_at_once is None else capabilities.rows_at_once
        return Sizes(self.first, self.largest, capabilities.row_cap, uncut, believed, self.seen)

    def saw(self, rows: int) -> Sizes:
        """Return the sizes after an answer of so many rows: a portal that cuts answers cuts none that are shorter."""
        return self if rows <= self.seen else replace(self, seen=rows)

    def is_last(self, got: float, asked: float) -> bool:
        """Return whether a page of `got` rows ends the table.

        A short page does, unless it may have been cut by a portal that silently caps its answers. What was seen before
        may not hold any more, as people set caps; they set them to round numbers.
        """
        if got == 0:
            return True
        if got >= asked:
            return False
        if self.cap is not None:
            return got < self.cap
        if got < self.seen or got < min(self.uncut, SURELY_ANSWERED):
            return True
        return got <= self.believed and not _is_round(got)

    def following(self, size: int) -> int:
        """Return the size of the page after one of this size."""
        return size * GROWTH

    def requests(self, rows: float, width: int) -> int:
        """Return how many pages a scan takes that brings so many rows of that width, the empty last one included."""
        size, left, number = self.limit(self.first, width), rows, 1
        while (larger := self.limit(self.following(size), width)) > size and not self.is_last(left, size):
            left, size, number = max(left - size, 0), larger, number + 1
        full = int(left // size)  # from here on pages are of one size
        left -= full * size
        return number + full + int(not self.is_last(left, size))


def _is_round(rows: float) -> bool:
    """Return whether people may have meant so many rows: hundreds, powers of two, and what stands beside them."""
    near = range(int(rows) - 1, int(rows) + 2)
    return any(one % 100 == 0 or one & (one - 1) == 0 for one in near)
