"""What pages say of a table's freshness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.datasette_plugin.freshness import Freshness, judged, summed_up

NOW = 1_000_000.0
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "freshness.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"].replace(" ", "-")) for case in CASES])
def test_words(case: dict[str, Any]) -> None:
    """State and words, by the row (`written`: seconds since somebody wrote to it), the ttl and the schema in force."""
    about = {"ttl": case.get("ttl"), "schema_hash": "own", "part": case.get("part")}
    known = {"t": about} if "ttl" in case else {}
    own, closed, strategy = case.get("schema", "own"), case.get("closed", 0), case.get("strategy", "full")
    row = ("t", case["rows"], NOW - case["age"], own, closed, strategy, case.get("written") and NOW - case["written"])
    found = judged(row, known, NOW)
    assert (found.state, found.words) == (case["state"], case["words"])


def test_all_in_short() -> None:
    """How many are how, the most first, and the oldest."""
    tables = [Freshness(str(age), 1, age, 60.0, "fresh" if age < 60 else "stale") for age in (5.0, 10.0, 600.0)]
    assert summed_up(tables) == "3 tables: 2 fresh, 1 stale; the oldest synced 10 min ago"
    assert summed_up(tables[:1]) == "1 table: 1 fresh; the oldest synced 5 s ago"
    assert summed_up([]) == "no tables yet"
