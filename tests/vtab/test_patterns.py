"""LIKE patterns in the portal's words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from iptvvtab import jsonsql
from iptvvtab.portal import Capabilities
from iptvvtab.remote import Op
from iptvvtab.schema import Column
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import Comparison, Contract
from iptvvtab.vtab.contract.patterns import escaped, prefix

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "like.yaml").read_text(encoding="utf-8"))
CONTRACT = Contract()
NAME = Column(position=0, name="name", remote_name="name", type=ColumnType.STRING)


@pytest.mark.parametrize("has_ilike", [True, False], ids=["ilike", "no ilike"])
@pytest.mark.parametrize(
    "case",
    [case for cases in CASES.values() for case in cases],
    ids=[f"{n}: {c[0]!r}" for n, cs in CASES.items() for c in cs],
)
def test_pattern(case: list[str | None], has_ilike: bool) -> None:
    """A pattern travels in the words of PostgreSQL, as wide as it must be; null: only rows with a value."""
    pattern, with_ilike, without = case
    expected = with_ilike if has_ilike else without
    (term,) = CONTRACT.judge(NAME, Comparison.LIKE, pattern, lambda: Capabilities(ilike=has_ilike)).terms
    if expected is None:
        assert term.op is Op.NOT_NULL
    else:
        assert term.values == (expected,)


def test_capability_is_asked_for_only_where_it_matters() -> None:
    """The first question about ilike may travel: patterns without ASCII letters do not ask it."""

    def asked() -> Capabilities:
        raise AssertionError("asked")

    for pattern in ("Иван%", "%007%", "%", ""):
        CONTRACT.judge(NAME, Comparison.LIKE, pattern, asked)


@pytest.mark.parametrize("pattern", ["a", "password", "ё", "a1", "a.b", "a%", "_a", "1a", "a b", ""])
def test_escaped_pattern_is_no_name(pattern: str) -> None:
    """No pattern that travels can be taken for a column, but for one that starts with a wildcard."""
    assert not jsonsql.could_be_a_name(escaped(pattern)) or pattern[0] == "_"


@pytest.mark.parametrize(
    ("pattern", "expected"), [("2024-01%", "2024-01"), ("a_b", "a"), ("%a", ""), ("abc", "abc"), ("", "")]
)
def test_prefix(pattern: str, expected: str) -> None:
    """The prefix is what stands before the first wildcard."""
    assert prefix(pattern) == expected
