"""`iptvvtab doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.reporting import json_option, report_json

if TYPE_CHECKING:
    from iptvvtab.cli.doctor.checks import Line
    from iptvvtab.config import Settings

_WIDTH = 24


@click.command(cls=PortalCommand, short_help="Check settings, network, login, abilities, tables.")
@json_option
@pass_door
def command(door: Door, is_json: bool) -> int:
    """Check everything between here and the portal's rows, and probe anew what the portal can do.

    Each line is ok, absent (works without), unknown or failed; the exit code is that of the first failure.
    """
    lines = []
    for line in _examine(door, door.settings()):
        lines.append(line)
        if not is_json:
            _print(line)
    if is_json:
        report_json([_as_json(line) for line in lines])
    return next((line.exit_code for line in lines if line.exit_code), 0)


def _examine(door: Door, settings: Settings) -> Iterator[Line]:
    from iptvvtab.cli.doctor import checks
    from iptvvtab.errors import SchemaError
    from iptvvtab.portal import State
    from iptvvtab.schema import load_catalog

    yield from (first := list(checks.settings_lines(settings)))
    try:
        catalog = load_catalog(settings.schemas)
    except SchemaError as error:
        yield checks.failed("schemas", error)
        return
    yield checks.Line("schemas", State.OK, f"{len(catalog)} tables are described")
    if any(line.exit_code for line in first):
        return
    yield from checks.reach_lines(settings)
    stopwatch = checks.Stopwatch()
    with door.client(stopwatch) as client:
        yield (login := checks.login_line(client))
        if login.exit_code:
            return
        yield checks.clock_line(client)
        seen, abilities = checks.capability_lines(client, catalog)
        yield from abilities
        results = list(checks.table_results(client, catalog, has_batches=bool(seen and seen.batch)))
        readable = [one.table for one in results if one.line.state is State.OK]
        if readable:
            yield checks.latency_line(client, readable[0], stopwatch)
        yield from (one.line for one in results)


def _print(line: Line) -> None:
    advice = f"; {line.advice}" if line.advice else ""
    print(f"{line.state:<8} {line.name:<{_WIDTH}} {line.text}{advice}", flush=True)


def _as_json(line: Line) -> dict[str, str]:
    return {"name": line.name, "state": str(line.state), "text": line.text, "advice": line.advice}
