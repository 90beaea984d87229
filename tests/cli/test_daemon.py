"""`sync --daemon`: when each table is due, and a process that keeps them fresh until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from iptvvtab.cli.sync.schedule import FIRST_PAUSE, JITTER, LONGEST_PAUSE, Job, jobs, next_of
from iptvvtab.demo import DemoProcess, Fault, Kind

from .conftest import COMMAND, Run

PATIENCE = 30.0


def test_tables_are_due_by_their_interval() -> None:
    """One that was never read at once; a clock that was ahead does not put one off."""
    planned = jobs({"a": 60, "b": 60, "c": 10}, {"b": 950.0, "c": 99_999.0, "gone": 1.0}, now=1000.0)
    assert [(one.table, one.at) for one in planned] == [("a", 1000.0), ("b", 1010.0), ("c", 1010.0)]
    assert next_of(planned).table == "a"
    assert next_of(planned[1:]).table == "c"


def test_a_published_table_is_due_a_little_early() -> None:
    """By chance, and by no more than a share of its interval."""
    job = Job("a", 100, 0, failures=3)
    assert job.published(1000.0, 0.0) == Job("a", 100, 1100.0)
    assert job.published(1000.0, 1.0) == Job("a", 100, 1100.0 - 100 * JITTER)


def test_failures_are_tried_again_less_and_less_often() -> None:
    """Soon at first, doubled each time, never later than its interval or the longest pause."""
    job, pauses = Job("a", 1e6, 0), []
    for _ in range(12):
        job = job.failed(0.0)
        pauses.append(job.at)
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert Job("a", 60, 0, failures=9).failed(0.0).at == 60
    assert Job("a", 1, 0).failed(0.0).at == FIRST_PAUSE


def waits_for(is_so: Callable[[], bool]) -> bool:
    """Whether something becomes so in time."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_keeps_tables_fresh_until_it_is_told_to_stop(
    environment: dict[str, str], demo: DemoProcess, tmp_path: Path, run: Run, number: signal.Signals
) -> None:
    """Each table by its interval, failures said and tried again; a signal ends it well, and no lease is left."""
    said = tmp_path / "said"
    with said.open("w") as words:
        child = subprocess.Popen(
            [*COMMAND, "sync", "--daemon", "package", "user", "--ttl", "1"],
            cwd=tmp_path,
            env={**os.environ, **environment},
            stderr=words,
            stdin=subprocess.DEVNULL,
        )
        try:
            assert waits_for(lambda: said.read_text().count("package: ") >= 3), said.read_text()
            demo.faults(Fault(Kind.STATUS, table="user", status=403, times=None))
            assert waits_for(lambda: "tried again in" in said.read_text()), said.read_text()
            child.send_signal(number)
            assert child.wait(PATIENCE) == 0
        finally:
            child.kill()
            child.wait(PATIENCE)
    text = said.read_text()
    assert text.startswith("keeping 2 tables fresh")
    assert "user: failed: " in text
    assert text.endswith("stopped\n")
    assert json.loads(run("sync", "package", "--full", "--json").out)[0]["outcome"] == "published"


def test_it_goes_by_the_policy(run: Run) -> None:
    """What contradicts that is a mistake."""
    done = run("sync", "--daemon", "--full")
    assert done.code == 2
    assert "--daemon goes by each table's policy" in done.err
