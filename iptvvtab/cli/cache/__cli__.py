"""`iptvvtab cache status|verify|clear|vacuum|publish`."""

from __future__ import annotations

import time
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.completing import complete_table
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.reporting import json_option, report_rows
from iptvvtab.cli.root import Group
from iptvvtab.cli.words import count, duration, say, size

if TYPE_CHECKING:
    from iptvvtab.mirror import Status

_COLUMNS = (
    "table",
    "state",
    "age",
    "ttl",
    "next",
    "rows",
    "part",
    "generation",
    "strategy",
    "rung",
    "bytes",
    "last",
    "message",
)


@click.group(cls=Group, short_help="The shadow file: what it holds; empty, shrink, copy it.")
def command() -> None:
    """The shadow file holds tables that `iptvvtab sync` copied from the portal. It is an ordinary SQLite file."""


@command.command(cls=PortalCommand, short_help="Show what it holds, and how old that is.")
@json_option
@pass_door
def status(door: Door, is_json: bool) -> None:
    """Show each table: how old its rows are and may be, when a daemon syncs it next, what the last sync came to.

    Nothing travels.
    """
    from iptvvtab.connection import interval, mirror_of, ttl

    settings = door.portal_settings()
    with mirror_of(settings) as mirror:
        now = time.time()
        every = {table.name: interval(settings, table) for table in mirror.tables()}
        rows = [
            _row(one, ttl(settings, mirror.table(one.table)), every.get(one.table), now, is_json=is_json)
            for one in mirror.status(is_sized=True)
        ]
        path = mirror.path
    report_rows(_COLUMNS, rows, is_json=is_json)
    if not is_json:
        say(f"-- {path}")


@command.command(cls=PortalCommand, short_help="Compare it with the portal.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...", shell_complete=complete_table)
@click.option("--full", "is_full", is_flag=True, help="Read all rows and compare them as they stand in the file.")
@json_option
@pass_door
def verify(door: Door, tables: tuple[str, ...], is_full: bool, is_json: bool) -> int:
    """Compare tables of the shadow file (all that are kept whole, or those named) with the portal, and change nothing.

    The rung says by what: groups, ranges, hashes and rows tell every difference; totals and keys cannot see that a row
    changed. `iptvvtab sync --verify` repairs. Exit code 0 when nothing differs, 7 when something does, else that of the
    first error.
    """
    from iptvvtab.cli.cache.compared import COLUMNS, code, facts, line
    from iptvvtab.connection import mirror_of

    with mirror_of(door.portal_settings()) as mirror:
        there = [one.table for one in mirror.status() if one.is_whole]
        names = [mirror.table(name).name for name in tables] or there
        done = [mirror.verify(name, is_full=is_full) for name in names]
    report_rows(COLUMNS, map(facts, done), is_json=is_json)
    if not is_json:
        for one in done:
            say(line(one))
    return code(done)


@command.command(cls=PortalCommand, short_help="Drop tables from it.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...", shell_complete=complete_table)
@click.option(
    "--pattern", "patterns", multiple=True, metavar="GLOB", help="Tables by name, as `tv_*`; may be repeated."
)
@pass_door
def clear(door: Door, tables: tuple[str, ...], patterns: tuple[str, ...]) -> None:
    """Drop tables from the shadow file (all, if none is named). The portal keeps them; queries ask it again."""
    from iptvvtab.connection import mirror_of

    with mirror_of(door.portal_settings()) as mirror:
        held = mirror.held()
        named = [_held(name, held) or mirror.table(name).name for name in tables]
        matching = [name for name in held if any(_is_like(name, pattern) for pattern in patterns)]
        chosen = {*named, *matching} if tables or patterns else set(held)
        dropped = mirror.clear(sorted(chosen))
    say(f"{count(len(dropped), 'table')} dropped" + (f": {', '.join(dropped)}" if dropped else ""))


@command.command(cls=PortalCommand, short_help="Give unused room back.")
@pass_door
def vacuum(door: Door) -> None:
    """Write the shadow file anew without the room of what was dropped."""
    from iptvvtab.connection import mirror_of

    with mirror_of(door.portal_settings()) as mirror:
        before, after = mirror.vacuum()
    say(f"{mirror.path}: {size(after)}, was {size(before)}")


@command.command(cls=PortalCommand, short_help="Copy it for other tools.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_door
def publish(door: Door, file: Path) -> None:
    """Write a compact copy, one FILE without a WAL beside it, as BI tools and read-only folders want it."""
    from iptvvtab.connection import mirror_of

    with mirror_of(door.portal_settings()) as mirror:
        mirror.publish(file)
    say(f"{file}: {size(file.stat().st_size)}")


def _held(name: str, held: Iterable[str]) -> str | None:
    """Return a table of the file by its name in any case: there may be one that no schema describes any more."""
    return next((one for one in held if one.casefold() == name.casefold()), None)


def _is_like(name: str, pattern: str) -> bool:
    return fnmatchcase(name.casefold(), pattern.casefold())


def _row(status: Status, limit: float, every: float | None, now: float, *, is_json: bool) -> tuple[Any, ...]:
    found, last = status.published, status.last
    age = None if found is None else now - found.began
    return (
        status.table,
        status.state(limit, now),
        age if is_json or age is None else duration(max(age, 0)),
        limit if is_json else duration(limit),
        _next(status, every, now, is_json=is_json),
        None if found is None else found.rows,
        status.part,
        None if found is None else found.generation,
        None if found is None else found.strategy,
        None if status.verified is None else status.verified.rung,
        status.bytes if is_json or not status.bytes else size(status.bytes),
        None if last is None else last.outcome or "unfinished",
        _message(status),
    )


def _message(status: Status) -> str | None:
    """Return what there is to know: changes of its schema or its rows since, else what its last sync had to tell."""
    if status.changes:
        return f"its schema changed: {', '.join(status.changes)}"
    if status.published is not None and status.published.lacks_writes:
        return "somebody wrote to it since"
    return None if status.last is None else status.last.message


def _next(status: Status, every: float | None, now: float, *, is_json: bool) -> float | str | None:
    """Return in how many seconds `sync --daemon` syncs a table at the latest; nothing for one that it never does."""
    if every is None:
        return None
    began = status.published.began if status.published is not None and status.is_current else now - every
    seconds = max(began + every - now, 0.0)
    if is_json:
        return seconds
    return f"in {duration(seconds)}" if seconds else "due"
