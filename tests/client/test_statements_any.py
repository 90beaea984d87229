"""Generated statements: built in Python or written in SQL, they make one document; literals stay literals."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iptvvtab.client import Expression, F, select
from iptvvtab.errors import NoForm
from iptvvtab.jsonsql import Document, Features, encode, literal, to_sql
from tests.jsonsql.portals import NAMES

FEATURES = Features(order_direction="list", ilike=True)


@dataclass(frozen=True)
class Pair:
    """An expression, and its SQL with every part in parentheses."""

    built: Any
    written: str
    chain: str = ""


def joined(word: str, left: Pair, right: Pair) -> Pair:
    """AND and OR need no parentheses within their like, and have none."""
    sides = (one.written[1:-1] if one.chain == word else one.written for one in (left, right))
    both = left.built & right.built if word == "AND" else left.built | right.built
    return Pair(both, f"({f' {word} '.join(sides)})", word)


COLUMNS = st.sampled_from(["id", "username", "surname", "max_terminal", "balance"])
FLAGS = st.sampled_from(["disabled", "business"]).map(lambda name: Pair(F(name), name))
TEXTS = st.text(max_size=6) | st.sampled_from(
    ["username", "id", "s.id", "it's", "a\\", "%_", '"', "--", "?", ":x", "\n"]
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS.filter(lambda one: "\0" not in one)
)
OPERATORS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SUMS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod}


def reckoned(parts: tuple[str, Pair, Pair]) -> Pair:
    sign, left, right = parts
    return Pair(SUMS[sign](left.built, right.built), f"({left.written} {sign} {right.written})")


def compared(parts: tuple[str, Pair, Any]) -> Pair:
    sign, left, value = parts
    word = {"=": "IS", "<>": "IS NOT"}.get(sign, sign) if value is None else sign
    return Pair(OPERATORS[sign](left.built, value), f"({left.written} {word} {literal(value)})")


def listed(parts: tuple[Pair, list[Any]]) -> Pair:
    left, values = parts
    members = ", ".join(map(literal, values))
    return Pair(left.built.in_(values), f"({left.written} IN ({members}))" if values else "(1 = 0)")


NUMBERS = st.recursive(
    COLUMNS.map(lambda name: Pair(F(name), name)),
    lambda inner: st.tuples(st.sampled_from(list(SUMS)), inner, inner).map(reckoned),
    max_leaves=4,
)
COMPARISONS = (
    st.tuples(st.sampled_from(list(OPERATORS)), NUMBERS, VALUES).map(compared)
    | st.tuples(NUMBERS, st.lists(VALUES, max_size=3)).map(listed)
    | FLAGS
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: (
        st.builds(joined, st.sampled_from(["AND", "OR"]), inner, inner)
        | inner.map(lambda one: Pair(~one.built, f"(NOT {one.written})"))
        | inner.map(lambda one: Pair(one.built.is_(True), f"({one.written} IS TRUE)"))
    ),
    max_leaves=6,
)


def check(pair: Pair) -> None:
    written = f"SELECT id FROM subscriber WHERE {pair.written}"
    try:
        expected = encode(written, NAMES, FEATURES)
    except NoForm:
        with pytest.raises(NoForm):
            encode(select("subscriber", "id").where(pair.built).sql, NAMES, FEATURES)
        return
    assert encode(select("subscriber", "id").where(pair.built).sql, NAMES, FEATURES) == expected


@settings(max_examples=300, deadline=None, derandomize=True)
@given(CONDITIONS)
def test_any_condition(pair: Pair) -> None:
    """Python's operators bind as their parentheses in SQL do."""
    check(pair)


@pytest.mark.long
@settings(max_examples=10_000, deadline=None)
@given(CONDITIONS)
def test_many_conditions(pair: Pair) -> None:
    """The same of many more, others each time."""
    check(pair)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(COLUMNS, TEXTS)
def test_any_text_stays_a_text(column: str, text: str) -> None:
    """However it is written: built, as a parameter, and by hand it is one document, which reads back as that text."""
    assume("\0" not in text)
    built = encode(select("subscriber", "id").where(F(column) == text).sql, NAMES, FEATURES)
    asked = "SELECT id FROM subscriber WHERE {} = {}"
    assert encode(asked.format(column, "?"), NAMES, FEATURES, [text]) == built
    assert encode(asked.format(column, ":a"), NAMES, FEATURES, {"a": text}) == built
    assert literal(text) in to_sql(Document(built.method, built.params), NAMES, FEATURES)


def test_a_condition_of_many_parts() -> None:
    """A thousand of them are not a thousand levels deep."""
    whole: Expression = F("id") == 0
    for number in range(1, 1000):
        whole = whole | (F("id") == number)
    document = encode(select("subscriber", "id").where(whole).sql, NAMES, FEATURES)
    assert len(document.params["where"]["or"]) == 1000
