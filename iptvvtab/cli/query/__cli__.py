"""`iptvvtab query`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

import re
import sys
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.formats import FORMATS, Format, Style, format_of
from iptvvtab.cli.query.parameters import read_parameters
from iptvvtab.cli.query.statements import STDIO, text_of
from iptvvtab.cli.query.target import target
from iptvvtab.cli.receipts import receipt_option, tell_of
from iptvvtab.cli.words import is_terminal, warn
from iptvvtab.errors import UsageError

if TYPE_CHECKING:
    import apsw

PATH = click.Path(path_type=Path)


@click.command(cls=PortalCommand, short_help="Run SQL; rows to stdout.")
@click.argument("sql", required=False)
@click.option("-f", "--file", "path", type=PATH, help="Read the statements from a file; - is stdin.")
@click.option(
    "-p", "--param", "texts", nargs=2, multiple=True, metavar="NAME TEXT", help="Value of :NAME (or ?1): text."
)
@click.option(
    "-j", "--json-param", "documents", nargs=2, multiple=True, metavar="NAME JSON", help="The same: 7, 1.5, null, true."
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS)),
    help="Default: by the suffix of -o, else table at a terminal, jsonl in a pipe.",
)
@click.option("--json", "is_json", is_flag=True, help="The same as --format json.")
@click.option("-o", "--output", type=PATH, help="Write a file: the whole of it, or nothing.")
@click.option("--null", metavar="TEXT", help="How NULL looks (not in JSON).")
@click.option("--delimiter", metavar="CHAR", default=",", help="Between the fields of csv; default a comma.")
@click.option("--bom", is_flag=True, help="Begin with a byte order mark: Excel then reads Cyrillic.")
@click.option("--guard-formulas", is_flag=True, help="In csv, disarm texts that a spreadsheet would run.")
@click.option("--excel", is_flag=True, help="Csv for Excel: --bom --guard-formulas --delimiter ';' and CRLF.")
@receipt_option
@click.option("--attach", "attached", type=PATH, multiple=True, help="A SQLite file to join with, named as the file.")
@pass_door
def command(door: Door, /, **given: Any) -> int:
    """Run SQL over the tables of the portal, `portal.subscriber` and the others, and write the rows to stdout.

    \b
    iptvvtab query "SELECT id, username FROM portal.subscriber WHERE disabled LIMIT 10"
    iptvvtab query -f report.sql -p month 2024-05 -o report.csv --excel
    echo "SELECT count(*) AS n FROM portal.terminal" | iptvvtab query - --json
    """
    from iptvvtab.cli.query.run import Output, Runner

    asked = Asked(**given)
    text = text_of(asked.sql, asked.path)
    parameters = read_parameters(asked.texts, asked.documents)
    with closing(door.connect()) as connection:
        _attach(connection, asked.attached)
        with target(asked.file, has_bom=asked.bom or asked.excel) as stream:
            tell = partial(tell_of, kind=asked.receipt, with_documents=door.is_verbose)
            runner = Runner(connection, door.schema, parameters, Output(stream, asked.format, asked.style), tell)
            runner.run(text)
    for name in parameters.unused:
        warn(f"no statement has a parameter {name!r}")
    return OLD_ROWS if runner.is_excused else 0


OLD_ROWS = 7
"""Exit code when rows are older than they may be, because the portal failed (setting `sie`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command line."""

    sql: str | None
    path: Path | None
    texts: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str], ...]
    format_name: str | None
    is_json: bool
    output: Path | None
    null: str | None
    delimiter: str
    bom: bool
    guard_formulas: bool
    excel: bool
    receipt: str | None
    attached: tuple[Path, ...]

    @property
    def file(self) -> Path | None:
        """The file to write, or None for stdout."""
        return None if self.output == STDIO else self.output

    @property
    def format(self) -> Format:
        """How rows are written."""
        name = "json" if self.is_json else self.format_name or ("csv" if self.excel else None)
        return format_of(name, self.file, is_terminal=is_terminal(sys.stdout))

    @property
    def style(self) -> Style:
        """The choices that the format leaves. Raises UsageError."""
        if self.excel:
            return Style(self.null, ";", "\r\n", guards_formulas=True)
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise UsageError("the delimiter of csv is one character, and no quote or line end")
        return Style(self.null, self.delimiter, "\n", guards_formulas=self.guard_formulas)


def _attach(connection: apsw.Connection, paths: tuple[Path, ...]) -> None:
    import apsw

    for path in paths:
        if not path.is_file():  # SQLite would make an empty one
            raise UsageError(f"{path}: there is no such file to attach")
        try:
            connection.execute("ATTACH ? AS ?", (str(path), re.sub(r"\W", "_", path.stem)))
        except apsw.Error as error:
            raise UsageError(f"{path} cannot be attached: {error}") from error
