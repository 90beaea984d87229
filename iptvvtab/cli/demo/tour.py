"""The tour: a portal in a child process, queries through the virtual tables, and what they cost."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from iptvvtab.cli.demo.queries import Query, queries
from iptvvtab.cli.formats import FORMATS, Style
from iptvvtab.cli.query.parameters import Parameters
from iptvvtab.cli.query.run import Output, Runner
from iptvvtab.cli.receipts import Bill, as_text
from iptvvtab.connection import connect
from iptvvtab.demo import start_demo

STOPS = ("subscriber-card", "over-the-terminal-limit", "holes-in-the-guide", "newest-programmes")
"""The queries that the tour shows: keys, a count, a window, an order."""

_MORE = """
`iptvvtab demo --help` lists all {count} questions, `iptvvtab demo 12` or `iptvvtab demo busy-hour` asks one of them."""

_YOURS = """
Yours now: `iptvvtab demo serve` keeps a portal to try things on, `iptvvtab shell` is the prompt;
`iptvvtab config set domain NAME` and `iptvvtab doctor` are the first steps with a portal of your own."""


def tour(rows: int) -> None:
    """Show a few queries on a portal of so many subscribers, and say where to go from there."""
    known = queries()
    show([query for stop in STOPS for query in known if query.is_called(stop)], rows)
    print(_MORE.format(count=len(known)))
    print(_YOURS)


def show(shown: Sequence[Query], rows: int) -> None:
    """Run queries on a portal of so many subscribers: the question, the statement, the rows, what travelled."""
    with _apart(), start_demo(rows=rows) as portal:
        print(f"A demo portal with {rows} subscribers listens at {portal.url}.")
        variables = {name.removeprefix("IPTVPORTAL_").lower(): value for name, value in portal.environment.items()}
        with closing(connect(**variables)) as connection:
            output = Output(sys.stdout, FORMATS["table"], Style())
            for query in shown:
                print(f"\n== {query.question}")
                for note in query.notes:
                    print(f"   {note}")
                print(f"\n{query.sql}\n")
                Runner(connection, "portal", Parameters({}), output, _tell).run(query.sql)


def _tell(bill: Bill) -> None:
    print("\nwhat travelled, and what it cost:")
    print(as_text(bill, with_documents=True))


@contextmanager
def _apart() -> Iterator[None]:
    """Keep this process away from the settings, sessions and files of whoever runs it, until the tour ends."""
    before, folder = dict(os.environ), Path.cwd()
    with tempfile.TemporaryDirectory(prefix="iptvvtab-demo-") as place:
        for name in [name for name in os.environ if name.startswith("IPTVPORTAL_")]:
            del os.environ[name]
        os.environ |= {"XDG_CONFIG_HOME": place, "XDG_STATE_HOME": place, "IPTVPORTAL_STATE_FOLDER": place}
        os.chdir(place)
        try:
            yield
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)
