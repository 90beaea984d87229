"""Asks people at a terminal who they are, when nothing else says so."""

from __future__ import annotations

import getpass
import sys


def ask_at_terminal() -> tuple[str, str] | None:
    """Return the user name and password typed at the terminal; None when there is no terminal to ask at."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    sys.stderr.write("Portal user name: ")
    sys.stderr.flush()
    username = sys.stdin.readline().strip()
    return (username, getpass.getpass("Password: ", sys.stderr)) if username else None
