"""A read is fetched once for all who ask the same question at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from iptvvtab.errors import Interrupted, Unreachable
from iptvvtab.source.flight import Flight, memory_of
from tests.source.pages import ListedPages, numbered


def flight(pages: ListedPages, limit: int = 10**9) -> Flight:
    return Flight(lambda: pages, 0.0, limit)


def all_rows(one: Flight, traveller: object) -> list[list[object]]:
    rows: list[list[object]] = []
    while (page := one.next(traveller, None)) is not None:
        rows += page.rows
    return rows


def waits_for(condition: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 10
    while not condition() and time.monotonic() < ends:
        time.sleep(0.005)
    return condition()


def test_travellers_share_pages() -> None:
    """Two travellers see the same pages from the first, which are fetched once."""
    pages = ListedPages(numbered(2, 3))
    one = flight(pages)
    assert one.board("a")
    assert one.next("a", None) is not None
    assert one.board("b")
    assert all_rows(one, "b") == [[0], [1], [2], [3], [4]]
    assert all_rows(one, "a") == [[2], [3], [4]]
    assert pages.given == 2
    assert one.is_whole


def test_nothing_is_fetched_before_it_is_asked_for() -> None:
    """Boarding sends nothing: a statement that ends before its first row costs nothing."""
    departed: list[ListedPages] = []

    def depart() -> ListedPages:
        departed.append(ListedPages(numbered(1)))
        return departed[-1]

    one = Flight(depart, 0.0, 10**9)
    one.board("a")
    one.leave("a")
    assert not departed


def test_unfinished_flight_ends_with_its_last_traveller() -> None:
    """Nobody may board what was stopped half-way: a part must not be taken for the whole."""
    pages = ListedPages(numbered(1, 1, 1))
    one = flight(pages)
    one.board("a")
    one.next("a", None)
    one.leave("a")
    assert pages.is_closed
    assert not one.is_open
    assert not one.is_whole
    assert not one.board("b")


def test_finished_flight_stays_open() -> None:
    """What was read to the end answers the same question again."""
    one = flight(ListedPages(numbered(1)))
    one.board("a")
    all_rows(one, "a")
    one.leave("a")
    assert one.board("b")
    assert all_rows(one, "b") == [[0]]


def test_pages_beyond_the_limit_go_when_all_have_seen_them() -> None:
    """A large read keeps only the pages that somebody has yet to see, and nobody may board any more."""
    one = flight(ListedPages(numbered(*[1] * 20)), limit=3 * memory_of(numbered(1)[0]))
    one.board("fast")
    one.board("slow")
    assert len(all_rows(one, "fast")) == 20
    assert len(all_rows(one, "slow")) == 20
    assert not one.board("later")
    assert not one.is_whole


def test_failure_is_not_the_end() -> None:
    """A page that failed is asked for again by whoever comes next; the error is that of who asked."""
    pages = ListedPages(numbered(1, 1), fails_at=1)
    one = flight(pages)
    one.board("a")
    one.next("a", None)
    with pytest.raises(Unreachable):
        one.next("a", None)
    assert not one.is_whole
    assert all_rows(one, "a") == [[1]]


def test_who_waits_for_anothers_page_can_be_interrupted() -> None:
    """An interrupt ends the wait of the interrupted traveller alone."""
    gate, stop = threading.Event(), threading.Event()
    one = flight(ListedPages(numbered(1), gate))
    one.board("fetcher")
    one.board("waiter")
    with ThreadPoolExecutor(2) as threads:
        fetcher = threads.submit(one.next, "fetcher", None)
        waiter = threads.submit(one.next, "waiter", stop.is_set)
        stop.set()
        with pytest.raises(Interrupted):
            waiter.result(10)
        gate.set()
        page = fetcher.result(10)
    assert page is not None
    assert all_rows(one, "waiter") == page.rows


def test_interrupt_of_the_fetcher_lets_another_fetch() -> None:
    """When the one who fetches is interrupted, the other takes over and loses no row."""
    gate, stop = threading.Event(), threading.Event()
    pages = ListedPages(numbered(2), gate)
    one = flight(pages)
    one.board("fetcher")
    one.board("waiter")
    with ThreadPoolExecutor(2) as threads:
        fetcher = threads.submit(one.next, "fetcher", stop.is_set)
        assert waits_for(lambda: pages.asked == 1)
        waiter = threads.submit(one.next, "waiter", None)
        stop.set()
        with pytest.raises(Interrupted):
            fetcher.result(10)
        gate.set()
        page = waiter.result(10)
    assert page is not None
    assert page.rows == [[0], [1]]


def test_boarding_does_not_wait_for_a_page() -> None:
    """Whoever boards while a page is under way is not held up by it."""
    gate = threading.Event()
    pages = ListedPages(numbered(1), gate)
    one = flight(pages)
    one.board("a")
    with ThreadPoolExecutor(1) as threads:
        fetcher = threads.submit(one.next, "a", None)
        assert waits_for(lambda: pages.asked == 1)
        started = time.monotonic()
        assert one.board("b")
        one.leave("b")
        assert time.monotonic() - started < 1
        gate.set()
        assert fetcher.result(10) is not None


def test_many_threads_see_all_rows() -> None:
    """Sixteen travellers of one flight each see every row once, and each page is fetched once."""
    pages = ListedPages(numbered(*[10] * 30))
    one = flight(pages)
    for n in range(16):
        one.board(n)
    with ThreadPoolExecutor(16) as threads:
        seen = list(threads.map(lambda n: all_rows(one, n), range(16)))
    assert all(rows == [[n] for n in range(300)] for rows in seen)
    assert pages.given == 30
