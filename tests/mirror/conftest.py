"""A served portal for the mirror's tests, whose rows may be changed, and what syncs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess, start_demo
from iptvvtab.mirror import Mirror
from tests.mirror.moving import options

MirrorFor = Callable[..., Mirror]


@pytest.fixture(scope="session")
def served_moving() -> Iterator[DemoProcess]:
    """A demo portal that takes its time: 2 ms for each request."""
    with start_demo(rows=1, latency_ms=2) as demo:
        yield demo


@pytest.fixture
def moving(served_moving: DemoProcess) -> DemoProcess:
    """The same with an empty log, no faults and the default switches; a test puts the rows that it wants."""
    served_moving.reset()
    served_moving.set_switches("default")
    return served_moving


@pytest.fixture
def mirror_for(tmp_path: Path) -> Iterator[MirrorFor]:
    """`mirror_for(demo, **overrides)`: the mirror of a portal, `mirror.db` in this test's folder."""
    with ExitStack() as stack:

        def mirror(demo: DemoProcess, **overrides: Any) -> Mirror:
            settings = load(None, options(demo, tmp_path, **overrides), environment={}, folder=tmp_path)
            return stack.enter_context(mirror_of(settings))

        yield mirror


@pytest.fixture(params=["yes", "no"], ids=["redirected", "virtual"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a test run twice: once SQLite reads fresh tables in the file itself, once virtual tables do."""
    monkeypatch.setenv("IPTVPORTAL_REDIRECT", request.param)
