"""What the demo's queries cost: beside the rows behind their answers, and beside the same with nothing travelling."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import apsw

import iptvvtab
from iptvvtab.demo import start_demo
from iptvvtab.schema import load_catalog
from tests.bench.behind import CASES, Case, keep_answer, rows_behind
from tests.differential.oracle import Outcome, difference, is_ordered, plain_tables, run
from tests.differential.sides import SCHEMAS, connect

LATENCY_MS = 20.0
"""What each request waits at the portal: one across a country, not on loopback."""

TURNS = 3
"""The time is the median of so many."""

NOTHING_TRAVELS = {"rules_off": ["all"]}


@dataclass(frozen=True)
class Cost:
    """What one query cost; bytes of bodies, both ways."""

    requests: int
    rows: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Measured:
    """A query, how many rows are behind its answer, its cost, and its cost with nothing travelling."""

    query: str
    behind: int
    cost: Cost
    without: Cost


def measured_queries(subscribers: int) -> list[Measured]:
    """Run each query of sql/demo on one portal, live, with and without conditions, orders and limits travelling."""
    with start_demo(rows=subscribers, latency_ms=LATENCY_MS) as demo, tempfile.TemporaryDirectory() as state:
        plain = plain_tables(demo, load_catalog(SCHEMAS))
        usual = connect(demo, Path(state), source="live", whole_statements=True)
        without = connect(demo, Path(state), source="live", **NOTHING_TRAVELS)
        try:
            for connection in (usual, without):
                connection.execute("SELECT id FROM portal.subscriber WHERE username LIKE 'x'").fetchall()
            return [_measured(case, plain, usual, without) for case in CASES]
        finally:
            for connection in (plain, usual, without):
                connection.close()


def _measured(case: Case, plain: apsw.Connection, usual: apsw.Connection, without: apsw.Connection) -> Measured:
    keep_answer(plain, case)
    expected = run(plain, case.sql)
    costs = [_cost(case, connection, expected) for connection in (usual, without)]
    return Measured(case.query, rows_behind(plain, case), *costs)


def _cost(case: Case, connection: apsw.Connection, expected: Outcome) -> Cost:
    """The cost of a right answer: the time is the median of the turns, the rest that of the last one."""
    turns = []
    for _ in range(TURNS):
        with iptvvtab.meter(connection) as meter:
            started = time.perf_counter()
            got = run(connection, case.sql)
            turns.append(time.perf_counter() - started)
        assert difference(expected, got, ordered=is_ordered(case.sql)) is None, case.query
    receipt = meter.receipt()
    return Cost(receipt.requests, receipt.rows, receipt.bytes, median(turns))
