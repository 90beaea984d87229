"""The hashes that a portal gave of a table's rows, in a table beside it: what verification compares the portal with.

They stand for the rows as they were published: whatever publishes rows puts their hashes there in the same transaction,
or says that they are not known (NULL). Both tables hold the same keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import apsw

from iptvvtab.mirror.ddl import BOOKKEEPING, quoted
from iptvvtab.mirror.load import Load, Task


@dataclass(frozen=True, slots=True)
class Verified:
    """How a table was last compared with the portal; `function`: of the hashes that are kept of its rows, if any."""

    rung: str
    function: str | None
    began: float


def hashes_of(name: str) -> str:
    """Return the name of the table that holds the hashes of a table's rows."""
    return f"{BOOKKEEPING}hash_{name}"


def verified(connection: apsw.Connection, name: str) -> Verified | None:
    """Return how a table was last compared with the portal; None if it was not since it is there."""
    sql = "SELECT rung, function, began FROM _mirror_verified WHERE name = ?"
    row: Any = connection.execute(sql, (name,)).fetchone()
    return None if row is None else Verified(*row)


def put_verified(task: Task, load: Load, rung: str) -> None:
    """Note within the transaction that publishes a table that all of it was compared, and by what."""
    function = None if task.digest is None else task.digest.function
    task.connection.execute(
        "INSERT OR REPLACE INTO _mirror_verified VALUES (?, ?, ?, ?)", (task.table.name, rung, function, load.began)
    )


def swap(task: Task, load: Load) -> None:
    """Put the hashes of a new table in place of those of the old one; none came with a load that asked for none."""
    hashes = quoted(hashes_of(task.table.name))
    task.connection.execute(f"DROP TABLE IF EXISTS {hashes}")
    if task.digest is not None:
        task.connection.execute(f"ALTER TABLE {quoted(load.hashing)} RENAME TO {hashes}")


def merge(task: Task, load: Load) -> None:
    """Put the hashes of rows that came over those of old ones; those of rows that came without are not known."""
    hashes = hashes_of(task.table.name)
    if not task.has(hashes):
        return
    key = quoted(task.table.key[0])
    unknown = f"SELECT {key}, NULL FROM main.{quoted(load.staging)}"
    came = unknown if task.digest is None else f"SELECT * FROM main.{quoted(load.hashing)}"
    task.connection.execute(f"INSERT OR REPLACE INTO main.{quoted(hashes)} {came}")


def prune(task: Task) -> None:
    """Drop the hashes of rows that are no longer there."""
    hashes = hashes_of(task.table.name)
    if task.has(hashes):
        keys = f"SELECT {quoted(task.table.key[0])} FROM main.{quoted(task.table.name)}"
        task.connection.execute(f"DELETE FROM main.{quoted(hashes)} WHERE key NOT IN ({keys})")


def clear(connection: apsw.Connection, name: str) -> None:
    """Drop the hashes of a table that is dropped."""
    connection.execute(f"DROP TABLE IF EXISTS {quoted(hashes_of(name))}")
    connection.execute("DELETE FROM _mirror_verified WHERE name = ?", (name,))
