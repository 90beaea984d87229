"""Whole files of ours: what they come to over a portal on either store, and how that is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.demo import DemoProcess, start_demo
from tests.sqllogictest.__main__ import main
from tests.sqllogictest.portal import Choices, Portal
from tests.sqllogictest.report import report
from tests.sqllogictest.run import NOT_SAMPLED, Plan, Tally, run_file

CASES = Path(__file__).parent / "cases"
FILES: dict[str, dict[str, Any]] = yaml.safe_load((CASES / "files.yaml").read_text(encoding="utf-8"))
HOLDS = CASES / "files" / "holds.test"
CAP = 3


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def portal_of(request: pytest.FixtureRequest) -> Iterator[DemoProcess]:
    """A demo portal whose tables are the files'."""
    with start_demo(rows=1, store=request.param) as demo:
        yield demo


@pytest.fixture
def fresh(portal_of: DemoProcess) -> DemoProcess:
    portal_of.reset()
    portal_of.set_switches("default")
    return portal_of


def run(name: str, demo: DemoProcess, folder: Path, plan: Plan | None = None, choices: Choices | None = None) -> Tally:
    tally = Tally()
    with Portal(demo, folder, choices or Choices()) as portal:
        run_file(CASES / "files" / name, portal, tally, plan or Plan())
    return tally


def came_to(tally: Tally) -> dict[str, Any]:
    """A tally as cases write it: without what is nothing."""
    told = {
        "files": tally.files,
        "records": tally.records,
        "passed": tally.passed,
        "failed": [one.line for one in tally.failures],
        "outdated": [one.line for one in tally.outdated],
        "skipped": dict(tally.skipped),
    }
    return {name: value for name, value in told.items() if value}


@pytest.mark.parametrize("source", ["live", "auto"])
@pytest.mark.parametrize("name", FILES)
def test_files(name: str, source: str, fresh: DemoProcess, tmp_path: Path) -> None:
    """A file comes to the same on every store, and whether or not rows are remembered."""
    assert came_to(run(name, fresh, tmp_path, choices=Choices(source=source))) == FILES[name]


def test_what_a_portal_cuts_off_is_a_failure(fresh: DemoProcess, tmp_path: Path) -> None:
    """The record is told with its place, its SQL, what plain SQLite gave and what the portal did."""
    fresh.set_switches("default", row_cap=CAP)
    tally = run("cut.test", fresh, tmp_path)
    failure = tally.failures[0]
    assert (failure.line, failure.sql, failure.expected) == (8, "SELECT sum(a) FROM many", ["15"])
    told = "\n".join(report(tally))
    assert f"FAILED {CASES / 'files' / 'cut.test'}:8\n    SELECT sum(a) FROM many\n  expected: 15\n  got:" in told
    assert "  failed    1\n" in told


def test_a_query_that_does_not_end_is_ended(fresh: DemoProcess, tmp_path: Path) -> None:
    """It has failed, and the file goes on."""
    tally = run("endless.test", fresh, tmp_path, choices=Choices(seconds=0.0))
    assert [(one.line, one.got) for one in tally.failures] == [(5, ["took longer than 0 seconds"])]
    assert tally.passed == tally.records - 1


def test_strict_fails_what_plain_sqlite_does_not_give(fresh: DemoProcess, tmp_path: Path) -> None:
    """A wrong expectation of one's own is no old one."""
    tally = run("wrong.test", fresh, tmp_path, Plan(is_strict=True))
    assert [one.line for one in tally.failures] == FILES["wrong.test"]["outdated"]


def test_the_first_failure_ends_a_file(fresh: DemoProcess, tmp_path: Path) -> None:
    """With `stops`."""
    tally = run("wrong.test", fresh, tmp_path, Plan(stops=True, is_strict=True))
    assert [one.line for one in tally.failures] == FILES["wrong.test"]["outdated"][:1]


def test_a_sample_runs_every_statement_and_some_queries(fresh: DemoProcess, tmp_path: Path) -> None:
    """The first query and every n-th after it; the others are counted."""
    whole, tally = run("holds.test", fresh, tmp_path), run("holds.test", fresh, tmp_path, Plan(sample=3))
    assert not tally.failures
    assert tally.passed + tally.skipped[NOT_SAMPLED] == whole.passed
    assert tally.skipped[NOT_SAMPLED] > tally.passed / 3


def test_the_command_reports_and_ends_with_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    """0 where all holds, 1 where anything failed; the sums are of all files."""
    assert main([str(HOLDS)]) == 0
    told = capsys.readouterr().out
    assert f"1 files, {FILES['holds.test']['records']} records" in told
    assert " requests for " in told
    assert main([str(HOLDS), str(CASES / "files" / "malformed.test")]) == 1
    assert "malformed.test:4" in capsys.readouterr().out
