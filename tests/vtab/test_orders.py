"""The order that SQLite takes for the loops of a join is about the cheapest one, by what travels: cases/orders.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import apsw
import pytest
import sqlglot
import yaml
from sqlglot import exp

import iptvvtab
from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess, start_demo
from iptvvtab.source import Pace
from tests.differential.sides import connect

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases" / "orders.yaml").read_text(encoding="utf-8"))
SUBSCRIBERS = 400
MANY = 2_500

USUAL = Pace()

A_LITTLE = 1.1
"""How much dearer than the cheapest order the one that SQLite takes may be, and a request."""


@pytest.fixture(scope="module", params=[SUBSCRIBERS, pytest.param(MANY, marks=pytest.mark.long)])
def demo(request: pytest.FixtureRequest) -> Iterator[DemoProcess]:
    with start_demo(rows=request.param) as served:
        yield served


@pytest.fixture(scope="module", params=["live", "half mirrored"])
def connection(
    request: pytest.FixtureRequest, demo: DemoProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[apsw.Connection]:
    """A connection that has counted the tables; nothing is remembered."""
    folder = tmp_path_factory.mktemp("orders")
    given: dict[str, Any] = {"memory_limit": 0, "source": "live"}
    if request.param == "half mirrored":
        given |= {"source": "auto", "ttl": 3600, "mirror": folder / "shadow.db"}
    connected = connect(demo, folder, **given)
    for table in CASES["counted"]:
        connected.execute(f"SELECT count(*) FROM portal.{table}").fetchall()
    if request.param == "half mirrored":
        mirror(demo, given["mirror"], folder)
    yield connected
    connected.close()


def mirror(demo: DemoProcess, file: Path, folder: Path) -> None:
    settings = load(
        None, {"mirror": file, "state_folder": folder, "rate": 0}, environment=dict(demo.environment), folder=folder
    )
    with mirror_of(settings) as kept:
        for table in CASES["mirrored"]:
            assert kept.sync(table, 0).outcome == "published"


def orders(sql: str) -> Iterator[str]:
    """Yield a join of inner tables in each order of its loops in which each table meets one before: no product of both.

    Such products are never cheap, and slow.
    """
    tree = sqlglot.parse_one(sql, dialect="sqlite")
    joins = tree.args["joins"]
    conditions = [join.args["on"] for join in joins]
    met = [{column.table for column in condition.find_all(exp.Column)} for condition in conditions]
    if tree.args.get("where"):
        conditions.append(tree.args["where"].this)
    for tables in permutations([tree.find(exp.From).this, *(join.this for join in joins)]):
        names = [table.alias for table in tables]
        if not all(any({*names[:n], name} >= both > {name} for both in met) for n, name in enumerate(names) if n):
            continue
        ordered = tree.copy()
        ordered.find(exp.From).replace(exp.From(this=tables[0].copy()))
        ordered.set("joins", [exp.Join(this=one.copy(), kind="CROSS") for one in tables[1:]])
        ordered.set("where", exp.Where(this=exp.and_(*(one.copy() for one in conditions))))
        yield ordered.sql("sqlite")


def cost(connection: apsw.Connection, sql: str) -> tuple[float, list[Any]]:
    """Return the milliseconds that what travels takes, by the usual pace, and the rows."""
    with iptvvtab.meter(connection) as meter:
        rows = connection.execute(sql).fetchall()
    receipt = meter.receipt()
    return receipt.requests * USUAL.request + receipt.rows * USUAL.row, sorted(rows, key=repr)


@pytest.mark.parametrize("sql", CASES["joins"].values(), ids=CASES["joins"])
def test_the_order_that_sqlite_takes_is_cheap(sql: str, connection: apsw.Connection) -> None:
    """It costs a tenth and a request more than the cheapest order, at most; all orders give the same rows."""
    taken, rows = cost(connection, sql)
    every = [cost(connection, ordered) for ordered in orders(sql)]
    assert all(other == rows for _, other in every)
    assert taken <= min(found for found, _ in every) * A_LITTLE + USUAL.request
