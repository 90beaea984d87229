"""A whole statement as one request: what SQLite would have read of the portal, or the reason why that is not sure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Share:
    """A document that answers a statement, or a part of it, and how its answer is read.

    Equal ones have equal rows. `params` are what `document` was made of; no limit bounds the answer yet.
    """

    document: bytes
    answering: Answering
    params: dict[str, Json] = field(compare=False)

    @property
    def counted(self) -> bool:
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
        return self.tables[0] if len(self.shares) == 1 and self.shares[0].counted else None

    def announced(self, sizes: Sizes) -> list[dict[str, Json]]:
        """Return the documents as they are sent. Raises AnswerTooLong."""
        return [one.announced(sizes) for one in self.shares]


def whole(shares: Sequence[Encoded], tables: tuple[str, ...]) -> Whole:
    """Return an exact statement that reads these tables; `shares`: what it is made of."""
    return Whole(tables, tuple(map(_share, shares)))


def _share(encoded: Encoded) -> Share:
    assert encoded.answering is not None
    return Share(orjson.dumps(encoded.params), encoded.answering, encoded.params)


class Wholly:
    """The pages of a whole statement: one for each of its shares."""

    def __init__(self, wire: Wire, asked: Whole, sizes: Sizes, uncut: Uncut, *, is_batched: bool) -> None:
        self._wire, self._asked, self._sizes, self._uncut = wire, asked, sizes, uncut
        self._is_batched = is_batched
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
        documents = self._asked.announced(self._sizes)
        raws = self._wire.receive_all(self._ask(documents), interrupted)
        for share, raw in zip(self._asked.shares, raws, strict=True):
            bound = share.bound(self._sizes)
            if share.answering.most_rows is None and len(raw.rows) > bound:
                raise AnswerTooLong(bound)
        unsure = [
            (document, len(raw.rows))
            for share, document, raw in zip(self._asked.shares, documents, raws, strict=True)
            if not self._is_all(share, len(raw.rows))
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

    def _is_all(self, share: Share, got: int) -> bool:
        return got == share.answering.most_rows or self._sizes.is_last(got, share.bound(self._sizes) + 1)

    def _look_at(self, numbers: Sequence[int], beyond: Sequence[Raw]) -> None:
        """Look whether the portal has rows beyond answers of so many: it may cut them, and say nothing of it."""
        for got, raw in zip(numbers, beyond, strict=True):
            if raw.rows:
                self._uncut.forget()
                raise AnswerTooLong(got)
            self._uncut.saw(got)

    def _ask(self, documents: Sequence[dict[str, Json]]) -> Several:
        return self._wire.ask_all(self._asked.subject, documents, is_batched=self._is_batched)


def _beyond(document: dict[str, Json], rows: int) -> dict[str, Json]:
    """Return what asks for one row after so many."""
    offset = document.get("offset", 0)
    assert isinstance(offset, int)
    return {**document, "offset": offset + rows, "limit": 1}
