"""Sides per store for all differential tests of a worker, and which rules the corpus uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iptvvtab.demo import DemoProcess, start_demo
from tests.differential.assembled import Parts
from tests.differential.corpus import CORPUS, Statement
from tests.differential.rules_used import statements_by_rule
from tests.differential.sides import Sides


@pytest.fixture(scope="session")
def served_bytewise() -> Iterator[DemoProcess]:
    """A demo portal on SQLite that orders text by its bytes: nothing else makes ranges of text travel."""
    with start_demo(rows=50) as demo:
        demo.set_switches(bytewise_text=True)
        yield demo


@pytest.fixture(scope="session")
def sides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Oracle and portal by store: postgresql, sqlite, bytewise."""

    def served(store: str) -> DemoProcess:
        demo: DemoProcess = request.getfixturevalue(f"served_{store}")
        return demo

    made = Sides(served, tmp_path_factory.mktemp("state"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def users(served_bytewise: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Statement]]:
    """The statements of the corpus by each rule that they use."""
    parts = Parts(served_bytewise, tmp_path_factory.mktemp("users"))
    found = statements_by_rule(parts, CORPUS)
    parts.close()
    return found
