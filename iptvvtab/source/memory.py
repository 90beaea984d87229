"""Reads that came to their end: they answer the same question again, and narrower ones that they imply."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any, TypeAlias

from cachetools import LRUCache

from iptvvtab.remote import Op, Read, Term, Whole, excludes, implies, in_order
from iptvvtab.schema import Table
from iptvvtab.source.flight import Flight
from iptvvtab.source.rows import Provenance, Row
from iptvvtab.types import ColumnType

WIDE = 16
"""Reads of one table, the latest ones, that are looked at for an answer to a narrower question."""

PAGE_ROWS = 2000
"""Rows that are handed over at once."""

_LISTS = (Op.EQ, Op.IN)
_COMPARED: Mapping[ColumnType, tuple[Op, ...]] = {
    ColumnType.INTEGER: (*_LISTS, Op.LT, Op.LE, Op.GT, Op.GE),
    ColumnType.STRING: _LISTS,
}
"""What is compared here, too: only to hand over fewer rows, for SQLite checks each of them."""

Wanted: TypeAlias = Read | Whole
"""What is asked for: two that are equal have the same rows."""

_Test: TypeAlias = Callable[[Any, Any], bool]
_TESTS: dict[Op, _Test] = {
    Op.LT: lambda value, limit: value is not None and value < limit,
    Op.LE: lambda value, limit: value is not None and value <= limit,
    Op.GT: lambda value, limit: value is not None and value > limit,
    Op.GE: lambda value, limit: value is not None and value >= limit,
    Op.IN: lambda value, members: value in members,
}


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was read to its end, and answers the same question, or a narrower one."""

    wanted: Wanted
    flight: Flight


class Memory:
    """Remembers reads, the last used ones, up to so many bytes. Not locked: its owner does that."""

    def __init__(self, bytes_: int, tables: Mapping[str, Table]) -> None:
        self._bytes, self._tables = bytes_, tables
        self._landed: LRUCache[Wanted, Flight] = LRUCache(max(bytes_, 1), getsizeof=lambda flight: max(flight.size, 1))
        self._wide: dict[str, deque[Read]] = {}

    def keep(self, wanted: Wanted, flight: Flight) -> None:
        """Remember what was read, unless it is not whole, too large or older than what is there."""
        if not self._bytes or not flight.is_whole or flight.size > self._bytes:
            return
        known = self._landed.get(wanted)
        if known is not None and known.started >= flight.started:
            return
        self._landed[wanted] = flight
        if isinstance(wanted, Read) and _is_wide(wanted):
            wide = self._wide.setdefault(wanted.table, deque(maxlen=WIDE))
            if wanted not in wide:
                wide.append(wanted)

    def answers(self, wanted: Wanted) -> Iterator[Remembered]:
        """Yield what answers a question: the same one first, then wider reads, the latest first."""
        same = self._landed.get(wanted)
        if same is not None:
            yield Remembered(wanted, same)
        if isinstance(wanted, Read):
            yield from self._wider(wanted)

    def forget(self, table: str | None = None, terms: Sequence[Term] = ()) -> None:
        """Forget the reads of all tables, or of one; of those only what may have rows for which `terms` hold."""
        for wanted in [one for one in self._landed if self.concerns(one, table, terms)]:
            self._landed.pop(wanted).outdate()

    def concerns(self, wanted: Wanted, table: str | None, terms: Sequence[Term]) -> bool:
        """Return whether what is asked for may have rows of a table, or of any, for which `terms` hold."""
        if table is not None and table not in wanted.tables:
            return False
        if isinstance(wanted, Whole) or not terms:
            return True
        return not excludes(self._tables[wanted.table], wanted.terms, terms)

    def _wider(self, read: Read) -> Iterator[Remembered]:
        for wide in reversed(tuple(self._wide.get(read.table, ()))):
            flight = self._landed.get(wide) if wide != read and self._is_among(read, wide) else None
            if flight is not None:
                yield Remembered(wide, flight)

    def _is_among(self, read: Read, wide: Read) -> bool:
        is_plain = not read.is_count and not read.is_distinct
        if not is_plain or not set(read.columns) <= set(wide.columns) or not self._is_in_order(read, wide):
            return False
        return implies(self._tables[read.table], read.terms, wide.terms)

    def _is_in_order(self, read: Read, wide: Read) -> bool:
        """Return whether rows are in order, or can be sorted here as the read promises."""
        by = {one.column for one in read.order} | set(self._tables[read.table].key)
        return read.order == wide.order or (bool(read.order) and by <= set(read.columns))


def _is_wide(read: Read) -> bool:
    is_lookup = any(term.op in _LISTS for term in read.terms)
    return not is_lookup and not read.is_count and not read.is_distinct


class Narrowed:
    """The rows of a read out of a wider one that is remembered: its columns, and no row that may be missing."""

    def __init__(self, read: Read, wide: Read, flight: Flight, table: Table, age: float) -> None:
        self.provenance = Provenance("memory", age)
        self._read, self._wide, self._flight, self._table = read, wide, flight, table

    def __iter__(self) -> Iterator[Sequence[Row]]:
        """Yield pages of rows."""
        rows, columns = self._kept(), self._wide.columns
        if self._read.columns != columns:
            rows = map(_projection([columns.index(name) for name in self._read.columns]), rows)
        if self._read.order != self._wide.order:
            rows = iter(in_order(self._table, self._read, rows))
        while page := list(islice(rows, PAGE_ROWS)):
            yield page

    def close(self) -> None:
        """There is nothing to let go of."""

    def _kept(self) -> Iterator[Row]:
        """Yield the wider read's rows, as few as are compared here with little work."""
        tests = list(self._tests())
        equal = next((one for one in tests if one[1] is Op.EQ), None)
        if equal is None:
            rows: Iterator[Row] = (row for page in self._flight.pages() for row in page.rows)
        else:
            place, _, value = equal
            rows = iter(self._flight.rows_by(place).get(value, ()))
        for place, op, limit in tests:
            if op is not Op.EQ:
                rows = _filtered(rows, place, _TESTS[op], limit)
        return rows

    def _tests(self) -> Iterator[tuple[int, Op, Any]]:
        columns = self._wide.columns
        for term in self._read.terms:
            is_compared = term.op in _COMPARED.get(self._table.column(term.column).type, ())
            if is_compared and term.column in columns and term not in self._wide.terms:
                value = frozenset(term.values) if term.op is Op.IN else term.values[0]
                yield columns.index(term.column), term.op, value


def _filtered(rows: Iterator[Row], place: int, test: _Test, limit: object) -> Iterator[Row]:
    return (row for row in rows if test(row[place], limit))


def _projection(places: list[int]) -> Callable[[Row], Row]:
    if len(places) > 1:
        return itemgetter(*places)
    return (lambda row: (row[places[0]],)) if places else (lambda row: ())
