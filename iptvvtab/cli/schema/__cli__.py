"""`iptvvtab schema list|show|introspect|validate`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.completing import complete_table
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.reporting import json_option, report_json, report_rows
from iptvvtab.cli.root import Group
from iptvvtab.cli.words import count, say
from iptvvtab.errors import SchemaError

if TYPE_CHECKING:
    from iptvvtab.cli.schema.survey import Seen
    from iptvvtab.schema import Catalog, Finding, Table


@click.group(cls=Group, short_help="The tables: list, show, learn from the portal, check.")
def command() -> None:
    """What we believe the portal has: tables and columns, from YAML. Installations differ, so learn yours first:

    \b
    iptvvtab schema introspect -o schemas/
    iptvvtab config set schemas schemas/
    """


def _catalog(door: Door) -> Catalog:
    from iptvvtab.schema import load_catalog

    return load_catalog(door.settings().schemas)


@command.command(name="list", cls=PortalCommand, short_help="List the tables.")
@json_option
@pass_door
def list_(door: Door, is_json: bool) -> None:
    """List the tables that are described, without asking the portal."""
    rows = [
        (table.name, ", ".join(table.key), len(table.columns), table.statistics.row_count, table.description)
        for table in _catalog(door).values()
    ]
    report_rows(("table", "key", "columns", "rows", "description"), rows, is_json=is_json)


@command.command(cls=PortalCommand, short_help="Show the columns of tables.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...", shell_complete=complete_table)
@json_option
@pass_door
def show(door: Door, tables: tuple[str, ...], is_json: bool) -> None:
    """Show the columns of tables (all, if none is named), without asking the portal."""
    catalog = _catalog(door)
    chosen = [catalog[name] for name in tables or catalog]
    if is_json:
        report_json([table.model_dump(mode="json") for table in chosen])
        return
    columns = ("table", "column", "type", "key", "references", "sensitive", "description")
    report_rows(columns, (row for table in chosen for row in _columns(table)), is_json=False)


def _columns(table: Table) -> Iterator[tuple[str, ...]]:
    for column in table.columns:
        references = ".".join(column.references) if column.references else ""
        marks = ("key" if column.primary_key else "", references, "sensitive" if column.sensitive else "")
        yield (table.name, column.name, str(column.type), *marks, column.description)


@command.command(cls=PortalCommand, short_help="Learn tables from the portal, as YAML.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...", shell_complete=complete_table)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A folder (a file for each table) or one .yaml file; default: stdout.",
)
@pass_door
def introspect(door: Door, tables: tuple[str, ...], output: Path | None) -> int:
    """Look at tables of the portal (all that are described, or those named) and write what is there as YAML.

    A look reads some rows of every column and matches them with the columns known by name: positions, types, row count
    and range of the key. What is known by its position only becomes Field_N. What people wrote into an existing file
    stays: names, descriptions, settings, comments. Tables that are closed to this account, or not there, are skipped.
    """
    from iptvvtab.cli.schema.folder import Files
    from iptvvtab.cli.schema.survey import survey
    from iptvvtab.schema import merge

    catalog, files, text, skipped = _catalog(door), Files(output) if output else None, "", 0
    with door.client() as client:
        for seen in survey(client, catalog, tables):
            _say_seen(seen)
            if seen.observation is None:
                skipped += 1
                continue
            moment = datetime.now(UTC).isoformat(timespec="seconds")
            existing = files.text(seen.name) if files else text
            text = merge(existing, seen.observation, seen.known, seen_at=moment)
            if files:
                files.write(seen.name, text)
    if files is None:
        print(text, end="")
    elif files.written:
        say(f"written: {output}; `iptvvtab config set schemas {output}` uses it")
    return SchemaError.exit_code if skipped and tables else 0


def _say_seen(seen: Seen) -> None:
    found = seen.observation
    if found is None:
        say(f"{seen.name}: skipped: {seen.reason}")
        return
    width = "no row to see its columns" if found.width is None else count(found.width, "column")
    rows = "rows not counted" if found.row_count is None else count(found.row_count, "row")
    absent = f", without {', '.join(found.absent)}" if found.absent else ""
    say(f"{seen.name}: {width}, {rows}{absent}")


@command.command(cls=PortalCommand, short_help="Check tables, by themselves and against the portal.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...", shell_complete=complete_table)
@click.option("--offline", is_flag=True, help="Look at the descriptions only, without asking the portal.")
@json_option
@pass_door
def validate(door: Door, tables: tuple[str, ...], offline: bool, is_json: bool) -> int:
    """Check descriptions of tables (all, if none is named): names that lead nowhere, and against the portal width,
    missing columns, types, keys, positions. Exit code 3 when something is wrong; warnings and notes alone are 0.
    """
    from iptvvtab.schema import Level, check

    catalog = _catalog(door)
    findings = [finding for name in tables or catalog for finding in check(catalog[name], catalog)]
    if not offline:
        findings += _against_portal(door, catalog, tables)
    findings.sort(key=lambda one: list(catalog).index(one.table))
    columns = ("table", "column", "level", "message", "advice")
    rows = [(one.table, one.column, str(one.level), one.message, one.advice) for one in findings]
    if rows or is_json:
        report_rows(columns, rows, is_json=is_json)
    errors = sum(one.level is Level.ERROR for one in findings)
    say(f"{count(len(tables or catalog), 'table')}, {count(errors, 'error')}, {count(len(rows), 'finding')}")
    return SchemaError.exit_code if errors else 0


def _against_portal(door: Door, catalog: Catalog, tables: tuple[str, ...]) -> Iterator[Finding]:
    from iptvvtab.cli.schema.survey import survey
    from iptvvtab.schema import Finding, Level, compare

    with door.client() as client:
        for seen in survey(client, catalog, tables):
            if seen.observation is None:
                yield Finding(seen.name, None, Level.WARNING, f"not looked at: {seen.reason}")
            elif seen.known is not None:
                yield from compare(seen.known, seen.observation)
