"""Canonical values: what a plain table of the declared type would hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.errors import WrongType
from iptvvtab.remote import convert
from iptvvtab.remote.canonical import canonical
from iptvvtab.types import BY_MEANING, ColumnType
from tests.remote.wireless import table

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "canonical.yaml").read_text(encoding="utf-8"))
FLAT = [(kind, given_, expected) for kind, cases in CASES.items() for given_, expected in cases]

MOMENTS = st.datetimes().map(str)
VALUES: dict[ColumnType, st.SearchStrategy[Any]] = {
    ColumnType.INTEGER: st.integers(-(2**63), 2**63 - 1),
    ColumnType.FLOAT: st.one_of(st.floats(allow_nan=False), st.integers(-(2**53), 2**53)),
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.STRING: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    ColumnType.DATETIME: MOMENTS.map(lambda text: text.rstrip("0").rstrip(".") if "." in text else text),
    ColumnType.DATE: st.dates().map(str),
}
VALUES |= dict.fromkeys(sorted(BY_MEANING), VALUES[ColumnType.STRING])


def outcome(kind: str, value: Any) -> Any:
    try:
        return convert(ColumnType(kind), value)
    except ValueError:
        return "error"


@pytest.mark.parametrize(("kind", "value", "expected"), FLAT, ids=[f"{kind} {value!r}" for kind, value, _ in FLAT])
def test_value(kind: str, value: Any, expected: Any) -> None:
    """A JSON value becomes this value, of this type, or is refused."""
    found = outcome(kind, value)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize("kind", VALUES, ids=str)
@settings(max_examples=150, derandomize=True, deadline=None)
@given(data=st.data())
def test_what_a_plain_table_stores(kind: ColumnType, data: st.DataObject) -> None:
    """A value of its column's type becomes what SQLite itself stores in a column declared so."""
    value = data.draw(VALUES[kind])
    connection = apsw.Connection(":memory:")
    connection.execute(f"CREATE TABLE t (c {kind.declaration})")
    connection.execute("INSERT INTO t VALUES (?)", (value,))
    stored = connection.execute("SELECT c FROM t").get
    found = convert(kind, value)
    assert (type(found), found) == (type(stored), stored)


@pytest.mark.parametrize("kind", list(ColumnType), ids=str)
@settings(max_examples=100, derandomize=True, deadline=None)
@given(data=st.data())
def test_page_equals_its_values(kind: ColumnType, data: st.DataObject) -> None:
    """A page, which is judged by column, holds what its values would be one by one."""
    oddities = [None, True, 5, 5.0, "5", "t", "2024-01-01", {"a": 1}, "text"]
    values = data.draw(st.lists(st.one_of(VALUES.get(kind, st.none()), st.sampled_from(oddities)), max_size=5))
    what = table(id="integer", c=str(kind))
    rows = [[n, value] for n, value in enumerate(values)]
    expected = [outcome(str(kind), value) for value in values]
    if "error" in expected:
        with pytest.raises(WrongType):
            canonical("portal", what, what.columns, rows)
    else:
        found = [row[1] for row in canonical("portal", what, what.columns, rows)]
        assert [(type(one), one) for one in found] == [(type(one), one) for one in expected]


def test_sensitive_value_is_not_shown() -> None:
    """An error about a sensitive column names the type of what was found, not the value."""
    what = table(id="integer", secret="integer")
    hidden = what.model_copy(
        update={"columns": (what.columns[0], what.columns[1].model_copy(update={"sensitive": True}))}
    )
    with pytest.raises(WrongType) as raised:
        canonical("portal", hidden, hidden.columns, [[1, "hunter2"]])
    assert "hunter2" not in str(raised.value)
    assert "id = 1" in str(raised.value)
