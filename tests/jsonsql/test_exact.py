"""What may differ between SQLite and a portal is refused: what it is, why, and where (tests/differential/test_whole.py
asks those that are exact)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml

from iptvvtab.errors import NotExact, StatementRefused
from iptvvtab.jsonsql import Features, Made, Rest, encode, exact
from iptvvtab.portal import Capabilities
from iptvvtab.remote import names_of
from iptvvtab.schema import load_catalog
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import WITHOUT_VALUE, Comparison, Contract, Verdict
from tests.differential.sides import SCHEMAS
from tests.jsonsql.portals import CASES

NAMES = names_of(load_catalog(SCHEMAS), "portal")
FEATURES = Features(order_direction="list")
REFUSALS = yaml.safe_load((CASES / "refused_exact.yaml").read_text(encoding="utf-8"))


def refused(sql: str, options: dict[str, Any]) -> None:
    """Ask for an exact document of what has none. `rest`: what SQLite does with the answer; the others are features."""
    features = {name: one for name, one in options.items() if name != "rest"}
    exact(sql, NAMES, replace(FEATURES, **features), needs_schema=True, rest=Rest[options.get("rest", "NOTHING")])


@pytest.mark.parametrize(
    ("sql", "message", "options"),
    [(*case, {})[:3] for listed in REFUSALS.values() for case in listed],
    ids=[f"{group.replace(' ', '-')}-{at}" for group, listed in REFUSALS.items() for at, _ in enumerate(listed, 1)],
)
def test_refusal(sql: str, message: str, options: dict[str, Any]) -> None:
    """The error says what is not exact, why, and where it stands."""
    with pytest.raises(NotExact) as caught:
        refused(sql, options)
    assert str(caught.value).split("\n")[0] == message
    assert caught.value.exit_code == 3
    assert caught.value.feature
    assert caught.value.reason


def test_what_has_no_form_is_refused_as_ever() -> None:
    """A part that no rule takes is named, as in the other mode."""
    with pytest.raises(StatementRefused, match="FILTER"):
        exact("SELECT count(*) FILTER (WHERE disabled) FROM portal.subscriber", NAMES, FEATURES)


def test_how_it_is_read() -> None:
    """Each value is asked for once; a mean is made of four; what is sorted by stands behind what is shown."""
    sql = "SELECT disabled, avg(id), count(id), max(id) FROM subscriber GROUP BY 1, business ORDER BY business"
    found = exact(sql, NAMES, FEATURES)
    assert found.answering is not None
    assert found.columns == ("disabled", "avg(id)", "count(id)", "max(id)")
    assert [one.places for one in found.answering.columns] == [(0,), (1, 2, 3, 4), (2,), (4,)]
    assert [one.made for one in found.answering.columns] == [Made.VALUE, Made.AVERAGE, Made.VALUE, Made.VALUE]
    assert [one.column.places for one in found.answering.order] == [(5,)]
    assert found.answering.width == len(found.params["data"]) == 6
    assert len(found.remarks) == 3


def test_the_mode_is_a_choice_of_encode() -> None:
    """Nobody has looked at the portal then: DESC is not asked for."""
    assert encode("SELECT id FROM subscriber ORDER BY id LIMIT 3", NAMES, mode="exact").answering is not None
    with pytest.raises(StatementRefused, match="sort downward"):
        encode("SELECT id FROM subscriber ORDER BY id DESC LIMIT 3", NAMES, mode="exact")


@pytest.mark.parametrize("sql", ["SELECT " + "(" * 5000 + "1", f"SELECT {'1 + ' * 5000}id FROM package"])
def test_too_deep(sql: str) -> None:
    """A statement that would exhaust the stack is refused as any other."""
    with pytest.raises(StatementRefused):
        exact(sql, NAMES, FEATURES)


def test_long_but_flat() -> None:
    """A thousand conditions exhaust nothing."""
    sql = "SELECT id FROM package WHERE " + " OR ".join(["id = 1"] * 200)
    assert len(exact(sql, NAMES, FEATURES).params["where"]["or"]) == 200


VALUES = (
    *(7, 0, 1, 1.0, 1.5, -1, 2**63, 2**40, True),
    *("7", "007", "abc", "", "test", "a ", "password", "true", "10.0.0.1"),
    *("2024-01", "2024", "2024-01-05", "2024-01-05 10:00:00", "2024-01-05 10:00:00.50", "9999-12-31"),
)
COMPARISONS = [one for one in Comparison if one not in (Comparison.LIKE, Comparison.GLOB, *WITHOUT_VALUE)]
ONE_OF_EACH = {
    **{column.type: ("media", column) for column in load_catalog(SCHEMAS)["media"].columns},
    ColumnType.UNKNOWN: ("domain", load_catalog(SCHEMAS)["domain"].columns[-1]),
}


@pytest.mark.parametrize("kind", [kind for kind in ColumnType if kind in ONE_OF_EACH], ids=str)
def test_the_contract_agrees(kind: ColumnType) -> None:
    """A comparison with a value is exact only where a virtual table would send it as exact."""
    table, column = ONE_OF_EACH[kind]
    for comparison in (*COMPARISONS, *WITHOUT_VALUE):
        for value in VALUES if comparison in COMPARISONS else (None,):
            is_list = comparison is Comparison.IN
            mark = "" if comparison in WITHOUT_VALUE else "(?)" if is_list else "?"
            sql = f'SELECT id FROM portal.{table} WHERE "{column.name}" {comparison} {mark}'
            try:
                exact(sql, NAMES, FEATURES, [value] if mark else None)
            except StatementRefused:
                continue
            argument = frozenset([value]) if is_list else value
            judged = Contract().judge(column, comparison, argument, Capabilities)
            is_true_of_all = judged.reason == "no row equals it: every row is kept"
            assert judged.verdict is Verdict.EXACT or is_true_of_all, (sql, value, judged)
