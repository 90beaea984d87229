"""Statements that Python builds: the documents are those of the SQL that somebody writes by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from iptvvtab.client import F, Q, call, delete, insert, select, update
from iptvvtab.client.statements import Statement
from iptvvtab.errors import StatementRefused, UsageError
from iptvvtab.jsonsql import Features, encode
from tests.jsonsql.portals import NAMES

CASES = Path(__file__).parent / "cases"
FEATURES = Features(order_direction="list", ilike=True)
WORDS = {
    one.__name__: one
    for one in (F, Q, Decimal, call, date, datetime, delete, insert, select, timedelta, timezone, update)
}


def cases(name: str) -> list[Any]:
    found = yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=f"{name.partition('.')[0]}-{at}") for at, case in enumerate(found, start=1)]


@pytest.mark.parametrize("case", cases("statements.yaml"))
def test_a_built_statement_asks_what_the_written_one_asks(case: dict[str, str]) -> None:
    """To the document, and to the names of the columns that it answers."""
    built = eval(case["python"], dict(WORDS))
    assert encode(built.sql, NAMES, FEATURES) == encode(case["sql"], NAMES, FEATURES)
    assert str(built) == built.sql


@pytest.mark.parametrize("case", cases("refused.yaml"))
def test_what_would_mean_something_else_is_refused(case: dict[str, str]) -> None:
    """Python's own `and`, `or`, `not`, `in` would lose a part; values without a literal have no form."""
    with pytest.raises(UsageError) as refused:
        eval(case["python"], dict(WORDS))
    assert case["says"] in str(refused.value)


def test_statements_do_not_change() -> None:
    """Each method returns another statement; what it was called on stays as it was."""
    first = select("package")
    second = first.where(paid=True)
    third = second.where(id__gt=3).limit(1)
    assert [one.sql.partition("FROM ")[2] for one in (first, second, third)] == [
        '"package"',
        '"package" WHERE "paid" = TRUE',
        '"package" WHERE "paid" = TRUE AND "id" > 3 LIMIT 1',
    ]
    with pytest.raises(AttributeError):
        first.most = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (select("subscriber").where(usernme="a"), "no column 'usernme' in 'subscriber' (did you mean 'username'?)"),
        (select("subscriber", "Username"), "did you mean 'username'?"),
        (select("subscribr"), "no table 'subscribr' (did you mean 'subscriber'?)"),
        (update("package").set(nme="a").where(id=1), "did you mean 'name'?"),
        (insert("package").values(nme="a"), "did you mean 'name'?"),
        (delete("package").where(id=1).returning("nme"), "did you mean 'name'?"),
    ],
)
def test_unknown_names(statement: Statement, says: str) -> None:
    """Are refused with the nearest one, before anything travels."""
    with pytest.raises(StatementRefused) as refused:
        encode(statement.sql, NAMES, FEATURES)
    assert says in str(refused.value)
