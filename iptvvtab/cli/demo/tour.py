"""The tour: a portal in a child process, three queries through the virtual tables, and what they cost."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from iptvvtab.cli.formats import FORMATS, Style
from iptvvtab.cli.query.parameters import Parameters
from iptvvtab.cli.query.run import Output, Runner
from iptvvtab.cli.receipts import Bill, as_text
from iptvvtab.connection import connect
from iptvvtab.demo import start_demo

_INSTALLED = Path(__file__).parents[2] / "data" / "sql" / "demo"
_CHECKED_OUT = Path(__file__).parents[3] / "sql" / "demo"


@dataclass(frozen=True, slots=True)
class Stop:
    """One query of the tour: what it is about, and the statement."""

    heading: str
    notes: tuple[str, ...]
    sql: str


def tour(rows: int) -> None:
    """Show the queries of `sql/demo`, in the order of their names, on a portal of so many subscribers."""
    with _apart(), start_demo(rows=rows) as portal:
        print(f"A demo portal with {rows} subscribers listens at {portal.url}.")
        variables = {name.removeprefix("IPTVPORTAL_").lower(): value for name, value in portal.environment.items()}
        with closing(connect(**variables)) as connection:
            output = Output(sys.stdout, FORMATS["table"], Style())
            for stop in stops():
                print(f"\n== {stop.heading}")
                for note in stop.notes:
                    print(f"   {note}")
                print(f"\n{stop.sql}\n")
                Runner(connection, "portal", Parameters({}), output, _tell).run(stop.sql)
    print(
        "\nYours now: `iptvvtab demo serve` keeps a portal to try things on, `iptvvtab shell` is the prompt;\n"
        "`iptvvtab config set domain NAME` and `iptvvtab doctor` are the first steps with a portal of your own."
    )


def stops() -> Iterator[Stop]:
    """Yield the queries: the first comment of a file is the heading, the others are notes."""
    for path in sorted(_folder().glob("*.sql")):
        lines = path.read_text(encoding="utf-8").splitlines()
        comments = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
        statement = "\n".join(line for line in lines if not line.startswith("--"))
        yield Stop(comments[0], tuple(comments[1:]), statement.strip())


def _folder() -> Path:
    """Return where the queries are: in the installed package, or in the checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT


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
