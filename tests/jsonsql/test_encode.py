"""A translated statement gives on the portal what its text gives on the portal's PostgreSQL."""

from __future__ import annotations

import pytest

from iptvvtab.demo.engine import Engine
from iptvvtab.jsonsql import Features, encode
from tests.jsonsql.portals import NAMES, directly, in_any_order, rolled_back, statements, through_the_portal

FEATURES = Features(order_direction="list", ilike=True)


@pytest.mark.parametrize("sql", statements("selects.yaml"))
def test_select(portal: Engine, sql: str, request: pytest.FixtureRequest) -> None:
    """The same rows, in the same order where the text has one, and the same refusals."""
    is_in_other_words = request.node.callspec.id.startswith("refused-in-other-words")
    encoded = encode(sql, NAMES, FEATURES)
    expected, found = directly(portal, sql), through_the_portal(portal, encoded)
    if "order_by" not in encoded.params:
        expected, found = in_any_order(expected), in_any_order(found)
    if is_in_other_words:
        assert found[0] == expected[0] == "refused"
        return
    assert found == expected, encoded.params


@pytest.mark.parametrize("sql", statements("writes.yaml"))
def test_write(portal: Engine, sql: str) -> None:
    """The same rows come back, and the same rows are there afterwards."""
    encoded = encode(sql, NAMES, FEATURES)
    [table] = {str(encoded.params.get(key)) for key in ("into", "table")} - {"None"} or {encoded.params["from"]}
    outcomes = []
    for run in (lambda: directly(portal, sql), lambda: through_the_portal(portal, encoded)):
        with rolled_back(portal, table):
            answer = in_any_order(run())
            left = in_any_order(directly(portal, f'SELECT * FROM "{table}"')) if answer[0] == "rows" else None
            outcomes.append((answer, left))
    assert outcomes[1] == outcomes[0], encoded.params
