"""A process that reads a shadow file with Python's own sqlite3, until its stdin ends, and says what it saw.

    python tests/mirror/stock_reader.py <file> <sql>

Writes reads, reads of more or less than one row, errors. It must not import us: two SQLites would be in one process.
"""

from __future__ import annotations

import json
import selectors
import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def main(path: str, sql: str) -> None:
    """Read again and again; the first read is announced."""
    reads = torn = 0
    failed: list[str] = []
    with closing(sqlite3.connect(f"{Path(path).as_uri()}?mode=ro", uri=True)) as connection:
        while not (reads and is_over()):
            try:
                torn += len(connection.execute(sql).fetchall()) != 1
            except sqlite3.Error as error:
                failed.append(str(error))
            reads += 1
            if reads == 1:
                sys.stdout.write("reading\n")
                sys.stdout.flush()
    sys.stdout.write(json.dumps({"reads": reads, "torn": torn, "failed": failed[:3]}))


def is_over() -> bool:
    """Whether stdin ended."""
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        return bool(selector.select(0))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
