"""One pair of sides per store for all differential tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iptvvtab.demo import DemoProcess
from tests.differential.sides import Sides


@pytest.fixture(scope="session")
def sides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """Oracle and portal by store."""

    def served(store: str) -> DemoProcess:
        demo: DemoProcess = request.getfixturevalue(f"served_{store}")
        return demo

    made = Sides(served, tmp_path_factory.mktemp("state"))
    yield made
    made.close()
