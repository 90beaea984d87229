"""Several processes and one table: one fetches, and whoever lost its right publishes nothing."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.killed import Syncing
from tests.mirror.moving import PAGE, ROWS, hold, last_run, look, options, put, put_content

PROCESSES = 8
SCAN = ROWS // PAGE + 2
"""Requests of one sync."""
CHANGING = "tv_program"
HOUR = 3600.0
HERE = socket.gethostname()


def change(path: Path, sql: str, *bindings: object) -> None:
    """Change a shadow file as nobody would."""
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(10_000)
    connection.execute(sql, bindings)
    connection.close()


def hung(demo: DemoProcess, times: int = 1) -> None:
    """Wait until so many requests hang."""
    for _ in range(1000):
        if sum(entry["fault"] == "hang" for entry in demo.log().entries) >= times:
            return
        time.sleep(0.01)
    raise AssertionError("no request came")


@pytest.mark.parametrize("rounds", [1, pytest.param(40, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
@pytest.mark.parametrize("is_new", [True, False])
def test_one_fetches(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, rounds: int, *, is_new: bool) -> None:
    """Of eight processes that find a table expired, or no file at all, one asks the portal; the others do not wait."""
    put(moving, 1)
    mirror = mirror_for(moving)
    mirror.sync("terminal", HOUR)
    with Syncing(options(moving, tmp_path), HOUR) as syncing:
        for _ in range(rounds):
            if is_new:
                for file in tmp_path.glob("mirror.db*"):
                    file.unlink()
            else:
                change(mirror.path, "UPDATE _mirror_table SET began = began - 3600")
            moving.reset()
            moving.faults(Fault(Kind.HANG, skip=1, seconds=0.3))
            syncing.begin(processes=PROCESSES)
            found = Counter(syncing.outcomes())
            assert found["published"] == 1, found
            assert found["busy"] + found["fresh"] == PROCESSES - 1, found
            assert len(moving.log().documents) == SCAN
            assert look(mirror.path).rows == ROWS


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
@pytest.mark.parametrize("strategy", ["incremental", "verify"])
def test_one_fetches_what_changed(
    moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, strategy: str, rounds: int
) -> None:
    """Of eight processes one asks what changed, by as many requests as if it were alone."""
    moving.set_switches("full")
    mirror, content = mirror_for(moving), dict.fromkeys(range(1, ROWS + 1), 0)
    alone = 0
    put_content(moving, CHANGING, content)
    assert mirror.sync(CHANGING, 0, strategy="verify").outcome == "published"
    with Syncing(options(moving, tmp_path), HOUR) as syncing:
        for turn in range(rounds + 2):  # the first of all also finds out what the portal can do
            content |= dict.fromkeys(range(turn + 1, turn + 4), turn + 1)
            put_content(moving, CHANGING, content)
            change(mirror.path, "UPDATE _mirror_table SET began = began - 3600")
            moving.reset()
            moving.faults(Fault(Kind.HANG, skip=1, seconds=0.3))
            syncing.begin(CHANGING, strategy=strategy, processes=PROCESSES if turn > 1 else 1)
            found = Counter(syncing.outcomes())
            assert found["published"] == 1, found
            assert found.total() == found["published"] + found["busy"] + found["fresh"]
            asked = len(moving.log().documents)
            alone = asked if turn == 1 else alone
            assert turn < 1 or asked == alone
            assert hold(mirror.path, CHANGING).content == content


@pytest.mark.parametrize("strategy", ["incremental", "verify"])
def test_who_was_stopped_at_what_changed(
    moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, strategy: str
) -> None:
    """A process that sleeps beyond its lease while it fetches changes publishes none of them."""
    moving.set_switches("full")
    mirror, content = mirror_for(moving), dict.fromkeys(range(1, ROWS + 1), 0)
    put_content(moving, CHANGING, content)
    assert mirror.sync(CHANGING, 0, strategy="verify").outcome == "published"
    put_content(moving, CHANGING, content | {7: 1})
    moving.reset()
    moving.faults(Fault(Kind.HANG, skip=1, seconds=0.2))
    with Syncing(options(moving, tmp_path)) as syncing:
        stopped = _stopped(moving, syncing, CHANGING, strategy=strategy)
        try:
            change(mirror.path, "UPDATE _mirror_lease SET ends = 0")
            put_content(moving, CHANGING, content | {7: 2, 8: 2})
            assert mirror.sync(CHANGING, 0, strategy=strategy).outcome == "published"
            before = hold(mirror.path, CHANGING)
        finally:
            os.kill(stopped, signal.SIGCONT)
        (said,) = syncing.outcomes()
        assert said.startswith(f"failed another process is syncing table '{CHANGING}' by now")
    assert hold(mirror.path, CHANGING) == before
    assert (before.content, before.litter) == (content | {7: 2, 8: 2}, ())


@pytest.mark.parametrize("is_done", [True, False])
def test_who_was_stopped(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor, *, is_done: bool) -> None:
    """A process that sleeps beyond its lease publishes nothing, and leaves alone what the other did or is doing."""
    mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("terminal", 0)
    put(moving, 2)
    moving.reset()
    moving.faults(Fault(Kind.HANG, skip=3, seconds=0.2), Fault(Kind.HANG, skip=6, seconds=1.0))
    with Syncing(options(moving, tmp_path)) as syncing, ThreadPoolExecutor(1) as other:
        stopped = _stopped(moving, syncing)
        try:
            change(mirror.path, "UPDATE _mirror_lease SET ends = 0")
            taken = other.submit(mirror.sync, "terminal", 0)
            hung(moving, 2)
            if is_done:
                taken.result()
        finally:
            os.kill(stopped, signal.SIGCONT)
        (said,) = syncing.outcomes()
        assert said.startswith("failed another process is syncing table 'terminal' by now")
        assert taken.result().outcome == "published"
    seen = look(mirror.path)
    assert (seen.versions, seen.rows, seen.said, seen.stages) == ({2}, ROWS, (ROWS, 2, 0), 0)
    assert last_run(mirror.path) == ("published", None)


def _stopped(moving: DemoProcess, syncing: Syncing, table: str = "terminal", **asked: str) -> int:
    """Have a sync begun, and stop it while it waits for a page; return its process id."""
    syncing.begin(table, **asked)
    child = int(syncing.hear("child"))
    hung(moving)
    os.kill(child, signal.SIGSTOP)
    return child


def test_who_was_killed(moving: DemoProcess, tmp_path: Path, mirror_for: MirrorFor) -> None:
    """The lease of a process that is no more is worth nothing, however long it would last."""
    mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("package", 0)
    moving.reset()
    moving.faults(Fault(Kind.HANG, skip=3, seconds=0.2))
    with Syncing(options(moving, tmp_path)) as syncing:
        child = _stopped(moving, syncing)
        assert mirror.sync("terminal", 0).outcome == "busy", "it lives, though it does nothing"
        os.kill(child, signal.SIGKILL)
        syncing.hear("ended")
    assert mirror.sync("terminal", 0).outcome == "published"
    assert look(mirror.path).rows == ROWS


@pytest.mark.parametrize(
    ("owner", "ends", "outcome"),
    [
        ("elsewhere:1", 200.0, "busy"),
        ("elsewhere:1", -1.0, "published"),
        ("elsewhere:1", 1e6, "published"),  # a clock was moved: no lease is that long
        (f"{HERE}:{os.getpid()}", 200.0, "busy"),
        (f"{HERE}:{2**22 + 1}", 200.0, "published"),  # beyond the largest process id
        (None, 0.0, "published"),
    ],
    ids=["elsewhere", "elsewhere, over", "elsewhere, for ever", "here, alive", "here, dead", "nobody's"],
)
def test_whose_lease_counts(
    moving: DemoProcess, mirror_for: MirrorFor, owner: str | None, ends: float, outcome: str
) -> None:
    """That of a living process here, or of anyone elsewhere until it ends."""
    mirror: Mirror = mirror_for(moving)
    put(moving, 1)
    mirror.sync("terminal", 0)
    change(mirror.path, "UPDATE _mirror_lease SET owner = ?, ends = ?", owner, time.time() + ends)
    assert mirror.sync("terminal", 0).outcome == outcome
