"""Generated statements: over virtual tables and over plain tables of the same rows they give the same."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from iptvvtab.vtab import ALL, rule_names
from iptvvtab.vtab.contract import LOOKUPS
from tests.differential.generated import statements
from tests.differential.oracle import difference, is_ordered, run
from tests.differential.sides import Sides

STORES = ["postgresql", "sqlite"]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
QUICK = 150
LONG, SHARES = 10_000, 10
"""Statements per store in the long suite, and tests that share them, so that every worker has some."""


def rule_sets() -> list[frozenset[str]]:
    """Sets of rules to go without: all of them, and forty of a few."""
    choice = random.Random(1)  # the same in every run
    names = sorted(rule_names())
    return [frozenset({ALL}), *(frozenset(choice.sample(names, choice.randint(1, 8))) for _ in range(40))]


OFF = st.one_of(st.just(frozenset[str]()), st.sampled_from(rule_sets()))
"""Half of the statements go without some rules."""


def check(sides: Sides, store: str, sql: str, off: frozenset[str]) -> None:
    # Without look-ups, the inner table of a join is read for each row of the outer one: from memory then.
    source = "auto" if off & {ALL, LOOKUPS} else "live"
    oracle, portal = sides.of(store, off, source=source)
    found = difference(run(oracle, sql), run(portal, sql), ordered=is_ordered(sql))
    assert found is None, f"{found}\n{sql}\nwithout {', '.join(sorted(off)) or 'nothing'}"


@pytest.mark.parametrize("store", STORES)
def test_quick(store: str, sides: Sides) -> None:
    """A sample of the grammar, the same in every run."""

    @settings(max_examples=QUICK, deadline=None, derandomize=True, suppress_health_check=SLOW)
    @given(statements(), OFF)
    def same(sql: str, off: frozenset[str]) -> None:
        check(sides, store, sql, off)

    same()


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("share", range(SHARES), ids="share {}".format)
@pytest.mark.parametrize("store", STORES)
def test_long(store: str, share: int, sides: Sides) -> None:
    """A large sample, another one in every run and share."""

    @settings(
        max_examples=LONG // SHARES,
        deadline=None,
        suppress_health_check=SLOW,
        phases=[Phase.generate, Phase.shrink],
        database=None,
    )
    @given(statements(), OFF)
    def same(sql: str, off: frozenset[str]) -> None:
        check(sides, store, sql, off)

    same()
