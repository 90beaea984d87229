"""`iptvvtab shell`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

from contextlib import closing

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door


@click.command(cls=PortalCommand, short_help="An SQL prompt, as SQLite's, with completion.")
@pass_door
def command(door: Door) -> None:
    """Ask the portal statement by statement; TAB completes tables and columns, Ctrl-C ends a statement.

    \b
    .tables     the tables          .mode csv    the output: table, json, jsonl, csv, tsv, md, box ...
    .schema T   its columns         .receipt     what the last statement cost
    .portal     what is connected   .requests    what travelled
    .sync T     copy it here        .freshness   how old the copies are
    .help       all commands        .quit        leave (or Ctrl-D)

    Statements may come from a pipe too; the first that fails ends it then, with its exit code.
    """
    from iptvvtab.cli.shell.shell import PortalShell

    settings = door.portal_settings()
    with closing(door.connect()) as connection:
        PortalShell(connection, door, settings).run()
