"""Generated statements: over virtual tables and over plain tables of the same rows they give the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.differential.generated import statements
from tests.differential.oracle import difference, is_ordered, run
from tests.differential.sides import Sides

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


def check(sides: Sides, store: str, sql: str) -> None:
    oracle, portal = sides.of(store)
    found = difference(run(oracle, sql), run(portal, sql), ordered=is_ordered(sql))
    assert found is None, f"{found}\n{sql}"


@pytest.mark.parametrize("store", ["postgresql", "sqlite"])
def test_quick(store: str, sides: Sides) -> None:
    """A sample of the grammar, the same in every run."""

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=SLOW)
    @given(statements())
    def same(sql: str) -> None:
        check(sides, store, sql)

    same()


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("store", ["postgresql", "sqlite"])
def test_long(store: str, sides: Sides) -> None:
    """A large sample, another one in every run."""

    @settings(max_examples=3000, deadline=None, suppress_health_check=SLOW, phases=[Phase.generate, Phase.shrink])
    @given(statements())
    def same(sql: str) -> None:
        check(sides, store, sql)

    same()
