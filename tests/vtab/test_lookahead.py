"""Keys of a join travel together: what each form of join costs at most, however many rows it has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

import iptvvtab
from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable, start_demo
from iptvvtab.jsonsql import PgType
from iptvvtab.vtab.estimate import BATCH
from iptvvtab.vtab.lookups import FEWEST
from tests.differential.oracle import difference, run

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases" / "lookahead.yaml").read_text(encoding="utf-8"))
NUMBERS = (1, 10, 1000)
MANY = 20_000
"""Half as many keys."""

LATENCY, WAITING = 0.005, 0.5
"""Seconds: what each request of such a join waits for a quick portal, and what they may wait in all."""

_TYPES = {"i": PgType.INTEGER, "t": PgType.TEXT, "b": PgType.BOOLEAN}
_NAMES = {"i": "integer", "t": "string", "b": "boolean"}
_TABLES = {
    "o": ("id:i i:i:i.id name:t other:i", ("id",)),
    "i": ("id:i label:t flag:b", ("id",)),
    "f": ("id:i i:i:i.id note:t next:i:i.id", ("id",)),
    "p": ("a:i:i.id b:i:o.id v:i", ("a", "b")),
}


def columns(text: str) -> list[list[str]]:
    return [[*one.split(":"), ""][:3] for one in text.split()]


def rows_of(n: int) -> dict[str, list[list[Any]]]:
    """N rows of `o`; all others have one row for each key that o knows, and as many that it does not."""
    key = {number: None if number % 10 == 9 else number // 2 for number in range(n)}
    ids = range(n)
    return {
        "o": [[k, key[k], f"label {key[k]}", key[k]] for k in ids],
        "i": [[k, f"label {k}", k % 3 == 0] for k in ids],
        "f": [[k, k // 2, f"note {k}", (k * 7) % n] for k in ids],
        "p": [[key[k], k, k] for k in ids if key[k] is not None],
    }


def serve(demo: DemoProcess, n: int) -> None:
    rows = rows_of(n)
    demo.put_tables(
        [
            (DemoTable(name, tuple(DemoColumn(c, _TYPES[kind]) for c, kind, _ in columns(said)), key), rows[name])
            for name, (said, key) in _TABLES.items()
        ]
    )


def write_schemas(folder: Path) -> Path:
    def entry(name: str, kind: str, target: str, key: tuple[str, ...]) -> dict[str, Any]:
        constraints = {"primary_key": name in key} | ({"foreign_key": target} if "." in target else {})
        return {"name": name, "type": _NAMES[kind], "constraints": constraints}

    schemas = {
        name: {"fields": {n: entry(*one, key) for n, one in enumerate(columns(said))}}
        for name, (said, key) in _TABLES.items()
    }
    path = folder / "schemas.yaml"
    path.write_text(yaml.safe_dump({"schemas": schemas}), encoding="utf-8")
    return path


def plain(n: int) -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    connection.execute("ATTACH ':memory:' AS portal")
    for name, (said, key) in _TABLES.items():
        declared = ", ".join(f"{c} {'TEXT' if kind == 't' else 'INTEGER'}" for c, kind, _ in columns(said))
        connection.execute(f"CREATE TABLE portal.{name} ({declared}, PRIMARY KEY ({', '.join(key)}))")
        marks = ", ".join("?" for _ in columns(said))
        connection.executemany(f"INSERT INTO portal.{name} VALUES ({marks})", rows_of(n)[name])
    return connection


class World:
    """A portal with N rows a table, plain tables of the same, and connections that met the portal before."""

    def __init__(self, demo: DemoProcess, folder: Path, n: int) -> None:
        self.demo, self.n = demo, n
        serve(demo, n)
        names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
        self._settings = {name: demo.environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
        self._settings |= {"state_folder": folder, "schemas": write_schemas(folder), "rate": 0, "memory_limit": 0}
        self.folder, self.oracle = folder, plain(n)
        with closing(self.connect()) as connection:
            connection.execute("SELECT id FROM portal.i WHERE label LIKE 'x'").fetchall()

    def connect(self, **settings: Any) -> apsw.Connection:
        given = {"source": "live", "rules_off": ["learned"], "whole_statements": False, **self._settings, **settings}
        return iptvvtab.connect(**given)

    def sync(self, *tables: str) -> None:
        with mirror_of(load(None, self._settings, environment={}, folder=self.folder)) as mirror:
            for table in tables:
                assert mirror.sync(table, 0).outcome == "published"


@pytest.fixture(scope="module")
def empty_portal() -> Iterator[DemoProcess]:
    with start_demo(rows=1) as demo:
        yield demo


@pytest.fixture(scope="module", params=[*NUMBERS, pytest.param(MANY, marks=pytest.mark.long)])
def world(request: pytest.FixtureRequest, empty_portal: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(empty_portal, tmp_path_factory.mktemp(f"world{request.param}"), request.param)


def bound(world: World, outer_pages: int) -> int:
    """What the issue promises for each inner table."""
    return outer_pages + math.ceil(world.n / 2 / BATCH) + 2


def check(world: World, connection: apsw.Connection, case: dict[str, Any]) -> dict[str, int]:
    """Run a case; its rows are those of plain tables. Return its requests by table."""
    with iptvvtab.meter(connection) as meter:
        got = run(connection, case["sql"])
    assert difference(run(world.oracle, case["sql"]), got, ordered=False) is None
    return {one.table: one.requests for one in meter.receipt().tables}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_form_of_join(case: dict[str, Any], world: World) -> None:
    """It costs the outer pages and a request for so many keys, however it is written."""
    with closing(world.connect()) as connection:
        requests = check(world, connection, case)
    for table in case["bound"]:
        assert requests[table] <= bound(world, requests["o"]) * (1 + (case["sql"].count(f"portal.{table} ") > 1))
    assert sum(requests.values()) * LATENCY <= WAITING


@pytest.mark.parametrize("name", ["left", "three_levels", "composite", "exists"])
def test_the_outer_rows_may_come_from_the_mirror(name: str, world: World) -> None:
    """Keys are seen in them as in rows of the portal; a table that is mirrored too is asked nothing at all."""
    world.sync("o")
    with closing(world.connect(source="auto", ttl=3600)) as connection:
        requests = check(world, connection, CASES[name])
        assert requests["o"] == 0
        for table in CASES[name]["bound"]:
            assert requests[table] <= bound(world, 0)
        world.sync("i", "f", "p")
        assert sum(check(world, connection, CASES[name]).values()) == 0


@pytest.mark.parametrize("name", ["left", "three_levels"])
def test_or_from_memory(name: str, world: World) -> None:
    """As from anywhere else."""
    with closing(world.connect(source="auto", mirror=world.folder / "none.db", memory_limit=64, max_age=600)) as one:
        one.execute("SELECT id, i FROM portal.o").fetchall()
        requests = check(world, one, CASES[name])
        assert requests["o"] == 0
        for table in CASES[name]["bound"]:
            assert requests[table] <= bound(world, 0)


def test_two_portals_in_one_statement(world: World) -> None:
    """Keys of one schema's cursor are looked up in another's, once they were seen to be the keys."""
    with closing(world.connect()) as connection:
        iptvvtab.register(connection, schema="other", source="live", rules_off=["learned"], **world._settings)
        sql = "SELECT count(i.label) FROM portal.o LEFT JOIN other.i ON i.id = o.i"
        with iptvvtab.meter(connection, "other") as meter:
            [(count,)] = connection.execute(sql).fetchall()
        assert count == world.oracle.execute(sql.replace("other", "portal")).get
        assert meter.receipt().requests <= bound(world, 4)


def test_a_statement_that_is_left_costs_one_batch(world: World) -> None:
    """Whoever takes the first row only has paid for the first page and the keys on it."""
    with closing(world.connect()) as connection, iptvvtab.meter(connection) as meter:
        cursor = connection.execute(CASES["left"]["sql"])
        next(cursor)
        cursor.close()
        assert {one.table: one.requests for one in meter.receipt().tables} == {"o": 1, "i": 1}


def test_deep_joins_look_no_further_than_they_need(world: World) -> None:
    """Of three levels the first row costs one request each: keys are seen on the pages that are there."""
    with closing(world.connect()) as connection, iptvvtab.meter(connection) as meter:
        cursor = connection.execute(CASES["three_levels"]["sql"].replace("count(f.note)", "f.note"))
        next(cursor, None)
        cursor.close()
        assert {one.table: one.requests for one in meter.receipt().tables}["o"] == 1


def test_where_lists_do_not_travel(world: World) -> None:
    """Keys are looked up one by one, and the table is read soon: never a list in parts that nobody promised."""
    with closing(world.connect(rules_off=["learned", "list"])) as connection:
        requests = check(world, connection, CASES["left"])
    assert requests["i"] <= FEWEST + bound(world, requests["o"])
