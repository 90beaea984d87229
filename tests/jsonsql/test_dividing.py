"""Statements are divided into documents and the text around them, or refused."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from iptvvtab.errors import NotExact, StatementRefused
from iptvvtab.jsonsql import Encoded, Rest, Share, Used, divided, exact
from tests.jsonsql.portals import CASES
from tests.jsonsql.test_exact import FEATURES, NAMES

REFUSALS = yaml.safe_load((CASES / "refused_parts.yaml").read_text(encoding="utf-8"))
DIVIDED = yaml.safe_load((CASES / "divided.yaml").read_text(encoding="utf-8"))
TABLES = {
    "package": Used(("id", "name"), "id"),
    "subscriber": Used(("id", "username", "disabled"), "id"),
    "terminal": Used(("id", "subscriber_id"), "id"),
    "subscriber_package": Used(("subscriber_id",)),
}


def parts(sql: str, bindings: Any = None) -> tuple[str | Share, ...]:
    """Divide a statement."""

    def ask(select: str, rest: Rest) -> Encoded:
        return exact(select, NAMES, FEATURES, needs_schema=True, rest=rest)

    return divided(sql, bindings, "portal", TABLES, ask)


@pytest.mark.parametrize(("sql", "message"), [case for listed in REFUSALS.values() for case in listed])
def test_refusal(sql: str, message: str) -> None:
    """What cannot be divided says why."""
    with pytest.raises((NotExact, StatementRefused)) as caught:
        parts(sql)
    assert str(caught.value).split("\n")[0] == message


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in DIVIDED.items()])
def test_divided(case: dict[str, Any]) -> None:
    """The text around stays; each share is a select of its own."""
    found = parts(case["sql"], case.get("bindings"))
    text = "".join(one if isinstance(one, str) else "<>" for one in found)
    assert " ".join(text.split()) == case["text"]
    assert [" ".join(one.sql.split()) for one in found if isinstance(one, Share)] == case["shares"]


def test_one_row_shows_that_there_are_any() -> None:
    """Of what EXISTS tests one row is asked for, unless rows are left out before."""
    limits = []
    for behind in ("", " ORDER BY id", " ORDER BY id LIMIT 5 OFFSET 2"):
        sql = f"SELECT EXISTS (SELECT id FROM portal.terminal{behind}), count(*) FROM portal.package"
        [share, _] = [one for one in parts(sql) if isinstance(one, Share)]
        limits.append(share.encoded.params.get("limit"))
    assert limits == [1, 1, 5]


def test_depth() -> None:
    """What is nested too deeply is refused, not an error of the interpreter."""
    with pytest.raises(StatementRefused, match="too deeply"):
        parts("SELECT " + "(SELECT " * 5000 + "1" + ")" * 5000)
