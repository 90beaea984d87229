"""Which tables a text names under a schema, and the text with other names: cases/mentions.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.connection.mentions import LONGEST, looked_into, renamed

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "mentions.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_mentions(case: dict[str, Any]) -> None:
    """Exactly the tokens that may name tables of the schema are found and replaced."""
    text = looked_into(case["sql"], {"portal": None})
    assert list(dict.fromkeys(one.table for one in text.mentions)) == case["named"]
    assert text.is_quiet is case.get("quiet", True)
    names = {("portal", one): "m" for one in case["named"]}
    assert renamed(text, names) == case.get("renamed", case["sql"])


def test_long_texts_are_left_alone() -> None:
    """A text that holds data is not looked into."""
    rows = f"SELECT * FROM portal.terminal WHERE id IN ({', '.join(map(str, range(LONGEST)))})"
    assert not looked_into(rows, {"portal": None}).mentions
    assert looked_into(f"INSERT INTO x VALUES ('{'x' * LONGEST}')", {"portal": None}).is_quiet
