"""`iptvvtab sync`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.completing import complete_table
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.reporting import json_option, report_json
from iptvvtab.cli.sync.line import line
from iptvvtab.cli.words import can_redraw, count, duration, say
from iptvvtab.errors import UsageError

if TYPE_CHECKING:
    from iptvvtab.mirror import Mirror, Synced

PARTLY = 7
"""Exit code when some tables are well and others are not."""


@dataclass(frozen=True, slots=True)
class _Asked:
    strategy: str | None
    is_forced: bool
    is_json: bool


@click.command(cls=PortalCommand, short_help="Copy tables into the shadow file.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...", shell_complete=complete_table)
@click.option("--full", "strategy", flag_value="full", help="Read all rows, though tables are fresh.")
@click.option("--incremental", "strategy", flag_value="incremental", help="Read what changed, though tables are fresh.")
@click.option("--verify", "strategy", flag_value="verify", help="Compare them by hashes, and read what differs.")
@click.option("--force", "is_forced", is_flag=True, help="Though they are fresh, and publish what may not be all rows.")
@click.option("--daemon", "is_daemon", is_flag=True, help="Go on, and sync each table by its interval.")
@json_option
@pass_door
def command(
    door: Door, tables: tuple[str, ...], strategy: str | None, is_forced: bool, is_daemon: bool, is_json: bool
) -> int:
    """Copy tables of the portal (all that may be, or those named) into the shadow file, unless they are fresh there.

    Queries then answer from it while a table is younger than its ttl (of its schema, or `--ttl`). Readers see old rows
    until all new ones are there. What may not be all of a table is not published. Exit code 0 when every table is
    published or fresh, 7 when some are not, else that of the first error.
    """
    from iptvvtab.connection import interval, mirror_of, ttl

    if is_daemon and (strategy or is_forced or is_json):
        raise UsageError("--daemon goes by each table's policy: it takes no strategy, no --force and no --json")
    settings = door.portal_settings()
    with mirror_of(settings) as mirror:
        chosen = [mirror.table(name) for name in tables] or mirror.tables()
        if is_daemon:
            from iptvvtab.cli.sync.daemon import keep_fresh

            keep_fresh(mirror, [(table, interval(settings, table)) for table in chosen])
            return 0
        limits = {table.name: 0.0 if strategy or is_forced else ttl(settings, table) for table in chosen}
        asked = _Asked(strategy, is_forced, is_json)
        done = [_sync(mirror, name, limit, asked) for name, limit in limits.items()]
    if is_json:
        report_json([_facts(one) for one in done])
    else:
        _sum_up(done, mirror)
    return _code(done)


def _sync(mirror: Mirror, name: str, limit: float, asked: _Asked) -> Synced:
    from iptvvtab.cli.progress import Progress
    from iptvvtab.remote import Journal

    journal = Journal()
    with journal.meter() as meter, Progress(meter, sys.stderr, is_shown=can_redraw(sys.stderr), about=f"{name}: "):
        done = mirror.sync(name, limit, journal, strategy=asked.strategy, is_forced=asked.is_forced)
    if not asked.is_json:
        say(line(done))
    return done


def _sum_up(done: list[Synced], mirror: Mirror) -> None:
    new = [one for one in done if one.outcome == "published"]
    rows, requests, seconds = (sum(getattr(one, name) for one in new) for name in ("rows", "requests", "seconds"))
    parts = [f"{count(len(new), 'table')} published", f"{count(rows, 'row')} in {count(requests, 'request')}"]
    parts += [f"{number} {word}" for word in ("fresh", "busy", "failed") if (number := _number(done, word))]
    say(f"-- {', '.join(parts)}, {duration(seconds)}; {mirror.path}")


def _number(done: list[Synced], outcome: str) -> int:
    return sum(one.outcome == outcome for one in done)


def _facts(done: Synced) -> dict[str, Any]:
    return {
        "table": done.table,
        "outcome": done.outcome,
        "strategy": done.strategy or None,
        "rung": done.rung,
        "rows": done.rows,
        "requests": done.requests,
        "bytes": done.bytes,
        "seconds": round(done.seconds, 3),
        "error": str(done.error) if done.error is not None else None,
        "notice": done.notice,
    }


def _code(done: list[Synced]) -> int:
    if all(one.is_well for one in done):
        return 0
    errors = [one.error for one in done if one.error is not None]
    return PARTLY if any(one.is_well for one in done) or not errors else errors[0].exit_code
