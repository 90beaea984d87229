"""`python -m tests.sqllogictest FILES...`: files in sqllogictest's format through the virtual tables.

Statements build a scratch SQLite database; a demo portal serves its tables; every query is asked over the portal and
compared with what the file expects. Ends with 1 when anything failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from iptvvtab.demo import start_demo
from tests.sqllogictest.portal import Choices, Portal
from tests.sqllogictest.report import report
from tests.sqllogictest.run import Plan, Tally, run_file

TOLD_EVERY = 50
"""Records between two looks of progress."""


def main(arguments: list[str] | None = None) -> int:
    """Run files and print the report."""
    options = _parser().parse_args(arguments)
    tally = Tally()
    told = _progress if sys.stderr.isatty() else Plan.told
    plan = Plan(options.sample, options.exitfirst, options.strict, told)
    choices = Choices(options.source, options.first_page_rows, options.page_rows, options.seconds)
    with start_demo(rows=1, store=options.store) as demo, tempfile.TemporaryDirectory() as folder:
        for file in options.files:
            with Portal(demo, Path(folder), choices) as portal:
                run_file(file, portal, tally, plan)
            tally.queries += portal.queries
            tally.requests += portal.requests
            if plan.stops and tally.failures:
                break
    if sys.stderr.isatty():
        print(end="\r\x1b[K", file=sys.stderr)  # noqa: T201
    for line in report(tally):
        print(line)  # noqa: T201
    return 1 if tally.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.sqllogictest", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite", help="what the portal stands on")
    parser.add_argument("--source", choices=("live", "auto"), default=Choices.source)
    parser.add_argument("--first-page-rows", type=int, default=Choices.first_page_rows, metavar="N")
    parser.add_argument("--page-rows", type=int, default=Choices.page_rows, metavar="N")
    parser.add_argument("--seconds", type=float, default=Choices.seconds, help="a query that takes longer has failed")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="run every N-th query of a file")
    parser.add_argument("-x", "--exitfirst", action="store_true", help="stop at the first failure")
    parser.add_argument("--strict", action="store_true", help="what plain SQLite does not give either fails, too")
    return parser


def _progress(file: str, tally: Tally) -> None:
    if tally.records % TOLD_EVERY == 0:
        told = f"{file}: {tally.records} records, {len(tally.failures)} failed"
        print(end=f"\r\x1b[K{told}", file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
