"""Pages by key: every row once, whatever the portal's caps; what would lose rows is an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.errors import (
    BadAnswer,
    Forbidden,
    Interrupted,
    KeyBroken,
    Refused,
    ServerFailed,
    TimedOut,
    Truncated,
    WrongType,
    WrongWidth,
)
from iptvvtab.portal import Cost
from iptvvtab.remote import Op, Read, Sizes, Term
from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType
from tests.remote.wireless import Answering, Given, integers, pager, rows_of, table

IDS = table(id="integer")
PAIRS = Table(
    name="t",
    remote_name="t",
    columns=tuple(Column(position=n, name=c, remote_name=c, type=ColumnType.INTEGER) for n, c in enumerate("ab")),
    key=("a", "b"),
)


def limits(client: Answering) -> list[int | None]:
    return [one.get("limit") for one in client.documents]


def test_pages_grow_and_continue_after_the_last_key() -> None:
    """Each page asks for rows beyond the last key, five times as many as before, up to the largest."""
    client = Answering(integers(700))
    assert [row[0] for row in rows_of(pager(client, IDS, Sizes(10, 400)))] == [*range(1, 701)]
    assert limits(client) == [10, 50, 250, 400]
    assert [one.get("where") for one in client.documents] == [None, *({"gt": [{"t": "id"}, n]} for n in (10, 60, 310))]


ANY = integers(3000)


def weak(document: dict[str, Any]) -> Any:
    """A portal that fails for more than 100 rows at once."""
    return ServerFailed("portal", "gateway timeout", status=504) if document["limit"] > 100 else ANY(document)


def slow(document: dict[str, Any]) -> Any:
    """A portal that takes 60 ms for a row."""
    return Given(ANY(document), cost=Cost(attempts=1, seconds=document["limit"] * 0.06))


def test_a_page_that_is_too_much_is_asked_for_in_smaller_ones() -> None:
    """One small page shows that the portal is well; those that follow stay below what failed."""
    client = Answering(weak)
    assert [row[0] for row in rows_of(pager(client, IDS, Sizes(10, 400)))] == [*range(1, 3001)]
    assert limits(client)[:8] == [10, 50, 250, 10, 50, 50, 50, 50]
    assert set(limits(client)[8:]) == {50}


def test_a_sync_begins_with_a_page_that_is_too_much() -> None:
    """The first one may be the largest, where all rows are wanted."""
    client = Answering(weak)
    assert len(rows_of(pager(client, IDS, Sizes(10, 400), wanted=10**9))) == 3000
    assert limits(client)[:5] == [400, 10, 50, 80, 80]


def test_a_portal_that_fails_for_small_pages_too() -> None:
    """It is asked once more, and the error is what comes of it."""
    client = Answering(lambda document: TimedOut("portal", "no answer"))
    with pytest.raises(TimedOut):
        rows_of(pager(client, IDS, Sizes(10, 400), wanted=10**9))
    assert limits(client) == [400, 10]


def test_pages_that_are_slow_become_smaller() -> None:
    """Half of a page that took longer than ten seconds, and never as many again."""
    client = Answering(slow)
    assert len(rows_of(pager(client, IDS, Sizes(10, 1000)))) == 3000
    assert limits(client)[:5] == [10, 50, 250, 125, 125]
    assert set(limits(client)[5:]) == {125}


def test_read_ahead_begins_with_the_second_page() -> None:
    """After the first page nothing is asked for early; after the second the third is already under way."""
    client = Answering(integers(1000))
    pages = pager(client, IDS)
    pages.next()
    assert limits(client) == [10]
    pages.next()
    assert limits(client) == [10, 50, 250]


def test_closing_drops_the_page_under_way() -> None:
    """What was asked for early and is not wanted any more is cancelled, and nothing comes after."""
    client = Answering(integers(1000))
    pages = pager(client, IDS)
    pages.next()
    pages.next()
    pages.close()
    assert client.pending[-1].is_cancelled
    assert pages.next() is None
    assert len(client.documents) == 3


def test_interrupted_page_is_asked_for_again() -> None:
    """An interrupt loses no row: whoever goes on gets the page that was waited for."""
    pages = pager(Answering(integers(100)), IDS)
    first = pages.next()
    with pytest.raises(Interrupted):
        pages.next(lambda: True)
    assert first is not None
    assert [row[0] for row in [*first.rows, *rows_of(pages)]] == [*range(1, 101)]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    rows=st.integers(0, 6000),
    cap=st.one_of(st.none(), st.integers(1000, 3000)),
    known=st.booleans(),
    first=st.integers(1, 300),
    largest=st.integers(1, 5000),
)
def test_silent_caps_lose_no_row(rows: int, cap: int | None, known: bool, first: int, largest: int) -> None:
    """A portal that cuts its answers without a word loses no row: known caps of any size, unknown ones from 1000 on."""
    sizes = Sizes(first, max(largest, 200), cap if known else None)
    client = Answering(integers(rows, cap))
    assert [row[0] for row in rows_of(pager(client, IDS, sizes))] == [*range(1, rows + 1)]


@pytest.mark.parametrize(("rows", "requests"), [(0, 1), (9, 1), (10, 2), (59, 2), (60, 3)])
def test_a_short_page_is_the_last(rows: int, requests: int) -> None:
    """No request is spent to learn that nothing follows a page that was not full."""
    client = Answering(integers(rows))
    rows_of(pager(client, IDS))
    assert len(client.documents) - sum(one.is_cancelled for one in client.pending) == requests


def test_long_lists_travel_in_parts() -> None:
    """A list longer than the portal takes becomes several requests of disjoint rows."""
    members = tuple(range(1, 26))

    def answer(document: dict[str, Any]) -> list[list[int]]:
        _, *asked = document["where"]["in"]
        return [[n] for n in asked]

    client = Answering(answer)
    read = Read("t", ("id",), (Term("id", Op.IN, members),))
    assert [row[0] for row in rows_of(pager(client, IDS, Sizes(100, 100), read=read, longest_in=10))] == [*members]
    assert [len(one["where"]["in"]) - 1 for one in client.documents] == [10, 10, 5]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([[1], [1]], "is repeated"),
        ([[1], [None]], "is NULL"),
        ([[2], [1]], "in order"),
    ],
)
def test_broken_key_is_an_error(rows: list[list[Any]], problem: str) -> None:
    """A key that is NULL, repeated or out of order would lose rows between pages: better none than some."""
    with pytest.raises(KeyBroken, match=problem):
        rows_of(pager(Answering(lambda _: rows), IDS))


def test_pairs_are_told_apart_by_both_columns() -> None:
    """A key of two columns may repeat each of them, and not both."""
    every = [[1, 1], [1, 2], [2, 1]]
    assert (
        rows_of(pager(Answering(lambda document: [] if "or" in document.get("where", {}) else every), PAIRS)) == every
    )
    with pytest.raises(KeyBroken, match="is repeated"):
        rows_of(pager(Answering(lambda _: [[1, 1], [2, 1], [1, 1]]), PAIRS))


def test_key_that_comes_again_on_the_next_page_is_an_error() -> None:
    """A portal that ignores `key > last` would be read for ever."""
    with pytest.raises(KeyBroken, match=r"repeated|ascending"):
        rows_of(pager(Answering(lambda document: [[n] for n in range(document["limit"])]), IDS))


def pairs(every: list[list[Any]]) -> Answering:
    """A portal whose table of two columns holds these rows; it sorts NULL last and compares as SQL does."""

    def is_null(row: list[Any]) -> bool:
        return None in row

    def answer(document: dict[str, Any]) -> list[list[Any]]:
        where = document.get("where", {})
        if "or" in where:
            return [row for row in every if is_null(row)][:1]
        rows = sorted(row for row in every if not is_null(row)) + [row for row in every if is_null(row)]
        if where:
            last = [where["and"][0]["gte"][1], where["and"][1]["or"][1]["gte"][1]]
            rows = [row for row in rows if not is_null(row) and row >= last]
        return rows[: document["limit"]]

    return Answering(answer)


def test_key_of_two_columns() -> None:
    """Pages of a composite key continue after the pair, and a pair may share its first half with the next."""
    every = [[a, b] for a in range(1, 8) for b in range(1, 8)]
    assert rows_of(pager(pairs(every), PAIRS, Sizes(3, 10))) == every
    assert rows_of(pager(pairs(every), PAIRS, Sizes(1, 1))) == every


@pytest.mark.parametrize("size", range(1, 12))
def test_repeated_pair_is_an_error_wherever_a_page_ends(size: int) -> None:
    """A key that nobody vouches for is looked at again where a page ends: `key > last` would hide its second row."""
    every = [[1, 1], [1, 2], [1, 3], [2, 1], [2, 1], [2, 2], [3, 1], [3, 2], [3, 3], [3, 4]]
    with pytest.raises(KeyBroken, match="repeated"):
        rows_of(pager(pairs(every), PAIRS, Sizes(size, size)))


@pytest.mark.parametrize("size", range(1, 8))
def test_key_without_a_value_is_an_error_on_whatever_page(size: int) -> None:
    """Rows whose key is NULL sort last, where pages by key never get: they are looked for before the second page."""
    every = [[1, 1], [1, 2], [2, None], [2, 1], [3, 1], [None, 4]]
    with pytest.raises(KeyBroken, match="NULL"):
        rows_of(pager(pairs(every), PAIRS, Sizes(size, size)))


def test_no_key_is_one_answer() -> None:
    """A table without a key is asked for whole, without order or limit."""
    client = Answering(lambda _: [[5], [5], [None]])
    assert rows_of(pager(client, table(c="integer"))) == [[5], [5], [None]]
    assert client.documents == [{"data": [{"t": "c"}], "from": [{"table": "t", "as": "t"}]}]


@pytest.mark.parametrize(
    ("rows", "cap", "is_cut"), [(999, None, False), (1000, None, False), (2500, 1000, True), (1500, 1500, False)]
)
def test_cut_answer_without_a_key_is_an_error(rows: int, cap: int | None, is_cut: bool) -> None:
    """Where an answer may have been cut, the row beyond it is asked for: rows are never lost silently."""
    pages = pager(Answering(integers(rows, cap)), table(c="integer"))
    if is_cut:
        with pytest.raises(Truncated, match="primary key"):
            rows_of(pages)
    else:
        assert len(rows_of(pages)) == rows


@pytest.mark.parametrize("rows", [[[1, 2]], [[1], [1, 2]], [[]]])
def test_wrong_width_is_an_error(rows: list[list[int]]) -> None:
    """A row that has not the columns that were asked for makes the page useless."""
    with pytest.raises(WrongWidth):
        rows_of(pager(Answering(lambda _: rows), IDS))


@pytest.mark.parametrize("answer", [None, {"a": 1}, [1, 2], [[1], 2], "rows", [{"id": 1}]])
def test_what_is_no_list_of_rows_is_an_error(answer: Any) -> None:
    """A result that is no list of lists is no answer."""
    with pytest.raises(BadAnswer, match="list of rows"):
        rows_of(pager(Answering(lambda _: answer), IDS))


def test_value_of_another_type_is_an_error() -> None:
    """A value that is not of its column's type is named with table, column and key: guessing would lose rows."""
    with pytest.raises(WrongType, match=r"t\.n is integer .* 'x' .*id = 2"):
        rows_of(pager(Answering(lambda _: [[1, 5], [2, "x"]]), table(id="integer", n="integer")))


REFUSED = Read("t", ("id", "s"), (Term("id", Op.GT, (0,)), Term("s", Op.EQ, ("1-1",))))


def test_refused_text_is_asked_without() -> None:
    """A portal that refuses a text by type is asked again without the conditions on text."""

    def answer(document: dict[str, Any]) -> Any:
        return Refused("portal", "invalid input syntax for type inet") if "and" in document["where"] else [[1, "a"]]

    client = Answering(answer)
    assert rows_of(pager(client, table(id="integer", s="string"), read=REFUSED)) == [[1, "a"]]
    assert client.documents[1]["where"] == {"gt": [{"t": "id"}, 0]}


def test_refused_ilike_is_told() -> None:
    """When a promised ilike is refused, the capabilities are to be looked at again."""
    surprises: list[int] = []
    read = Read("t", ("id", "s"), (Term("s", Op.ILIKE, ("a%",)),))
    client = Answering(lambda document: Refused("portal", "no ilike") if "where" in document else [])
    assert (
        rows_of(pager(client, table(id="integer", s="string"), read=read, surprised=lambda: surprises.append(1))) == []
    )
    assert surprises == [1]


@pytest.mark.parametrize("error", [Refused("portal", "no"), Forbidden("portal", "no")])
def test_refusal_that_has_another_reason_is_raised(error: Refused) -> None:
    """Without conditions on text, or for a table that is forbidden, asking again would not help; the table is named."""
    client = Answering(lambda _: error)
    with pytest.raises(type(error)) as raised:
        rows_of(pager(client, IDS))
    assert raised.value.table == "t"
    assert len(client.documents) == 1


def test_forbidden_is_not_asked_again() -> None:
    """A forbidden table stays forbidden without conditions."""
    client = Answering(lambda _: Forbidden("portal", "no"))
    with pytest.raises(Forbidden):
        rows_of(pager(client, table(id="integer", s="string"), read=REFUSED))
    assert len(client.documents) == 1


UNNAMED = Table(
    name="t",
    remote_name="t",
    columns=tuple(
        Column(position=n, name=c, remote_name=r, type=ColumnType.UNKNOWN)
        for n, c, r in [(0, "id", "id"), (1, "Field_1", None), (4, "Field_4", None)]
    ),
    key=("id",),
    total_fields=5,
)


def test_unnamed_positions_are_picked_from_every_column() -> None:
    """`["*"]` brings all columns; the asked positions are kept."""
    client = Answering(lambda _: [["k", "a", 1, 2, "b"]])
    assert rows_of(pager(client, UNNAMED, read=Read("t", ("id", "Field_4")))) == [["k", "b"]]
    assert client.documents[0]["data"] == ["*"]


@pytest.mark.parametrize("total", [5, None])
def test_width_of_every_column_is_checked(total: int | None) -> None:
    """A portal with another width has moved its columns; without a known width the positions must exist at least."""
    table = UNNAMED.model_copy(update={"total_fields": total})
    with pytest.raises(WrongWidth):
        rows_of(pager(Answering(lambda _: [["k", "a", 1, 2]]), table, read=Read("t", ("id", "Field_4"))))
