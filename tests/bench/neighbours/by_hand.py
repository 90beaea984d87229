"""Each workload by hand: the requests that somebody would send who knew this very question, and dicts or sqlite3."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.bench.loads import load_by_hand
from tests.bench.neighbours.workloads import REPEAT, SYNC, Given, Task
from tests.bench.scans import COLUMNS, TABLE
from tests.bench.wire import Expression, Rows, Wire

BATCH = 500
"""Keys of one IN."""

FOUND: Expression = {
    "and": [
        {"eq": [{"t": "max_terminal"}, 5]},
        {"eq": [{"t": "disabled"}, True]},
        {"eq": [{"t": "business"}, True]},
        {"gte": [{"t": "created_at"}, "2024-06-01 00:00:00"]},
    ]
}
NEWEST = {"order_by": [[{"t": "start"}, "DESC"], [{"t": "id"}, "DESC"]], "limit": 20}
COUNT = {"function": "count", "args": ["*"]}


def _point(wire: Wire, given: Given) -> Rows:
    return wire.read("subscriber", ("id", "username", "surname", "phone", "balance"), {"eq": [{"t": "id"}, 77]})


def _filter(wire: Wire, given: Given) -> Rows:
    return wire.read("subscriber", ("id", "username", "phone"), FOUND)


def _join(wire: Wire, given: Given) -> list[tuple[Any, ...]]:
    names: dict[int, str] = dict(wire.read("subscriber", ("id", "username"), {"lte": [{"t": "id"}, given.many]}))
    terminals = _by_key(wire, "terminal", ("subscriber_id", "mac_addr", "active"), names)
    return [(names[owner], *others) for owner, *others in terminals]


def _count(wire: Wire, given: Given) -> Rows:
    return wire.select(data=[COUNT], **{"from": TABLE})


def _group(wire: Wire, given: Given) -> list[tuple[Any, int]]:
    return list(Counter(channel for rows in wire.pages(TABLE, ("id", "channel_id")) for _, channel in rows).items())


def _top(wire: Wire, given: Given) -> Rows:
    return wire.read(TABLE, ("id", "channel_id", "title", "start"), {"is_not": [{"t": "start"}, None]}, **NEWEST)


def _three(wire: Wire, given: Given) -> list[tuple[Any, ...]]:
    packages: dict[int, str] = dict(wire.read("package", ("id", "name")))
    names: dict[int, str] = dict(wire.read("subscriber", ("id", "username"), {"lte": [{"t": "id"}, given.few]}))
    owned = _by_key(wire, "subscriber_package", ("subscriber_id", "package_id", "enabled"), names)
    return [(names[owner], packages[package], enabled) for owner, package, enabled in owned if package in packages]


def _scan(wire: Wire, given: Given) -> list[list[Any]]:
    return [row for rows in wire.pages(TABLE, COLUMNS) for row in rows]


def _by_key(wire: Wire, table: str, columns: tuple[str, ...], keys: Iterable[int]) -> Iterator[list[Any]]:
    """Rows whose first column is one of the keys."""
    for batch in _batches(keys):
        yield from wire.read(table, columns, {"in": [{"t": columns[0]}, *batch]})


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    known = list(keys)
    return (known[at : at + BATCH] for at in range(0, len(known), BATCH))


WORK: dict[str, Callable[[Wire, Given], Iterable[Any]]] = {
    "point look-up": _point,
    "selective filter": _filter,
    "10k-key join": _join,
    "count(*)": _count,
    "group by": _group,
    "top-20": _top,
    "three-table join": _three,
    "full scan": _scan,
}


@contextmanager
def by_hand(given: Given) -> Iterator[Task]:
    """Prepare a workload: log in, and for a repetition keep the rows."""
    with closing(Wire(given.environment)) as wire, closing(sqlite3.connect(":memory:")) as kept:
        yield _task(given, wire, kept)


def _task(given: Given, wire: Wire, kept: sqlite3.Connection) -> Task:
    if given.workload == SYNC:
        path = given.own / "by-hand.db"
        return Task(lambda: load_by_hand(wire, path), lambda _: _stored(path))
    if given.workload == REPEAT:
        _keep(wire, kept)
        sql = given.sql.replace("portal.", "")
        return Task(lambda: kept.execute(sql).fetchall(), is_local=True)
    work = WORK[given.workload]
    return Task(lambda: work(wire, given))


def _keep(wire: Wire, kept: sqlite3.Connection) -> None:
    """Keep what the repeated statement needs."""
    kept.execute(f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, channel_id INTEGER)")
    for rows in wire.pages(TABLE, ("id", "channel_id")):
        kept.executemany(f"INSERT INTO {TABLE} VALUES (?, ?)", rows)


def _stored(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {TABLE}").fetchall()
