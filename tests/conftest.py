"""Served demo portals for every test, and a home of the test run's own, so that no test touches anybody's files."""

from __future__ import annotations

import gc
import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.config import Settings, load
from iptvvtab.demo import DemoProcess, start_demo

SettingsFor = Callable[..., Settings]

_home = tempfile.TemporaryDirectory(prefix="iptvvtab-tests-")


def pytest_configure() -> None:
    """Point HOME and XDG folders to an empty folder, and forget every setting of the person who runs the tests.

    A shell has what it starts in the background ignore Ctrl-C, and so would what tests start: they hear it again.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in [one for one in os.environ if one.startswith("IPTVPORTAL_")]:
        del os.environ[name]
    os.environ["HOME"] = _home.name
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        os.environ[f"XDG_{name}_HOME"] = str(Path(_home.name) / name.lower())


def pytest_collection_finish() -> None:
    """Have the collector pass by the thousands of tests: each look at all of them takes longer than most tests."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Remove that folder."""
    _home.cleanup()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the matrix of rules was left out (tests/differential/test_rules.py)."""
    passed = terminalreporter.getreports("passed")
    pairs = [pair for one in passed for name, pair in one.user_properties if name == "rule pairs"]
    run, every = (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
    if every:
        terminalreporter.write_line(f"rules off singly: {run} pairs of statement and rule of {every}; all in test-long")


@pytest.fixture(scope="session")
def served_sqlite() -> Iterator[DemoProcess]:
    """A demo portal on SQLite for the whole run of this worker: for fixtures that last longer than a test."""
    with start_demo(rows=50) as demo:
        yield demo
        _is_as_it_was(demo)


@pytest.fixture(scope="session")
def served_postgresql() -> Iterator[DemoProcess]:
    """A demo portal on PostgreSQL for the whole run of this worker."""
    with start_demo(rows=50, store="postgresql") as demo:
        yield demo
        _is_as_it_was(demo)


@pytest.fixture
def demo(served_sqlite: DemoProcess) -> Iterator[DemoProcess]:
    """A demo portal on SQLite with an empty log, no faults and the default switches. Its rows are those of all tests.

    A test that changes rows wants `own_demo`, or it fails.
    """
    yield from _fresh(served_sqlite)


@pytest.fixture
def demo_postgresql(served_postgresql: DemoProcess) -> Iterator[DemoProcess]:
    """The same on PostgreSQL."""
    yield from _fresh(served_postgresql)


@pytest.fixture(scope="module")
def _served_apart() -> Iterator[DemoProcess]:
    with start_demo(rows=50) as portal:
        yield portal


@pytest.fixture(scope="module")
def _served_apart_postgresql() -> Iterator[DemoProcess]:
    with start_demo(rows=50, store="postgresql") as portal:
        yield portal


@pytest.fixture
def own_demo(_served_apart: DemoProcess) -> DemoProcess:
    """A portal that no other module's tests see, for tests that write: empty log, no faults, the default switches."""
    return _emptied(_served_apart)


@pytest.fixture
def own_demo_postgresql(_served_apart_postgresql: DemoProcess) -> DemoProcess:
    """The same on PostgreSQL."""
    return _emptied(_served_apart_postgresql)


def _emptied(demo: DemoProcess) -> DemoProcess:
    demo.reset()
    demo.set_switches("default")
    return demo


def _fresh(demo: DemoProcess) -> Iterator[DemoProcess]:
    before = demo.reset()
    demo.set_switches("default")
    yield demo
    assert demo.reset() == before, "it changed rows that other tests read: a test that writes wants `own_demo`"


def _is_as_it_was(demo: DemoProcess) -> None:
    assert demo.reset() == 0, "a test of this run changed rows that others read"


@pytest.fixture
def settings_for(tmp_path: Path) -> SettingsFor:
    """`settings_for(demo, **overrides)`: settings for a served portal, no rate limit, state in this test's folder."""

    def settings(demo: DemoProcess, **overrides: Any) -> Settings:
        base: dict[str, Any] = {
            "api_url": demo.environment["IPTVPORTAL_API_URL"],
            "auth_url": demo.environment["IPTVPORTAL_AUTH_URL"],
            "username": demo.environment["IPTVPORTAL_USERNAME"],
            "password": demo.environment["IPTVPORTAL_PASSWORD"],
            "state_folder": tmp_path / "state",
            "rate": 0,
        }
        return load(None, {**base, **overrides}, environment={}, folder=tmp_path)

    return settings
