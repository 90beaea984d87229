"""A file as stock SQLite reads it: Python's own, in a process of its own, which alone may open it there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_SCRIPT = """
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
found = [connection.execute(sql).fetchall() for sql in json.load(sys.stdin)]
connection.close()
json.dump(found, sys.stdout)
"""


def stock(path: Path, *statements: str) -> list[list[list[Any]]]:
    """Return the rows of each statement."""
    command = [sys.executable, "-c", _SCRIPT, str(path)]
    asked = json.dumps(statements)
    ended = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=60)
    answers: list[list[list[Any]]] = json.loads(ended.stdout)
    return answers
