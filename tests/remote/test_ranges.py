"""Long reads in ranges side by side: every row once, in order, however keys are spread; no more than it is worth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.errors import Interrupted, ServerFailed, Unreachable
from iptvvtab.remote import Op, Read, Sizes, Term
from iptvvtab.remote.pager import Manners, Pager
from iptvvtab.remote.ranges import Ranges, Splitting
from iptvvtab.remote.wire import Wire
from iptvvtab.trace import ignore
from tests.remote.wireless import Answering, Journal, table

IDS = table(id="integer")
READ = Read("t", ("id",))
SIZES = Sizes(10, 1000)


def keys(held: Sequence[int], cap: int | None = None) -> Callable[[dict[str, Any]], list[list[int]]]:
    """A portal that holds these keys, in order, and never answers more than `cap` rows."""

    def answer(document: dict[str, Any]) -> list[list[int]]:
        where = document.get("where", {})
        conditions = where.get("and", [where] if where else [])
        after = max((one["gt"][1] for one in conditions), default=held[0] - 1 if held else 0)
        first = bisect_right(held, after)
        return [[one] for one in held[first : first + min(document["limit"], cap or len(held))]]

    return answer


def ranges(
    client: Answering,
    held: Sequence[int],
    *,
    read: Read = READ,
    wanted: int | None = None,
    together: int = 4,
    sizes: Sizes = SIZES,
    fails: Exception | None = None,
    expect: Callable[[int | None], None] = lambda rows: None,
) -> Ranges:
    wire, manners = Wire(client, Journal(), ignore), Manners(sizes)  # type: ignore[arg-type]

    def largest() -> int | None:
        if fails is not None:
            raise fails
        return held[-1] if held else None

    splitting = Splitting(largest, together, expect)
    return Ranges(IDS, read, lambda one, wanted: Pager(wire, IDS, one, manners, wanted), wanted, splitting)


def drained(pages: Ranges) -> list[Any]:
    found: list[Any] = []
    while (page := pages.next()) is not None:
        assert page.rows
        found += [row[0] for row in page.rows]
    return found


EVEN = range(1, 30_001)
GAPS = [*range(1, 9001), *range(10**6, 10**6 + 9000), 2**53 - 1]
DENSER = [*range(0, 400_000, 100), *range(400_000, 420_000)]


@pytest.mark.parametrize("held", [EVEN, GAPS, DENSER], ids=["even", "gaps", "denser"])
@pytest.mark.parametrize("cap", [None, 1000], ids=["uncut", "cut"])
def test_every_row_comes_once_and_in_order(held: Sequence[int], cap: int | None) -> None:
    """Whatever gaps there are between keys, and though the portal cuts its answers."""
    client = Answering(keys(held, cap))
    assert drained(ranges(client, held, sizes=Sizes(10, 1000, cap))) == [*held]
    assert len(client.documents) < len(held) / 1000 * 1.5 + 12


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 5000)), min_size=1, max_size=5),
    together=st.integers(2, 6),
    cap=st.one_of(st.none(), st.integers(1000, 1500)),
)
def test_however_they_are_spread(steps: list[tuple[int, int]], together: int, cap: int | None) -> None:
    """Runs of keys, each with a distance of its own."""
    held = [0]
    for number, distance in steps:
        held += range(held[-1] + distance, held[-1] + distance * (number + 1), distance)
    client = Answering(keys(held, cap))
    assert drained(ranges(client, held, together=together, sizes=Sizes(10, 1000, cap))) == held


@pytest.mark.parametrize(("held", "most"), [(EVEN, 0.02), (range(7, 90_000, 3), 0.02)])
def test_how_many_there_will_be(held: Sequence[int], most: float) -> None:
    """It is told from where keys begin, have come to and end: within 2 % where they lie evenly, right in the end."""
    told: list[int | None] = []
    drained(ranges(Answering(keys(held)), held, expect=told.append))
    assert len(told) > 5
    assert all(rows is not None and abs(rows - len(held)) <= most * len(held) for rows in told)
    assert told[-1] == len(held)


AWAY = [*range(1, 9000), 2**53 + 1, 2**53 + 3]
LATER_DENSER = [*range(0, 2_000_000, 100), *range(2_000_000, 2_020_000)]


@pytest.mark.parametrize("held", [GAPS, AWAY, LATER_DENSER], ids=["gaps", "far away", "later denser"])
def test_it_is_not_told_where_keys_do_not_tell(held: Sequence[int]) -> None:
    """A few keys that are far off make no billions of rows, and what turns out to be wrong is taken back."""
    told: list[int | None] = []
    drained(ranges(Answering(keys(held)), held, expect=told.append))
    assert len(told) > 2
    assert told[-1] is None
    assert max((rows for rows in told if rows is not None), default=0) <= len(held)


def test_a_short_table_is_read_as_before() -> None:
    """The same documents as one pager sends."""
    held = range(1, 2001)
    client, alone = Answering(keys(held)), Answering(keys(held))
    assert drained(ranges(client, held)) == [*held]
    pager = Pager(Wire(alone, Journal(), ignore), IDS, READ, Manners(SIZES))  # type: ignore[arg-type]
    while pager.next() is not None:
        pass
    assert client.documents == alone.documents


def test_so_many_are_under_way_and_no_more() -> None:
    """Four at a time; of a large page fewer, because of the memory that they take."""
    client = Answering(keys(EVEN))
    pages = ranges(client, EVEN)
    for _ in range(5):  # 10, 50, 250, 1000, 1000: then it is split
        pages.next()
    assert len(client.documents) == 5 + 4
    pages.next()
    assert len(client.documents) == 5 + 5


def test_stopping_drops_what_is_under_way() -> None:
    """Whoever has enough pays for no more than was under way."""
    client = Answering(keys(EVEN))
    pages = ranges(client, EVEN)
    for _ in range(5):
        pages.next()
    pages.close()
    assert [one.is_cancelled for one in client.pending[5:]] == [True] * 4
    assert pages.next() is None


def test_a_sync_begins_with_the_largest_pages() -> None:
    """It wants all rows: the first page is as large as any, and after the second it is split."""
    client = Answering(keys(EVEN))
    pages = ranges(client, EVEN, wanted=2**62)
    assert drained(pages) == [*EVEN]
    assert len(client.documents) <= 34
    assert {one["limit"] for one in client.documents} == {1000}


def test_conditions_stay() -> None:
    """Each range asks for what the read asks."""
    client = Answering(keys(EVEN))
    read = READ.with_terms((Term("id", Op.GT, (100,)),))
    assert drained(ranges(client, EVEN, read=read)) == [*EVEN[100:]]
    assert all({"gt": [{"t": "id"}, 100]} in one["where"]["and"] for one in client.documents[1:])


@pytest.mark.parametrize("error", [Unreachable("portal", "reset"), ServerFailed("portal", "no", status=500)])
def test_who_does_not_tell_the_largest_key_is_read_by_one_page_after_the_other(error: Exception) -> None:
    """It was a help, and no more."""
    client = Answering(keys(EVEN))
    assert drained(ranges(client, EVEN, fails=error)) == [*EVEN]


def test_an_interrupt_loses_no_row() -> None:
    """Whoever goes on gets the page that was waited for."""
    pages = ranges(Answering(keys(EVEN)), EVEN)
    found: list[Any] = []
    for number in range(60):
        if number % 2:
            with pytest.raises(Interrupted):
                pages.next(lambda: True)
        elif (page := pages.next()) is not None:
            found += [row[0] for row in page.rows]
    assert [*found, *drained(pages)] == [*EVEN]


def test_a_failure_within_a_range_is_told() -> None:
    """An answer that is none ends the read; nothing is left out silently."""
    answer = keys(EVEN)

    def failing(document: dict[str, Any]) -> Any:
        after = document.get("where", {}).get("gt", [None, 0])[1]
        return ServerFailed("portal", "no", status=500) if after > 20_000 else answer(document)

    with pytest.raises(ServerFailed):
        drained(ranges(Answering(failing), EVEN))
