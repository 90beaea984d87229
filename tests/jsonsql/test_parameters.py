"""Values in place of parameters: the document is that of the statement in which they are written out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import pytest
import sqlglot
from hypothesis import given, settings

from iptvvtab.errors import NoForm, UsageError
from iptvvtab.jsonsql import Features, encode, literal
from tests.jsonsql.portals import NAMES, statements
from tests.jsonsql.sql_strategies import SELECTS

FEATURES = Features(order_direction="list", ilike=True)


def taken_out(sql: str, pattern: str) -> tuple[str, list[Any]]:
    """Return a statement with parameters in place of its literals, and these."""
    text, values, end = "", [], 0
    for token, value in literals(sql):
        values.append(value)
        text += sql[end : token.start] + pattern.format(len(values))
        end = token.end + 1
    return text + sql[end:], values


def literals(sql: str) -> Iterator[tuple[Any, Any]]:
    for token in sqlglot.tokenize(sql, dialect="postgres"):
        written = sql[token.start : token.end + 1]
        if token.token_type.name == "STRING" and written.startswith("'"):
            yield token, token.text
        elif token.token_type.name == "NUMBER":
            yield token, Decimal(token.text)


def check(sql: str) -> None:
    by_place, values = taken_out(sql, "?")
    by_name, _ = taken_out(sql, ":p{}")
    try:
        expected = encode(sql, NAMES, FEATURES)
    except NoForm:
        return
    assert encode(by_place, NAMES, FEATURES, values) == expected
    named = {f"p{number}": value for number, value in enumerate(values, start=1)}
    assert encode(by_name, NAMES, FEATURES, named) == expected


@pytest.mark.parametrize("sql", [*statements("writes.yaml")])
def test_any_write(sql: str) -> None:
    """Each value in its place, by order and by name, wherever it stands."""
    check(sql)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(SELECTS)
def test_any_select(sql: str) -> None:
    """The order of places is that of the text."""
    check(sql)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (-3, "-3"),
        (2**70, str(2**70)),
        (-1.5, "-1.5"),
        (1e300, "1e+300"),
        (Decimal("1.50"), "1.50"),
        ("it's", "'it''s'"),
        ("\\", "'\\'"),
        (date(2024, 1, 2), "'2024-01-02'"),
        (datetime.fromisoformat("2024-01-02T03:04:05.000060"), "'2024-01-02 03:04:05.000060'"),
        (datetime(2024, 1, 2, tzinfo=UTC), "'2024-01-02 00:00:00+00'"),
        (datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=-3))), "'2024-01-02 03:00:00+00'"),
        (ip_address("10.0.0.1"), "'10.0.0.1'"),
        (UUID(int=1), "'00000000-0000-0000-0000-000000000001'"),
    ],
    ids=str,
)
def test_literals(value: Any, written: str) -> None:
    """A value of Python as SQL writes it."""
    assert literal(value) == written


@pytest.mark.parametrize("value", [b"x", [1], {}, object, float("inf"), float("nan"), Decimal("NaN")], ids=repr)
def test_values_without_a_literal(value: Any) -> None:
    """Are refused."""
    with pytest.raises(UsageError):
        literal(value)
