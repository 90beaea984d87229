"""What reads taught of a portal: how large tables are, how fast it answers. Asks nothing by itself.

Only what was read to its end teaches: rows that SQLite stopped, a failure or a DISTINCT would pass for the table. What
is newer replaces what was known. No value of a row is kept, but for the smallest and the largest integer key.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from iptvvtab.errors import Interrupted as Stopped
from iptvvtab.remote import Op, Page, Read
from iptvvtab.schema import Table
from iptvvtab.source.flight import Interrupted, Pages
from iptvvtab.trace import Event, Fetched
from iptvvtab.types import ColumnType, Value

_INT64 = range(-(2**63), 2**63)

Heard = Callable[[], None]
"""Is called after each lesson."""

REMEMBERED = 50
"""Lessons that a mean goes back to: older ones fade."""

TIMES_TO_TRUST = 10
"""Answers before their time is believed: the first ones open connections, and a portal warms up."""

SMALL_ANSWER, LARGE_ANSWER = 100, 1000
"""Rows up to which an answer's time is all latency, and from which on it tells what a row takes."""

LEAST_REQUEST = 20.0
"""Milliseconds that a request costs at least, however near the portal is: many of them load it, and meet its limits."""

ROW_HERE = 0.003
"""Milliseconds that a row takes on this side, beside its way (measured: `make bench`)."""


@dataclass(frozen=True, slots=True)
class Size:
    """What is known of a table's rows; None: nothing. `smallest` and `largest` are of its one integer key.

    `per_value`: by column, how many rows one of its values has on average.
    """

    rows: int | None = None
    smallest: int | None = None
    largest: int | None = None
    per_value: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a portal answers, in milliseconds: a request, and each row of it. The defaults are of no portal."""

    request: float = 200.0
    row: float = 0.01


@dataclass(slots=True)
class _Mean:
    """A running mean that forgets: `count` is how many lessons stand behind it, at most REMEMBERED."""

    count: int = 0
    value: float = 0.0

    def add(self, value: float) -> None:
        self.count = min(self.count + 1, REMEMBERED)
        self.value += (value - self.value) / self.count


@dataclass(slots=True)
class _Lessons:
    rows: int | None = None
    smallest: int | None = None
    largest: int | None = None
    per_value: dict[str, _Mean] = field(default_factory=dict)


class Learned:
    """What was learned of the tables of one portal; safe to use from any thread. `heard` is called, unlocked."""

    def __init__(self, tables: Mapping[str, Table] | None = None, heard: Heard = lambda: None) -> None:
        self._known_tables: Mapping[str, Table] = {} if tables is None else tables
        self._heard = heard
        self._lock = threading.RLock()  # a connection that is collected meanwhile has us kept, in this very thread
        self._tables: dict[str, _Lessons] = {}
        self._request, self._row = _Mean(), _Mean()

    def size(self, table: str) -> Size:
        """Return what is known of a table."""
        with self._lock:
            known = self._tables.get(table)
            if known is None:
                return Size()
            per_value = {name: mean.value for name, mean in known.per_value.items()}
            return Size(known.rows, known.smallest, known.largest, per_value)

    @property
    def pace(self) -> Pace:
        """How fast the portal was seen to answer; a guess until enough answers were timed."""
        unknown = Pace()
        with self._lock:
            request = unknown.request
            if self._request.count >= TIMES_TO_TRUST:
                request = max(self._request.value, LEAST_REQUEST)
            row = self._row.value + ROW_HERE if self._row.count >= TIMES_TO_TRUST else unknown.row
            return Pace(request, row)

    def watched(self, read: Read, pages: Pages) -> Pages:
        """Return the pages of a Read, and learn from them if they are read to their end."""
        is_lookup = len(read.terms) == 1 and read.terms[0].op is Op.EQ
        if read.is_distinct or not (is_lookup or not read.terms):
            return pages
        return _Watched(pages, read, self._key_of(read), self)

    def table_read(self, table: str, rows: int, bounds: tuple[int, int] | None = None) -> None:
        """Learn how many rows a table has, and the bounds of its key if they were seen."""
        with self._lock:
            known = self._tables.setdefault(table, _Lessons())
            known.rows = rows
            if bounds is not None or not rows:
                known.smallest, known.largest = bounds or (None, None)
        self._heard()

    def looked_up(self, table: str, column: str, rows: int) -> None:
        """Learn how many rows one value of a column has."""
        if self._is_unique(table, column):
            return
        with self._lock:
            known = self._tables.setdefault(table, _Lessons())
            known.per_value.setdefault(column, _Mean()).add(rows)
        self._heard()

    def hear(self, event: Event) -> None:
        """Learn how long an answer took. One without rows may be a failure, and tells nothing."""
        if not isinstance(event, Fetched) or not event.rows:
            return
        milliseconds = event.seconds * 1000
        with self._lock:
            if event.rows <= SMALL_ANSWER:
                self._request.add(milliseconds)
            elif event.rows >= LARGE_ANSWER and self._request.count:
                self._row.add(max(milliseconds - self._request.value, 0.0) / event.rows)
        self._heard()

    def to_json(self) -> dict[str, Any]:
        """Return what is known, for a file."""
        with self._lock:
            tables = {
                name: {
                    "rows": known.rows,
                    "smallest": known.smallest,
                    "largest": known.largest,
                    "per_value": {column: [mean.count, mean.value] for column, mean in known.per_value.items()},
                }
                for name, known in self._tables.items()
            }
            pace = {"request": [self._request.count, self._request.value], "row": [self._row.count, self._row.value]}
            return {"tables": tables, "pace": pace}

    def from_json(self, document: Any) -> None:
        """Take over what a file said. Raises ValueError, TypeError, LookupError and AttributeError for another text."""
        tables = {str(name): _lessons(said) for name, said in document["tables"].items()}
        request, row = _mean(document["pace"]["request"]), _mean(document["pace"]["row"])
        with self._lock:
            self._tables, self._request, self._row = tables, request, row

    def _key_of(self, read: Read) -> int | None:
        """Return the place in a row of the one integer key whose bounds may be kept."""
        table = self._known_tables.get(read.table)
        if table is None or len(table.key) != 1 or read.order or read.is_count:
            return None
        column = table.column(table.key[0])
        if column.type is not ColumnType.INTEGER or column.sensitive or column.name not in read.columns:
            return None
        return read.columns.index(column.name)

    def _is_unique(self, name: str, column: str) -> bool:
        table = self._known_tables.get(name)
        return table is not None and (table.key == (column,) or table.column(column).unique)


class _Watched:
    """Pages that pass through. `key`: the place of an integer key by which rows come, upward."""

    def __init__(self, pages: Pages, read: Read, key: int | None, learned: Learned) -> None:
        self._pages, self._read, self._key, self._learned = pages, read, key, learned
        self._rows = 0
        self._first: Value = None
        self._last: Value = None
        self._is_over = False

    def next(self, interrupted: Interrupted = None) -> Page | None:
        try:
            page = self._pages.next(interrupted)
        except Stopped:
            raise  # the same page can be asked for again
        except BaseException:
            self._is_over = True
            raise
        if page is not None:
            self._see(page)
        elif not self._is_over:
            self._is_over = True
            self._learn()
        return page

    def close(self) -> None:
        self._is_over = True
        self._pages.close()

    def _see(self, page: Page) -> None:
        if self._read.is_count:
            counted = page.rows[0][0]
            self._rows = counted if isinstance(counted, int) else 0
            return
        if self._key is not None and page.rows:
            self._first = page.rows[0][self._key] if not self._rows else self._first
            self._last = page.rows[-1][self._key]
        self._rows += len(page.rows)

    def _learn(self) -> None:
        read, first, last = self._read, self._first, self._last
        if read.terms:
            self._learned.looked_up(read.table, read.terms[0].column, self._rows)
            return
        bounds = (first, last) if isinstance(first, int) and isinstance(last, int) else None
        self._learned.table_read(read.table, self._rows, bounds)


def _lessons(said: Any) -> _Lessons:
    rows = None if said["rows"] is None else _whole(said["rows"])
    if rows is not None and rows < 0:
        raise ValueError(rows)
    smallest, largest = (None if said[name] is None else _whole(said[name]) for name in ("smallest", "largest"))
    return _Lessons(rows, smallest, largest, {str(name): _mean(one) for name, one in said["per_value"].items()})


def _mean(said: Any) -> _Mean:
    count, value = said
    if not (0 <= _whole(count) <= REMEMBERED and math.isfinite(value) and value >= 0):
        raise ValueError(said)
    return _Mean(count, float(value))


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(value)
    if value not in _INT64:
        raise ValueError(value)
    return value
