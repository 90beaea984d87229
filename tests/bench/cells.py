"""What a row and its values cost inside SQLite: a virtual table of ours, the least one in Python, a plain table.

The rows are at hand (in memory), so that nothing but handing them over is measured. **The floor** is a cursor whose
methods are callables of C that do nothing: what APSW takes for a call to each, whatever they do.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import apsw

import iptvvtab
from iptvvtab.demo import start_demo
from tests.bench.scans import ROWS_A_SUBSCRIBER, TABLE
from tests.differential.sides import connect

TURNS = 9
COLUMNS = ("created_at", "updated_at", "channel_id", "title", "start", "stop")
READ = (0, 1, 3, 6)
JOIN = (
    "SELECT count(c.name) FROM portal.tv_program AS p CROSS JOIN portal.tv_channel AS c ON c.id = p.channel_id "
    "WHERE p.id <= {rows}"
)


@dataclass(frozen=True)
class Cell:
    """Nanoseconds of processor time for each row: the best of the turns, which other work disturbs least."""

    what: str
    ours: float
    floor: float | None
    plain: float


def cells(rows: int) -> list[Cell]:
    """Read a table of so many rows, once for each number of columns, and join it by look-ups."""
    with ExitStack() as stack:
        demo = stack.enter_context(start_demo(rows=rows // ROWS_A_SUBSCRIBER))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        given: dict[str, Any] = {"source": "auto", "max_age": 3600, "memory_limit": 1024, "rules_off": ["count"]}
        ours = stack.enter_context(closing(connect(demo, Path(folder), **given)))
        plain = stack.enter_context(closing(_plain(demo.environment, folder)))
        floor = stack.enter_context(closing(_floor(rows)))
        found = []
        for number in READ:
            counted = ", ".join(f"count({name})" for name in COLUMNS[:number]) or "count(*)"
            sides = [(one, f"SELECT {counted} FROM portal.{TABLE}") for one in (ours, plain)]
            sides.append((floor, f"SELECT {counted} FROM floor"))
            mine, native, least = (_nanoseconds(connection, sql, rows) for connection, sql in sides)
            found.append(Cell(f"a row, {number} values read", mine, least, native))
        join = JOIN.format(rows=rows)
        found.append(Cell("a look-up of a join", _nanoseconds(ours, join, rows), None, _nanoseconds(plain, join, rows)))
        return found


def _nanoseconds(connection: apsw.Connection, sql: str, rows: int) -> float:
    """Return what a row of a statement costs; a first run fetches what is to be at hand."""
    times = []
    for _ in range(TURNS + 1):
        started = time.process_time_ns()
        connection.execute(sql).fetchall()
        times.append(time.process_time_ns() - started)
    return min(times[1:]) / rows


def _plain(environment: dict[str, str], folder: str) -> apsw.Connection:
    """Return plain tables of the same rows."""
    names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
    given = {name: environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
    made = apsw.Connection(":memory:")
    made.execute("ATTACH ':memory:' AS portal")
    with closing(iptvvtab.connect(**given, state_folder=folder, memory_limit=0, rate=0)) as live:
        for name in (TABLE, "tv_channel"):
            declared = live.execute("SELECT name FROM pragma_table_info(?, 'portal')", (name,)).fetchall()
            columns = [column for (column,) in declared]
            typed = ("id INTEGER PRIMARY KEY" if column == "id" else f'"{column}"' for column in columns)
            made.execute(f"CREATE TABLE portal.{name} ({', '.join(typed)})")
            marks = ", ".join("?" for _ in columns)
            rows = live.execute(f"SELECT * FROM portal.{name}")
            with made:
                made.executemany(f"INSERT INTO portal.{name} VALUES ({marks})", rows)
    return made


class _Least:
    """A table and its cursor, of methods that do nothing in Python."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._over: list[None] = []
        self.Eof = self._over.__len__
        self.Column = (("2025-01-01 00:00:00",) * len(COLUMNS)).__getitem__
        self.Next: Callable[[], object] = self._over.clear

    def Filter(self, *_: object) -> None:  # noqa: N802 -- APSW's name
        self._over.clear()
        self.Next = chain(repeat(None, self._rows - 1), map(self._over.append, (None,))).__next__

    def Open(self) -> _Least:  # noqa: N802 -- APSW's name
        return self

    def BestIndexObject(self, _: object) -> bool:  # noqa: N802 -- APSW's name
        return True

    def Close(self) -> None:  # noqa: N802 -- APSW's name
        """Nothing is held."""

    Disconnect = Destroy = Close


class _Module:
    def __init__(self, rows: int) -> None:
        self._rows = rows

    def Create(self, *_: object) -> tuple[str, _Least]:  # noqa: N802 -- APSW's name
        return f"CREATE TABLE x ({', '.join(COLUMNS)})", _Least(self._rows)

    Connect = Create


def _floor(rows: int) -> apsw.Connection:
    made = apsw.Connection(":memory:")
    made.create_module("least", _Module(rows), use_bestindex_object=True)
    made.execute("CREATE VIRTUAL TABLE floor USING least()")
    return made
