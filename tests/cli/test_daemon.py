"""`sync --daemon`: when each table is due, and a process that keeps them fresh until it is told to stop."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.cli.sync.schedule import (
    FIRST_PAUSE,
    HIGH_SECONDS,
    JITTER,
    LONGEST_PAUSE,
    MEDIUM_SECONDS,
    RISE_SECONDS,
    Job,
    jobs,
    next_of,
    priority_of,
)
from iptvvtab.demo import DemoProcess, Fault, Kind

from .conftest import CASES, COMMAND, Run

PATIENCE = 30.0
TURNS = yaml.safe_load((CASES / "turns.yaml").read_text(encoding="utf-8"))


def test_tables_are_due_by_their_interval() -> None:
    """One that was never read at once; a clock that was ahead does not put one off."""
    wanted = [Job("a", 60, 0), Job("b", 60, 0), Job("c", 10, 0)]
    planned = jobs(wanted, {"b": 950.0, "c": 99_999.0, "gone": 1.0}, now=1000.0)
    assert [(one.table, one.at) for one in planned] == [("a", 1000.0), ("b", 1010.0), ("c", 1010.0)]
    assert next_of(planned, 1000.0).table == "a"
    assert next_of(planned[1:], 1000.0).table == "c"


@pytest.mark.parametrize(
    ("interval", "priority"),
    [
        (0, "high"),
        (HIGH_SECONDS, "high"),
        (HIGH_SECONDS + 1, "medium"),
        (MEDIUM_SECONDS, "medium"),
        (86400, "low"),
    ],
)
def test_what_is_wanted_often_is_wanted_first(interval: float, priority: str) -> None:
    """The priority of a table whose policy says none."""
    assert priority_of(interval) == priority


@pytest.mark.parametrize("case", TURNS, ids=lambda case: case["name"].replace(" ", "-"))
def test_whose_turn_it_is(case: dict[str, Any]) -> None:
    """Of the jobs that are due, by priority and by how long they have waited."""
    planned = [Job(name, float(every), float(at), priority) for name, priority, at, every in case["jobs"]]
    order = []
    while planned:
        order.append(next_of(planned, float(case["now"])))
        planned.remove(order[-1])
    assert " ".join(job.table for job in order) == case["order"]


def test_none_waits_for_ever() -> None:
    """Two tables that are always due take all of the time; one that is wanted once a day comes all the same."""
    wanted = [Job("a", 30, 0.0, "high"), Job("b", 30, 0.0, "high"), Job("daily", 86400, 0.0, "low")]
    planned, now, waited = {job.table: job for job in wanted}, 0.0, []
    while now < 3 * 86400:
        job = next_of(planned.values(), now)
        assert job.at <= now, "there is always one"
        waited += [now - job.at] * (job.table == "daily")
        planned[job.table] = job.published(now, 0.5)
        now += 20
    assert len(waited) == 4
    assert max(waited) <= 2 * RISE_SECONDS + 40


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
    assert text.startswith("keeping 2 tables (2 high) fresh in ")
    assert "user: failed: " in text
    assert text.endswith("stopped\n")
    assert json.loads(run("sync", "package", "--full", "--json").out)[0]["outcome"] == "published"


def test_it_goes_by_the_policy(run: Run) -> None:
    """What contradicts that is a mistake."""
    done = run("sync", "--daemon", "--full")
    assert done.code == 2
    assert "--daemon goes by each table's policy" in done.err


def test_the_policy_says_a_priority(environment: dict[str, str], tmp_path: Path) -> None:
    """Whatever its interval is; the first word tells how many tables have which."""
    (tmp_path / "own.yaml").write_text("schemas:\n  media:\n    sync_config: {priority: high}\n")
    child = subprocess.Popen(
        [*COMMAND, "sync", "--daemon", "media", "package", "subscriber", "--schemas", str(tmp_path / "own.yaml")],
        cwd=tmp_path,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    with child:
        assert child.stderr is not None
        try:
            assert child.stderr.readline().startswith("keeping 3 tables (1 high, 2 medium) fresh in ")
            assert child.stderr.readline().startswith("media: "), "the first of those that are due"
        finally:
            child.terminate()
            child.wait(PATIENCE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
def test_units_in_the_docs(tmp_path: Path) -> None:
    """systemd finds nothing to complain of in the documented units."""
    page = (Path(__file__).parents[2] / "docs" / "mirror.md").read_text(encoding="utf-8")
    units = re.findall(r"```ini\n# [^\n]*/([\w-]+\.(?:service|timer))[^\n]*\n(.*?)```", page, re.DOTALL)
    assert [name for name, _ in units] == ["iptvvtab-sync.service", "iptvvtab-sync.service", "iptvvtab-sync.timer"]
    command = tmp_path / "iptvvtab"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    for folder in ("daemon", "timer"):
        (tmp_path / folder).mkdir()
    for folder, (name, text) in zip(("daemon", "timer", "timer"), units, strict=True):
        (tmp_path / folder / name).write_text(text.replace("%h/.local/bin/iptvvtab", str(command)))
    for folder, name in (("daemon", "iptvvtab-sync.service"), ("timer", "iptvvtab-sync.timer")):
        done = subprocess.run(
            ["systemd-analyze", "--user", "verify", str(tmp_path / folder / name)],
            capture_output=True,
            text=True,
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_UNIT_PATH": f"{tmp_path / folder}:"},
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
