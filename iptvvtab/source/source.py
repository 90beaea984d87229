"""One Read in, rows with their provenance out: from memory or mirror while fresh enough, else from the portal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from cachetools import LRUCache

from iptvvtab.errors import NoMirror
from iptvvtab.mirror import Reading, View
from iptvvtab.remote import Journal, Read, Remote
from iptvvtab.schema import Table
from iptvvtab.source.flight import Flight, Interrupted, Pages
from iptvvtab.source.learned import Learned
from iptvvtab.types import Value

Row: TypeAlias = Sequence[Value]


class Origin(StrEnum):
    """Where rows may come from, in the words of the setting `source`."""

    AUTO = "auto"
    LIVE = "live"
    MIRROR = "mirror"


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a reader accepts: from where, and rows of what age in seconds (counted from the start of their read).

    `max_age` is that of reads in memory, `ttl` that of tables in the mirror: any, where only a mirror may answer.
    """

    origin: Origin
    max_age: float
    ttl: float = 0.0

    def accepts(self, age: float) -> bool:
        """Return whether remembered rows of that age will do."""
        return self.origin is not Origin.LIVE and age < self.max_age

    @property
    def limit(self) -> float | None:
        """The age that a table in the mirror must be below; None: it may be of any."""
        return None if self.origin is Origin.MIRROR else self.ttl


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where rows came from (live, memory, mirror) and their age in seconds when they were opened."""

    source: str
    age: float


class Rows(Protocol):
    """The pages of one Read, lazily: iterate, then close. For one thread at a time."""

    @property
    def provenance(self) -> Provenance:
        """Where the rows come from."""

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield pages of rows; after an interrupt the same page can be asked for again."""

    def close(self) -> None:
        """Let go of the rows."""


class Mirrored:
    """The pages of one Read as the mirror gives them."""

    def __init__(self, reading: Reading) -> None:
        self.provenance = Provenance("mirror", reading.age)
        self._reading = reading

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield pages of rows."""
        return iter(self._reading)

    def close(self) -> None:
        """End the read."""
        self._reading.close()


class Travelling:
    """The pages of one Read of the portal, under way or remembered."""

    def __init__(
        self, flight: Flight, provenance: Provenance, interrupted: Interrupted, closed: Callable[[], None]
    ) -> None:
        self.provenance = provenance
        self._flight, self._interrupted, self._closed = flight, interrupted, closed
        self._is_open = True

    def __iter__(self) -> Iterator[Sequence[Row]]:
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
        tables: Mapping[str, Table] | None = None,
    ) -> None:
        self.remote = remote
        self._tables: Mapping[str, Table] = {} if tables is None else tables
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
        mirror: View | None = None,
    ) -> Rows:
        """Return the rows of a Read; nothing travels before the first page is asked for.

        `wanted` is how many rows will do, if that is known: a hint at the sizes of pages. `journal` gets where
        the rows came from, and the requests if this Read causes any. `mirror` is what the asking connection sees of the
        shadow file. Raises NoMirror when only a mirror may answer and it cannot, MirrorUnusable.
        """
        rows = self._open(read, freshness, journal, interrupted, wanted, mirror)
        journal.answered(read.table, rows.provenance.source, rows.provenance.age)
        return rows

    def _open(
        self,
        read: Read,
        freshness: Freshness,
        journal: Journal,
        interrupted: Interrupted,
        wanted: int | None,
        mirror: View | None,
    ) -> Rows:
        reading = self._mirrored(read, freshness, mirror)
        if reading is not None:
            return Mirrored(reading)
        if freshness.origin is Origin.MIRROR:
            raise NoMirror(read.table)
        with self._lock:
            now = self._clock()
            rows = self._board(read, freshness, now, interrupted)
            if rows is None:
                flight = self._depart(read, now, journal, wanted)
                rows = self._rows(read, flight, Provenance("live", 0.0), interrupted)
                flight.board(rows)
            return rows

    def foreseen(self, read: Read, freshness: Freshness, mirror: View | None = None) -> Provenance | None:
        """Return where the answer would come from now without a request; None if the portal would be asked."""
        reading = self._mirrored(read, freshness, mirror)
        if reading is not None:
            reading.close()
            return Provenance("mirror", reading.age)
        age = self._remembered(read, freshness)
        return None if age is None else Provenance("memory", age)

    def _mirrored(self, read: Read, freshness: Freshness, mirror: View | None) -> Reading | None:
        """Return the rows that the mirror has, where it comes first: memory is younger than any mirror may be."""
        if mirror is None or freshness.origin is Origin.LIVE:
            return None
        if freshness.origin is Origin.AUTO and self._remembered(read, freshness) is not None:
            return None
        return mirror.open(read, self._tables[read.table], freshness.limit)

    def _remembered(self, read: Read, freshness: Freshness) -> float | None:
        with self._lock:
            flight = self._landed.get(read)
            age = self._clock() - flight.started if flight is not None else None
        return age if age is not None and freshness.accepts(age) else None

    def forget(self, table: str | None = None) -> None:
        """Forget what is remembered, of one table or of all."""
        with self._lock:
            for read in [one for one in self._landed if table in (None, one.table)]:
                del self._landed[read]

    def _board(self, read: Read, freshness: Freshness, now: float, interrupted: Interrupted) -> Travelling | None:
        """Return the rows of a flight that answers the question and is fresh enough, or None."""
        for flight in (self._landed.get(read), self._under_way.get(read)):
            if flight is not None and freshness.accepts(age := now - flight.started):
                rows = self._rows(read, flight, Provenance("memory", age), interrupted)
                if flight.board(rows):
                    return rows
        return None

    def _rows(self, read: Read, flight: Flight, provenance: Provenance, interrupted: Interrupted) -> Travelling:
        return Travelling(flight, provenance, interrupted, lambda: self._left(read, flight))

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
