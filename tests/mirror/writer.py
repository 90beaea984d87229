"""A process that tries to write to a shadow file with Python's own sqlite3, until its stdin ends, and never waits.

    python tests/mirror/writer.py <file>

Writes how often it was let in, and the longest milliseconds in which it was not: over a swap, which it sees by another
generation afterwards, and over anything else. It must not import us: two SQLites would be in one process.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from stock_reader import is_over

PAUSE_SECONDS = 0.0005


def main(path: str) -> None:
    """Try again and again; the first time that it is let in is announced."""
    tries, longest = 0, {"swap": 0.0, "else": 0.0}
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        last, since = generations(connection), time.perf_counter()
        sys.stdout.write("writing\n")
        sys.stdout.flush()
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                time.sleep(PAUSE_SECONDS)
                continue
            took, now = time.perf_counter() - since, generations(connection)
            connection.execute("ROLLBACK")
            kind = "else" if now == last else "swap"
            longest[kind] = max(longest[kind], took)
            tries, last = tries + 1, now
            if is_over():
                break
            time.sleep(PAUSE_SECONDS)
            since = time.perf_counter()
    sys.stdout.write(json.dumps({"writes": tries, **{kind: 1000 * seconds for kind, seconds in longest.items()}}))


def generations(connection: sqlite3.Connection) -> int:
    """How often tables were swapped."""
    return int(connection.execute("SELECT sum(generation) FROM _mirror_table").fetchone()[0])


if __name__ == "__main__":
    main(sys.argv[1])
