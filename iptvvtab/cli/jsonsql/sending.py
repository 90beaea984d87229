"""A document to the portal, and its rows to stdout; what writes is guarded."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from iptvvtab.cli.door import Door
from iptvvtab.cli.formats import FORMATS, Style, format_of
from iptvvtab.cli.jsonsql.language import Language, written
from iptvvtab.cli.receipts import Bill, receipt_option, tell_of
from iptvvtab.cli.words import is_terminal, say
from iptvvtab.errors import EveryRow, WriteNotAllowed

if TYPE_CHECKING:
    from iptvvtab.jsonsql import Document
    from iptvvtab.remote import Journal
    from iptvvtab.types import Json

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class How:
    """The options of every command that sends a document."""

    dry_run: bool
    show_request: bool
    format_name: str | None
    receipt: str | None
    may_write: bool = False
    all_rows: bool = False
    yes: bool = False


def sending_options(*, writes: bool = True, every_row: bool = True) -> Callable[[F], F]:
    """Add the options that `How` is made of, for documents that may write, and may meet every row of a table."""
    options = [
        click.option("--dry-run", is_flag=True, help="Show the document and send nothing."),
        click.option("--show-request", is_flag=True, help="Show the document on stderr, too."),
    ]
    if writes:
        options.append(click.option("--write", "may_write", is_flag=True, help="Allow a document that writes."))
    if every_row:
        options += [
            click.option(
                "--all-rows", is_flag=True, help="Allow an update or delete of every row; asks for the table."
            ),
            click.option("--yes", is_flag=True, help="With --all-rows: do not ask."),
        ]
    options += [
        click.option("--format", "format_name", type=click.Choice(list(FORMATS)), help="Of the rows; as in `query`."),
        click.option("--json", "format_name", flag_value="json", help="The same as --format json."),
        receipt_option,
    ]

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def send(door: Door, language: Language, document: Document, columns: Sequence[str], how: How) -> None:
    """Ask a document and write what it answers. Raises GuardError, and what the portal raises."""
    from iptvvtab.remote import Journal

    if how.dry_run:
        click.echo(written(document))
        return
    if how.show_request:
        say(written(document))
    if document.method != "select":
        _guard(language, document, how)
    started, journal = time.monotonic(), Journal(kept=0)
    with journal.meter() as meter:
        rows = _ask(door, language, document, columns, journal)
    if columns:
        _write(columns, rows, how)
    else:
        say(f"{document.method}: done")
    tell_of(Bill(meter.receipt(), len(rows), time.monotonic() - started), how.receipt, with_documents=door.is_verbose)


def _ask(
    door: Door, language: Language, document: Document, columns: Sequence[str], journal: Journal
) -> list[tuple[Json, ...]]:
    from iptvvtab.remote import entry_of, noted, rows_of

    is_write = document.method != "select"
    entry = entry_of([document], language.catalog)
    with _marked(door, language, document), door.client() as client, noted(journal, entry) as came:
        answer = client.call(document.method, document.params, repeatable=not is_write)
        came.cost = answer.cost
        rows = rows_of(answer.result(), len(columns), client.portal_id, is_write=is_write)
        came.rows = len(rows)
    return rows


@contextmanager
def _marked(door: Door, language: Language, document: Document) -> Iterator[None]:
    """Let a document be sent within: the shadow file is told of what it writes to."""
    from iptvvtab.connection import mirror_of
    from iptvvtab.jsonsql import target_of

    target = target_of(document.method, document.params)
    if target is None:
        yield
        return
    tables = [one.name for one in language.catalog.values() if one.remote_name == target]
    with mirror_of(door.portal_settings()) as mirror, mirror.writing(tables):
        yield


def _write(columns: Sequence[str], rows: list[tuple[Json, ...]], how: How) -> None:
    chosen = format_of(how.format_name, None, is_terminal=is_terminal(sys.stdout))
    shown: list[Any] = rows if chosen.name.startswith("json") else [tuple(map(_as_text, row)) for row in rows]
    chosen.write(columns, shown, sys.stdout, Style())
    sys.stdout.flush()  # before the receipt, which another stream has


def _as_text(value: Json) -> Any:
    """Return what formats other than JSON have no form for as JSON has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def _guard(language: Language, document: Document, how: How) -> None:
    """Nothing is written unless somebody says so, and no whole table by a forgotten WHERE."""
    from iptvvtab.jsonsql import every_row_of

    if not how.may_write:
        raise WriteNotAllowed(document.method)
    table = every_row_of(document, language.names, language.features)
    if table is None:
        return
    if not how.all_rows:
        raise EveryRow(document.method, table)
    if how.yes:
        return
    typed = click.prompt(f"{document.method} every row of {table!r}; type its name", err=True) if _asks() else ""
    if typed != table:
        if typed:
            say(f"{typed!r} is not {table!r}: nothing was sent")
        raise EveryRow(document.method, table)


def _asks() -> bool:
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)
