"""Where the keys of a join come from: the open cursors of a connection, and the columns of theirs that hold them.

The schema's foreign keys say where to look first; without them, a column whose value was the key twice over. A wrong
guess costs a request, never a row: what is fetched is found by its key alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Protocol, TypeAlias

from iptvvtab.schema import Column, Table
from iptvvtab.types import Value

if TYPE_CHECKING:
    from iptvvtab.source import Row

Key: TypeAlias = tuple[Value, ...]

MOST_PAIRS = 5_000
"""Keys that are made of the values of several cursors, each with each."""


class Outer(Protocol):
    """A cursor as a join sees it."""

    @property
    def schema(self) -> Table:
        """The table that it walks."""

    def value(self, column: Column) -> Value:
        """Return the current row's value of a column; None also where there is no row, or it was not read."""

    def holds(self, column: Column, value: Value) -> bool:
        """Return whether a row that passed a moment ago, or is about to come, has a value in a column."""

    def columns(self) -> tuple[Column, ...]:
        """The columns that were read."""

    def ahead(self) -> Iterator[Row]:
        """Yield rows that will come, or came where there are no more."""

    def place(self, column: Column) -> int:
        """The place of a column in such rows."""


class Peers:
    """The open cursors of a connection, in the order in which they were opened."""

    def __init__(self) -> None:
        self._cursors: dict[int, Outer] = {}

    def opened(self, cursor: Outer) -> None:
        """Be told that a statement opened a cursor."""
        self._cursors[id(cursor)] = cursor

    def closed(self, cursor: Outer) -> None:
        """Be told that it was closed."""
        self._cursors.pop(id(cursor), None)

    def others(self, cursor: Outer) -> list[Outer]:
        """Return all but one."""
        return [one for one in self._cursors.values() if one is not cursor]


@dataclass(frozen=True, slots=True)
class Lead:
    """A cursor, and by place of a term in the inner read the column of the cursor that its values come from."""

    outer: Outer
    columns: Mapping[int, Column]

    def keys(self, now: Mapping[int, Value]) -> Iterator[Key]:
        """Yield the present key, then those that will follow, each once."""
        return _once(chain((tuple(now[place] for place in self.columns),), self._coming()))

    def _coming(self) -> Iterator[Key]:
        """Yield the keys that will follow, as far as they are known; one that is NULL finds nothing."""
        places = [self.outer.place(column) for column in self.columns.values()]
        for row in self.outer.ahead():
            key = tuple(row[place] for place in places)
            if None not in key:
                yield key


@dataclass(frozen=True, slots=True)
class Leads:
    """The cursors that the values of an inner read's terms come from, none for the same term; the slowest one first."""

    parts: tuple[Lead, ...]

    @property
    def places(self) -> tuple[int, ...]:
        """The places of these terms: what a key is made of, in this order."""
        return tuple(sorted(place for part in self.parts for place in part.columns))

    def moving(self, now: Mapping[int, Value]) -> Leads:
        """Return those of several cursors that more than one key comes from, if there are any: what stands is fixed."""
        is_alone = len(self.parts) == 1
        parts = [one for one in self.parts if is_alone or len([*islice(one.keys(now), 2)]) > 1]
        return Leads(tuple(parts)) if parts else self

    def coming(self, now: Mapping[int, Value], most: int) -> Iterator[Key]:
        """Yield the keys that will follow, each once, the present one first; of several cursors each with each.

        `most`: values of one column, where several cursors make the keys.
        """
        lists = [part.keys(now) for part in self.parts]
        if len(lists) == 1:
            yield from lists[0]
            return
        held: list[list[Key]] = []
        left = MOST_PAIRS
        for one in reversed(lists):  # what moves fastest comes again for each of the slower ones: it should be whole
            held.insert(0, list(islice(one, max(min(most, left), 1))))
            left //= len(held[0])
        places = [place for part in self.parts for place in part.columns]
        order = [places.index(place) for place in self.places]
        for combined in product(*held):
            values = tuple(chain.from_iterable(combined))
            yield tuple(values[number] for number in order)


Match: TypeAlias = tuple[Outer, int, Column]
"""A cursor whose current row holds, in a column, the value of the term at a place."""


def matches(wanted: Mapping[int, Value], outers: list[Outer]) -> list[Match]:
    """Return where the values of terms, by place, stand in the current rows of cursors."""
    return [
        (outer, place, column)
        for outer in outers
        for column in outer.columns()
        for place, value in wanted.items()
        if _is_same(outer.value(column), value)
    ]


def related(table: Table, terms: Mapping[int, Column], outers: list[Outer]) -> list[Match]:
    """Return where foreign keys say that the values of an inner table's terms may come from."""
    return [
        (outer, place, column)
        for outer in outers
        for column in outer.columns()
        for place, inner in terms.items()
        if _is_related(table, inner, outer.schema, column)
    ]


def leads_of(found: list[Match], outers: list[Outer]) -> Leads | None:
    """Return the cursors that give all terms that any gives: as few as will do, and of equals the first opened one."""
    by_outer: dict[int, tuple[Outer, dict[int, Column]]] = {}
    for outer, place, column in found:
        by_outer.setdefault(id(outer), (outer, {}))[1].setdefault(place, column)
    left = list(by_outer.values())
    chosen: list[Lead] = []
    given: set[int] = set()
    while left:
        outer, columns = max(left, key=lambda one: len(one[1].keys() - given))
        chosen.append(Lead(outer, {place: columns[place] for place in sorted(columns.keys() - given)}))
        given |= columns.keys()
        left = [one for one in left if one[1].keys() - given]
    return Leads(tuple(sorted(chosen, key=lambda one: outers.index(one.outer)))) if chosen else None


def _is_same(held: Value, value: Value) -> bool:
    return held is not None and held == value and isinstance(held, str) == isinstance(value, str)


def _is_related(table: Table, inner: Column, other: Table, column: Column) -> bool:
    here, there = (table.name, inner.name), (other.name, column.name)
    is_one_target = inner.references is not None and inner.references == column.references
    return inner.references == there or column.references == here or is_one_target


def _once(keys: Iterable[Key]) -> Iterator[Key]:
    """Yield keys, each once; no more of them is looked at than is taken."""
    seen = set()
    for key in keys:
        if key not in seen:
            seen.add(key)
            yield key
