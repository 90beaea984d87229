"""A Read as JSONSQL documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.remote import Op, Read, Term
from iptvvtab.remote.encode import condition, document, masked, parts, weaker
from iptvvtab.schema import Table
from tests.remote.wireless import table

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "conditions.yaml").read_text(encoding="utf-8"))
WHAT = table(id="integer", s="string")


@pytest.mark.parametrize(
    ("term", "expected"),
    [case for cases in CASES.values() for case in cases],
    ids=[f"{name}: {' '.join(map(str, case[0]))}" for name, cases in CASES.items() for case in cases],
)
def test_condition(term: list[Any], expected: Any) -> None:
    """A term travels as this condition."""
    column, op, *values = term
    assert condition(WHAT, Term(column, Op(op), tuple(values))) == expected


def test_columns_travel_under_their_remote_names() -> None:
    """SQL may know a column by another name than the portal does."""
    text = WHAT.columns[1].model_copy(update={"name": "text"})
    renamed = Table(name="t", remote_name="t", columns=(WHAT.columns[0], text), key=("id",))
    read = Read("t", ("id", "text"), (Term("text", Op.NOT_NULL),))
    assert document(renamed, read, limit=5, last=[3]) == {
        "data": [{"t": "id"}, {"t": "s"}],
        "from": [{"table": "t", "as": "t"}],
        "where": {"and": [{"is_not": [{"t": "s"}, None]}, {"gt": [{"t": "id"}, 3]}]},
        "order_by": [{"t": "id"}],
        "limit": 5,
    }


def test_sensitive_values_are_masked() -> None:
    """What receipts and traces show of a condition on a sensitive column is that there was one."""
    secret = WHAT.model_copy(
        update={"columns": (WHAT.columns[0], WHAT.columns[1].model_copy(update={"sensitive": True}))}
    )
    read = Read(
        "t", ("id",), (Term("s", Op.IN, ("hunter2", "hunter3")), Term("id", Op.EQ, (5,)), Term("s", Op.NOT_NULL))
    )
    terms = masked(secret, read).terms
    assert terms == (Term("s", Op.IN, ("***",)), Term("id", Op.EQ, (5,)), Term("s", Op.NOT_NULL))


@settings(max_examples=100, derandomize=True)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 12))
def test_parts_cover_a_list_once(ids: int, texts: int, longest: int) -> None:
    """Parts together ask for each member of the longest list once; no part has a list that is too long."""
    terms = [
        Term("id", Op.IN, tuple(range(ids))),
        Term("s", Op.IN, tuple(f"{n}-" for n in range(texts))),
    ]
    read = Read("t", ("id", "s"), tuple(term for term in terms if term.values))
    found = list(parts(read, longest))
    assert all(len(term.values) <= longest for part in found for term in part.terms)
    if max(ids, texts) > longest:
        column, count = ("id", ids) if ids >= texts else ("s", texts)
        members = [value for part in found for term in part.terms if term.column == column for value in term.values]
        assert len(members) == len(set(members)) == count
    else:
        assert found == [read]


def test_weaker_drops_conditions_on_text_only() -> None:
    """What is asked again after a refusal has no texts; without any there is nothing weaker."""
    text, number = Term("s", Op.EQ, ("a",)), Term("id", Op.GT, (3,))
    assert weaker(Read("t", ("id",), (text, number))) == Read("t", ("id",), (number,))
    assert weaker(Read("t", ("id",), (number,))) is None
