"""What one connection reads from the shadow file: while any of its statements runs, all see one moment of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import apsw

from iptvvtab.errors import NotMirrored
from iptvvtab.mirror.file import open_to_read
from iptvvtab.mirror.keys import STRATEGY, Key, is_on_demand, keys_of, known, terms_of
from iptvvtab.mirror.on_demand import Demand, Kept, demand_for
from iptvvtab.mirror.part import Part, part_of
from iptvvtab.mirror.select import Select, names_held, select
from iptvvtab.mirror.state import TOLERATED_SECONDS, Published, age_of, published
from iptvvtab.remote import Read
from iptvvtab.schema import Table
from iptvvtab.types import Value

PAGE_ROWS = 500
"""Rows that are handed over at once."""


class View:
    """Reads published tables of a file, for one connection and its one thread at a time.

    `now`: seconds since 1970; `wanted` is told the names of tables that somebody should sync, `kept` rows on demand.
    `key_file`: where the key is by which the file is encrypted, if it is.
    """

    def __init__(
        self,
        path: Path,
        portal: str,
        now: Callable[[], float] = time.time,
        wanted: Callable[[str], None] = lambda table: None,
        kept: Kept = lambda table, rows, began: None,
        key_file: Path | None = None,
    ) -> None:
        self._path, self._portal, self._now, self.want, self._kept = path, portal, now, wanted, kept
        self._key_file = key_file
        self._connection: apsw.Connection | None = None
        self._open: set[Reading] = set()
        self._names_held: dict[str, frozenset[str]] = {}
        self._held = 0
        self._parts: dict[str, Part | None] = {}

    def hold(self) -> None:
        """Let the reads to come see one moment, that of the first of them, until `let_go`: a statement has a cursor.

        Of `a UNION ALL b` the reads are open one after the other.
        """
        self._held += 1

    def let_go(self) -> None:
        """Be told that a cursor is closed; the last one ends the snapshot, which else would let the WAL grow."""
        self._held -= 1
        self._end_if_idle()

    def open(self, read: Read, table: Table, limit: float | None, *, may_lack_writes: bool = False) -> Reading | None:
        """Return the rows of a Read, if the table stands in the file and is younger than `limit` seconds; else None.

        Rows that were read before the last write to the table are no younger than any limit, unless they may lack it.
        Its state is read in the very snapshot that gives the rows. Raises MirrorUnusable.
        """
        statement = select(read, table, self._names(table)) if self._is_kept(read, table) else None
        if statement is None or not self._begin():
            return None
        assert self._connection is not None
        try:
            state = published(self._connection, table.name)
            if state is None:
                return None
            now = self._now()
            age = self._age_of_rows(state, table, read, now)
            limit = limit if may_lack_writes else state.limit(limit, now)
            if age is None or (limit is not None and age >= limit):
                return None
            reading = Reading(self, self._connection, statement, age, state.generation)
            self._open.add(reading)
            return reading
        finally:
            self._end_if_idle()

    def demand(self, read: Read, table: Table, limit: float | None) -> Demand | None:
        """Return what to ask the portal for to answer a Read of a table that is kept on demand; None for any other.

        Rows of its keys that are known, and younger than `limit` seconds, need not be asked for. Raises MirrorUnusable.
        """
        named = keys_of(table, read) if is_on_demand(table) else None
        is_plain = not read.is_count and not read.is_distinct and select(read, table) is not None
        if named is None or not is_plain or not {*table.key, *(one.column for one in read.order)} <= {*read.columns}:
            return None
        try:
            ages, limit = self._ages_within(table, named, limit) if self._begin() else ({}, limit)
            fresh = {key: age for key, age in ages.items() if limit is None or age < limit}
            lacking = tuple(key for key in named if key not in fresh)
            known = self._rows(read.with_terms((*read.terms, *terms_of(table, list(fresh)))), table) if fresh else []
        finally:
            self._end_if_idle()
        if not lacking:
            return None
        return demand_for(table, read, lacking, known, max(fresh.values(), default=0.0), self._kept, self._now)

    def age(self, table: Table) -> float | None:
        """Return the age of a table's rows in seconds, if it stands in the file as its schema is now."""
        if not self._begin():
            return None
        assert self._connection is not None
        try:
            state = published(self._connection, table.name)
            return None if state is None else age_of(state, table, self._now())
        finally:
            self._end_if_idle()

    def left(self, reading: Reading) -> None:
        """Be told that a read is done with."""
        self._open.discard(reading)
        self._end_if_idle()

    def close(self) -> None:
        """Let go of the file."""
        for reading in list(self._open):
            reading.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _names(self, table: Table) -> frozenset[str]:
        found = self._names_held.get(table.schema_hash)
        if found is None:
            found = self._names_held[table.schema_hash] = names_held(table)
        return found

    def _is_kept(self, read: Read, table: Table) -> bool:
        """Return whether the rows that a Read asks for are in the part of the table that the file keeps."""
        if not table.policy.where and not table.policy.limit:
            return True
        if table.schema_hash not in self._parts:
            self._parts[table.schema_hash] = _part_of(table)
        part = self._parts[table.schema_hash]
        return part is not None and part.holds(table, read)

    def _begin(self) -> bool:
        """Open the file, which may appear at any time, and begin a snapshot unless one is under way."""
        if self._connection is None:
            self._connection = open_to_read(self._path, self._portal, self._key_file)
        if self._connection is None:
            return False
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN")
        return True

    def _end_if_idle(self) -> None:
        if not self._open and not self._held and self._connection is not None and self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def _rows(self, read: Read, table: Table) -> list[tuple[Value, ...]]:
        """Return the rows of a Read of which there are few."""
        statement = select(read, table)
        assert statement is not None
        assert self._connection is not None
        return self._connection.execute(statement.sql, statement.bindings).fetchall()

    def _age_of_rows(self, state: Published, table: Table, read: Read, now: float) -> float | None:
        """Return the age of the rows that a Read asks for, the oldest of them; None if they must not be used."""
        if state.strategy != STRATEGY:
            return age_of(state, table, now)
        named = keys_of(table, read)
        ages = {} if named is None else self._ages(state, table, named, now)
        return None if named is None or len(ages) < len(named) else max(ages.values())

    def _ages_within(
        self, table: Table, named: Sequence[Key], limit: float | None
    ) -> tuple[dict[Key, float], float | None]:
        """Return the ages of what is known of keys, and the limit that they must be below."""
        assert self._connection is not None
        state, now = published(self._connection, table.name), self._now()
        return ({}, limit) if state is None else (self._ages(state, table, named, now), state.limit(limit, now))

    def _ages(self, state: Published, table: Table, named: Sequence[Key], now: float) -> dict[Key, float]:
        """Return the ages of what is known of keys, by key."""
        assert self._connection is not None
        if state.strategy != STRATEGY or age_of(state, table, now) is None:
            return {}
        ages = {key: now - began for key, began in known(self._connection, table, named).items()}
        return {key: max(age, 0.0) for key, age in ages.items() if age >= -TOLERATED_SECONDS}


def _part_of(table: Table) -> Part | None:
    """Return the part of a table that a file keeps; None where its policy is refused, which a sync tells of."""
    try:
        return part_of(table)
    except NotMirrored:
        return None


class Reading:
    """The rows of one Read from the file: iterate over its pages, then close. `age` in seconds when it was opened."""

    def __init__(self, view: View, connection: apsw.Connection, statement: Select, age: float, generation: int) -> None:
        self.age, self.generation = age, generation
        self._view, self._statement = view, statement
        self._cursor: apsw.Cursor | None = connection.cursor()

    def __iter__(self) -> Iterator[list[tuple[Value, ...]]]:
        """Yield pages of rows."""
        if self._cursor is not None:
            rows = self._cursor.execute(self._statement.sql, self._statement.bindings)
            while page := list(islice(rows, PAGE_ROWS)):
                yield page

    def close(self) -> None:
        """End the read."""
        if self._cursor is not None:
            self._cursor.close(True)
            self._cursor = None
            self._view.left(self)
