"""The pages of one Read, by key, the next one under way while SQLite works on the last."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from iptvvtab.errors import Forbidden, KeyBroken, Refused, ServerFailed, TimedOut, Truncated, WrongWidth
from iptvvtab.jsonsql import Direction
from iptvvtab.remote.canonical import canonical
from iptvvtab.remote.encode import (
    LONGEST_IN,
    Shape,
    document,
    is_certain,
    masked,
    parts,
    shape,
    sort_of,
    weaker,
    without_key,
)
from iptvvtab.remote.read import Op, Read
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.wire import Asked, Interrupted, Wire
from iptvvtab.schema import Table
from iptvvtab.types import Json, Value

READ_AHEAD_FROM = 2
"""The page from which on the next one is asked for early: many reads end within the first."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in canonical form, in the order of the Read's columns; `bytes` of the body they came in."""

    rows: list[list[Value]]
    bytes: int


def _nothing() -> None:
    """Be told, and do nothing."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How one portal wants to be asked: sizes of pages, the longest IN list, how a downward sort is written.

    `surprised` is called when it refuses a condition that a capability had promised; `proven` names the tables whose
    key was seen to hold no NULL.
    """

    sizes: Sizes
    longest_in: int = LONGEST_IN
    direction: Direction = "list"
    surprised: Callable[[], None] = _nothing
    proven: set[str] = field(default_factory=set)


class Pager:
    """Hands out the pages of one Read; for one thread at a time. After an interrupt it can be asked again.

    A table with a key is read in pages, each after the last key of the one before; a table without one in a single
    answer, because pages by OFFSET lose rows under writes. `read.columns` must include the key. `wanted` rows will
    do, if that is known: no more are asked for unless they are needed after all. `reads_ahead`: the next page is asked
    for early, once it is seen that several are needed.
    """

    def __init__(self, wire: Wire, table: Table, read: Read, manners: Manners, wanted: int | None = None) -> None:
        self._wire, self._table, self._manners, self._sizes = wire, table, manners, manners.sizes
        self._shape: Shape = shape(table, read)
        self._key = tuple(read.columns.index(name) for name in table.key)
        self._sort = [(read.columns.index(one.column), one.is_down) for one in sort_of(table, read)]
        self._is_certain = is_certain(table)
        self._overlap = 0
        self._names = tuple(one.column for one in sort_of(table, read))
        self._read, self._parts = read, parts(read, manners.longest_in)
        self._part: Read | None = next(self._parts)
        self._left = wanted
        self._size = wanted or manners.sizes.first
        self._last: list[Value] | None = None
        self._short: int | None = None
        self._number = 0
        self._ahead: tuple[Asked, int | None] | None = None
        self.reads_ahead = True

    @property
    def largest(self) -> int:
        """The rows of its largest page."""
        return self._sizes.limit(self._sizes.largest, len(self._shape.columns))

    @property
    def is_capped(self) -> bool:
        """Whether the portal was seen to cut its answers."""
        return self._sizes.cap is not None

    def hurry(self) -> None:
        """Ask for the next page now, if one may come; unless told not to, it does so by itself from the second on."""
        if self._part is not None and self._ahead is None and self._left != 0:
            self._ahead = self._ask(self._part)

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page, or None after the last one; pages are never empty.

        Raises PortalError and its kin: WrongWidth, WrongType, KeyBroken, Truncated among them.
        """
        while self._part is not None:
            if self._again():
                self._prove(interrupted)
            asked, limit = self._ahead or self._ask(self._part)
            self._ahead = None
            try:
                page = self._receive(asked, limit, interrupted)
            except (TimedOut, ServerFailed):
                if limit is None or not self._make_smaller(limit):
                    raise
                continue
            except Refused as error:
                if isinstance(error, Forbidden) or not self._weaken():
                    raise
                continue
            if limit is None:
                self._check_whole(self._part, page, interrupted)
            self._advance(page, limit)
            if page.rows:
                return page
        return None

    def close(self) -> None:
        """Drop the page under way."""
        if self._ahead is not None:
            self._wire.drop(self._ahead[0])
        self._ahead = self._part = None

    def announced(self) -> tuple[dict[str, Json], ...]:
        """Return the document that the next page would be asked for with, as it may be shown."""
        return () if self._part is None else (self._document(masked(self._table, self._part), self._limit()),)

    def _limit(self) -> int | None:
        size = min(self._size, self._left) if self._left else self._size
        return self._sizes.limit(size, len(self._shape.columns)) + self._again() if self._key else None

    def _document(self, part: Read, limit: int | None) -> dict[str, Json]:
        direction, inclusive = self._manners.direction, not self._is_certain
        return document(self._table, part, limit, self._last, direction=direction, inclusive=inclusive)

    def _ask(self, part: Read) -> tuple[Asked, int | None]:
        limit = self._limit()
        asked, may_show = self._document(part, limit), masked(self._table, part)
        shown = asked if may_show is part else self._document(may_show, limit)
        return self._wire.ask(self._table.name, asked, shown), limit

    def _receive(self, asked: Asked, limit: int | None, interrupted: Interrupted) -> Page:
        raw = self._wire.receive(asked, interrupted)
        if limit is not None:
            self._sizes = self._sizes.after(limit, raw.bytes, raw.seconds)
        rows = canonical(
            self._wire.portal,
            self._table,
            self._shape.columns,
            shaped(self._wire.portal, self._table, self._shape, raw.rows),
        )
        self._overlap = int(bool(self._again() and rows) and self._place_of(rows[0]) == self._last)
        if self._overlap:
            del rows[0]
        self._check_key(rows)
        return Page(rows, raw.bytes)

    def _again(self) -> int:
        """Return 1 where the last row is asked for once more: `key > last` would hide another row of that key."""
        return int(not self._is_certain and self._last is not None)

    def _place_of(self, row: list[Value]) -> list[Value]:
        return [row[place] for place, _ in self._sort]

    def _check_key(self, rows: list[list[Value]]) -> None:
        """A key that is NULL, repeated or out of order would lose rows between pages, silently."""
        if not self._key or not rows:
            return
        columns = [[row[place] for row in rows] for place, _ in self._sort]
        if self._last is not None:  # a portal that ignores `key > last` would be read for ever
            columns = [[last, *column] for last, column in zip(self._last, columns, strict=True)]
        problem = _key_problem(columns, is_down=self._sort[0][1])
        if problem is not None:
            raise KeyBroken(self._wire.portal, self._table.name, self._names, problem)

    def _prove(self, interrupted: Interrupted) -> None:
        """See once that no row's key is NULL: pages by key would never reach it."""
        if self._table.name in self._manners.proven:
            return
        nulls = without_key(self._table)
        if self._wire.receive(self._wire.ask(self._table.name, nulls, nulls), interrupted).rows:
            raise KeyBroken(self._wire.portal, self._table.name, self._table.key, "is NULL in some row")
        self._manners.proven.add(self._table.name)

    def _make_smaller(self, limit: int) -> bool:
        """Ask again for a small page, and for none as large as the one that failed; return whether that is worth it."""
        sizes = self._sizes.after_failure(limit - self._again())
        if sizes is None:
            return False
        self._sizes, self._size = sizes, sizes.first
        return True

    def _weaken(self) -> bool:
        """Ask again without the conditions that a portal may refuse by type: SQLite checks each row anyway."""
        read = weaker(self._read) if self._number == 0 else None
        if read is None:
            return False
        if any(term.op is Op.ILIKE for term in self._read.terms):
            self._manners.surprised()
        self._read, self._parts = read, parts(read, self._manners.longest_in)
        self._part = next(self._parts)
        return True

    def _advance(self, page: Page, limit: int | None) -> None:
        """Move to the key after this page, to the next part, or to the end; read ahead where that is worth it."""
        got = len(page.rows)
        self._number += 1
        if self._left is not None:
            self._left = max(self._left - got, 0)
        if self._short is not None and got:
            self._sizes = self._sizes.capped(self._short)
        is_last = limit is None or self._sizes.is_last(got + self._overlap, limit)
        self._sizes = self._sizes.saw(got + self._overlap)
        if is_last:
            self._part, self._last, self._short = next(self._parts, None), None, None
        else:
            assert limit is not None
            self._size = self._sizes.following(limit - self._again())
            self._short = got + self._overlap if got + self._overlap < limit else None
            self._last = self._place_of(page.rows[-1]) if page.rows else self._last
        if self.reads_ahead and self._number >= READ_AHEAD_FROM and got:
            self.hurry()

    def _check_whole(self, part: Read, page: Page, interrupted: Interrupted) -> None:
        """A portal may cut an answer silently: where it could have, ask whether there is a row beyond it."""
        got = len(page.rows)
        if not self._sizes.is_last(got, got + 1):
            beyond = document(self._table, part, limit=1, offset=got)
            shown = document(self._table, masked(self._table, part), limit=1, offset=got)
            if self._wire.receive(self._wire.ask(self._table.name, beyond, shown), interrupted).rows:
                raise Truncated(self._wire.portal, self._table.name, got)


def shaped(portal: str, table: Table, shape: Shape, rows: list[list[Json]]) -> list[list[Json]]:
    """Check the width of every row; keep the asked positions of `["*"]`. Raises WrongWidth."""
    expected, positions = shape.width, shape.positions
    widths = set(map(len, rows))
    if expected is None and positions is not None and len(widths) == 1 and min(widths) > max(positions):
        expected = min(widths)
    if rows and widths != {expected}:
        wrong = next(one for one in map(len, rows) if one != expected)
        raise WrongWidth(portal, table.name, expected or len(shape.columns), wrong)
    return rows if positions is None else [[row[one] for one in positions] for row in rows]


def _key_problem(columns: Sequence[list[Value]], *, is_down: bool) -> str | None:
    """Return what is wrong with the columns that one page is sorted by, or None."""
    if any(None in column for column in columns):
        return "is NULL in some row"
    first: list[Any] = columns[0]
    rows = len(first)
    # Where the last column alone tells rows apart, no pair of values has to be made for each of them.
    if len(set(columns[-1])) < rows and len(set(zip(*columns, strict=True))) < rows:
        return "is repeated"
    follows = operator.ge if is_down else operator.le
    if set(map(type, first)) == {int} and not all(map(follows, first, islice(first, 1, None))):
        return "does not come in order"
    return None
