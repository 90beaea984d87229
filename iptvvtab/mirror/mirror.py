"""The shadow file of one portal and user: tables are synced into it, and read from it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import apsw

from iptvvtab.errors import Error, Forbidden, MirrorUnusable, NotMirrored
from iptvvtab.mirror import full, hashes, incremental, keys, on_demand, verify
from iptvvtab.mirror.attached import Attached
from iptvvtab.mirror.ddl import hash_of, hashed, is_mirrorable
from iptvvtab.mirror.differences import Differences, Rung
from iptvvtab.mirror.drift import changes
from iptvvtab.mirror.file import immediate, open_to_read, open_to_write
from iptvvtab.mirror.hashes import Verified
from iptvvtab.mirror.keyed import load_key, note_key
from iptvvtab.mirror.keys import STRATEGY as ON_DEMAND
from iptvvtab.mirror.keys import Key
from iptvvtab.mirror.load import Task
from iptvvtab.mirror.part import part_of, said_of
from iptvvtab.mirror.purge import purge
from iptvvtab.mirror.removal import drop, drop_forbidden
from iptvvtab.mirror.state import Lease, Published, Run, held, is_in_force, leave_lease, published, runs, take_lease
from iptvvtab.mirror.view import View
from iptvvtab.mirror.writing import Marks
from iptvvtab.remote import Journal, Remote
from iptvvtab.schema import Catalog, Table
from iptvvtab.types import Value

_KEEP_MILLISECONDS = 500
"""How long a query waits for other writers to keep the rows that it asked for; it has them whatever comes."""

_log = logging.getLogger(__name__)

_BYTES = (
    "SELECT sum(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN "
    "(SELECT name FROM sqlite_schema WHERE tbl_name = ?)"
)


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync of one table came to: published, fresh (nothing to do), busy (another process is at it) or failed.

    `notice`: what there is to tell of rows that are published, as that the portal has more columns than the schema.
    `rung`: by what a verifying one compared the table with the portal.
    """

    table: str
    outcome: str
    strategy: str = ""
    rows: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    error: Error | None = None
    notice: str | None = None
    rung: Rung | None = None

    @property
    def is_well(self) -> bool:
        """Whether the table is there and fresh now."""
        return self.outcome in ("published", "fresh")


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing a table with the portal came to; `found` is None where `error` tells why it was not compared."""

    table: str
    found: Differences | None = None
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    error: Error | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How a table stands in the file; `published` is None when it does not, `last` when it was never synced.

    `is_current`: it was made by the schema that is in force; if not, `changes` are those of columns, in words.
    `part`: which rows the policy keeps, in words; None for all.
    `verified`: how it was last compared with the portal.
    """

    table: str
    published: Published | None
    last: Run | None
    bytes: int = 0
    is_current: bool = False
    changes: tuple[str, ...] = ()
    part: str | None = None
    verified: Verified | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the file has all of its rows that its policy keeps, and not only those that were asked for."""
        return self.published is not None and self.published.strategy != ON_DEMAND

    def state(self, ttl: float, now: float) -> str:
        """Return absent, closed (403), outdated (another schema made it), fresh or stale.

        Stale is what is older than `ttl` seconds, or than the last write to its table.
        """
        if self.published is None:
            return "absent"
        if self.published.is_closed:
            return "closed"
        if not self.is_current:
            return "outdated"
        if self.published.lacks_writes:
            return "stale"
        return "fresh" if 0 <= now - self.published.began < ttl else "stale"


class Mirror:
    """Keeps tables of a catalog in one file.

    `now` gives seconds since 1970; `counted` is told how many rows a table has. `hash_key`: where the key of hashes is,
    else beside the file. `key_file`: where that is by which the file is encrypted, if it is.
    """

    def __init__(
        self,
        path: Path,
        portal: str,
        catalog: Catalog,
        remote: Remote,
        now: Callable[[], float] = time.time,
        counted: Callable[[str, int], None] = lambda table, rows: None,
        hash_key: Path | None = None,
        key_file: Path | None = None,
    ) -> None:
        self.path = path
        self._portal, self._catalog, self._remote, self._now = portal, catalog, remote, now
        self._counted = counted
        self._hash_key, self._key_file = hash_key or path.with_suffix(".key"), key_file

    def table(self, name: str) -> Table:
        """Return a table by its name in any case. Raises UnknownTable."""
        return self._catalog[name]

    def tables(self) -> list[Table]:
        """Return the tables that may be mirrored, in the catalog's order."""
        return [table for table in self._catalog.values() if is_mirrorable(table)]

    def view(self, wanted: Callable[[str], None] = lambda table: None) -> View:
        """Return what one connection reads with, and says `wanted` with; nothing is opened before the first read."""
        return View(self.path, self._portal, self._now, wanted, self._keep, self._key_file)

    def attached(self, name: str) -> Attached | None:
        """Return the file for a connection that attaches it by that name; None for an encrypted one."""
        return None if self._key_file is not None else Attached(self.path, self._portal, name, self._now)

    def writing(self, names: Sequence[str]) -> AbstractContextManager[None]:
        """Return a context in which tables of the portal are written to: what was read before is not fresh afterwards.

        That holds for every process. Raises MirrorUnusable when it is entered (`Marks.writing`).
        """
        return Marks(self.path, self._portal, self._now, self._key_file).writing(names)

    def sync(
        self,
        name: str,
        ttl: float,
        journal: Journal | None = None,
        *,
        strategy: str | None = None,
        is_forced: bool = False,
    ) -> Synced:
        """Fetch a table, or what changed of it, and publish it, unless it is younger than `ttl` seconds.

        `strategy`: full, incremental or verify, else what its policy says; without anything to go on from it is full.
        Forced: without proof that the rows are all. `journal` gets the requests. What is raised comes as the outcome,
        but for UnknownTable and what is no Error.
        """
        table, started = self._catalog[name], time.monotonic()
        try:
            _check(table)
            connection = open_to_write(self.path, self._portal, self._key_file)
            try:
                drop_forbidden(connection, self._catalog, self._now)
                return self._sync(connection, table, ttl, journal or Journal(), strategy, is_forced=is_forced)
            finally:
                connection.close()
        except Error as error:
            return Synced(table.name, "failed", seconds=time.monotonic() - started, error=error)
        except apsw.Error as error:  # a full disk, a file that broke
            return Synced(table.name, "failed", error=MirrorUnusable(self.path, str(error)))

    def verify(self, name: str, journal: Journal | None = None, *, is_full: bool = False) -> Compared:
        """Compare a table of the file with the portal, by the best means that spares reading it, or by all its rows.

        Nothing is changed. `journal` gets the requests. What is raised comes as the outcome, but for UnknownTable and
        what is no Error.
        """
        table, journal, started = self._catalog[name], journal or Journal(), time.monotonic()
        try:
            with journal.meter() as meter, self._snapshot(table) as connection:
                task = self._task(connection, table, Lease(table.name, 0), journal, self._now())
                task = replace(task, key=self._key_of(table))
                found = verify.compare(verify.with_digest(task), is_full=is_full)
                cost = meter.receipt()
            return Compared(table.name, found, cost.requests, cost.bytes, time.monotonic() - started)
        except Error as error:
            return Compared(table.name, seconds=time.monotonic() - started, error=error)
        except apsw.Error as error:
            return Compared(table.name, error=MirrorUnusable(self.path, str(error)))

    @contextmanager
    def _snapshot(self, table: Table) -> Iterator[apsw.Connection]:
        """Give the file at one moment, if the table stands in it as its schema says. Raises NotMirrored."""
        connection = open_to_read(self.path, self._portal, self._key_file)
        if connection is None:
            raise NotMirrored(table.name, "there is no shadow file yet; `iptvvtab sync` makes it")
        try:
            connection.execute("BEGIN")
            state = published(connection, table.name)
            if state is None or state.schema_hash != table.schema_hash or state.strategy == ON_DEMAND:
                raise NotMirrored(
                    table.name, f"it is not in the shadow file as a whole; `iptvvtab sync {table.name}` puts it there"
                )
            yield connection
        finally:
            connection.close()

    def status(self, *, is_sized: bool = False) -> list[Status]:
        """Return how each table of the catalog stands in the file, in the catalog's order. Raises MirrorUnusable.

        Sized: with their bytes, for which the whole file is read.
        """
        connection = open_to_read(self.path, self._portal, self._key_file)
        if connection is None:
            return [Status(table.name, None, None, part=said_of(table)) for table in self._catalog.values()]
        try:
            return [self._status(connection, name, is_sized=is_sized) for name in self._catalog]
        finally:
            connection.close()

    def held(self) -> list[str]:
        """Return the tables of which rows are in the file, described or not, by name. Raises MirrorUnusable."""
        connection = open_to_read(self.path, self._portal, self._key_file)
        if connection is None:
            return []
        try:
            return held(connection)
        finally:
            connection.close()

    def clear(self, names: Iterable[str]) -> list[str]:
        """Drop tables from the file, and return which were there; the portal is asked again. Raises MirrorUnusable.

        None of their bytes stays, once readers have left them; the file is written anew for it.
        """
        connection = open_to_write(self.path, self._portal, self._key_file)
        try:
            with immediate(connection):
                dropped = [name for name in names if drop(connection, name, self._now())]
            purge(connection)
        finally:
            connection.close()
        return dropped

    def vacuum(self) -> tuple[int, int]:
        """Give back the room of what was dropped; return bytes before and after. Raises MirrorUnusable."""
        connection = open_to_write(self.path, self._portal, self._key_file)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            before = self.path.stat().st_size
            connection.execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return before, self.path.stat().st_size
        finally:
            connection.close()

    def publish(self, path: Path) -> None:
        """Write a compact copy for others, one file without a WAL beside it. Raises MirrorUnusable, OSError."""
        connection = open_to_write(self.path, self._portal, self._key_file)
        try:
            beside = path.with_name(f".{path.name}.part")
            beside.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(beside),))
            beside.replace(path)
        finally:
            connection.close()

    def _sync(
        self,
        connection: apsw.Connection,
        table: Table,
        ttl: float,
        journal: Journal,
        strategy: str | None,
        *,
        is_forced: bool,
    ) -> Synced:
        started = time.monotonic()
        key = self._key_of(table)
        with immediate(connection):
            if key:
                note_key(connection, key, [one.name for one in self._catalog.values() if hashed(one)])
            now = self._now()  # within: who waited for others must not take what they wrote meanwhile for the future
            state = published(connection, table.name)
            if state is not None and self._is_fresh(state, table, now, ttl):
                return Synced(table.name, "fresh", state.strategy, state.rows)
            lease = take_lease(connection, table.name, now)
        if lease is None:
            return Synced(table.name, "busy")
        task = replace(self._task(connection, table, lease, journal, now), key=key)
        try:
            with journal.meter() as meter:
                way, rows, rung = self._fetched(task, strategy, is_forced=is_forced)
            purge(connection)
            cost = meter.receipt()
            there = published(connection, table.name)
            if there is not None and task.part.is_all and there.strategy != ON_DEMAND:
                self._counted(table.name, there.rows)
            took = time.monotonic() - started
            notice = runs(connection, table.name)[0].message
            return Synced(table.name, "published", way, rows, cost.requests, cost.bytes, took, rung=rung, notice=notice)
        except Forbidden:
            with immediate(connection):
                connection.execute("UPDATE _mirror_table SET is_closed = 1 WHERE name = ?", (table.name,))
            raise
        finally:
            with immediate(connection):
                leave_lease(connection, lease)

    def _task(self, connection: apsw.Connection, table: Table, lease: Lease, journal: Journal, now: float) -> Task:
        return Task(connection, self._remote, self._catalog, table, lease, journal, self._now, now)

    def _key_of(self, table: Table) -> bytes:
        """Return the key by which a table's secrets are hashed; none where it has none."""
        return load_key(self._hash_key) if hashed(table) else b""

    def _fetched(self, task: Task, strategy: str | None, *, is_forced: bool) -> tuple[str, int, Rung | None]:
        """Fetch and publish a table; return by which strategy, how many rows came, and what it was compared by."""
        policy = task.table.policy.cache_strategy
        asked = strategy or policy
        if verify.STRATEGY in (strategy, policy):
            task = verify.with_digest(task)
        if asked == verify.STRATEGY:
            done = verify.sync(task, is_forced=is_forced)
            return verify.STRATEGY, done.rows, done.rung
        if asked == ON_DEMAND:
            return ON_DEMAND, on_demand.sync(task, is_forced=is_forced), None
        if asked == incremental.STRATEGY and incremental.is_possible(task):
            return incremental.STRATEGY, incremental.sync(task, is_forced=is_forced), None
        return full.STRATEGY, full.sync(task, is_forced=is_forced), None

    def _keep(self, table: Table, rows: Mapping[Key, Sequence[Value] | None], began: float) -> None:
        """Put rows into the file that a query asked for. Whatever is in the way, the query has them already."""
        try:
            connection = open_to_write(self.path, self._portal, self._key_file)
            try:
                connection.set_busy_timeout(_KEEP_MILLISECONDS)
                on_demand.keep(connection, table, self._catalog, rows, began)
            finally:
                connection.close()
        except (MirrorUnusable, apsw.Error) as error:
            _log.info("rows of %s are not kept: %s", table.name, error)

    def _is_fresh(self, state: Published, table: Table, now: float, ttl: float) -> bool:
        is_usable = is_in_force(state, table) and not state.is_closed and not state.lacks_writes
        return is_usable and 0 <= now - state.began < ttl

    def _status(self, connection: apsw.Connection, name: str, *, is_sized: bool) -> Status:
        found, last = published(connection, name), next(iter(runs(connection, name)), None)
        table = self._catalog[name]
        if found is None:
            return Status(name, None, last, part=said_of(table))
        bytes_ = connection.execute(_BYTES, (name,)).get or 0 if is_sized else 0
        is_current = is_in_force(found, table)
        changed = () if is_current else changes(connection, table)
        part = said_of(table)
        if found.strategy == ON_DEMAND:
            part = f"{keys.number_of(connection, name)} keys that were asked for"
        return Status(name, found, last, int(bytes_), is_current, changed, part, hashes.verified(connection, name))


def _check(table: Table) -> None:
    if not is_mirrorable(table):
        raise NotMirrored(table.name, "its policy, its name or a secret in its key forbids it")
    for column in map(table.column, table.policy.hash_fields):
        if not column.sensitive:
            raise NotMirrored(table.name, f"hash_fields names {column.name!r}, which is not marked `sensitive: true`")
        if table.has(hash_of(column)):
            raise NotMirrored(table.name, f"it has a column {hash_of(column)!r} already, where a hash would stand")
    part_of(table)
