"""What every sync begins with: rows of the portal into a table of their own, page by page, under a lease."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import apsw

from iptvvtab.errors import LeaseLost, NotProven, PortalError
from iptvvtab.mirror import drift
from iptvvtab.mirror.ddl import BOOKKEEPING, creation, hashed, mirrored, quoted
from iptvvtab.mirror.file import immediate
from iptvvtab.mirror.keyed import keyed
from iptvvtab.mirror.part import Part, part_of
from iptvvtab.mirror.purge import note_secrets
from iptvvtab.mirror.state import Lease, begin_run, end_killed, end_run, keep_lease, runs
from iptvvtab.remote import Digest, Journal, Op, Read, Receipt, Remote, Term
from iptvvtab.schema import Catalog, Table
from iptvvtab.types import ColumnType, Value

ALL = 2**62
"""Rows that are wanted: pages are large from the first on."""

_HASHES = "_hashes"
"""How the name of the table ends that takes the hashes of rows under way."""

RESUMED_WITHIN = 3600.0
"""Seconds within which a killed load is gone on with; its rows are as old as its beginning."""


@dataclass(frozen=True)
class Task:
    """What a sync of one table works with. `now` gives seconds since 1970; the sync `began` at such a moment.

    `digest`: the hash that rows come with. `key`: by which secrets are hashed, where policy says so.
    """

    connection: apsw.Connection
    remote: Remote
    catalog: Catalog
    table: Table
    lease: Lease
    journal: Journal
    now: Callable[[], float]
    began: float
    digest: Digest | None = None
    key: bytes = field(default=b"", repr=False)
    _started: float = field(default_factory=time.monotonic)

    def seconds_since(self, began: float) -> float:
        """Return how long ago a read began. Our clock tells only what was before the sync, for it may be moved."""
        return max(self.began - began, 0.0) + time.monotonic() - self._started

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the mirror holds, in their order."""
        return tuple(column.name for column in mirrored(self.table))

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The columns of which the mirror holds a keyed hash, in their order, behind the others."""
        return tuple(column.name for column in hashed(self.table))

    def held(self, page: list[list[Value]]) -> list[list[Value]]:
        """Return rows of all these columns as the mirror holds them: secrets are hashed."""
        first = len(self.columns)
        if not self.secrets:
            return page
        return [[*row[:first], *(keyed(self.key, value) for value in row[first:])] for row in page]

    @cached_property
    def part(self) -> Part:
        """The part of the table that the mirror keeps."""
        return part_of(self.table)

    def pages(self, read: Read, wanted: int | None = None) -> Iterator[list[list[Value]]]:
        """Yield the rows of a Read of the portal, of which so many will do. Raises PortalError and its kin."""
        pages = self.remote.pages(read, self.journal, ALL if wanted is None else wanted)
        try:
            with self.naming_drift():
                while (page := pages.next()) is not None:
                    yield page.rows
        finally:
            pages.close()

    @contextmanager
    def naming_drift(self) -> Iterator[None]:
        """Raise SchemaDrift for an error of the portal that comes of a table that changed."""
        try:
            yield
        except PortalError as error:
            drifted = drift.found(self.remote, self.journal, self.table, error)
            if drifted is None:
                raise
            raise drifted from error

    def counted(self, *terms: Term) -> int | None:
        """Return how many rows the part that is kept has under these terms, as the portal counts; None if it cannot."""
        if not self.remote.capabilities.count:
            return None
        [[[number]]] = self.pages(self.part.read(Read(self.table.name, (), terms, is_count=True)))
        assert isinstance(number, int)
        return number if self.part.limit is None else min(number, self.part.limit)

    def keep(self) -> None:
        """Say that we live, within a transaction. Raises LeaseLost."""
        keep_lease(self.connection, self.lease, self.now())

    def has(self, name: str) -> bool:
        """Return whether the file has a table of that name."""
        sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
        return self.connection.execute(sql, (name,)).get is not None

    def value(self, sql: str, *bindings: Value) -> Any:
        """Return the first value that a statement gives."""
        return self.connection.execute(sql, bindings).get


class Load:
    """Rows under way into the file. `began`: when their read began; `last`: the key that a killed load had come to."""

    def __init__(self, task: Task, run: int, began: float, rows: int = 0, last: int | None = None) -> None:
        self._task = task
        self.run, self.began, self.rows, self._last = run, began, rows, last
        self.staging = f"{_stages_of(task.table.name)}{run}"
        self.hashing = f"{self.staging}{_HASHES}"

    def fetch(self, *terms: Term) -> None:
        """Fetch the rows under these terms. Each page is a transaction. Raises PortalError and its kin, LeaseLost."""
        task = self._task
        if self._last is not None:
            terms = (*terms, Term(task.table.key[0], Op.GT, (self._last,)))
        columns = (*task.columns, *task.secrets)
        insert = f"INSERT OR REPLACE INTO {quoted(self.staging)} VALUES ({', '.join('?' * len(columns))})"
        limit = task.part.limit
        for page in task.pages(task.part.read(Read(task.table.name, columns, terms, digest=task.digest)), limit):
            with immediate(task.connection):
                task.keep()
                if task.digest is not None:
                    self._take_hashes(page)
                kept = page if limit is None else page[: limit - self.rows]
                task.connection.executemany(insert, task.held(kept))
                self.rows += len(kept)
                task.connection.execute("UPDATE _mirror_run SET rows = ? WHERE id = ?", (self.rows, self.run))
            if self.rows == limit:
                break

    def _take_hashes(self, page: list[list[Value]]) -> None:
        """Take the hash off the end of each row; it stands beside the key in a table of its own."""
        key = self._task.columns.index(self._task.table.key[0])
        hashes = [(row[key], row.pop()) for row in page]
        self._task.connection.executemany(f"INSERT OR REPLACE INTO {quoted(self.hashing)} VALUES (?, ?)", hashes)

    def counted(self) -> int:
        """Return how many rows are there."""
        return int(self._task.value(f"SELECT count(*) FROM {quoted(self.staging)}"))

    def drop(self) -> None:
        """Drop the rows."""
        for name in (self.staging, self.hashing):
            self._task.connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")

    def end(self, receipt: Receipt, notice: str | None) -> None:
        """Note within the transaction that publishes them that the rows are, and what there is to tell of them."""
        end_run(self._task.connection, self.run, "published", self._task.now(), receipt, notice)

    def fail(self, error: BaseException, receipt: Receipt) -> None:
        """Note why nothing is published. What was fetched is dropped, unless the next sync may well go on with it.

        Once another process has the lease all of that is its own: it may be going on with these very rows.
        """
        is_passing = isinstance(error, KeyboardInterrupt) or getattr(error, "retryable", False)
        ended = "refused" if isinstance(error, NotProven) else "failed"
        with immediate(self._task.connection), suppress(LeaseLost):
            self._task.keep()
            if not is_passing:
                self.drop()
            outcome, message = None if is_passing else ended, f"{type(error).__name__}: {error}"
            end_run(self._task.connection, self.run, outcome, self._task.now(), receipt, message)


def begin(task: Task, strategy: str) -> Load:
    """Return a load under way: of a full sync that was killed, or a new one; what others left is dropped."""
    with immediate(task.connection):
        task.keep()
        killed = _killed(task) if strategy == "full" else None
        _clean(task, killed)
        return killed or _new(task, strategy)


def _new(task: Task, strategy: str) -> Load:
    now, table = task.now(), task.table
    load = Load(task, begin_run(task.connection, table.name, strategy, table.schema_hash, now), now)
    task.connection.execute(creation(table, load.staging, task.catalog))
    if task.digest is not None:
        task.connection.execute(f"CREATE TABLE {quoted(load.hashing)} (key INTEGER PRIMARY KEY, hash)")
    return load


def _killed(task: Task) -> Load | None:
    """Return the last run if it was killed and can be gone on with: what is there came by the one integer key."""
    last, key = next(iter(runs(task.connection, task.table.name)), None), task.table.key
    if last is None or last.outcome is not None or last.strategy != "full" or task.part.limit is not None:
        return None
    if last.schema_hash != task.table.schema_hash or not 0 <= task.now() - last.began < RESUMED_WITHIN:
        return None
    staging = f"{_stages_of(task.table.name)}{last.id}"
    if len(key) != 1 or task.table.column(key[0]).type is not ColumnType.INTEGER or not task.has(staging):
        return None
    if task.has(f"{staging}{_HASHES}") != (task.digest is not None):
        return None
    rows = task.value(f"SELECT count(*) FROM {quoted(staging)}")
    return Load(task, last.id, last.began, rows, task.value(f"SELECT max({quoted(key[0])}) FROM {quoted(staging)}"))


def stages(connection: apsw.Connection, name: str) -> list[str]:
    """Return the tables that syncs of a table left in the file, or are filling."""
    begun = _stages_of(name)
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, length(?1)) = ?1"
    found: list[Any] = connection.execute(sql, (begun,)).fetchall()
    ours = re.compile(rf"{re.escape(begun)}\d+({_HASHES})?")  # no other table's whose name begins like this one's
    return [stage for (stage,) in found if ours.fullmatch(stage)]


def _clean(task: Task, kept: Load | None) -> None:
    for stage in stages(task.connection, task.table.name):
        if kept is None or stage not in (kept.staging, kept.hashing):
            note_secrets(task.connection, task.table, stage)
            task.connection.execute(f"DROP TABLE {quoted(stage)}")
    end_killed(task.connection, task.table.name, kept.run if kept else 0)


def _stages_of(name: str) -> str:
    return f"{BOOKKEEPING}stage_{name}_"
