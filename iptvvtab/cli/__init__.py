"""The door for people: `run` is the whole command line, `reference` its help as Markdown.

Each folder with a `__cli__.py` is a command, found by `discovery` and imported when it is asked for. A command gets a
`Door` (the options of the root, the settings given as options) and says how it ended by an error or an exit code.
"""

from __future__ import annotations

from iptvvtab.cli.ending import run
from iptvvtab.cli.reference import reference

__all__ = ["reference", "run"]
