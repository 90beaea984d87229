"""Documents as cases, and what an engine makes of one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.demo.engine import PROFILES, Engine, Refusal
from iptvvtab.types import Json

CASES = Path(__file__).parent / "cases"


def load_cases(path: Path) -> list[Any]:
    """Return a YAML list of cases as parameters named after their rule."""
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


_ANY_BAD_MOMENT = re.compile(r"(date/time field value out of range|invalid input syntax for type (timestamp|date)): .*")
"""PostgreSQL reads many more spellings of a moment, so which of the two it says depends on how far it got."""


def outcome(engine: Engine, method: str, params: Json, *, is_ordered: bool) -> tuple[str, Any]:
    """Return the rows, sorted where their order means nothing, or the refusal."""
    engine.switches = PROFILES["full"]
    try:
        rows = engine.execute(method, params)
    except Refusal as refusal:
        return "refused", _ANY_BAD_MOMENT.sub("bad moment", refusal.message)
    typed = [[(type(value).__name__, value) for value in row] if method == "select" else row for row in rows]
    return "rows", typed if is_ordered else sorted(typed, key=repr)
