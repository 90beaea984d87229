"""A whole statement as one request: what SQLite would have read of the portal, or the reason why that is not sure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from iptvvtab.errors import AnswerTooLong, Error
from iptvvtab.jsonsql import Answering
from iptvvtab.remote.answers import answer
from iptvvtab.remote.collector import collector_paused
from iptvvtab.remote.pager import Page
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.ties import are_tied
from iptvvtab.remote.uncut import Uncut
from iptvvtab.remote.wire import Interrupted, Raw, Several, Wire
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Encoded


_OF_ROWS = frozenset(("data", "from", "where"))
"""The parts of a document that answers each row that there is."""


@dataclass(frozen=True, slots=True)
class Share:
    """A document that answers a statement, or a part of it, and how its answer is read.

    Equal ones have equal rows. `params` are what `document` was made of; no limit bounds the answer yet.
    `expected`: how many rows a scan is thought to have, if anybody knows.
    """

    document: bytes
    answering: Answering
    params: dict[str, Json] = field(compare=False)
    expected: float | None = field(default=None, compare=False)

    @property
    def is_count(self) -> bool:
        """Whether it asks nothing but how many rows a table has."""
        match self.params:
            case {"data": [{"function": "count", "args": ["*"]}], "from": [{"table": str()}], **others} if not others:
                return True
        return False

    def bound(self, sizes: Sizes) -> int:
        """Return how many rows an answer may have that is used."""
        return sizes.limit(sizes.largest, self.answering.width)

    def announced(self, sizes: Sizes) -> dict[str, Json]:
        """Return the document as it is sent: an answer of unknown length is bounded, and is of no use if it is longer.

        Raises AnswerTooLong for a LIMIT of more rows than are asked for at once.
        """
        most, bound = self.answering.most_rows, self.bound(sizes)
        if most is None:
            return {**self.params, "limit": bound + 1}
        if most > bound:
            raise AnswerTooLong(bound)
        return self.params

    def counting(self) -> dict[str, Json]:
        """Return the document that counts the rows of a scan."""
        conditions = {name: one for name, one in self.params.items() if name in ("from", "where")}
        return {"data": [{"function": "count", "args": ["*"]}], **conditions}

    def is_doubtful(self, sizes: Sizes) -> bool:
        """Return whether so many rows are expected that a portal may cut them, and would have to be looked beyond."""
        if self.expected is None or not self.answering.is_scan or not self.params.keys() <= _OF_ROWS:
            return False
        return not sizes.is_last(self.expected, self.bound(sizes) + 1)


@dataclass(frozen=True, slots=True)
class WholeManners:
    """How a portal is asked whole statements. `is_batched`: in one request; `counts`: it also counts rows there."""

    sizes: Sizes
    is_batched: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A SELECT that takes one request: the tables that it reads, and its shares of what the portal answers.

    Equal ones have equal rows. Mostly it is one document; several travel together.
    """

    tables: tuple[str, ...]
    shares: tuple[Share, ...]

    @property
    def subject(self) -> str:
        """What receipts, journals and errors call it."""
        return ", ".join(self.tables)

    @property
    def multiplies(self) -> bool:
        """Whether sources stand beside each other with no equal columns, so that every pair of rows is made."""
        return not all(are_tied(one.params) for one in self.shares)

    @property
    def counted(self) -> str | None:
        """The table of which it asks nothing but how many rows there are."""
        return self.tables[0] if len(self.shares) == 1 and self.shares[0].is_count else None

    def doubtful(self, manners: WholeManners) -> list[int]:
        """Return the places of shares whose rows are counted in the same request: it proves that none lacks."""
        if not manners.counts:
            return []
        return [at for at, one in enumerate(self.shares) if one.is_doubtful(manners.sizes)]

    def announced(self, manners: WholeManners) -> list[dict[str, Json]]:
        """Return the documents as they are sent. Raises AnswerTooLong."""
        counting = [self.shares[at].counting() for at in self.doubtful(manners)]
        return [*(one.announced(manners.sizes) for one in self.shares), *counting]


def whole(shares: Sequence[Encoded], tables: tuple[str, ...], expected: Sequence[float | None] = (None,)) -> Whole:
    """Return an exact statement that reads these tables; `shares`: what it is made of, and rows that are expected."""
    return Whole(tables, tuple(_share(*one) for one in zip(shares, expected, strict=True)))


def _share(encoded: Encoded, expected: float | None) -> Share:
    assert encoded.answering is not None
    return Share(orjson.dumps(encoded.params), encoded.answering, encoded.params, expected)


class Wholly:
    """The pages of a whole statement: one for each of its shares. `surprised` is called when the portal cut one."""

    def __init__(
        self, wire: Wire, asked: Whole, manners: WholeManners, uncut: Uncut, surprised: Callable[[], None]
    ) -> None:
        self._wire, self._asked, self._manners, self._uncut = wire, asked, manners, uncut
        self._surprised = surprised
        self._sizes = manners.sizes
        self._left: deque[Page] | None = None

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the next page; after the last, None.

        Raises AnswerTooLong if the portal has more rows than one answer holds, UnprovenAnswer, PortalError.
        """
        if self._left is None:
            self._left = deque(self._pages(interrupted))
        return self._left.popleft() if self._left else None

    def close(self) -> None:
        """Ask no more."""
        self._left = deque()

    def _pages(self, interrupted: Interrupted) -> list[Page]:
        documents = self._asked.announced(self._manners)
        received = self._wire.receive_all(self._ask(documents), interrupted)
        raws = received[: len(self._asked.shares)]
        for share, raw in zip(self._asked.shares, raws, strict=True):
            bound = share.bound(self._sizes)
            if share.answering.most_rows is None and len(raw.rows) > bound:
                raise AnswerTooLong(bound)
        counted = self._counted(raws, received[len(raws) :])
        unsure = [
            (documents[at], len(raws[at].rows))
            for at, share in enumerate(self._asked.shares)
            if at not in counted and not self._is_all(share, len(raws[at].rows))
        ]
        beyond = self._ask([_beyond(*one) for one in unsure]) if unsure else None
        try:
            with collector_paused():
                pages = [
                    Page(answer(self._wire.portal, share.answering, raw.rows), raw.bytes)
                    for share, raw in zip(self._asked.shares, raws, strict=True)
                ]
        except Error:
            if beyond is not None:
                self._wire.drop(beyond)
            raise
        if beyond is not None:
            self._look_at([got for _, got in unsure], self._wire.receive_all(beyond, interrupted))
        return pages

    def _counted(self, raws: Sequence[Raw], counts: Sequence[Raw]) -> list[int]:
        """Return the places of shares that have as many rows as there are. Raises AnswerTooLong where some lack."""
        found: list[int] = []
        for at, count in zip(self._asked.doubtful(self._manners), counts, strict=True):
            got = len(raws[at].rows)
            match count.rows:
                case [[int(number)]] if number > got:
                    raise self._cut(got)
                case [[int(number)]] if number == got:
                    self._uncut.saw(got)
                    found.append(at)
        return found

    def _is_all(self, share: Share, got: int) -> bool:
        return got == share.answering.most_rows or self._sizes.is_last(got, share.bound(self._sizes) + 1)

    def _look_at(self, numbers: Sequence[int], beyond: Sequence[Raw]) -> None:
        """Look whether the portal has rows beyond answers of so many: it may cut them, and say nothing of it."""
        for got, raw in zip(numbers, beyond, strict=True):
            if raw.rows:
                raise self._cut(got)
            self._uncut.saw(got)

    def _cut(self, got: int) -> AnswerTooLong:
        """Believe nothing of what was seen of the portal, and look anew: it cuts answers."""
        self._uncut.forget()
        self._surprised()
        return AnswerTooLong(got)

    def _ask(self, documents: Sequence[dict[str, Json]]) -> Several:
        return self._wire.ask_all(self._asked.subject, documents, is_batched=self._manners.is_batched)


def _beyond(document: dict[str, Json], rows: int) -> dict[str, Json]:
    """Return what asks for one row after so many."""
    offset = document.get("offset", 0)
    assert isinstance(offset, int)
    return {**document, "offset": offset + rows, "limit": 1}
