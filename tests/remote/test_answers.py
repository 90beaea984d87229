"""Rows of a whole statement become what SQLite would have answered, or it is said that this is not proven."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.errors import UnprovenAnswer, WrongWidth
from iptvvtab.jsonsql import Answered, Answering, Made, Sorting
from iptvvtab.remote import answer
from iptvvtab.types import ColumnType

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "answers.yaml").read_text(encoding="utf-8"))


def _answering(case: dict[str, Any]) -> Answering:
    columns, width = [], 0
    for said in case["columns"]:
        made, kind = ("value", said) if isinstance(said, str) else said
        size = 1 if made == "value" else 4
        columns.append(Answered("n", ColumnType(kind), tuple(range(width, width + size)), Made(made)))
        width += size
    order = [Sorting(columns[at], way == "down", nulls == "first") for at, way, nulls in case.get("order", ())]
    return Answering(tuple(columns), width, tuple(order), case.get("skipped", 0), case.get("kept"))


@pytest.mark.parametrize("name", CASES)
def test_answer(name: str) -> None:
    """Each value by its column's type."""
    case = CASES[name]
    if "unproven" in case:
        with pytest.raises(UnprovenAnswer) as caught:
            answer("demo", _answering(case), case["rows"])
        assert caught.value.reason == case["unproven"]
        return
    found = answer("demo", _answering(case), case["rows"])
    assert repr([list(row) for row in found]) == repr(case["gives"])  # 1 and 1.0 differ, as do 0.0 and -0.0


def test_a_row_of_another_width() -> None:
    """Nothing of such an answer is used."""
    with pytest.raises(WrongWidth):
        answer("demo", _answering({"columns": ["integer"]}), [[1], [1, 2]])
