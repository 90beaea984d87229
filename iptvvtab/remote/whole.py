"""A whole statement as one request: its rows as SQLite would have answered them, or the reason why that is not sure."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from iptvvtab.errors import AnswerTooLong
from iptvvtab.jsonsql import Answering, Encoded
from iptvvtab.remote.answers import answer
from iptvvtab.remote.pager import Page
from iptvvtab.remote.sizes import Sizes
from iptvvtab.remote.wire import Interrupted, Raw, Wire
from iptvvtab.types import Json


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

    def __init__(self, wire: Wire, asked: Whole, sizes: Sizes) -> None:
        self._wire, self._asked, self._sizes = wire, asked, sizes
        self._is_done = False

    def next(self, interrupted: Interrupted = None) -> Page | None:
        """Return the page, then None.

        Raises AnswerTooLong if the portal has more rows than one answer holds, UnprovenAnswer, PortalError.
        """
        if self._is_done:
            return None
        asked = self._asked
        raw = self._received(asked.announced(self._sizes), interrupted)
        rows = answer(self._wire.portal, asked.answering, raw.rows)
        self._is_done = True
        return Page(rows, raw.bytes) if rows else None

    def close(self) -> None:
        """Ask no more."""
        self._is_done = True

    def _received(self, document: dict[str, Json], interrupted: Interrupted) -> Raw:
        """Return an answer that is known to be whole: a portal may cut it and say nothing of it."""
        raw = self._ask(document, interrupted)
        got, most, bound = len(raw.rows), self._asked.answering.most_rows, _bound(self._asked, self._sizes)
        if most is None and got > bound:
            raise AnswerTooLong(bound)
        is_last = got == most or self._sizes.is_last(got, bound + 1)
        if not is_last and self._ask(_beyond(document, got), interrupted).rows:
            raise AnswerTooLong(got)
        return raw

    def _ask(self, document: dict[str, Json], interrupted: Interrupted) -> Raw:
        return self._wire.receive(self._wire.ask(self._asked.subject, document, document), interrupted)


def _bound(asked: Whole, sizes: Sizes) -> int:
    return sizes.limit(sizes.largest, asked.answering.width)


def _beyond(document: dict[str, Json], rows: int) -> dict[str, Json]:
    """Return what asks whether there is a row more than came: a portal may cut answers and say nothing of it."""
    offset = document.get("offset", 0)
    assert isinstance(offset, int)
    return {**document, "offset": offset + rows, "limit": 1}
