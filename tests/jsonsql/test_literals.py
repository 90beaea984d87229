"""Texts read as PostgreSQL reads them (the differential tests ask PostgreSQL itself)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from iptvvtab.errors import SqlRefused
from iptvvtab.jsonsql import PgType, parse
from iptvvtab.types import Json

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "literals.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [(kind, str(text), expected) for kind, texts in CASES.items() for text, expected in texts.items()],
)
def test_literal(kind: str, text: str, expected: Json) -> None:
    """A text becomes its canonical value, or is refused in PostgreSQL's words."""
    try:
        value: Json = parse(PgType(kind), text)
    except SqlRefused as refusal:
        value = str(refusal)
    assert value == expected
    assert type(value) is type(expected)
