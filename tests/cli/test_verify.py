"""`sync --verify` and `cache verify`: what they say, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.demo.tables import demo_catalog

from .conftest import Run


def package(name: str) -> list[Any]:
    """A package as the portal has it."""
    columns = demo_catalog()["package"].column_names
    return [{"id": 1, "name": name}.get(column) for column in columns]


@pytest.fixture
def demo(own_demo: DemoProcess) -> DemoProcess:
    """A portal of these tests' own: they write to it."""
    return own_demo


@pytest.fixture
def portal(demo: DemoProcess) -> DemoProcess:
    """A portal that hashes rows, and has one package."""
    demo.set_switches("full")
    demo.put_tables([(demo_catalog()["package"], [package("one")])])
    return demo


def test_a_sync_says_by_what_it_verified(portal: DemoProcess, run: Run) -> None:
    """The first reads all rows, the second compares groups; so say the line, the JSON and the status."""
    first = run("sync", "package", "--verify")
    assert first.code == 0
    assert "package: 1 row, verified by rows, in 2 requests" in first.err
    portal.put_tables([(demo_catalog()["package"], [package("another")])])
    second = run("sync", "package", "--verify", "--json")
    (done,) = json.loads(second.out)
    assert (done["strategy"], done["rung"], done["rows"]) == ("verify", "groups", 1)
    third = run("sync", "package", "--verify")
    assert "package: 0 changed rows, verified by groups, in 1 request" in third.err
    (status,) = [one for one in json.loads(run("cache", "status", "--json").out) if one["table"] == "package"]
    assert (status["strategy"], status["rung"], status["generation"]) == ("verify", "groups", 3)
    assert json.loads(run("query", "SELECT name FROM portal.package").out) == {"name": "another"}


def test_verify_compares_and_changes_nothing(portal: DemoProcess, run: Run) -> None:
    """0 when nothing differs, 7 when something does; the old rows stay until a sync repairs them."""
    run("sync", "package", "user", "--verify")
    equal = run("cache", "verify")
    assert equal.code == 0
    assert "package: nothing differs by groups in 1 request" in equal.err
    assert "user: nothing differs by groups" in equal.err
    portal.put_tables([(demo_catalog()["package"], [package("another")])])
    different = run("cache", "verify", "package", "--json")
    assert different.code == 7
    (one,) = json.loads(different.out)
    assert (one["result"], one["rung"], one["changed"], one["new"], one["gone"]) == ("different", "groups", 1, 0, 0)
    assert "package: 1 changed by groups" in run("cache", "verify", "package").err
    assert json.loads(run("query", "SELECT name FROM portal.package").out) == {"name": "one"}
    assert run("sync", "package", "--verify").code == 0
    assert run("cache", "verify").code == 0


def test_verify_says_what_it_did_not_see(portal: DemoProcess, run: Run) -> None:
    """Where a portal hashes nothing, rows are alike, not equal; `--full` compares them."""
    portal.set_switches("default")
    run("sync", "package")
    portal.put_tables([(demo_catalog()["package"], [package("another")])])
    alike = run("cache", "verify", "package")
    assert alike.code == 0
    assert "alike" in alike.out
    assert "values were not compared, `--full` reads and compares them" in alike.err
    full = run("cache", "verify", "package", "--full")
    assert full.code == 7
    assert "package: 1 changed by rows" in full.err


def test_verify_of_what_is_not_there(portal: DemoProcess, run: Run) -> None:
    """A table that is not in the file, or that the portal does not answer for, is an error; others are compared."""
    run("sync", "package", "--verify")
    missing = run("cache", "verify", "package", "user")
    assert missing.code == 2
    assert "user: failed: table 'user' is not mirrored" in missing.err
    assert "package: nothing differs" in missing.err
    assert run("cache", "verify", "packag").code == 3
    portal.faults(Fault(Kind.STATUS, status=503, times=None))
    assert run("cache", "verify", "--max-retries", "0").code == 5


def test_verify_of_rows_on_demand(portal: DemoProcess, run: Run, tmp_path: Path) -> None:
    """A table of which only some rows are kept is not compared, unless it is named."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "package.yaml").write_text("schemas: {package: {sync_config: {cache_strategy: on-demand}}}")
    run("sync", "user", "--verify")
    run("query", "SELECT name FROM portal.package WHERE id = 1", "--schemas", str(folder))
    (status,) = [one for one in json.loads(run("cache", "status", "--json").out) if one["table"] == "package"]
    assert status["strategy"] == "on-demand"
    assert run("cache", "verify", "--schemas", str(folder)).code == 0
    named = run("cache", "verify", "package", "--schemas", str(folder))
    assert named.code == 2
    assert "not in the shadow file as a whole" in named.err
