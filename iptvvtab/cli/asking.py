"""Asks somebody at a terminal who they are; the password is not echoed."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from iptvvtab.cli.words import is_terminal


def prompt_for(username: str | None) -> Callable[[], tuple[str, str]] | None:
    """Return what asks for a user name, unless one is known, and a password; None when nobody is there to answer."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return None

    def ask() -> tuple[str, str]:
        name = username or str(click.prompt("Portal user name", err=True))
        return name, str(click.prompt(f"Password of {name}", hide_input=True, err=True))

    return ask
