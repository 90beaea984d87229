"""`python -m tests.bench`: scans and syncs beside loops by hand, what queries cost, and answers without a portal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.bench.answers import answers
from tests.bench.cells import cells
from tests.bench.loads import LOADS
from tests.bench.locks import lock
from tests.bench.neighbours.race import LATENCY_MS, ROUNDS, race
from tests.bench.neighbours.tables import neighbours_tables
from tests.bench.queries import measured_queries
from tests.bench.report import answers_table, cells_table, locks_table, queries_table, scans_table
from tests.bench.scans import SCANS, in_processes, run_scan

ROWS = 1_000_000
SUBSCRIBERS = 10_000
MIRRORED = 500
"""As many subscribers as the tour of `iptvvtab demo` has."""

LOCKED = 200_000
RACED = 40_000
CELLS = 100_000
ALONE = {**SCANS, **LOADS}

TABLES: dict[str, Callable[[argparse.Namespace], str]] = {
    "scans": lambda given: scans_table("full scan", in_processes(SCANS, given.rows)),
    "loads": lambda given: scans_table("into a file", in_processes(LOADS, given.rows)),
    "locks": lambda given: locks_table(lock(given.locked)),
    "queries": lambda given: queries_table(measured_queries(given.subscribers)),
    "answers": lambda given: answers_table(answers(given.mirrored)),
    "cells": lambda given: cells_table(cells(min(given.rows, CELLS))),
    "neighbours": lambda given: neighbours_tables(race(given.raced, given.rounds, given.latency)),
}


def main() -> int:
    """Run the benchmarks and print their tables; `--child` is how a scan runs in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the scanned table")
    parser.add_argument("--subscribers", type=int, default=SUBSCRIBERS, help="of the portal that queries ask")
    parser.add_argument("--mirrored", type=int, default=MIRRORED, help="subscribers of the portal that is mirrored")
    parser.add_argument("--locked", type=int, default=LOCKED, help="rows of the table that is synced beside a writer")
    parser.add_argument("--raced", type=int, default=RACED, help="subscribers of the portal that all engines ask")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of each engine")
    parser.add_argument("--latency", type=float, default=LATENCY_MS, help="ms that a request waits in the race")
    parser.add_argument("--only", choices=TABLES, action="append", help="this table; may be given again")
    parser.add_argument("--child", choices=sorted(ALONE), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_scan(ALONE[options.child], options.child)
        return 0
    for name in options.only or TABLES:
        print(TABLES[name](options), end="\n\n", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
