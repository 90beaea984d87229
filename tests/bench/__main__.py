"""`python -m tests.bench`: what a full scan costs beside a hand-written loop, and what queries cost."""

from __future__ import annotations

import argparse
import sys

from tests.bench.queries import measured_queries
from tests.bench.report import queries_table, scans_table
from tests.bench.scans import SCANS, run_scan, scans

ROWS = 1_000_000
SUBSCRIBERS = 10_000


def main() -> int:
    """Run the benchmarks and print tables; `--child` is how a scan runs in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of the scanned table")
    parser.add_argument("--subscribers", type=int, default=SUBSCRIBERS, help="of the portal that queries ask")
    parser.add_argument("--child", choices=sorted(SCANS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_scan(options.child)
        return 0
    print(scans_table(scans(options.rows)), end="\n\n", flush=True)  # noqa: T201
    print(queries_table(measured_queries(options.subscribers)))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
