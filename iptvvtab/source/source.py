"""One Read in, rows with their provenance out: from memory while they are fresh enough, else from the portal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cachetools import LRUCache

from iptvvtab.errors import NoMirror
from iptvvtab.remote import Journal, Read, Remote
from iptvvtab.source.flight import Flight, Interrupted, Pages
from iptvvtab.source.learned import Learned
from iptvvtab.types import Value


class Origin(StrEnum):
    """Where rows may come from, in the words of the setting `source`."""

    AUTO = "auto"
    LIVE = "live"
    MIRROR = "mirror"


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a reader accepts: from where, and rows of what age in seconds (counted from the start of their read)."""

    origin: Origin
    max_age: float

    def accepts(self, age: float) -> bool:
        """Return whether remembered rows of that age will do."""
        return self.origin is not Origin.LIVE and age < self.max_age


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where rows came from (live, memory) and their age in seconds when they were opened."""

    source: str
    age: float


class Rows:
    """The pages of one Read, lazily: iterate, then close. For one thread at a time."""

    def __init__(
        self, flight: Flight, provenance: Provenance, interrupted: Interrupted, closed: Callable[[], None]
    ) -> None:
        self.provenance = provenance
        self._flight, self._interrupted, self._closed = flight, interrupted, closed
        self._is_open = True

    def __iter__(self) -> Iterator[list[list[Value]]]:
        """Yield pages of rows; after an interrupt the same page can be asked for again."""
        while self._is_open and (page := self._flight.next(self, self._interrupted)) is not None:
            yield page.rows

    def close(self) -> None:
        """Let go of the rows; a read that nobody else follows stops."""
        if self._is_open:
            self._is_open = False
            self._flight.leave(self)
            self._closed()


class Source:
    """Answers Reads of one portal's tables, for every connection of the process that shares it.

    Equal Reads under way at the same time are sent once. `memory` bounds what is remembered, in bytes; `clock`
    counts seconds; `learned` gets what reads teach.
    """

    def __init__(
        self,
        remote: Remote,
        memory: int,
        clock: Callable[[], float] = time.monotonic,
        learned: Learned | None = None,
    ) -> None:
        self.remote = remote
        self.learned = learned or Learned()
        self._memory, self._clock = memory, clock
        self._lock = threading.RLock()
        self._landed: LRUCache[Read, Flight] = LRUCache(max(memory, 1), getsizeof=lambda flight: max(flight.size, 1))
        self._under_way: dict[Read, Flight] = {}

    def open(
        self,
        read: Read,
        freshness: Freshness,
        journal: Journal,
        interrupted: Interrupted = None,
        wanted: int | None = None,
    ) -> Rows:
        """Return the rows of a Read; nothing travels before the first page is asked for.

        `wanted` is how many rows will do, if that is known: a hint at the sizes of pages. `journal` gets where
        the rows came from, and the requests if this Read causes any. Raises NoMirror when only a mirror may answer.
        """
        if freshness.origin is Origin.MIRROR:
            raise NoMirror(read.table)
        with self._lock:
            now = self._clock()
            rows = self._board(read, freshness, now, interrupted)
            if rows is None:
                flight = self._depart(read, now, journal, wanted)
                rows = self._rows(read, flight, Provenance("live", 0.0), interrupted)
                flight.board(rows)
        journal.answered(read.table, rows.provenance.source, rows.provenance.age)
        return rows

    def remembered(self, read: Read, freshness: Freshness) -> float | None:
        """Return the age in seconds of the answer that memory would give now; None if it would not."""
        with self._lock:
            flight = self._landed.get(read)
            age = self._clock() - flight.started if flight is not None else None
        return age if age is not None and freshness.accepts(age) else None

    def forget(self, table: str | None = None) -> None:
        """Forget what is remembered, of one table or of all."""
        with self._lock:
            for read in [one for one in self._landed if table in (None, one.table)]:
                del self._landed[read]

    def _board(self, read: Read, freshness: Freshness, now: float, interrupted: Interrupted) -> Rows | None:
        """Return the rows of a flight that answers the question and is fresh enough, or None."""
        for flight in (self._landed.get(read), self._under_way.get(read)):
            if flight is not None and freshness.accepts(age := now - flight.started):
                rows = self._rows(read, flight, Provenance("memory", age), interrupted)
                if flight.board(rows):
                    return rows
        return None

    def _rows(self, read: Read, flight: Flight, provenance: Provenance, interrupted: Interrupted) -> Rows:
        return Rows(flight, provenance, interrupted, lambda: self._left(read, flight))

    def _depart(self, read: Read, now: float, journal: Journal, wanted: int | None) -> Flight:
        def pages() -> Pages:
            return self.learned.watched(read, self.remote.pages(read, journal, wanted))

        flight = self._under_way[read] = Flight(pages, now, self._memory)
        return flight

    def _left(self, read: Read, flight: Flight) -> None:
        with self._lock:
            if self._under_way.get(read) is flight and not flight.has_travellers:
                del self._under_way[read]
            if flight.is_whole and flight.size <= self._memory and self._is_newer(read, flight):
                self._landed[read] = flight

    def _is_newer(self, read: Read, flight: Flight) -> bool:
        known = self._landed.get(read)
        return known is None or known.started < flight.started
