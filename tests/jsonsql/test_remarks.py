"""What SQLite shows no virtual table of a statement."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from iptvvtab.jsonsql import remarks

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "remarks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [case for group in CASES.values() for case in group],
    ids=[case[0] for group in CASES.values() for case in group],
)
def test_remark(sql: str, expected: str | None) -> None:
    """A part that stays here is named, and what to write in its place where there is something."""
    assert remarks(sql) == ((expected,) if expected else ())
