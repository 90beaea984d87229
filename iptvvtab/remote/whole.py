"""A whole statement as one request: its rows as SQLite would have answered them, or the reason why that is not sure."""

from __future__ import annotations

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
from iptvvtab.remote.wire import Asked, Interrupted, Wire
from iptvvtab.types import Json

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Encoded


@dataclass(frozen=True, slots=True)
class Whole:
    """A SELECT that is one document: the tables that it reads, and how its answer is read.

    Equal ones have equal rows. `params` are what `document` was made of; no limit bounds the answer yet.
    """

    tables: tuple[str, ...]
    document: bytes
    answering: Answering
    params: dict[str, Json] = field(compare=False)

    @property
    def subject(self) -> str:
        """What receipts, journals and errors call it."""
        return ", ".join(self.tables)

    @property
    def multiplies(self) -> bool:
        """Whether sources stand beside each other with no equal columns, so that every pair of rows is made."""
        return not are_tied(self.params)

    @property
    def counted(self) -> str | None:
        """The table of which it asks nothing but how many rows there are."""
        match self.params:
            case {"data": [{"function": "count", "args": ["*"]}], "from": [{"table": str()}], **others} if not others:
                return self.tables[0]
        return None

    def announced(self, sizes: Sizes) -> dict[str, Json]:
        """Return the document as it is sent: an answer of unknown length is bounded, and is of no use if it is longer.

        Raises AnswerTooLong for a LIMIT of more rows than are asked for at once.
        """
        most, bound = self.answering.most_rows, _bound(self, sizes)
        if most is None:
            return {**self.params, "limit": bound + 1}
        if most > bound:
            raise AnswerTooLong(bound)
        return self.params


def whole(encoded: Encoded, tables: tuple[str, ...]) -> Whole:
    """Return an exact statement that reads these tables."""
    assert encoded.answering is not None
    return Whole(tables, orjson.dumps(encoded.params), encoded.answering, encoded.params)


class Wholly:
    """The one page of a whole statement."""

    def __init__(self, wire: Wire, asked: Whole, sizes: Sizes, uncut: Uncut) -> None:
        self._wire, self._asked, self._sizes, self._uncut = wire, asked, sizes, uncut
        self._is_done = False

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the page, then None.

        Raises AnswerTooLong if the portal has more rows than one answer holds, UnprovenAnswer, PortalError.
        """
        if self._is_done:
            return None
        asked, document = self._asked, self._asked.announced(self._sizes)
        raw = self._wire.receive(self._wire.ask(asked.subject, document, document), interrupted)
        most, got, bound = asked.answering.most_rows, len(raw.rows), _bound(asked, self._sizes)
        if most is None and got > bound:
            raise AnswerTooLong(bound)
        is_all = got == most or self._sizes.is_last(got, bound + 1)
        beyond = None if is_all else self._looked_beyond(document, got)
        try:
            with collector_paused():
                rows = answer(self._wire.portal, asked.answering, raw.rows)
        except Error:
            if beyond is not None:
                self._wire.drop(beyond)
            raise
        if beyond is not None:
            if self._wire.receive(beyond, interrupted).rows:
                self._uncut.forget()
                raise AnswerTooLong(got)
            self._uncut.saw(got)
        self._is_done = True
        return Page(rows, raw.bytes) if rows else None

    def close(self) -> None:
        """Ask no more."""
        self._is_done = True

    def _looked_beyond(self, document: dict[str, Json], rows: int) -> Asked:
        """Ask whether there is a row more than came: a portal may cut answers and say nothing of it."""
        offset = document.get("offset", 0)
        assert isinstance(offset, int)
        beyond = {**document, "offset": offset + rows, "limit": 1}
        return self._wire.ask(self._asked.subject, beyond, beyond)


def _bound(asked: Whole, sizes: Sizes) -> int:
    return sizes.limit(sizes.largest, asked.answering.width)
