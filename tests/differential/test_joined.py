"""Joins over every mixture of sources: the same rows as plain tables give, and no more requests for looking ahead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from iptvvtab.schema import load_catalog
from iptvvtab.vtab.contract import LEARNED, LOOKAHEAD
from tests.differential.joined import JOINED, Joined, differences, outcomes, with_local
from tests.differential.mixtures import MIXTURES, Mixture, Worlds
from tests.differential.oracle import plain_tables
from tests.differential.sides import SCHEMAS, SMALL_PAGES, connect

SMALLEST = 500
STORES = ["sqlite", "postgresql"]
GROUPS = sorted({one.group for one in JOINED})
GRACE = 2
"""Requests that a guess may cost."""
EVERY = 10
"""Of `make test`: the requests of each tenth case."""


@pytest.fixture(scope="module")
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Plain tables and connections by store and mixture."""

    def served(store: str) -> DemoProcess:
        demo: DemoProcess = request.getfixturevalue(f"served_{store}")
        return demo

    made = Worlds(served, tmp_path_factory.mktemp("worlds"))
    yield made
    made.close()


def found(worlds: Worlds, store: str, mixture: Mixture, cases: tuple[Joined, ...]) -> list[str]:
    """What differs between plain tables and a mixture."""
    oracle, portal = worlds.oracle(store), worlds.of(store, mixture)
    return [said for case in cases for said in differences(case, outcomes(oracle, case), outcomes(portal, case))]


def test_the_corpus_is_large_enough() -> None:
    """It has as many cases as was promised, each once."""
    assert len({(str(one.said), one.turns) for one in JOINED}) == len(JOINED) >= SMALLEST


def test_the_corpus_leaves_nothing_open(served_sqlite: DemoProcess, worlds: Worlds) -> None:
    """No case depends on an order that its SQL does not fix: plain tables from the last row to the first give the same."""
    with closing(plain_tables(served_sqlite, load_catalog(SCHEMAS))) as turned:
        turned.execute("PRAGMA reverse_unordered_selects = ON")
        with_local(turned)
        oracle = worlds.oracle("sqlite")
        assert [said for case in JOINED for said in differences(case, outcomes(oracle, case), outcomes(turned, case))] == []


@pytest.mark.parametrize("number", range(len(MIXTURES)), ids=[str(one) for one in MIXTURES])
def test_each_mixture(number: int, worlds: Worlds) -> None:
    """Cases give the same rows of the same types: each in one mixture, in turn on each store."""
    store = STORES[number % len(STORES)]
    assert found(worlds, store, MIXTURES[number], JOINED[number :: len(MIXTURES)]) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mixture", MIXTURES, ids=str)
@pytest.mark.parametrize("store", STORES)
def test_all_of_them(store: str, mixture: Mixture, worlds: Worlds) -> None:
    """Every case gives the same in every mixture."""
    assert found(worlds, store, mixture, JOINED) == []


def requests(connection: apsw.Connection, case: Joined) -> int:
    with iptvvtab.meter(connection) as meter:
        outcomes(connection, case)
    return meter.receipt().requests


def dearer(demo: DemoProcess, state: Path, cases: tuple[Joined, ...]) -> Iterator[str]:
    """Say which cases take more requests with the look ahead than without."""
    given = {"source": "live", **SMALL_PAGES}
    ahead = with_local(connect(demo, state, rules_off=[LEARNED], **given))
    without = with_local(connect(demo, state, rules_off=[LEARNED, LOOKAHEAD], **given))
    with closing(ahead), closing(without):
        ahead.execute("SELECT name FROM portal.package WHERE name LIKE 'x'").fetchall()
        for case in cases:
            one, other = requests(ahead, case), requests(without, case)
            if one > other + GRACE:
                yield f"{case}: {one} requests, {other} without\n    {case.said[0].sql}"


def test_looking_ahead_costs_no_more(served_sqlite: DemoProcess, tmp_path: Path) -> None:
    """No case takes more requests than without it, but for a guess or two: a sample."""
    assert [*dearer(served_sqlite, tmp_path, JOINED[::EVERY])] == []


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("store", STORES)
def test_looking_ahead_costs_no_more_anywhere(store: str, worlds: Worlds, tmp_path: Path) -> None:
    """No case at all."""
    assert [*dearer(worlds.served(store), tmp_path, JOINED)] == []
