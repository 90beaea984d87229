"""One Read in, rows with their provenance out: from memory or mirror while fresh enough, else from the portal."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from iptvvtab.errors import MirrorUnusable, NoMirror, PortalError
from iptvvtab.mirror import Demand, Reading, View
from iptvvtab.remote import Journal, Read, Remote, Term, Whole
from iptvvtab.schema import Table
from iptvvtab.source.flight import Flight, Interrupted, Pages
from iptvvtab.source.freshness import Freshness, Origin
from iptvvtab.source.learned import Learned
from iptvvtab.source.memory import Memory, Narrowed, Wanted
from iptvvtab.source.rows import Demanded, Insured, Mirrored, Provenance, Rows, Travelling

WARNED_EVERY = 60.0
"""Seconds between two warnings of one kind about one table: a join may read it a thousand times."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Question:
    """A Read, and who asks it."""

    read: Read
    freshness: Freshness
    journal: Journal
    interrupted: Interrupted
    wanted: int | None
    mirror: View | None


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
        self._limit, self._clock = memory, clock
        self._lock = threading.RLock()
        self._memory = Memory(memory, self._tables)
        self._under_way: dict[Wanted, Flight] = {}
        self._warned: dict[tuple[str, str], float] = {}

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
        rows = self._open(_Question(read, freshness, journal, interrupted, wanted, mirror))
        journal.answered(read.table, rows.provenance.source, rows.provenance.age)
        return rows

    def open_whole(self, asked: Whole, freshness: Freshness, journal: Journal, interrupted: Interrupted = None) -> Rows:
        """Return the rows of a whole statement: of memory, or of the portal once they are asked for."""
        with self._lock:
            now = self._clock()
            rows = self._board(asked, freshness, now, interrupted)
            if rows is None:
                flight = Flight(lambda: self.remote.wholly(asked, journal), now, self._limit)
                rows = self._departed(asked, flight, interrupted)
        journal.answered(asked.subject, rows.provenance.source, rows.provenance.age)
        return rows

    def _open(self, question: _Question) -> Rows:
        read, freshness, mirror = question.read, question.freshness, question.mirror
        reading = self._mirrored(read, freshness, mirror)
        if reading is not None:
            if mirror is not None and freshness.in_mirror is not None and reading.age >= freshness.in_mirror:
                mirror.want(read.table)
            return Mirrored(reading)
        if freshness.origin is Origin.MIRROR:
            raise NoMirror(read.table, None if mirror is None else mirror.age(self._tables[read.table]))
        rows = self._demanded(question) or self._fetched(question)
        if mirror is None or freshness.origin is Origin.LIVE:
            return rows
        if rows.provenance.source == "live" and self._tables[read.table].policy.auto_sync:
            mirror.want(read.table)
        return Insured(rows, lambda error: self._stand_in(question, mirror, error))

    def _demanded(self, question: _Question) -> Demanded | None:
        """Return the rows of a table that is kept on demand, if their keys are named; None for others."""
        demand = self._demand(question.read, question.freshness, question.mirror)
        if demand is None:
            return None
        return Demanded(demand, self._fetched(replace(question, read=demand.ask, wanted=None)))

    def _demand(self, read: Read, freshness: Freshness, mirror: View | None) -> Demand | None:
        table = self._tables.get(read.table)
        if mirror is None or table is None or table.policy.cache_strategy != "on-demand":
            return None
        if freshness.origin is not Origin.AUTO or self.remembered(read, freshness) is not None:
            return None
        try:
            return mirror.demand(read, table, freshness.in_mirror)
        except MirrorUnusable:  # which was told of when it was to answer itself
            return None

    def _fetched(self, question: _Question) -> Travelling | Narrowed:
        """Return the rows of a read that is remembered or under way, else of a new one."""
        read, interrupted = question.read, question.interrupted
        with self._lock:
            now = self._clock()
            rows = self._board(read, question.freshness, now, interrupted)
            if rows is not None:
                return rows
            return self._departed(read, self._flight(read, now, question.journal, question.wanted), interrupted)

    def _stand_in(self, question: _Question, mirror: View, error: PortalError) -> Rows | None:
        """Return the rows that stand in for those of a portal that failed; what may not pass is never hidden."""
        table = self._tables[question.read.table]
        if not error.retryable:
            return None
        try:
            reading = mirror.open(question.read, table, question.freshness.if_error, may_lack_writes=True)
            age = mirror.age(table) if reading is None else reading.age
        except MirrorUnusable:
            return None
        if reading is None:
            if age is not None:
                error.add_note(_offered(table.name, age))
            return None
        self._warn("excused", table.name, f"rows of {table.name} are {reading.age:.0f} s old, of the mirror: {error}")
        question.journal.answered(table.name, "mirror", reading.age, str(error))
        return Mirrored(reading, str(error))

    def foreseen(self, read: Read, freshness: Freshness, mirror: View | None = None) -> Provenance | None:
        """Return where the answer would come from now without a request; None if the portal would be asked."""
        reading = self._mirrored(read, freshness, mirror)
        if reading is not None:
            reading.close()
            return Provenance("mirror", reading.age)
        age = self.remembered(read, freshness)
        return None if age is None else Provenance("memory", age)

    def travelling(self, read: Read, freshness: Freshness, mirror: View | None = None) -> Read:
        """Return what the portal would be asked to answer a Read: another one, where rows are kept on demand."""
        demand = self._demand(read, freshness, mirror)
        return read if demand is None else demand.ask

    def remembered(self, wanted: Wanted, freshness: Freshness) -> float | None:
        """Return the age of the rows that memory would answer with now; None if it would not."""
        with self._lock:
            ages = (self._clock() - known.flight.started for known in self._memory.answers(wanted))
            return next((age for age in ages if age < freshness.in_memory), None)

    def counted(self, table: str) -> int | None:
        """Return how many rows a table is known to have: by reads that came to their end, or by its schema."""
        learned, known = self.learned.size(table).rows, self._tables.get(table)
        return known.statistics.row_count if learned is None and known is not None else learned

    def seen(self, table: str) -> int | None:
        """Return the same, or how many rows the table had when somebody first looked at the portal."""
        rows, known = self.counted(table), self._tables.get(table)
        if rows is None and known is not None:
            return dict(self.remote.known().counted).get(known.remote_name)
        return rows

    def _mirrored(self, read: Read, freshness: Freshness, mirror: View | None) -> Reading | None:
        """Return the rows that the mirror has, where it comes first: memory is younger than any mirror may be."""
        if mirror is None or freshness.origin is Origin.LIVE:
            return None
        is_only = freshness.origin is Origin.MIRROR
        if not is_only and self.remembered(read, freshness) is not None:
            return None
        try:
            return mirror.open(read, self._tables[read.table], freshness.while_refreshed)
        except MirrorUnusable as error:
            if is_only:
                raise
            self._warn("unusable", read.table, f"the portal is asked in place of it: {error}")
            return None

    def _warn(self, kind: str, table: str, text: str) -> None:
        with self._lock:
            now, last = self._clock(), self._warned.get((kind, table))
            if last is not None and now - last < WARNED_EVERY:
                return
            self._warned[kind, table] = now
        _log.warning("%s", text)

    def forget(self, table: str | None = None, terms: Sequence[Term] = ()) -> None:
        """Forget what is remembered of all tables, or of one: of those what may have rows for which `terms` hold."""
        with self._lock:
            self._memory.forget(table, terms)
            for read in [one for one in self._under_way if self._memory.concerns(one, table, terms)]:
                self._under_way.pop(read).outdate()

    def _board(
        self, wanted: Wanted, freshness: Freshness, now: float, interrupted: Interrupted
    ) -> Travelling | Narrowed | None:
        """Return the rows of a flight that answers the question and is fresh enough, or None."""
        for known in self._memory.answers(wanted):
            if (age := now - known.flight.started) >= freshness.in_memory:
                continue
            if isinstance(wanted, Read) and isinstance(known.wanted, Read) and known.wanted != wanted:
                return Narrowed(wanted, known.wanted, known.flight, self._tables[wanted.table], age)
            if rows := self._boarded(wanted, known.flight, age, interrupted):
                return rows
        flight = self._under_way.get(wanted)
        if flight is None or (age := now - flight.started) >= freshness.in_memory:
            return None
        return self._boarded(wanted, flight, age, interrupted)

    def _boarded(self, wanted: Wanted, flight: Flight, age: float, interrupted: Interrupted) -> Travelling | None:
        rows = self._rows(wanted, flight, Provenance("memory", age), interrupted)
        return rows if flight.board(rows) else None

    def _departed(self, wanted: Wanted, flight: Flight, interrupted: Interrupted) -> Travelling:
        self._under_way[wanted] = flight
        departed = self._rows(wanted, flight, Provenance("live", 0.0), interrupted)
        flight.board(departed)
        return departed

    def _rows(self, wanted: Wanted, flight: Flight, provenance: Provenance, interrupted: Interrupted) -> Travelling:
        return Travelling(flight, provenance, interrupted, lambda: self._left(wanted, flight))

    def _expected(self, read: Read, wanted: int | None) -> int | None:
        """Return how many rows a read will bring: of a whole table, whose size is known, or so many as will do."""
        if read.terms or read.is_count or read.is_distinct:
            return None
        rows = self.counted(read.table)
        return rows if wanted is None or rows is None else min(rows, wanted)

    def _flight(self, read: Read, now: float, journal: Journal, wanted: int | None) -> Flight:
        if (expected := self._expected(read, wanted)) is not None:
            journal.expect(read, read.table, expected, is_counted=True)

        def pages() -> Pages:
            return self.learned.watched(read, self.remote.pages(read, journal, wanted))

        return Flight(pages, now, self._limit)

    def _left(self, wanted: Wanted, flight: Flight) -> None:
        with self._lock:
            if self._under_way.get(wanted) is flight and not flight.has_travellers:
                del self._under_way[wanted]
            self._memory.keep(wanted, flight)


def _offered(table: str, age: float) -> str:
    return (
        f"the shadow file has rows of {table} that are {age:.0f} s old: source = mirror reads them, "
        "and with the setting sie they stand in by themselves"
    )
