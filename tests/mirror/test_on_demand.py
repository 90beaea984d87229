"""Tables that are kept on demand: each key is asked for once, also one that is not there, and the rows are right."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

import iptvvtab
from iptvvtab import errors
from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable, Fault, Kind
from iptvvtab.jsonsql import PgType
from iptvvtab.mirror import Mirror, Status
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import options

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "on_demand.yaml").read_text(encoding="utf-8"))
ROWS = 40
SCHEMA = """schemas:
  stock:
    fields:
      0: {{name: id, type: integer, constraints: {{primary_key: true}}}}
      1: {{name: name, type: string}}
      2: {{name: number, type: integer, constraints: {{index: true}}}}
      3: {{name: secret, type: string, sensitive: true}}
    sync_config: {policy}
  pair:
    fields:
      0: {{name: a, type: integer, constraints: {{primary_key: true}}}}
      1: {{name: b, type: string, constraints: {{primary_key: true}}}}
      2: {{name: name, type: string}}
    sync_config: {policy}
"""
STOCK = [[n, f"n{n % 7}", n % 5 or None, "planted"] for n in range(1, ROWS + 1)]
PAIR = [[n, f"b{m}", f"{n}-{m}"] for n in range(1, 6) for m in range(4)]
TEXT, INTEGER = PgType.TEXT, PgType.INTEGER


def served(table: str, key: str, **columns: PgType) -> DemoTable:
    described = tuple(DemoColumn(one, kind, is_required=one in key.split()) for one, kind in columns.items())
    return DemoTable(table, described, tuple(key.split()))


STOCK_TABLE = served("stock", "id", id=INTEGER, name=TEXT, number=INTEGER, secret=TEXT)
PAIR_TABLE = served("pair", "a b", a=INTEGER, b=TEXT, name=TEXT)


@pytest.fixture
def stock(moving: DemoProcess) -> DemoProcess:
    moving.put_tables([(STOCK_TABLE, STOCK), (PAIR_TABLE, PAIR)])
    return moving


@pytest.fixture
def plain() -> Iterator[apsw.Connection]:
    with closing(apsw.Connection("")) as connection:
        connection.execute("ATTACH ':memory:' AS portal")
        connection.execute("CREATE TABLE portal.stock (id INTEGER PRIMARY KEY, name TEXT, number INTEGER, secret TEXT)")
        connection.execute("CREATE TABLE portal.pair (a INTEGER, b TEXT, name TEXT, PRIMARY KEY (a, b))")
        connection.executemany("INSERT INTO portal.stock VALUES (?, ?, ?, ?)", STOCK)
        connection.executemany("INSERT INTO portal.pair VALUES (?, ?, ?)", PAIR)
        yield connection


def schemas(folder: Path, **policy: Any) -> str:
    (folder / "schemas").mkdir(exist_ok=True)
    said = yaml.safe_dump({"cache_strategy": "on-demand", **policy}, default_flow_style=True, width=1000).strip()
    (folder / "schemas" / "own.yaml").write_text(SCHEMA.format(policy=said))
    return str(folder / "schemas")


Connect = Callable[..., apsw.Connection]


@pytest.fixture
def connect(stock: DemoProcess, tmp_path: Path) -> Iterator[Connect]:
    """`connect(**settings)`: a connection that remembers nothing itself, and has been at the portal before."""
    folder, opened = schemas(tmp_path), []

    def connection(**settings: Any) -> apsw.Connection:
        given = options(stock, tmp_path, **{"schemas": folder, "memory_limit": 0, **settings})
        opened.append(iptvvtab.connect(**given))
        return opened[-1]

    connection().execute("SELECT count(*) FROM portal.package").fetchall()
    stock.reset()
    yield connection
    for one in opened:
        one.close()


def asked(demo: DemoProcess) -> list[dict[str, Any]]:
    """The documents that travelled since the last look."""
    found = [one["params"] for one in demo.log().documents]
    demo.reset()
    return found


def answer(connection: apsw.Connection, sql: str) -> list[Any]:
    return connection.execute(sql).fetchall()


def status_of(mirror: Mirror, name: str = "stock") -> Status:
    return next(one for one in mirror.status() if one.table == name)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_history(stock: DemoProcess, connect: Connect, plain: apsw.Connection, case: list[list[Any]]) -> None:
    """Each statement gives what plain tables give, and asks as often as the case says; a new connection, too."""
    connections = [connect(), connect()]
    for n, (sql, requests) in enumerate(case):
        assert answer(connections[n % 2], sql) == answer(plain, sql), sql
        assert len(asked(stock)) == requests, sql


def test_any_history(stock: DemoProcess, connect: Connect, plain: apsw.Connection) -> None:
    """Keys in any number and order, known and not, of two connections: rows are always those of plain tables."""
    chance = random.Random(20)
    connections = [connect(), connect(ttl=0.05)]
    for _ in range(60):
        keys = ", ".join(str(chance.randint(1, ROWS + 10)) for _ in range(chance.randint(1, 6)))
        order = chance.choice(["id", "id DESC", "number, id", "name DESC, id LIMIT 3"])
        more = chance.choice(["", " AND number = 2", " AND name > 'n3'", " AND number IS NULL"])
        sql = f"SELECT id, name, number FROM portal.stock WHERE id IN ({keys}){more} ORDER BY {order}"
        assert answer(chance.choice(connections), sql) == answer(plain, sql), sql


def test_what_is_asked_for(stock: DemoProcess, connect: Connect, tmp_path: Path) -> None:
    """Whole rows of the keys that lack, in one request; nothing that is sensitive."""
    connection = connect()
    answer(connection, "SELECT name FROM portal.stock WHERE id IN (3, 5)")
    asked(stock)
    answer(connection, "SELECT number FROM portal.stock WHERE id IN (3, 4, 5, 99)")
    (document,) = asked(stock)
    assert document["where"] == {"in": [{"t": "id"}, 4, 99]}
    assert document["data"] == [{"t": "id"}, {"t": "name"}, {"t": "number"}]
    assert b"planted" not in (tmp_path / "mirror.db").read_bytes() + (tmp_path / "mirror.db-wal").read_bytes()


def test_a_key_grows_old(stock: DemoProcess, connect: Connect) -> None:
    """Each key by itself: what is older than the ttl is asked for again, and what came in is seen."""
    young, old = connect(), connect(ttl=0.0)
    answer(young, "SELECT id, name FROM portal.stock WHERE id IN (1, 99)")
    stock.put_tables([(STOCK_TABLE, [[1, "new", 1, ""], [99, "came", 1, ""]])])
    asked(stock)
    sql = "SELECT id, name FROM portal.stock WHERE id IN (1, 99) ORDER BY id"
    assert answer(young, sql) == [(1, "n1")]
    assert answer(old, sql) == [(1, "new"), (99, "came")]
    assert len(asked(stock)) == 1
    assert answer(young, sql) == [(1, "new"), (99, "came")]
    stock.put_tables([(STOCK_TABLE, [])])
    assert answer(old, sql) == []
    assert answer(young, sql) == []


def test_a_sync_reads_the_known_keys_anew(
    stock: DemoProcess, connect: Connect, mirror_for: MirrorFor, tmp_path: Path
) -> None:
    """Those and no others, in one request, also of a key of two columns; what is gone is remembered as gone."""
    connection = connect()
    mirror = mirror_for(stock, schemas=schemas(tmp_path))
    answer(connection, "SELECT id, name FROM portal.stock WHERE id IN (1, 2, 99)")
    answer(connection, "SELECT * FROM portal.pair WHERE a = 1 AND b = 'b1'")
    stock.put_tables(
        [(STOCK_TABLE, [[2, "two", 2, ""], [3, "three", 3, ""], [99, "came", 9, ""]]), (PAIR_TABLE, [[1, "b1", "x"]])]
    )
    asked(stock)
    done = [mirror.sync(name, 0) for name in ("stock", "pair")]
    assert [(one.outcome, one.strategy, one.rows) for one in done] == [("published", "on-demand", n) for n in (2, 1)]
    assert asked(stock)[0]["where"] == {"in": [{"t": "id"}, 1, 2, 99]}
    sql = "SELECT id, name FROM portal.stock WHERE id IN (1, 2, 99)"
    assert answer(connection, sql) == [(2, "two"), (99, "came")]
    assert answer(connection, "SELECT name FROM portal.pair WHERE a = 1 AND b = 'b1'") == [("x",)]
    assert asked(stock) == []
    assert (status_of(mirror).part, status_of(mirror).published.rows) == ("3 keys that were asked for", 2)  # type: ignore[union-attr]


def test_a_sync_believes_no_empty_answer(
    stock: DemoProcess, connect: Connect, mirror_for: MirrorFor, tmp_path: Path
) -> None:
    """Rows that would all vanish stay, until somebody says that this is how it is."""
    connection = connect()
    mirror = mirror_for(stock, schemas=schemas(tmp_path))
    answer(connection, "SELECT id, name FROM portal.stock WHERE id IN (1, 2, 3)")
    stock.faults(Fault(Kind.NO_ROWS, times=None))
    assert isinstance(mirror.sync("stock", 0).error, errors.NotProven)
    assert len(answer(connection, "SELECT id, name FROM portal.stock WHERE id IN (1, 2, 3)")) == 3
    assert mirror.sync("stock", 0, is_forced=True).outcome == "published"
    assert answer(connection, "SELECT id, name FROM portal.stock WHERE id IN (1, 2, 3)") == []


def test_a_portal_that_fails(stock: DemoProcess, connect: Connect) -> None:
    """Keys that are known stand in where that is allowed; those that lack are an error, and nothing is remembered."""
    connection = connect(ttl=0.0, sie=3600.0)
    answer(connection, "SELECT name FROM portal.stock WHERE id IN (1, 2)")
    stock.faults(Fault(Kind.STATUS, status=503, times=None))
    assert answer(connection, "SELECT name FROM portal.stock WHERE id = 2") == [("n2",)]
    with pytest.raises(errors.ServerFailed):
        answer(connection, "SELECT name FROM portal.stock WHERE id IN (2, 3)")
    stock.reset()
    assert answer(connect(), "SELECT name FROM portal.stock WHERE id IN (2, 3)") == [("n2",), ("n3",)]


def test_without_the_portal(stock: DemoProcess, connect: Connect) -> None:
    """`source = mirror`: keys that are known, of any age, and no others."""
    answer(connect(), "SELECT name FROM portal.stock WHERE id IN (1, 99)")
    asked(stock)
    only = connect(source="mirror", ttl=0.0)
    assert answer(only, "SELECT name FROM portal.stock WHERE id IN (1, 99)") == [("n1",)]
    for sql in ("SELECT name FROM portal.stock WHERE id IN (1, 2)", "SELECT count(*) FROM portal.stock"):
        with pytest.raises(errors.NoMirror):
            answer(only, sql)
    assert asked(stock) == []


def test_a_file_that_another_writes_to(stock: DemoProcess, connect: Connect, tmp_path: Path) -> None:
    """A query has its rows though they cannot be kept, and does not wait long for that."""
    connection = connect()
    answer(connection, "SELECT name FROM portal.stock WHERE id = 1")
    with closing(apsw.Connection(str(tmp_path / "mirror.db"))) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert answer(connection, "SELECT name FROM portal.stock WHERE id IN (1, 2)") == [("n1",), ("n2",)]
        writer.execute("ROLLBACK")
    asked(stock)
    assert answer(connection, "SELECT name FROM portal.stock WHERE id IN (1, 2)") == [("n1",), ("n2",)]
    assert len(asked(stock)) == 1, "it was not kept"


def test_a_file_that_cannot_be_used(stock: DemoProcess, connect: Connect, tmp_path: Path) -> None:
    """Rows come from the portal all the same."""
    (tmp_path / "mirror.db").write_bytes(b"no database at all" * 100)
    assert answer(connect(), "SELECT name FROM portal.stock WHERE id = 1") == [("n1",)]


def test_many_at_once(stock: DemoProcess, connect: Connect) -> None:
    """Threads that ask for overlapping keys wait for no lock of each other, and all are right."""
    wrong: list[Any] = []

    def ask(first: int) -> None:
        connection = connect()
        for n in range(first, first + 12):
            found = answer(connection, f"SELECT id FROM portal.stock WHERE id IN ({n}, {n + 1}, {n + 50})")
            if found != [(n,), (n + 1,)]:
                wrong.append((n, found))

    threads = [threading.Thread(target=ask, args=(first,)) for first in (1, 3, 8, 15)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def test_other_strategies(stock: DemoProcess, connect: Connect, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """A full sync makes a whole table of it; rows on demand begin anew once that is old."""
    mirror = mirror_for(stock, schemas=schemas(tmp_path))
    answer(connect(), "SELECT name FROM portal.stock WHERE id = 1")
    assert mirror.verify("stock").error is not None
    assert mirror.sync("stock", 0, strategy="full").rows == ROWS
    asked(stock)
    assert answer(connect(), "SELECT count(*) FROM portal.stock") == [(ROWS,)]
    assert asked(stock) == []
    assert answer(connect(ttl=0.0), "SELECT name FROM portal.stock WHERE id = 1") == [("n1",)]
    assert (status_of(mirror).part, len(asked(stock))) == ("1 keys that were asked for", 1)
    assert answer(connect(), "SELECT count(*) FROM portal.stock") == [(ROWS,)]
    assert len(asked(stock)) == 1
    assert mirror.clear(["stock"]) == ["stock"]
    assert answer(connect(), "SELECT name FROM portal.stock WHERE id = 1") == [("n1",)]
    assert len(asked(stock)) == 1


def test_another_policy(stock: DemoProcess, connect: Connect, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Some rows are not all: where the policy wants a whole table from now on, they are never fresh."""
    answer(connect(), "SELECT name FROM portal.stock WHERE id = 1")
    mirror = mirror_for(stock, schemas=schemas(tmp_path, cache_strategy="full"))
    assert status_of(mirror).state(3600, 0.0) == "outdated"
    asked(stock)
    connection = connect(schemas=str(tmp_path / "schemas"))
    assert answer(connection, "SELECT count(*) FROM portal.stock") == [(ROWS,)]
    assert len(asked(stock)) == 1
    assert mirror.sync("stock", 3600).rows == ROWS
    assert answer(connection, "SELECT count(*) FROM portal.stock") == [(ROWS,)]
    assert len(asked(stock)) == 2, "a page and the count, of the sync"


def test_a_schema_that_changed(stock: DemoProcess, connect: Connect, tmp_path: Path) -> None:
    """What was kept by another schema answers nothing, and gives way."""
    answer(connect(), "SELECT name FROM portal.stock WHERE id = 1")
    file = tmp_path / "schemas" / "own.yaml"
    file.write_text(file.read_text().replace("{name: number, type: integer", "{name: number, type: float"))
    asked(stock)
    connection = connect()
    for requests in (1, 0):
        assert answer(connection, "SELECT number FROM portal.stock WHERE id = 1") == [(1.0,)]
        assert len(asked(stock)) == requests


@pytest.mark.parametrize("policy", [{"where": "number = 1"}, {"limit": 5}])
def test_no_part_on_demand(
    stock: DemoProcess, connect: Connect, mirror_for: MirrorFor, tmp_path: Path, policy: dict[str, Any]
) -> None:
    """A part is not kept on demand: a sync says so, and queries ask the portal."""
    folder = schemas(tmp_path, **policy)
    assert isinstance(mirror_for(stock, schemas=folder).sync("stock", 0).error, errors.NotMirrored)
    connection = connect(schemas=folder)
    for _ in range(2):
        assert answer(connection, "SELECT name FROM portal.stock WHERE id = 2") == [("n2",)]
        assert len(asked(stock)) == 1


def test_what_is_announced(stock: DemoProcess, connect: Connect) -> None:
    """`explain` announces what travels, and that nothing does where all keys are known."""
    connection = connect()
    sql = "SELECT name FROM portal.stock WHERE id = 3"
    before = iptvvtab.explain(connection, sql).scans[0].scan
    answer(connection, sql)
    after = iptvvtab.explain(connection, sql).scans[0].scan
    assert before is not None
    assert after is not None
    assert (before.kept, [*before.documents]) == (None, asked(stock))
    assert after.kept is not None
