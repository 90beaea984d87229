"""What answers take that need no portal: from memory, from the shadow file, and from that file as plain SQLite."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import apsw
import yaml

import iptvvtab
from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess, start_demo
from tests.bench.behind import CASES
from tests.differential.oracle import difference, is_ordered, run

TURNS, ENOUGH_SECONDS = 5, 0.2
"""A time is the median of at least so many turns, and of as many as fit."""

STATEMENTS: dict[str, str] = yaml.safe_load((Path(__file__).parent / "answers.yaml").read_text(encoding="utf-8"))
AGE = 3600.0


@dataclass(frozen=True)
class Answer:
    """Median seconds of a statement, whose rows are the same everywhere; `asked`: requests of one more from memory.

    `redirected`: SQLite reads the shadow file itself; `mirror`: virtual tables do.
    """

    statement: str
    plain: float
    redirected: float
    mirror: float
    memory: float
    asked: int


def answers(subscribers: int) -> list[Answer]:
    """Run the statements of answers.yaml, and those of sql/demo, over a portal whose tables are all in the file."""
    with start_demo(rows=subscribers) as demo, tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        given = _settings(demo, Path(folder))
        _fill(given, Path(folder))
        memory = stack.enter_context(closing(iptvvtab.connect(**{**given, "mirror": None}, max_age=AGE)))
        redirected = stack.enter_context(closing(iptvvtab.connect(**given, source="mirror")))
        mirror = stack.enter_context(closing(iptvvtab.connect(**given, source="mirror", redirect=False)))
        plain = stack.enter_context(_plain(given["mirror"]))
        statements = {**STATEMENTS, **{case.query: case.sql for case in CASES}}
        return [_answer(name, sql, plain, redirected, mirror, memory) for name, sql in statements.items()]


def _settings(demo: DemoProcess, folder: Path) -> dict[str, Any]:
    names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
    given = {name: demo.environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
    return {**given, "state_folder": folder, "mirror": folder / "mirror.db", "rate": 0}


def _fill(given: dict[str, Any], folder: Path) -> None:
    with mirror_of(load(None, given, environment={}, folder=folder)) as mirror:
        for table in mirror.tables():
            done = mirror.sync(table.name, 0)
            assert done.outcome == "published", done.error


@contextmanager
def _plain(path: Path) -> Iterator[apsw.Connection]:
    """The same file under the same name, and nothing of ours."""
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute("ATTACH ? AS portal", (str(path),))
        yield connection


def _answer(name: str, sql: str, *connections: apsw.Connection) -> Answer:
    plain, _, _, memory = connections
    expected = run(plain, sql)
    for one in connections:
        assert difference(expected, run(one, sql), ordered=is_ordered(sql)) is None, name
    with iptvvtab.meter(memory) as meter:
        run(memory, sql)
    return Answer(name, *(_median(one, sql) for one in connections), meter.receipt().requests)


def _median(connection: apsw.Connection, sql: str) -> float:
    turns: list[float] = []
    while len(turns) < TURNS or sum(turns) < ENOUGH_SECONDS:
        started = time.perf_counter()
        connection.execute(sql).fetchall()
        turns.append(time.perf_counter() - started)
    return median(turns)
