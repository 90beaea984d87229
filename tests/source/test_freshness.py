"""How old rows may be: one rule for what is remembered and what is mirrored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.source import Freshness, Origin

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "freshness.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_limits(case: list[Any]) -> None:
    """Each policy gives these limits."""
    source, max_age, ttl, swr, sie, expected = case
    accepted = Freshness(Origin(source), max_age, ttl, swr, sie)
    assert [accepted.in_memory, accepted.in_mirror, accepted.while_refreshed, accepted.if_error] == expected
