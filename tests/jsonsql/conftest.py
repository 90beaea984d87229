"""The demo portal without HTTP, on PostgreSQL, once per run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iptvvtab.demo.engine import Engine, Switches, open_engine

SUBSCRIBERS, SEED = 50, 1
SWITCHES = Switches(bytewise_text=True)
"""Text goes by PostgreSQL's own order: the portal's would need its key in the direct statement, too."""


@pytest.fixture(scope="session")
def _portal() -> Iterator[Engine]:
    engine = open_engine("postgresql", SUBSCRIBERS, SEED, SWITCHES)
    yield engine
    engine.close()


@pytest.fixture
def portal(_portal: Engine) -> Engine:
    """A portal with PostgreSQL's own order of texts, and the default switches otherwise."""
    _portal.switches = SWITCHES
    return _portal
