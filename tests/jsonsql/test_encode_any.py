"""Generated statements mean the same to the portal as to its PostgreSQL."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings

from iptvvtab.demo.engine import Engine
from iptvvtab.errors import NoForm
from iptvvtab.jsonsql import Features, encode
from tests.jsonsql.portals import NAMES, directly, in_any_order, through_the_portal
from tests.jsonsql.sql_strategies import SELECTS

FEATURES = Features(order_direction="list", ilike=True)
AT_RUN_TIME = ("out of range", "division by zero", "invalid input syntax")


def check(portal: Engine, sql: str) -> None:
    expected = directly(portal, sql)
    assume(not (expected[0] == "refused" and "syntax error" in expected[1]))
    try:
        encoded = encode(sql, NAMES, FEATURES)
    except NoForm:
        assume(False)
    found = through_the_portal(portal, encoded)
    if "refused" in (expected[0], found[0]):
        # Which rows are computed before others are dropped is nobody's promise.
        assume(not any(word in str(one[1]) for one in (expected, found) for word in AT_RUN_TIME))
        assert expected[0] == found[0], (expected, found, encoded.params)
        return
    if "order_by" not in encoded.params:
        expected, found = in_any_order(expected), in_any_order(found)
    assert found == expected, encoded.params


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow]


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=QUIET)
@given(sql=SELECTS)
def test_any_select(portal: Engine, sql: str) -> None:
    """The same rows, or a refusal of both."""
    check(portal, sql)


@pytest.mark.long
@settings(max_examples=3000, deadline=None, suppress_health_check=QUIET)
@given(sql=SELECTS)
def test_many_selects(portal: Engine, sql: str) -> None:
    """The same of many more, others each time."""
    check(portal, sql)
