"""`iptvvtab jsonsql run|validate|format|select|insert|update|delete`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.jsonsql.language import language_of, note, read, written
from iptvvtab.cli.jsonsql.parts import delete_sql, insert_sql, select_sql, update_sql
from iptvvtab.cli.jsonsql.sending import How, send, sending_options
from iptvvtab.cli.root import Group
from iptvvtab.cli.words import say
from iptvvtab.errors import DecodeError

FILE = click.Path(path_type=Path)


@click.group(cls=Group, short_help="JSONSQL documents: ask, check, write from parts.")
def command() -> None:
    """Documents of the portal's own language. A file is JSON or YAML, - is stdin; it holds

    \b
    {"method": "select", "params": {"data": ["id"], "from": "subscriber"}}

    or the parameters alone where they tell their method. Parts of the commands below are SQL (docs/jsonsql.md).
    """


@command.command(cls=PortalCommand, short_help="Ask a document; rows to stdout.")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("-e", "--edit", "is_edited", is_flag=True, help="Change it in $EDITOR first.")
@sending_options()
@pass_door
def run(door: Door, /, path: Path, is_edited: bool, **how: Any) -> None:
    """Send a document to the portal as it is and write the rows that it answers.

    A document that writes needs --write; an update or delete without WHERE needs --all-rows, and the table's name typed
    or --yes. A write is sent once: exit code 5 and `UnknownOutcome` when its answer is lost.

    \b
    iptvvtab transpile "SELECT id FROM package" | iptvvtab jsonsql run -
    iptvvtab jsonsql run paid.yaml --format csv
    """
    from iptvvtab.jsonsql import answered, findings

    document, language = read(path, is_edited=is_edited), language_of(door)
    for finding in findings(document, language.names, language.features):
        if finding.is_error:
            raise DecodeError(finding.path, finding.text)
        note(f"{finding.path}: {finding.text}")
    columns = answered(document, language.names, language.features)
    send(door, language, document, columns, How(**how))


@command.command(cls=PortalCommand, short_help="Say what is wrong with a document.")
@click.argument("path", metavar="FILE", type=FILE)
@pass_door
def validate(door: Door, path: Path) -> int:
    """Check a document against the schema, without asking the portal; exit code 3 when it would be refused.

    A text that looks like a misspelt column is told, too: a portal answers it on every row.

    \b
    iptvvtab jsonsql validate report.json
    """
    from iptvvtab.jsonsql import findings

    language = language_of(door)
    found = findings(read(path), language.names, language.features)
    for one in found:
        click.echo(f"{'error' if one.is_error else 'warning'}: {one.path}: {one.text}")
    if not found:
        say("nothing is wrong with it")
    return DecodeError.exit_code if any(one.is_error for one in found) else 0


@command.command(name="format", cls=PortalCommand, short_help="Write a document in canonical form.")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--format", "format_name", type=click.Choice(["json", "yaml", "sql"]), default="json", help="Or as SQL.")
@pass_door
def format_(door: Door, path: Path, format_name: str) -> None:
    """Write a document that asks the same, every column qualified, or as SQL for PostgreSQL.

    \b
    iptvvtab jsonsql format report.json --format sql
    """
    from iptvvtab.jsonsql import Document, canonical, to_sql

    document, language = read(path), language_of(door)
    if format_name == "sql":
        click.echo(to_sql(document, language.names, language.features))
        return
    found = canonical(document, language.names, language.features)
    click.echo(written(Document(found.method, found.params), format_name))


def _send_sql(door: Door, sql: str, how: dict[str, Any]) -> None:
    from iptvvtab.jsonsql import Document, encode

    language = language_of(door)
    found = encode(sql, language.names, language.features)
    for remark in found.remarks:
        note(remark)
    send(door, language, Document(found.method, found.params), found.columns, How(**how))


@command.command(cls=PortalCommand, short_help="Ask for rows.")
@click.option("--from", "source", metavar="SQL", required=True, help="Tables and joins: 'subscriber s'.")
@click.option("--data", metavar="SQL", default="*", help="Columns and expressions; default all columns.")
@click.option("--where", metavar="SQL", help="A condition.")
@click.option("--group-by", metavar="SQL", help="Columns or expressions.")
@click.option("--having", metavar="SQL", help="A condition on groups.")
@click.option("--order-by", metavar="SQL", help="Columns or expressions, each with DESC or not.")
@click.option("--limit", type=click.IntRange(0), help="At most so many rows.")
@click.option("--offset", type=click.IntRange(0), help="After so many rows.")
@click.option("--distinct", is_flag=True, help="Each row once.")
@sending_options(writes=False, every_row=False)
@pass_door
def select(door: Door, /, **given: Any) -> None:
    """Ask for rows by parts of a SELECT.

    \b
    iptvvtab jsonsql select --from subscriber --data "id, username" --where "disabled" --order-by id --limit 5
    """
    parts, how = _split(given)
    _send_sql(door, select_sql(**parts), how)


@command.command(cls=PortalCommand, short_help="Add rows.")
@click.option("--into", metavar="TABLE", required=True, help="The table.")
@click.option("--columns", metavar="NAMES", help="Its columns, by commas; default all, in their order.")
@click.option("--values", metavar="SQL", multiple=True, help="A row, by commas: \"'new', true\"; may come again.")
@click.option("--select", "query", metavar="SQL", help="Or the rows of a SELECT.")
@click.option("--returning", metavar="NAMES", help="Columns to answer.")
@sending_options(every_row=False)
@pass_door
def insert(door: Door, /, **given: Any) -> None:
    """Add rows by parts of an INSERT.

    \b
    iptvvtab jsonsql insert --into package --columns "name, paid" --values "'new', true" --returning id --write
    """
    parts, how = _split(given)
    _send_sql(door, insert_sql(**parts), how)


@command.command(cls=PortalCommand, short_help="Change rows.")
@click.option("--table", metavar="TABLE", required=True, help="The table.")
@click.option("--set", "changes", metavar="SQL", multiple=True, required=True, help="column = value; may come again.")
@click.option("--where", metavar="SQL", help="Which rows.")
@click.option("--returning", metavar="NAMES", help="Columns to answer.")
@sending_options()
@pass_door
def update(door: Door, /, **given: Any) -> None:
    """Change rows by parts of an UPDATE.

    \b
    iptvvtab jsonsql update --table subscriber --set "disabled = true" --where "username = 'demo'" --write
    """
    parts, how = _split(given)
    _send_sql(door, update_sql(**parts), how)


@command.command(cls=PortalCommand, short_help="Remove rows.")
@click.option("--from", "table", metavar="TABLE", required=True, help="The table.")
@click.option("--where", metavar="SQL", help="Which rows.")
@click.option("--returning", metavar="NAMES", help="Columns to answer.")
@sending_options()
@pass_door
def delete(door: Door, /, **given: Any) -> None:
    """Remove rows by parts of a DELETE.

    \b
    iptvvtab jsonsql delete --from terminal --where "subscriber_id = 7" --returning id --write
    """
    parts, how = _split(given)
    _send_sql(door, delete_sql(**parts), how)


def _split(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parts of a statement, and the options of sending."""
    names = How.__dataclass_fields__
    how = {name: value for name, value in given.items() if name in names}
    return {name: value for name, value in given.items() if name not in names}, how
