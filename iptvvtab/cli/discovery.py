"""Finds commands: folders here with a `__cli__.py`, and entry points of plugins. Nothing is imported to find them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from iptvvtab.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "iptvvtab.commands"
"""The group in which a plugin names its commands: `reports = "my_package.cli:command"`."""

Loader: TypeAlias = Callable[[], click.Command]


def own() -> Mapping[str, Loader]:
    """Return our commands by name: `<name>/__cli__.py` defines `command`."""
    folder = Path(__file__).parent
    names = sorted(file.parent.name for file in folder.glob("*/__cli__.py"))
    return {name: _own_loader(name) for name in names}


def plugins() -> Mapping[str, Loader]:
    """Return the commands that installed packages add, by name."""
    from importlib.metadata import entry_points  # costs more than all of ours

    return {point.name: _plugin_loader(point) for point in entry_points(group=ENTRY_POINTS)}


def _own_loader(name: str) -> Loader:
    def load() -> click.Command:
        command = import_module(f"iptvvtab.cli.{name}.__cli__").command
        assert isinstance(command, click.Command)
        return command

    return load


def _plugin_loader(point: EntryPoint) -> Loader:
    def load() -> click.Command:
        try:
            command = point.load()
        except Exception as error:
            raise UsageError(f"the command {point.name!r} of {point.value} cannot be loaded: {error}") from error
        if not isinstance(command, click.Command):
            raise UsageError(f"the command {point.name!r} of {point.value} is no click command")
        return command

    return load
