"""Readers while a table is synced anew and anew: no error, and each read sees one version."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import ROWS, options, put

READER = Path(__file__).parent / "stock_reader.py"
WRITER = Path(__file__).parent / "writer.py"
ONE_VERSION = "SELECT mac_addr, count(*) FROM {0} GROUP BY mac_addr"
"""One row, if all rows are of one version."""
ONE_MOMENT = (
    "SELECT a.mac_addr, count(*) FROM {0} a JOIN {0} b ON b.id = a.id AND b.mac_addr = a.mac_addr "
    "WHERE a.id <= 20 GROUP BY a.mac_addr"
)
"""Two reads in one statement, of the same moment: else no row of one would be in the other."""


@dataclass
class Seen:
    """What one reader saw: reads, the sizes of their answers, versions, errors."""

    reads: int = 0
    counts: set[int] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    torn: int = 0
    failed: list[str] = field(default_factory=list)


def read(given: dict[str, Any], sql: str, over: threading.Event, seen: Seen) -> None:
    """Read on a connection of this thread's own until it is over."""
    connection = iptvvtab.connect(source="mirror", **given)
    try:
        while not over.is_set():
            rows = connection.execute(sql).fetchall()
            seen.reads += 1
            seen.torn += len(rows) != 1
            seen.versions |= {str(version) for version, _ in rows}
            seen.counts |= {int(str(count)) for _, count in rows}
    except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
        seen.failed.append(repr(error))
    finally:
        connection.close()


@contextmanager
def threads(given: dict[str, Any], *sqls: str) -> Iterator[list[Seen]]:
    """Readers at work."""
    over, seen = threading.Event(), [Seen() for _ in sqls]
    started = [threading.Thread(target=read, args=(given, sql, over, one)) for sql, one in zip(sqls, seen, strict=True)]
    for one in started:
        one.start()
    try:
        yield seen
    finally:
        over.set()
        for one in started:
            one.join()


@contextmanager
def stock(script: Path, *arguments: object) -> Iterator[dict[str, Any]]:
    """A reader or writer at work in a process with stock SQLite; what it saw is there afterwards."""
    seen: dict[str, Any] = {}
    command = [sys.executable, str(script), *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() in ("reading\n", "writing\n")
        yield seen
        said, _ = process.communicate(timeout=30)
    seen |= json.loads(said)


def sync(mirror: Mirror, moving: DemoProcess, syncs: int) -> None:
    """Publish one version after the other."""
    for version in range(1, syncs + 1):
        put(moving, version)
        done = mirror.sync("terminal", 0)
        assert done.outcome == "published", done.error


@pytest.mark.parametrize("syncs", [20, pytest.param(400, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
@pytest.mark.usefixtures("each_way")
def test_readers(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, syncs: int) -> None:
    """Connections in threads and stock SQLite in a process see whole versions, and none sees an error."""
    given = options(moving, tmp_path, page_rows=1000)
    mirror = mirror_for(moving, page_rows=1000)
    sync(mirror, moving, 1)
    sqls = [one.format("portal.terminal") for one in (ONE_VERSION, ONE_MOMENT)]
    with stock(READER, mirror.path, ONE_VERSION.format("terminal")) as process, threads(given, *sqls) as seen:
        sync(mirror, moving, syncs)
    for one in seen:
        assert not one.failed
        assert one.reads > syncs
        assert one.torn == 0
        assert len(one.versions) > syncs // 4, "too few versions were seen to tell anything"
    assert [one.counts for one in seen] == [{ROWS}, {20}]
    assert process["failed"] == []
    assert process["reads"] > syncs
    assert process["torn"] == 0


@pytest.mark.usefixtures("each_way")
def test_a_read_goes_on_where_it_began(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor) -> None:
    """Rows that are fetched one by one stay those of one version, and the next statement sees the new one."""
    mirror = mirror_for(moving)
    sync(mirror, moving, 1)
    connection = iptvvtab.connect(source="mirror", **options(moving, tmp_path))
    rows = iter(connection.execute("SELECT id, mac_addr FROM portal.terminal"))
    first = next(rows)
    sync(mirror, moving, 3)
    assert {version for _, version in (first, *rows)} == {"v1"}
    assert connection.execute("SELECT DISTINCT mac_addr FROM portal.terminal").fetchall() == [("v3",)]
    connection.close()


@pytest.mark.parametrize("rows", [2000, pytest.param(200_000, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_a_swap_is_short(
    moving: DemoProcess, mirror_for: MirrorFor, record_property: pytest.RecordProperty, rows: int
) -> None:
    """A table is swapped under readers and a writer: none sees an error, and the writer is soon let in again.

    How long a writer was shut out is told (`make bench` does, too), and not judged: it depends on what else runs.
    """
    mirror = mirror_for(moving, page_rows=20_000)
    put(moving, 1, rows=rows)
    assert mirror.sync("terminal", 0).outcome == "published"
    put(moving, 2, rows=rows)
    with stock(READER, mirror.path, "SELECT count(*) FROM terminal") as read, stock(WRITER, mirror.path) as wrote:
        for _ in range(3):
            assert mirror.sync("terminal", 0).outcome == "published"
    assert (read["failed"], read["torn"]) == ([], 0)
    assert read["reads"] > 3
    assert wrote["writes"] > 3
    record_property("longest wait of a writer, ms", wrote)
    sys.stdout.write(f"longest wait of a writer: {wrote}\n")
