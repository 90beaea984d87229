"""The help of every command as Markdown: docs/cli.md is generated from it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from iptvvtab.cli import discovery
from iptvvtab.cli.root import PROGRAM, root

_WIDTH = 100


def reference() -> str:
    """Return a section for each of our commands, those of plugins left out."""
    top = _context(root, PROGRAM, None)
    sections = [_section(top)]
    for name, load in discovery.own().items():
        sections += _sections(_context(load(), name, top))
    return "\n".join(sections)


def _sections(context: click.Context) -> Iterator[str]:
    yield _section(context)
    if isinstance(context.command, click.Group):
        for name, command in context.command.commands.items():
            yield from _sections(_context(command, name, context))


def _section(context: click.Context) -> str:
    return f"### {context.command_path}\n\n```text\n{context.get_help()}\n```\n"


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(
        command, info_name=name, parent=parent, terminal_width=_WIDTH, help_option_names=["-h", "--help"]
    )
