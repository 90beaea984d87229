"""A table of the portal into a SQLite file, each way in a process of its own: by hand, and by a sync."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.mirror import Mirror, mirror_path
from iptvvtab.schema import load_catalog
from tests.bench.scans import TABLE
from tests.bench.wire import PAGE, Wire

INDEXED = ("channel_id", "updated_at")
"""What a sync makes indexes of, too."""


def load_by_hand(wire: Wire, path: Path) -> int:
    """The loop that anybody would write: httpx, orjson, `executemany` of sqlite3, indexes at the end."""
    columns = load_catalog()[TABLE].columns
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        types = (f"{one.name} {one.type.declaration}{' PRIMARY KEY' * (one.name == 'id')}" for one in columns)
        connection.execute(f"CREATE TABLE {TABLE} ({', '.join(types)})")
        insert = f"INSERT INTO {TABLE} VALUES ({', '.join('?' * len(columns))})"
        for rows in wire.pages(TABLE, [column.name for column in columns]):
            with connection:
                connection.executemany(insert, rows)
        for column in INDEXED:
            connection.execute(f"CREATE INDEX {TABLE}_{column} ON {TABLE} ({column})")
        return int(connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0])


def _by_hand() -> Callable[[], int]:
    wire = Wire(os.environ)
    path = mirror_path(load(None, {})).with_name("by-hand.db")
    path.parent.mkdir(parents=True)
    return lambda: load_by_hand(wire, path)


def _synced(*, times: int = 1, strategy: str = "full") -> Callable[[], Callable[[], int]]:
    """Prepare a sync; neither the first contact nor any but the last of so many syncs is measured."""

    def prepare() -> Callable[[], int]:
        held = ExitStack()
        mirror: Mirror = held.enter_context(mirror_of(load(None, {"page_rows": PAGE, "rate": 0})))
        _published(mirror, "package", "full")
        for _ in range(times - 1):
            _published(mirror, TABLE, "full")

        def run() -> int:
            with held:
                _published(mirror, TABLE, strategy)
            return next(one.published.rows for one in mirror.status() if one.table == TABLE and one.published)

        return run

    return prepare


def _published(mirror: Mirror, table: str, strategy: str) -> None:
    done = mirror.sync(table, 0, strategy=strategy)
    assert done.outcome == "published", done.error


LOADS: dict[str, Callable[[], Callable[[], int]]] = {
    "by hand, with its indexes": _by_hand,
    "full sync": _synced(),
    "full sync over the last one": _synced(times=2),
    "incremental sync, nothing changed": _synced(times=2, strategy="incremental"),
}
