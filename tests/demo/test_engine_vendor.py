"""What the vendor, a billing system and an operator send passes literally on both stores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iptvvtab.demo.engine import Engine, Refusal
from tests.demo.documents import load_cases

VENDOR = Path(__file__).parents[1] / "jsonsql" / "cases" / "vendor.yaml"


def check(engine: Engine, step: dict[str, Any]) -> None:
    """Run one step and compare it with whatever it expects."""
    if "message" in step:
        with pytest.raises(Refusal) as caught:
            engine.execute(step["method"], step["params"])
        assert caught.value.message == step["message"]
        return
    rows = engine.execute(step["method"], step["params"])
    if "rows" in step:
        assert [list(row) if isinstance(row, tuple) else row for row in rows] == step["rows"]
    if "ids" in step:
        assert len(rows) == step["ids"]
        assert all(type(row) is int for row in rows)
    if "columns" in step:
        assert {len(row) for row in rows} == {step["columns"]}


@pytest.mark.parametrize("case", load_cases(VENDOR))
def test_vendor(engine: Engine, case: dict[str, Any]) -> None:
    """A form with evidence is understood, and answers what its authors rely on."""
    for step in case.get("before", []):
        check(engine, step)
    check(engine, case)
    for step in case.get("after", []):
        check(engine, step)
