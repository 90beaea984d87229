"""Full scans of one table, each in a process of its own: through the virtual table, and by hand."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import apsw
import psutil

import iptvvtab
from iptvvtab.demo import start_demo
from tests.bench.wire import PAGE, Wire

TABLE = "tv_program"
ROWS_A_SUBSCRIBER = 5
"""tv_program rows of a demo portal for each of its subscribers."""

COLUMNS = ("id", "channel_id", "title", "epg_provider_id", "start", "stop")
KIB = 1024


@dataclass(frozen=True)
class Scan:
    """What one scan took. `memory`: the peak of resident bytes above the idle process."""

    name: str
    rows: int
    seconds: float
    processor: float
    memory: int

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def _connection() -> apsw.Connection:
    return iptvvtab.connect(source="live", page_rows=PAGE, rate=0)


def _virtual(sql: str) -> Callable[[], Callable[[], int]]:
    """Prepare a scan through the virtual table: what is idle before it begins, and the scan."""

    def prepare() -> Callable[[], int]:
        connection = _connection()
        connection.execute(f"SELECT {', '.join(COLUMNS)} FROM portal.{TABLE} WHERE id = 1").fetchall()

        def scan() -> int:
            return sum(1 for _ in connection.execute(sql))

        return scan

    return prepare


def _count() -> Callable[[], int]:
    connection = _connection()
    connection.execute(f"SELECT id FROM portal.{TABLE} WHERE id = 1").fetchall()
    return lambda: int(connection.execute(f"SELECT count(id + 0) FROM portal.{TABLE}").get)


def _by_hand() -> Callable[[], int]:
    """Prepare the loop by hand; it does nothing with the rows."""
    wire = Wire(os.environ)
    return lambda: sum(1 for rows in wire.pages(TABLE, COLUMNS) for _ in rows)


SCANS: dict[str, Callable[[], Callable[[], int]]] = {
    "by hand, 6 columns": _by_hand,
    "virtual table, 6 columns": _virtual(f"SELECT {', '.join(COLUMNS)} FROM portal.{TABLE}"),
    "virtual table, 1 column": _virtual(f"SELECT id FROM portal.{TABLE}"),
    "virtual table, keys alone": _count,
}


def _peak() -> int:
    """Return the most bytes that were resident; on Linux, `ru_maxrss` begins with the parent's (fork, exec)."""
    status = Path("/proc/self/status")
    if status.exists() and (peak := re.search(r"VmHWM:\s*(\d+) kB", status.read_text())):
        return int(peak[1]) * KIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else KIB)


def run_scan(prepare: Callable[[], Callable[[], int]], name: str) -> None:
    """Run one scan in this process, and say what it took."""
    scan = prepare()
    idle = psutil.Process().memory_info().rss
    started, worked = time.perf_counter(), time.process_time()
    rows = scan()
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    sys.stdout.write(json.dumps(asdict(Scan(name, rows, seconds, processor, _peak() - idle))))


def in_processes(names: Iterable[str], rows: int) -> list[Scan]:
    """Run scans against one demo portal, one after another, each in a process and a state folder of its own."""
    found = []
    with start_demo(rows=rows // ROWS_A_SUBSCRIBER) as demo:
        for name in names:
            with tempfile.TemporaryDirectory() as state:
                environment = {**os.environ, **demo.environment, "XDG_STATE_HOME": state}
                child = [sys.executable, "-m", "tests.bench", "--child", name]
                done = subprocess.run(child, env=environment, capture_output=True, text=True, check=True, timeout=600)
            found.append(Scan(**json.loads(done.stdout)))
    return found
