"""Conditions that people write as SQL, as comparisons, or refused by what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.errors import SchemaError
from iptvvtab.jsonsql import conditions

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "conditions.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("sql", "expected"), CASES.items(), ids=list(CASES))
def test_a_condition(sql: str, expected: list[list[Any]] | str) -> None:
    """It is the conjunction of these comparisons, or the error says which part is none."""
    if isinstance(expected, str):
        with pytest.raises(SchemaError) as raised:
            conditions(sql)
        assert expected in str(raised.value)
        return
    found = [[one.column, one.operator, *one.values] for one in conditions(sql)]
    assert found == expected
    assert [list(map(type, one)) for one in found] == [list(map(type, one)) for one in expected]
