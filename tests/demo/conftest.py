"""Engines to ask without HTTP: built once per session, small, with every awkward value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iptvvtab.demo.engine import PROFILES, Engine, open_engine

SUBSCRIBERS, SEED = 50, 1


@pytest.fixture(scope="session")
def sqlite_engine() -> Iterator[Engine]:
    engine = open_engine("sqlite", SUBSCRIBERS, SEED)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def postgresql_engine() -> Iterator[Engine]:
    engine = open_engine("postgresql", SUBSCRIBERS, SEED)
    yield engine
    engine.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Either store, with the default profile; whatever a test switches is switched back."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    found.switches = PROFILES["default"]
    yield found
    found.switches = PROFILES["default"]
