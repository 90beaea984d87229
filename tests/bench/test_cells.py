"""The benchmark of rows and values can be run."""

from __future__ import annotations

from tests.bench.cells import READ, cells


def test_each_side_is_measured() -> None:
    """A table of a few rows, read with no value and with some, and joined."""
    found = cells(500)
    assert len(found) == len(READ) + 1
    assert all(one.ours > 0 for one in found)
