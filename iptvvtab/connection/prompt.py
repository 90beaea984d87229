"""Asks somebody at a terminal who they are, when nothing else says so; the password is not echoed."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable


def prompt_for(username: str | None) -> Callable[[], tuple[str, str] | None]:
    """Return what asks for a user name, unless one is known, and a password.

    It returns None when nobody is there to answer: asked again each time, for a terminal may come and go.
    """

    def ask() -> tuple[str, str] | None:
        if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
            return None
        name = username or _line("Portal user name: ")
        return (name, getpass.getpass(f"Password of {name}: ", sys.stderr)) if name else None

    return ask


def _is_terminal(stream: object) -> bool:
    return bool(stream) and stream.isatty()  # type: ignore[attr-defined]  # None under pythonw and some daemons


def _line(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
