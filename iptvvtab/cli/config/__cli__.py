"""`iptvvtab config show|get|set|path`."""

# ruff: noqa: D301 -- click keeps the lines after a \b as they are

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iptvvtab.cli.command import PortalCommand
from iptvvtab.cli.completing import complete_setting
from iptvvtab.cli.door import Door, pass_door
from iptvvtab.cli.reporting import json_option, report_rows
from iptvvtab.cli.root import Group
from iptvvtab.cli.words import say

if TYPE_CHECKING:
    from iptvvtab.config import Settings


@click.group(cls=Group, short_help="See and change settings, and where they come from.")
def command() -> None:
    """See and change settings. The nearest wins: option, environment, profile, project file, user's file, default.

    \b
    export IPTVPORTAL_DOMAIN=acme IPTVPORTAL_USERNAME=reader    or, for good:
    iptvvtab config set domain acme
    iptvvtab config set password_file ~/.iptvportal-password
    """


@command.command(cls=PortalCommand, short_help="List the settings in force.")
@click.option("--origin", "has_origin", is_flag=True, help="Tell where each value comes from.")
@json_option
@pass_door
def show(door: Door, has_origin: bool, is_json: bool) -> None:
    """List all settings and their values; secrets are never shown."""
    from iptvvtab.config import SETTINGS

    settings = door.settings()
    rows = [(one.name, settings.shown(one.name), one.unit, settings.origin(one.name)) for one in SETTINGS]
    rows += _of_tables(settings)
    columns = ("setting", "value", "unit", "origin")
    if not has_origin and not is_json:
        rows, columns = [row[:3] for row in rows], columns[:3]  # type: ignore[misc, assignment]
    report_rows(columns, rows, is_json=is_json)


@command.command(cls=PortalCommand, short_help="Print one setting.")
@click.argument("name", shell_complete=complete_setting)
@pass_door
def get(door: Door, name: str) -> None:
    """Print the value of one setting; `tables.NAME.max_age` is that of one table. A secret is never shown."""
    from iptvvtab.config import SETTINGS
    from iptvvtab.errors import UnknownSetting

    settings = door.settings()
    of_tables = {row[0]: row[1] for row in _of_tables(settings)}
    known = [one.name for one in SETTINGS]
    if name not in (*known, *of_tables):
        raise UnknownSetting(name, [*known, *of_tables], "the command line")
    print(of_tables[name] if name in of_tables else settings.shown(name))


@command.command(name="set", short_help="Write one setting into a file.")
@click.argument("name", shell_complete=complete_setting)
@click.argument("value")
@click.option("--user", "is_user", is_flag=True, help="Into your own file, also where a project's file is near.")
@click.option("--project", "is_project", is_flag=True, help="Into ./iptvvtab.yaml, also where there is none yet.")
@pass_door
def set_(door: Door, name: str, value: str, is_user: bool, is_project: bool) -> None:
    """Write one setting into the nearest settings file, whose comments stay; into a profile: `iptvvtab --profile P`.

    Secrets are refused: they belong into a file of their own, named by the setting password_file.
    """
    from iptvvtab.config import project_file, set_value, user_file
    from iptvvtab.errors import UsageError

    if is_user and is_project:
        raise UsageError("--user and --project exclude each other")
    nearest = None if is_user else project_file(Path.cwd())
    file = Path.cwd() / "iptvvtab.yaml" if is_project else nearest or user_file()
    set_value(file, name, value, profile=door.profile)
    say(f"{name} is set in {file}" + (f", profile {door.profile}" if door.profile else ""))


@command.command(short_help="List the settings files.")
@json_option
def path(is_json: bool) -> None:
    """List the settings files, nearest first, and whether they exist."""
    from iptvvtab.config import project_file, user_file

    project = project_file(Path.cwd())
    rows = [("project", str(project or Path.cwd() / "iptvvtab.yaml"), project is not None)]
    rows.append(("user", str(user_file()), user_file().is_file()))
    report_rows(
        ("file", "path", "exists"),
        rows if is_json else [(kind, where, "yes" if is_there else "no") for kind, where, is_there in rows],
        is_json=is_json,
    )


def _of_tables(settings: Settings) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is set for single tables."""
    for table, own in settings.tables.items():
        for field, value in own:
            if value is not None:
                name, is_time = f"tables.{table}.{field}", isinstance(value, float)
                yield name, f"{value:g}" if is_time else str(value), "s" if is_time else "", settings.origin(name)
