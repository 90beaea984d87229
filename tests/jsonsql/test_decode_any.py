"""Whatever JSON arrives, the decoder answers with a tree or a DecodeError."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iptvvtab.errors import DecodeError
from iptvvtab.jsonsql import Features, decode, render
from iptvvtab.types import Json

TABLES = {"user": ("id", "name"), "terminal": ("id", "subscriber_id")}
WORDS = ["id", "name", "user", "u", "terminal", "u.id", "*", "DESC", "x", ""]
KEYS = [
    *("and", "or", "not", "is", "is_not", "eq", "lt", "like", "ilike", "in", "add", "concat", "coalesce"),
    *("function", "args", "as", "u", "user", "select", "values", "table", "join", "join_type", "on"),
    *("data", "from", "where", "order_by", "group_by", "limit", "offset", "distinct", "desc"),
    *("into", "columns", "returning", "set"),
]
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.sampled_from(WORDS)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
EXPRESSIONS = st.recursive(
    SCALARS | st.fixed_dictionaries({"u": st.sampled_from(["id", "name", "nope"])}),
    lambda inner: st.sampled_from(KEYS[:13]).flatmap(
        lambda key: st.lists(inner, min_size=1, max_size=3).map(lambda sides: {key: sides})
    ),
    max_leaves=8,
)


@given(method=st.sampled_from(["select", "insert", "update", "delete", "drop"]), params=JSON)
def test_any_json(method: str, params: Json) -> None:
    """JSON that is no document ends in a DecodeError, never in another exception."""
    with suppress(DecodeError):
        decode(method, params, TABLES, Features(order_direction="list"))


@given(where=EXPRESSIONS, order_by=EXPRESSIONS)
@pytest.mark.parametrize("direction", ["list", "object", None])
def test_any_expression(direction: str | None, where: Json, order_by: Json) -> None:
    """Any nesting of operators is refused, or renders for both databases."""
    features = Features(order_direction=direction, ilike=True)  # type: ignore[arg-type]
    params = {"data": ["*"], "from": {"table": "user", "as": "u"}, "where": where, "order_by": order_by}
    with suppress(DecodeError):
        tree = decode("select", params, TABLES, features)
        assert render(tree, "sqlite").startswith('SELECT "u"."id"')
        assert render(tree, "postgres").startswith('SELECT "u"."id"')
