"""Where the statements of a command come from."""

from __future__ import annotations

import sys
from pathlib import Path

from iptvvtab.errors import UsageError

STDIO = Path("-")


def text_of(sql: str | None, path: Path | None) -> str:
    """Return the statements: the argument, a file, or stdin. Raises UsageError unless it is one of them."""
    if (sql is None) == (path is None):
        raise UsageError("give the SQL, or a file with -f, or - to read it from stdin; one of them")
    if STDIO in (path, Path(sql or ".")):
        return sys.stdin.read()
    return path.read_text(encoding="utf-8-sig") if path else sql or ""
