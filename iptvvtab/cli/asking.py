"""Asks somebody at a terminal who they are; the password is not echoed."""

from __future__ import annotations

import sys

import click

from iptvvtab.cli.words import is_terminal


def can_ask() -> bool:
    """Tell whether somebody is there to answer."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def ask() -> tuple[str, str]:
    """Return a user name and a password."""
    return ask_name(), ask_password()


def ask_name() -> str:
    """Return a user name."""
    return str(click.prompt("Portal user name", err=True))


def ask_password() -> str:
    """Return a password, typed unseen."""
    return str(click.prompt("Password", hide_input=True, err=True))
