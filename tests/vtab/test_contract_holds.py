"""The contract against the real SQLite: no row that a plain table keeps is lost, and `exact` keeps no other."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date, datetime

import apsw
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iptvvtab.portal import Capabilities
from iptvvtab.remote import convert
from iptvvtab.schema import Column
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import Comparison, Contract, Verdict
from tests.vtab.evaluator import Padded, keeps

NUMBER = st.one_of(
    st.integers(-3, 12),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([2**53, 2**53 + 1, 2**63 - 1, -(2**63)]),
)
REAL = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 1.5, -1.5, 1e300, 9.2e18]), st.floats(allow_nan=False, width=64))
LETTERS = "aAbBzZяЯёЁİıſKΣς%_\\'\" 017.\n"
TEXT = st.text(LETTERS, max_size=5)
MOMENT = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59))  # noqa: DTZ001 -- as PostgreSQL: without a zone
NEAR = st.builds(
    datetime,
    st.sampled_from([2023, 2024]),
    st.sampled_from([1, 2, 12]),
    st.sampled_from([1, 28]),
    st.sampled_from([0, 10, 23]),
    st.sampled_from([0, 59]),
    st.sampled_from([0, 59]),
    st.sampled_from([0, 500000, 1]),
)


def said(moment: datetime) -> str:
    """A timestamp as PostgreSQL writes it, which is canonical."""
    return str(moment).rstrip("0").rstrip(".") if moment.microsecond else str(moment)


NUMERIC_TEXT = st.sampled_from(
    [
        "7",
        " 7",
        "7 ",
        "07",
        "7.0",
        "7e0",
        "1.5",
        "-1.5",
        "",
        "abc",
        "0x7",
        "7\0",
        "9223372036854775808",
        "1e400",
        "+7",
        ".5",
        "5.",
    ]
)
CUT = st.builds(lambda moment, length: said(moment)[:length], st.one_of(MOMENT, NEAR), st.integers(0, 26))
ANY = st.one_of(NUMBER, REAL, TEXT, NUMERIC_TEXT, st.binary(max_size=3), CUT, st.none())

VALUES: dict[ColumnType, st.SearchStrategy[object]] = {
    ColumnType.INTEGER: NUMBER,
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.FLOAT: st.one_of(REAL, NUMBER.map(float)),
    ColumnType.STRING: TEXT,
    ColumnType.DATETIME: st.one_of(MOMENT, NEAR),
    ColumnType.DATE: st.one_of(MOMENT, NEAR).map(datetime.date),
}
ARGUMENTS: dict[ColumnType, st.SearchStrategy[object]] = {
    ColumnType.INTEGER: st.one_of(NUMBER, REAL, NUMERIC_TEXT, ANY),
    ColumnType.BOOLEAN: st.one_of(st.sampled_from([0, 1, 2, -1, 0.5, "1", "true", "t", "0.0"]), ANY),
    ColumnType.FLOAT: st.one_of(REAL, NUMBER, NUMERIC_TEXT, ANY),
    ColumnType.STRING: st.one_of(TEXT, ANY),
    ColumnType.DATETIME: st.one_of(CUT, NEAR.map(said), ANY),
    ColumnType.DATE: st.one_of(CUT, NEAR.map(lambda one: said(one)[:10]), ANY),
}
COMPARISONS = [one for one in Comparison if one not in (Comparison.LIKE, Comparison.GLOB)]
MISREPORTED = {Comparison.NE, Comparison.IS_NOT, Comparison.LIKE, Comparison.GLOB}
"""SQLite always says BINARY for these (vtab-facts 5)."""


@functools.cache
def database() -> apsw.Connection:
    return apsw.Connection(":memory:")


def kept_by_sqlite(
    kind: ColumnType, values: list[object], comparison: Comparison, argument: object, collation: str
) -> set[int]:
    """The places of the values that a plain table keeps."""
    connection = database()
    connection.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, c {kind.declaration})")
    connection.executemany("INSERT INTO t VALUES (?, ?)", enumerate(values))
    if comparison is Comparison.IN:
        members = sorted(argument, key=repr)
        asked, bound = f"IN (SELECT column1 FROM (VALUES {', '.join(['(?)'] * len(members))}))", members
        if not members:
            asked, bound = "IN (SELECT 1 WHERE 0)", []
    elif comparison in (Comparison.IS_NULL, Comparison.NOT_NULL):
        asked, bound = str(comparison), []
    else:
        asked, bound = f"{comparison} ?", [argument]
    collated = "" if collation == "BINARY" else f"COLLATE {collation}"
    return {row for (row,) in connection.execute(f"SELECT id FROM t WHERE c {collated} {asked}", bound)}


def check(
    kind: ColumnType,
    portal: Sequence[object],
    comparison: Comparison,
    argument: object,
    collation: str,
    ilike: bool,
    is_told: bool = True,
) -> None:
    """Compare what the portal keeps with what SQLite keeps; `is_told`: the schema tells the portal's own type."""
    column = Column(position=0, name="c", remote_name="c", type=kind)
    canonical = [
        convert(kind, said(one) if isinstance(one, datetime) else str(one) if isinstance(one, date) else one)
        for one in portal
    ]
    expected = kept_by_sqlite(kind, canonical, comparison, argument, collation)
    seen = "BINARY" if comparison in MISREPORTED else collation
    able = Capabilities(ilike=ilike, bytewise_text=True)
    judgement = Contract().judge(column, comparison, argument, lambda: able, seen)
    terms = judgement.terms
    kept = {place for place, value in enumerate(portal) if all(keeps(term, value) for term in terms)}
    if judgement.is_empty:
        kept = set()
    assert kept >= expected, f"lost rows: {[portal[one] for one in expected - kept]}, terms {terms}"
    if is_told and judgement.verdict is Verdict.EXACT and seen == collation:
        assert kept == expected, f"not exact: {[portal[one] for one in kept - expected]}, terms {terms}"


@pytest.mark.parametrize("kind", VALUES, ids=str)
@settings(max_examples=250, deadline=None, derandomize=True)
@given(data=st.data())
def test_terms_lose_nothing(kind: ColumnType, data: st.DataObject) -> None:
    """Whatever is compared with a column, the terms keep every row that SQLite keeps."""
    portal = data.draw(st.lists(st.one_of(st.none(), VALUES[kind]), max_size=6))
    comparison = data.draw(st.sampled_from(COMPARISONS))
    near = st.one_of(
        ARGUMENTS[kind],
        st.sampled_from(portal or [None]).map(
            lambda one: said(one) if isinstance(one, datetime) else str(one) if isinstance(one, date) else one
        ),
    )
    argument = data.draw(st.frozensets(near, max_size=4) if comparison is Comparison.IN else near)
    collation = data.draw(st.sampled_from(["BINARY", "BINARY", "BINARY", "NOCASE", "RTRIM"]))
    check(kind, portal, comparison, argument, collation, ilike=True)


BLANKS = st.text("ab~!9 \t", max_size=4)


@settings(max_examples=800, deadline=None, derandomize=True)
@given(
    portal=st.lists(st.one_of(st.none(), BLANKS.map(lambda one: Padded(one.ljust(4)))), max_size=6),
    comparison=st.sampled_from(COMPARISONS),
    argument=BLANKS,
)
def test_a_text_that_is_char_loses_nothing(portal: list[Padded | None], comparison: Comparison, argument: str) -> None:
    """A column of char(n) that its schema calls text: the portal compares it without the blanks at its end."""
    given_one = frozenset([argument, "a"]) if comparison is Comparison.IN else argument
    check(ColumnType.STRING, portal, comparison, given_one, "BINARY", ilike=True, is_told=False)


@pytest.mark.parametrize("ilike", [True, False], ids=["ilike", "no ilike"])
@settings(max_examples=400, deadline=None, derandomize=True)
@given(portal=st.lists(TEXT, max_size=6), pattern=TEXT)
@example(portal=["aİb", "i"], pattern="a_b")
@example(portal=["ΟΔΟΣΑ"], pattern="aΟΔΟΣ%")
@example(portal=["aΣa"], pattern="aΣ%")
def test_like_loses_nothing(ilike: bool, portal: list[str], pattern: str) -> None:
    """LIKE keeps what SQLite keeps: its only wildcards are % and _, its case is that of ASCII."""
    check(ColumnType.STRING, portal, Comparison.LIKE, pattern, "BINARY", ilike)


@pytest.mark.parametrize("kind", [ColumnType.DATETIME, ColumnType.DATE], ids=str)
@settings(max_examples=300, deadline=None, derandomize=True)
@given(portal=st.lists(NEAR, max_size=6), pattern=st.one_of(CUT.map("{}%".format), CUT, TEXT))
def test_like_a_date_loses_nothing(kind: ColumnType, portal: list[datetime], pattern: str) -> None:
    """LIKE on a date keeps what SQLite keeps of its canonical text."""
    values = [one.date() if kind is ColumnType.DATE else one for one in portal]
    check(kind, values, Comparison.LIKE, pattern, "BINARY", ilike=True)


GLOBS = st.text("aAzZя*?[]^-%_\\\\'1", max_size=6)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(portal=st.lists(TEXT, max_size=6), pattern=st.one_of(GLOBS, TEXT.map("{}*".format), TEXT.map("[a{}]*".format)))
@example(portal=["]", "a", "-"], pattern="[]a]")
@example(portal=["a]", "b"], pattern="[^]]*")
@example(portal=["[", "[a"], pattern="[a")
def test_glob_loses_nothing(portal: list[str], pattern: str) -> None:
    """GLOB keeps what SQLite keeps: it minds the case, and knows classes."""
    check(ColumnType.STRING, portal, Comparison.GLOB, pattern, "BINARY", ilike=False)


@pytest.mark.parametrize("kind", [ColumnType.DATETIME, ColumnType.DATE], ids=str)
@settings(max_examples=200, deadline=None, derandomize=True)
@given(portal=st.lists(NEAR, max_size=6), pattern=st.one_of(CUT.map("{}*".format), CUT))
def test_glob_a_date_loses_nothing(kind: ColumnType, portal: list[datetime], pattern: str) -> None:
    """GLOB on a date keeps what SQLite keeps of its canonical text."""
    values = [one.date() if kind is ColumnType.DATE else one for one in portal]
    check(kind, values, Comparison.GLOB, pattern, "BINARY", ilike=True)
