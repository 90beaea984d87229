"""The SQLite store answers as PostgreSQL does: PostgreSQL is the oracle, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from iptvvtab.demo.engine import Engine
from iptvvtab.types import Json
from tests.demo.documents import CASES, load_cases, outcome


def assert_alike(sqlite: Engine, postgresql: Engine, method: str, params: Json) -> None:
    is_ordered = "order_by" in params
    expected = outcome(postgresql, method, params, is_ordered=is_ordered)
    assert outcome(sqlite, method, params, is_ordered=is_ordered) == expected


@pytest.mark.parametrize("case", load_cases(CASES / "differential.yaml"))
def test_document(sqlite_engine: Engine, postgresql_engine: Engine, case: dict[str, Any]) -> None:
    """A document has the same rows, types and refusals on both stores."""
    assert_alike(sqlite_engine, postgresql_engine, case.get("method", "select"), case["params"])


COLUMNS = {
    "integer": "extra_07",
    "bigint": "extra_08",
    "numeric": "extra_09",
    "double": "extra_10",
    "boolean": "extra_11",
    "text": "extra_12",
    "inet": "extra_13",
    "timestamp": "extra_14",
    "date": "extra_15",
    "jsonb": "extra_16",
}
"""A column of `media` for each type."""

SCALARS = [
    *(None, True, False, 0, 7, -1, 1.5, -12.5, 2**31, 2**53 + 1, 2**63),
    *(
        "",
        " ",
        "7",
        " 7 ",
        "007",
        "-1",
        "1.0",
        "1e3",
        "0x10",
        "1_0",
        "99999999999",
        "abc",
        "NULL",
        "%",
        "a\\%b",
        "a\\\\\\%b",
    ),
    *("true", "T", "off", "Test", "тест", "иванов", "Ёлкин", "O'Brien", "日本語", "smile 😀", "tab\there"),
    *("2020-02-17", "2020-2-17", "2020-02-17 00:00:00", "2020-02-17T00:00:00Z", "2020-02-17 00:00:00+00"),
    *("2020-02-17 00:00:00.50", "2020-02-17 03:00", "2020-02-17 03:00:00+03", "2020-13-45", "infinity", "2020-02-30"),
    *("10.0.0.1", "10.0.0.1/32", "10.0.0.0/24", "10.0.0.1/33", "2001:DB8::1", "10.0.0", "300.0.0.1"),
    *("{}", "[]", '"text"', '{"bb": [1,2], "a":1}', "{", "5"),
]
"""Values of every kind, in the spellings that clients use."""


@pytest.mark.parametrize("operator", ["eq", "neq", "lt", "gte", "like", "ilike", "in"])
@pytest.mark.parametrize("kind", COLUMNS)
def test_operator_on_type(sqlite_engine: Engine, postgresql_engine: Engine, kind: str, operator: str) -> None:
    """Every operator treats every type and every spelling of a value alike."""
    if kind == "jsonb" and operator in ("lt", "gte"):
        pytest.skip("the SQLite store orders documents by their text")
    column = COLUMNS[kind]
    for value in SCALARS:
        params = {"data": ["id", column], "from": "media", "where": {operator: [column, value]}, "order_by": "id"}
        expected = outcome(postgresql_engine, "select", params, is_ordered=True)
        assert outcome(sqlite_engine, "select", params, is_ordered=True) == expected, value


@pytest.mark.parametrize("kind", COLUMNS)
def test_order_of_type(sqlite_engine: Engine, postgresql_engine: Engine, kind: str) -> None:
    """Every type but jsonb sorts alike, both ways."""
    if kind == "jsonb":
        pytest.skip("the SQLite store sorts documents by their text")
    for direction in ("ASC", "DESC"):
        params = {
            "data": [COLUMNS[kind], "id"],
            "from": "media",
            "order_by": [[COLUMNS[kind], direction], ["id", "ASC"]],
        }
        assert_alike(sqlite_engine, postgresql_engine, "select", params)
