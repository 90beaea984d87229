"""`iptvvtab transpile`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.jsonsql.language import edited, language_of, note, written
from iptvvtab.cli.query.statements import text_of

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Mode


@click.command(cls=PortalCommand, short_help="SQL as a JSONSQL document.")
@click.argument("sql", required=False)
@click.option("-f", "--file", "path", type=click.Path(path_type=Path), help="Read the statement from a file.")
@click.option("-e", "--edit", "is_edited", is_flag=True, help="Write the statement in $EDITOR.")
@click.option(
    "--mode", type=click.Choice(["portal", "exact"]), default="portal", help="What the text means; see below."
)
@click.option("--format", "format_name", type=click.Choice(["json", "yaml"]), default="json", help="Default: json.")
@pass_door
def command(door: Door, sql: str | None, path: Path | None, is_edited: bool, mode: Mode, format_name: str) -> None:
    """Translate one statement of SQL (SELECT, INSERT, UPDATE, DELETE) into a JSONSQL document; - reads it from stdin.

    Nothing is sent. The text means what PostgreSQL makes of it (--mode portal); where SQLite would answer otherwise, a
    note says so on stderr. What JSONSQL cannot say is refused with its place (docs/jsonsql.md).

    With --mode exact it is a SELECT of SQLite, and what the portal might answer otherwise is refused. Notes say what is
    left to do with the portal's rows.

    \b
    iptvvtab transpile "SELECT username FROM subscriber WHERE disabled ORDER BY id DESC LIMIT 5"
    iptvvtab transpile -f report.sql --format yaml | iptvvtab jsonsql run -
    """
    from iptvvtab.jsonsql import Document, encode

    text = "" if is_edited and sql is None and path is None else text_of(sql, path)
    if is_edited:
        text = edited(text, ".sql")
    language = language_of(door)
    features = language.proven if mode == "exact" else language.features
    found = encode(text, language.names, features, mode=mode)
    for remark in found.remarks:
        note(remark)
    click.echo(written(Document(found.method, found.params), format_name))
