"""The journal: one record for each document that travelled; meters add up what a statement cost."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iptvvtab.portal import Cost

KEPT = 10_000
"""Records that `portal_requests` shows; older ones fall off. Meters count as things happen and lose nothing."""

DOCUMENTS_KEPT = 100
"""Documents that a receipt can show; the count of requests goes on."""


@dataclass(frozen=True, slots=True)
class Request:
    """One document that travelled, answered or failed (`error` names the class).

    `document` is JSONSQL with the values of sensitive columns masked; `started` is Unix time, `seconds` what the portal
    and the way to it took, bytes are of bodies as they travelled.
    """

    number: int
    table: str
    document: str
    rows: int
    started: float
    seconds: float
    bytes_sent: int
    bytes_received: int
    retries: int
    error: str | None


@dataclass(frozen=True, slots=True)
class TableReceipt:
    """What one table cost in a statement. `age`: seconds, of the oldest rows that were used.

    `excuse`: why they are older than they may be; empty if they are not. `batches`: requests for keys of a join that
    were seen to follow, or for a whole table in place of them; `hits`: look-ups that were answered out of these.
    """

    table: str
    source: str
    age: float
    reads: int
    requests: int
    rows: int
    bytes: int
    retries: int
    portal_seconds: float
    excuse: str = ""
    batches: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a statement cost, by table and in sum; `documents` are the first ones that travelled."""

    tables: tuple[TableReceipt, ...]
    documents: tuple[str, ...]

    @property
    def requests(self) -> int:
        """Documents that travelled."""
        return sum(one.requests for one in self.tables)

    @property
    def rows(self) -> int:
        """Rows that the portal sent."""
        return sum(one.rows for one in self.tables)

    @property
    def bytes(self) -> int:
        """Bytes of bodies, both ways, as they travelled."""
        return sum(one.bytes for one in self.tables)

    @property
    def retries(self) -> int:
        """Requests that had to be sent again."""
        return sum(one.retries for one in self.tables)

    @property
    def portal_seconds(self) -> float:
        """Time that requests were under way; overlapping ones count each."""
        return sum(one.portal_seconds for one in self.tables)


@dataclass(slots=True)
class _Line:
    sources: dict[str, None] = field(default_factory=dict)
    age: float = 0.0
    reads: int = 0
    requests: int = 0
    rows: int = 0
    bytes: int = 0
    retries: int = 0
    seconds: float = 0.0
    excuse: str = ""
    batches: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class _Expected:
    table: str
    rows: int
    is_counted: bool


class Meter:
    """Adds up what happens while it is open. Not for use by itself: `Journal.meter()` opens one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lines: dict[str, _Line] = {}
        self._expected: dict[Hashable, _Expected] = {}
        self._documents: list[str] = []

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop counting; what was counted stays readable."""
        self._journal._close(self)  # noqa: SLF001 -- the two are one thing

    def _request(self, request: Request) -> None:
        line = self._lines.setdefault(request.table, _Line())
        line.requests += 1
        line.rows += request.rows
        line.bytes += request.bytes_sent + request.bytes_received
        line.retries += request.retries
        line.seconds += request.seconds
        if len(self._documents) < DOCUMENTS_KEPT:
            self._documents.append(request.document)

    def _answered(self, table: str, source: str, age: float, excuse: str) -> None:
        line = self._lines.setdefault(table, _Line())
        line.reads += 1
        line.excuse = line.excuse or excuse
        line.sources[source] = None
        line.age = max(line.age, age)

    def _looked_up(self, table: str, batches: int, hits: int) -> None:
        line = self._lines.setdefault(table, _Line())
        line.batches += batches
        line.hits += hits

    def _expect(self, read: Hashable, table: str, rows: int | None, *, is_counted: bool) -> None:
        known, fetched = self._expected.get(read), self._lines.get(table, _Line()).rows
        if known is not None and known.is_counted and not is_counted and known.rows >= fetched:
            return  # what was counted is worth more, until more rows have come
        if rows is not None:
            self._expected[read] = _Expected(table, rows, is_counted)
        else:
            self._expected.pop(read, None)

    def expected(self) -> int | None:
        """Return how many rows will have been fetched in the end, as far as anybody can tell; None where nobody can."""
        known = list(self._expected.values())  # another thread may be counting
        by_table = {one.table: 0 for one in known}
        for one in known:
            by_table[one.table] += one.rows
        fetched = {table: line.rows for table, line in list(self._lines.items())}
        if all(rows <= fetched.get(table, 0) for table, rows in by_table.items()):
            return None
        return sum(max(by_table.get(table, 0), fetched.get(table, 0)) for table in by_table.keys() | fetched.keys())

    def receipt(self) -> Receipt:
        """Return what was counted so far."""
        tables = (
            TableReceipt(
                table,
                "+".join(line.sources) or "none",
                line.age,
                line.reads,
                line.requests,
                line.rows,
                line.bytes,
                line.retries,
                line.seconds,
                line.excuse,
                line.batches,
                line.hits,
            )
            for table, line in list(self._lines.items())  # another thread may be counting
        )
        return Receipt(tuple(tables), tuple(self._documents))


class Journal:
    """The records of one schema on one connection, or of one client; safe to use from any thread.

    What a journal with a `parent` gets is written there too. `kept`: how many records it holds for `requests`.
    """

    def __init__(self, parent: Journal | None = None, kept: int = KEPT) -> None:
        self._parent = parent
        self._lock = threading.RLock()
        self._requests: deque[Request] = deque(maxlen=kept)
        self._numbered = 0
        self._meters: list[Meter] = []

    def request(
        self,
        table: str,
        document: str,
        *,
        rows: int,
        started: float,
        seconds: float,
        bytes_sent: int,
        bytes_received: int,
        retries: int,
        error: str | None = None,
    ) -> None:
        """Record a document that travelled."""
        with self._lock:
            self._numbered += 1
            record = Request(
                self._numbered,
                table,
                document,
                rows,
                started,
                seconds,
                bytes_sent,
                bytes_received,
                retries,
                error,
            )
            self._requests.append(record)
            for meter in self._meters:
                meter._request(record)  # noqa: SLF001 -- the two are one thing
        if self._parent is not None:
            self._parent.request(
                table,
                document,
                rows=rows,
                started=started,
                seconds=seconds,
                bytes_sent=bytes_sent,
                bytes_received=bytes_received,
                retries=retries,
                error=error,
            )

    def travelled(
        self, table: str, document: str, cost: Cost | None, rows: int, started: float, error: str | None
    ) -> None:
        """Record a document that travelled at a cost, which is None where nobody was told it."""
        self.request(
            table,
            document,
            rows=rows,
            started=started,
            seconds=cost.seconds if cost else time.time() - started,
            bytes_sent=cost.bytes_sent if cost else 0,
            bytes_received=cost.bytes_received if cost else 0,
            retries=max(cost.attempts - 1, 0) if cost else 0,
            error=error,
        )

    def answered(self, table: str, source: str, age: float, excuse: str = "") -> None:
        """Record where a read was answered from (live, memory, mirror) and the age of its rows in seconds.

        `excuse`: why they are older than they may be.
        """
        with self._lock:
            for meter in self._meters:
                meter._answered(table, source, age, excuse)  # noqa: SLF001 -- the two are one thing
        if self._parent is not None:
            self._parent.answered(table, source, age, excuse)

    def looked_up(self, table: str, batches: int, hits: int) -> None:
        """Record how many look-ups of a join were answered without a request, out of how many that asked for more."""
        with self._lock:
            for meter in self._meters:
                meter._looked_up(table, batches, hits)  # noqa: SLF001 -- the two are one thing
        if self._parent is not None:
            self._parent.looked_up(table, batches, hits)

    def expect(self, read: Hashable, table: str, rows: int | None, *, is_counted: bool) -> None:
        """Be told how many rows a read will bring, as far as it is known by now; None: nobody can tell any more.

        What was counted before is believed rather than what is reckoned from the rows that came.
        """
        with self._lock:
            for meter in self._meters:
                meter._expect(read, table, rows, is_counted=is_counted)  # noqa: SLF001 -- the two are one thing
        if self._parent is not None:
            self._parent.expect(read, table, rows, is_counted=is_counted)

    def requests(self) -> tuple[Request, ...]:
        """Return the kept records, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def meter(self) -> Meter:
        """Return a meter that counts from now on, until it is closed."""
        meter = Meter(self)
        with self._lock:
            self._meters.append(meter)
        return meter

    def _close(self, meter: Meter) -> None:
        with self._lock:
            if meter in self._meters:
                self._meters.remove(meter)
