"""Portals for tests that count rows: no other test writes to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iptvvtab.demo import DemoProcess, start_demo


@pytest.fixture(scope="session")
def served_sqlite() -> Iterator[DemoProcess]:
    """A demo portal on SQLite of this folder's own, once a worker."""
    with start_demo(rows=50) as demo:
        yield demo
