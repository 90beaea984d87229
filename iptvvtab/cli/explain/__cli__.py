"""`iptvvtab explain`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.query.parameters import read_parameters
from iptvvtab.cli.query.statements import text_of


@click.command(cls=PortalCommand, short_help="What SQL will ask of the portal, and why not more.")
@click.argument("sql", required=False)
@click.option(
    "-f", "--file", "path", type=click.Path(path_type=Path), help="Read the statements from a file; - is stdin."
)
@click.option(
    "-p", "--param", "texts", nargs=2, multiple=True, metavar="NAME TEXT", help="Value of :NAME (or ?1): text."
)
@click.option(
    "-j", "--json-param", "documents", nargs=2, multiple=True, metavar="NAME JSON", help="The same: 7, 1.5, null, true."
)
@click.option("--analyze", is_flag=True, help="Run the statements too, and put what they took beside.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a statement.")
@pass_door
def command(
    door: Door,
    /,
    sql: str | None,
    path: Path | None,
    texts: tuple[tuple[str, str], ...],
    documents: tuple[tuple[str, str], ...],
    **how: bool,
) -> None:
    """Show what a statement will ask of the portal: nothing is sent, unless --analyze runs it.

    For each scan: the JSONSQL documents that it begins with (`{"?": 1}` is a value that is known only when it runs),
    what each condition became, by which rule (docs/sql.md), and why not more; estimated requests and rows of one pass.
    What a portal can do is known after the first contact: `iptvvtab doctor` makes it.

    \b
    iptvvtab explain "SELECT id FROM portal.tv_program ORDER BY start DESC LIMIT 20"
    iptvvtab explain --analyze -p login demo "SELECT * FROM portal.subscriber WHERE username = :login"
    """
    from iptvvtab.cli.explain.run import explain_all
    from iptvvtab.cli.explain.written import as_json, as_text

    text = text_of(sql, path)
    parameters = read_parameters(texts, documents)
    with closing(door.connect()) as connection:
        found = explain_all(connection, text, parameters, analyze=how["analyze"])
        for number, one in enumerate(found):
            if how["is_json"]:
                click.echo(as_json(one))
            else:
                click.echo(("\n" if number else "") + as_text(one))
