"""The contract of pushed terms, case by case (semantics: docs/sql.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from iptvvtab.portal import Capabilities
from iptvvtab.schema import Column
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import RULES, WITHOUT_VALUE, Comparison, Contract, Verdict, contract_table, rule_names

FOLDER = Path(__file__).parent / "cases"


def cases(file: str) -> list[object]:
    groups = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
    return [
        pytest.param(case, id=f"{name}: {case[0]} {case[1]} {case[2]!r}")
        for name, group in groups.items()
        for case in group
    ]


def column(kind: str, **facts: object) -> Column:
    return Column(position=0, name="c", remote_name=facts.pop("remote_name", "c"), type=ColumnType(kind), **facts)


def judged(
    kind: str, comparison: str, value: object, *, ilike: bool = True, bytewise: bool = False, collation: str = "BINARY"
):
    value = frozenset(value) if isinstance(value, list) else value
    abilities = Capabilities(ilike=ilike, bytewise_text=bytewise)
    return Contract().judge(column(kind), Comparison(comparison), value, lambda: abilities, collation)


def said(judgement) -> tuple[str, list[list[object]]]:
    verdict = "nothing" if judgement.is_empty else str(judgement.verdict)
    return verdict, [[str(term.op), *term.values] for term in judgement.terms]


def with_types(terms: list[list[object]]) -> list[list[tuple[type, object]]]:
    return [[(type(one), one) for one in term] for term in terms]


def check(case: list[object], *, bytewise: bool) -> None:
    kind, comparison, value, verdict, *rest = case
    got, terms = said(judged(kind, comparison, value, bytewise=bytewise))
    assert got == verdict
    assert with_types(terms) == with_types(rest[0] if rest else [])


@pytest.mark.parametrize("case", cases("judge.yaml"))
def test_terms(case: list[object]) -> None:
    """A comparison with a value becomes these terms, of these types, with this verdict."""
    check(case, bytewise=False)


@pytest.mark.parametrize("case", cases("bytewise.yaml"))
def test_terms_where_text_is_ordered_by_bytes(case: list[object]) -> None:
    """A portal that was seen to order text as SQLite does is asked for ranges of it."""
    check(case, bytewise=True)


@pytest.mark.parametrize("comparison", ["=", "<", ">", "IN", "LIKE"])
@pytest.mark.parametrize("kind", ["string", "datetime", "float", "boolean"])
def test_another_collation_stays_here(kind: str, comparison: str) -> None:
    """Under NOCASE or a collation of the user nothing but integers travels: the portal has no such order."""
    value = ["2024-01-01 00:00:00"] if comparison == "IN" else "2024-01-01 00:00:00"
    assert judged(kind, comparison, value, collation="NOCASE").verdict is Verdict.LOCAL


def test_integers_have_no_collation() -> None:
    """A collation compares text with text: `id = '7' COLLATE NOCASE` compares numbers."""
    assert said(judged("integer", "=", "7", collation="NOCASE")) == ("exact", [["eq", 7]])


@pytest.mark.parametrize("comparison", list(Comparison))
def test_unnamed_column_stays_here(comparison: Comparison) -> None:
    """A column of which only the position is known cannot stand in a condition."""
    unnamed = column("integer", remote_name=None)
    assert Contract().rule(unnamed, comparison, "BINARY", Capabilities).verdict is Verdict.LOCAL


@pytest.mark.parametrize("value", [0.1, -0.1, 1e-40, 0.0, 1e300, 12.5, -3.0])
def test_float_room_encloses_the_value(value: float) -> None:
    """The bounds around a float enclose its neighbours: float4 and numeric are not the double they became."""
    low, high = judged("float", "=", value).terms
    assert low.values[0] < value < high.values[0]


def test_rules_name_every_type() -> None:
    """Every column type has a rule for the tests of NULL, and the documented table shows all types."""
    table = contract_table()
    for kind in ColumnType:
        assert {Comparison.IS_NULL, Comparison.NOT_NULL} <= set(RULES[kind])
        assert f"| {kind} |" in table


@pytest.mark.parametrize("comparison", ["<", "<=", ">", ">="])
def test_text_has_no_order_but_a_proven_one(comparison: str) -> None:
    """Ranges of text travel only to a portal that was seen to order text by bytes."""
    assert judged("string", comparison, "a-b", bytewise=False).verdict is Verdict.LOCAL
    assert Contract().rule(column("string"), Comparison(comparison), "BINARY", Capabilities).verdict is Verdict.LOCAL


@pytest.mark.parametrize("name", rule_names())
def test_a_rule_that_is_switched_off_decides_nothing(name: str) -> None:
    """What the rule decides stays here, and everything else is as before."""
    contract = Contract().without([name])
    able = Capabilities(ilike=True, bytewise_text=True)
    assert not contract.uses(name)
    for kind, rules in RULES.items():
        for comparison, found in rules.items():
            rule = contract.rule(column(kind), comparison, "BINARY", lambda: able)
            assert rule is found or found.name == name
            if found.name == name:
                assert rule.verdict is Verdict.LOCAL
                value = None if comparison in WITHOUT_VALUE else frozenset({1}) if comparison == "IN" else 1
                assert not contract.judge(column(kind), comparison, value, lambda: able).terms


def test_all_rules_off() -> None:
    """`all` switches everything off."""
    assert Contract().without(["all"]).off == set(rule_names())


def test_only_exact_rules_need_no_reason() -> None:
    """Whoever reads the contract learns why a rule is not exact."""
    for rules in RULES.values():
        for found in rules.values():
            assert bool(found.reason) == (found.verdict is not Verdict.EXACT)
