"""What a shadow file knows of its tables: what is published, what each sync came to, who may publish."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import apsw

from iptvvtab.errors import LeaseLost
from iptvvtab.mirror.keys import STRATEGY as ON_DEMAND
from iptvvtab.remote import Receipt
from iptvvtab.schema import Table
from iptvvtab.types import Value

LEASE_SECONDS = 300.0
"""How long a process may be silent before another takes its table over; each page says that it is alive."""

KEPT_RUNS = 20
"""Runs of one table that are remembered."""

TOLERATED_SECONDS = 2.0
"""By how much a read may seem to come from the future; beyond it a clock was moved, and nobody knows an age."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table as it stands in the file. `began`: seconds since 1970 when the read of its rows began.

    `high`: the last change, by its cursor column, that surely has all rows up to it. `written`: when somebody last
    wrote to the table on the portal, if ever.
    """

    name: str
    generation: int
    schema_hash: str
    strategy: str
    began: float
    ended: float
    rows: int
    high: Value
    is_closed: int
    written: float | None = None

    @property
    def lacks_writes(self) -> bool:
        """Whether the table was written to since the read of its rows began."""
        return self.written is not None and self.began <= self.written

    def limit(self, limit: float | None, now: float) -> float | None:
        """Return the age that rows must be below: a limit, and that of the last write; None: any will do."""
        return limit if limit is None or self.written is None else min(limit, now - self.written)


@dataclass(frozen=True, slots=True)
class Run:
    """What one sync came to; `outcome` is None where the next one may go on with it.

    It is under way then, was killed, or failed for a reason that may pass, which `message` tells.
    """

    id: int
    name: str
    strategy: str
    schema_hash: str
    began: float
    ended: float | None
    outcome: str | None
    rows: int
    requests: int
    bytes: int
    message: str | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to publish a table: as long as the file says that this is the latest token."""

    name: str
    token: int


def age_of(state: Published, table: Table, now: float) -> float | None:
    """Return the age of a table's rows in seconds; None for rows that must not be used."""
    age = now - state.began
    if state.is_closed or state.schema_hash != table.schema_hash or age < -TOLERATED_SECONDS:
        return None
    return max(age, 0.0)


def is_in_force(state: Published, table: Table) -> bool:
    """Return whether a table was made by the schema that is in force, and is not some rows where all are wanted."""
    is_enough = state.strategy != ON_DEMAND or table.policy.cache_strategy == ON_DEMAND
    return is_enough and state.schema_hash == table.schema_hash


def standing_sql(schema: str = "main") -> str:
    """Return the SQL that tells how a table stands, by its name as parameter: what `Published` is made of."""
    return (
        f"SELECT t.*, w.at FROM {schema}._mirror_table t LEFT JOIN {schema}._mirror_written w USING (name) "
        "WHERE t.name = ?"
    )


def put_written(connection: apsw.Connection, names: Iterable[str], now: float) -> None:
    """Note that tables were written to, within a transaction; a mark is never put back in time."""
    connection.executemany(
        "INSERT INTO _mirror_written VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)",
        [(name, now) for name in names],
    )


def published(connection: apsw.Connection, name: str) -> Published | None:
    """Return how a table stands in the file; None if it does not."""
    row: Any = connection.execute(standing_sql(), (name,)).fetchone()
    return None if row is None else Published(*row)


def put_published(
    connection: apsw.Connection, table: Table, strategy: str, began: float, ended: float, rows: int, high: Value
) -> None:
    """Note how a table stands in the file from now on, within the transaction that puts it there."""
    before = published(connection, table.name)
    connection.execute(
        "INSERT OR REPLACE INTO _mirror_table VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (table.name, before.generation + 1 if before else 1, table.schema_hash, strategy, began, ended, rows, high),
    )


def runs(connection: apsw.Connection, name: str) -> list[Run]:
    """Return what is remembered of a table's syncs, the last one first."""
    sql = "SELECT * FROM _mirror_run WHERE name = ? ORDER BY id DESC"
    return [Run(*row) for row in connection.execute(sql, (name,))]


def begin_run(connection: apsw.Connection, name: str, strategy: str, schema_hash: str, now: float) -> int:
    """Note that a sync begins, and forget the oldest; return its number."""
    connection.execute(
        "INSERT INTO _mirror_run (name, strategy, schema_hash, began) VALUES (?, ?, ?, ?)",
        (name, strategy, schema_hash, now),
    )
    number = connection.last_insert_rowid()
    connection.execute(
        "DELETE FROM _mirror_run WHERE name = ?1 AND id NOT IN "
        "(SELECT id FROM _mirror_run WHERE name = ?1 ORDER BY id DESC LIMIT ?2)",
        (name, KEPT_RUNS),
    )
    return number


def end_run(
    connection: apsw.Connection, number: int, outcome: str | None, now: float, cost: Receipt, message: str | None = None
) -> None:
    """Note what a sync came to, and what it cost."""
    connection.execute(
        "UPDATE _mirror_run SET outcome = ?, ended = ?, requests = ?, bytes = ?, message = ? WHERE id = ?",
        (outcome, now, cost.requests, cost.bytes, message, number),
    )


def end_killed(connection: apsw.Connection, name: str, kept: int = 0) -> None:
    """Note that no sync of a table that was broken off is gone on with, but for the run `kept`."""
    connection.execute(
        "UPDATE _mirror_run SET outcome = 'killed' WHERE name = ? AND outcome IS NULL AND id <> ?", (name, kept)
    )


def held(connection: apsw.Connection) -> list[str]:
    """Return the tables of which rows are in the file, published or left by a sync that was broken off, by name."""
    sql = "SELECT name FROM _mirror_table UNION SELECT name FROM _mirror_run WHERE outcome IS NULL ORDER BY 1"
    return [str(name) for (name,) in connection.execute(sql)]


def take_lease(connection: apsw.Connection, name: str, now: float) -> Lease | None:
    """Take the right to publish a table, within a transaction; None while another process that lives has it."""
    held = connection.execute("SELECT token, owner, ends FROM _mirror_lease WHERE name = ?", (name,)).fetchone()
    token, owner, ends = held or (0, None, 0.0)
    if owner is not None and now < ends <= now + LEASE_SECONDS and _may_live(owner):
        return None
    connection.execute(
        "INSERT OR REPLACE INTO _mirror_lease VALUES (?, ?, ?, ?)", (name, token + 1, _ourselves(), now + LEASE_SECONDS)
    )
    return Lease(name, token + 1)


def keep_lease(connection: apsw.Connection, lease: Lease, now: float) -> None:
    """Say that its owner lives, within the transaction that needs the right. Raises LeaseLost."""
    connection.execute(
        "UPDATE _mirror_lease SET ends = ? WHERE name = ? AND token = ?", (now + LEASE_SECONDS, lease.name, lease.token)
    )
    if not connection.changes():
        raise LeaseLost(lease.name)


def leave_lease(connection: apsw.Connection, lease: Lease) -> None:
    """Give the right back; the token stays, so that the next one is larger."""
    connection.execute(
        "UPDATE _mirror_lease SET owner = NULL, ends = 0 WHERE name = ? AND token = ?", (lease.name, lease.token)
    )


def _ourselves() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _may_live(owner: str) -> bool:
    """Return whether an owner may still be at work; of another machine nobody knows."""
    host, _, number = owner.rpartition(":")
    if host != socket.gethostname():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
