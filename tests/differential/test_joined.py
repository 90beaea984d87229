"""Joins over every mixture of sources: the same rows as plain tables give, and no more requests for looking ahead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from iptvvtab.schema import Table, load_catalog
from iptvvtab.vtab.contract import LOOKAHEAD
from tests.differential.joined import JOINED, Joined, differences, outcomes, with_local
from tests.differential.mixtures import (
    BESIDE,
    BESIDE_MEMORY,
    FRESH,
    LIVE,
    MIXTURES,
    ON_DEMAND,
    PAGES,
    REMEMBERED,
    STALE,
    Mixture,
    Worlds,
)
from tests.differential.oracle import plain_tables
from tests.differential.sides import SCHEMAS, connect

SMALLEST = 500
STORES = ["sqlite", "postgresql"]
GRACE = 2
"""Requests that a guess may cost."""
EVERY = 30
"""Of `make test`: the requests of each thirtieth case."""
TURNS = [one for one in MIXTURES for _ in range(1 if one.off else 2)]
"""Of `make test`: the mixtures that cases are run in, in turn; without a rule they take longer."""


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
    """No case depends on an order that its SQL does not fix: plain tables walked backwards give the same."""
    with closing(plain_tables(served_sqlite, load_catalog(SCHEMAS))) as turned:
        turned.execute("PRAGMA reverse_unordered_selects = ON")
        with_local(turned)
        oracle, left_open = worlds.oracle("sqlite"), []
        for case in JOINED:
            left_open += differences(case, outcomes(oracle, case), outcomes(turned, case))
        assert left_open == []


SOURCE_OF = {FRESH: "mirror", STALE: "live", ON_DEMAND: "live", LIVE: "live", REMEMBERED: "memory"}


@pytest.mark.parametrize("parts", [BESIDE, BESIDE_MEMORY], ids=["beside", "beside memory"])
def test_tables_play_their_parts(parts: tuple[str, ...], worlds: Worlds) -> None:
    """Rows of each table come from where its part says; keys that were asked for on demand travel no more."""
    mixture = Mixture(parts, is_redirected=False)
    connection, catalog = worlds.of(STORES[0], mixture), load_catalog(SCHEMAS)
    for number, name in enumerate(sorted(catalog)):
        part, column = mixture.part(number, catalog[name]), catalog[name].columns[0].name
        assert source_of(connection, f'SELECT "{column}" FROM portal."{name}"') == SOURCE_OF[part]
        if part == ON_DEMAND:
            keyed = " AND ".join(f'"{one}" = 1' for one in catalog[name].key)
            sources = [source_of(connection, f'SELECT * FROM portal."{name}" WHERE {keyed}') for _ in range(2)]
            assert sources[1] == ("mirror" if not has_secrets(catalog[name]) else "live")


def source_of(connection: apsw.Connection, sql: str) -> str:
    with iptvvtab.meter(connection) as meter:
        connection.execute(sql).fetchall()
    [table] = meter.receipt().tables
    return table.source


def has_secrets(table: Table) -> bool:
    return any(column.sensitive for column in table.columns)


@pytest.mark.parametrize("number", range(len(MIXTURES)), ids=[str(one) for one in MIXTURES])
def test_each_mixture(number: int, worlds: Worlds) -> None:
    """Cases give the same rows of the same types: each in one mixture, in turn on each store."""
    store, mixture = STORES[number % len(STORES)], MIXTURES[number]
    cases = tuple(one for turn, one in enumerate(JOINED) if TURNS[turn % len(TURNS)] is mixture)
    assert found(worlds, store, mixture, cases) == []


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
    """Say which cases take more requests with the look ahead than without, where the sizes of tables are known."""
    given = {"source": "live", **PAGES}
    ahead = with_local(connect(demo, state, **given))
    without = with_local(connect(demo, state, rules_off=[LOOKAHEAD], **given))
    with closing(ahead), closing(without):
        for table in load_catalog(SCHEMAS):
            for connection in (ahead, without):
                connection.execute(f"SELECT count(*) FROM portal.{table}").fetchall()
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
