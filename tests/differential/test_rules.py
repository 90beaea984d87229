"""Every rule of the contract is nothing but a saving: without it, and without all of them, rows are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from iptvvtab.vtab import ALL, rule_names
from tests.differential.corpus import CORPUS, Statement
from tests.differential.oracle import difference, is_ordered, run
from tests.differential.sides import Sides

STORES = ["postgresql", "sqlite"]
BYTEWISE = "bytewise"
TEXT_RANGE = "text-range"
"""The one rule that wants a portal of its own."""

GROUPS = list(dict.fromkeys(one.group for one in CORPUS))
SAMPLE = 12
"""Statements per rule that `make test` runs; `make test-long` runs all."""
FEWEST = 5
"""Statements of the corpus that each rule has at least."""

Users = dict[str, list[Statement]]
Record = Callable[[str, object], None]


def differences(
    sides: Sides, store: str, statements: Iterable[Statement], off: Iterable[str], *, source: str = "live"
) -> list[str]:
    """What differs from the oracle when rules are off."""
    oracle, portal = sides.of(store, off, source=source)
    found = []
    for one in statements:
        expected, got = (run(side, one.sql, one.bindings) for side in (oracle, portal))
        if said := difference(expected, got, ordered=is_ordered(one.sql)):
            found.append(f"{store}: {one}: {said}")
    return found


def portals_of(rule: str) -> list[str]:
    """The stores on which a rule can be used."""
    return [BYTEWISE] if rule == TEXT_RANGE else STORES


def test_every_rule_is_used(users: Users) -> None:
    """No rule is dead: the corpus has statements that use it, and the corpus uses no rule without a name."""
    assert {rule: len(users.get(rule, [])) for rule in rule_names() if len(users.get(rule, [])) < FEWEST} == {}
    assert users.keys() <= rule_names().keys()


@pytest.mark.parametrize("group", GROUPS)
def test_all_off(group: str, sides: Sides) -> None:
    """Without any rule, tables are read whole, and the rows are the same. From memory: each is read once."""
    statements = [one for one in CORPUS if one.group == group]
    assert differences(sides, "sqlite", statements, {ALL}, source="auto") == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("store", STORES)
def test_all_off_live(group: str, store: str, sides: Sides) -> None:
    """The same where every scan travels."""
    assert differences(sides, store, [one for one in CORPUS if one.group == group], {ALL}) == []


@pytest.mark.parametrize("rule", rule_names())
def test_rule_off(rule: str, users: Users, sides: Sides, record_property: Record) -> None:
    """Without one rule, statements that use it give the same rows: a sample of them, in turn on each store."""
    stores, sample = portals_of(rule), users[rule][:SAMPLE]
    found = []
    for number, store in enumerate(stores):
        found += differences(sides, store, sample[number :: len(stores)], {rule})
    record_property("rule pairs", [len(sample), len(stores) * len(users[rule])])
    assert found == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("rule", "store"), [(rule, store) for rule in rule_names() for store in portals_of(rule)])
def test_rule_off_everywhere(rule: str, store: str, users: Users, sides: Sides) -> None:
    """Without one rule, every statement that uses it gives the same rows."""
    assert differences(sides, store, users[rule], {rule}) == []


def test_ranges_of_text(users: Users, sides: Sides) -> None:
    """On a portal that orders text by its bytes, statements whose ranges of text travel give the same rows."""
    statements = users[TEXT_RANGE]
    assert len(statements) >= FEWEST
    assert differences(sides, BYTEWISE, statements, ()) == []
