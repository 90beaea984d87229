"""The door for people: `run` is the whole command line. Each folder with a `__cli__.py` is a command."""

from __future__ import annotations

from iptvvtab.cli.ending import run

__all__ = ["run"]
