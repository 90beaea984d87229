"""Mirrors of a part of a table: which rows stand there, and that they answer nothing that asks for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

import iptvvtab
from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable, Fault, Kind
from iptvvtab.errors import NoMirror, NotMirrored, NotProven
from iptvvtab.jsonsql import PgType
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import options

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "part.yaml").read_text(encoding="utf-8"))
REFUSED = {name: case for name, case in CASES.items() if "refused" in case}
KEPT = {name: case for name, case in CASES.items() if "refused" not in case}
ROWS = 40
SHOWN = "id, number, name, flag, amount, seen, day"
KINDS = {
    "id": PgType.INTEGER,
    "number": PgType.INTEGER,
    "name": PgType.TEXT,
    "flag": PgType.BOOLEAN,
    "amount": PgType.DOUBLE,
    "seen": PgType.TIMESTAMP,
    "day": PgType.DATE,
    "secret": PgType.TEXT,
}
SCHEMA = """schemas:
  stock:
    fields:
      0: {{name: id, type: integer, constraints: {{primary_key: true}}}}
      1: {{name: number, type: integer}}
      2: {{name: name, type: string}}
      3: {{name: flag, type: boolean}}
      4: {{name: amount, type: float}}
      5: {{name: seen, type: datetime}}
      6: {{name: day, type: date}}
      7: {{name: secret, type: string, sensitive: true}}
    sync_config: {policy}
"""


def stock_row(n: int) -> list[Any]:
    name = [None, "number", f"N{n % 5}", f"n{n % 5}", f"n{n % 7}"][n % 5]
    day = f"2024-01-{n % 28 + 1:02}"
    return [n, n, name, [None, True, False][n % 3], n / 4, f"{day} 00:00:00" if n % 9 else None, day, "x"]


ALL = [stock_row(n) for n in range(1, ROWS + 1)]


@pytest.fixture
def stock(moving: DemoProcess) -> DemoProcess:
    """The portal with a table `stock` of columns of many types, NULL in some."""
    columns = tuple(DemoColumn(name, kind, is_required=name == "id") for name, kind in KINDS.items())
    moving.put_tables([(DemoTable("stock", columns, ("id",)), ALL)])
    return moving


@pytest.fixture
def plain() -> Iterator[apsw.Connection]:
    """The same rows in a plain table of SQLite."""
    connection = apsw.Connection("")
    connection.execute("CREATE TABLE stock (id INTEGER PRIMARY KEY, number, name, flag, amount, seen, day, secret)")
    connection.executemany("INSERT INTO stock VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ALL)
    yield connection
    connection.close()


def schemas(folder: Path, **policy: Any) -> str:
    """Write the schema with a policy, and return its folder."""
    (folder / "schemas").mkdir(exist_ok=True)
    said = yaml.safe_dump(policy, default_flow_style=True, width=1000).strip()
    (folder / "schemas" / "stock.yaml").write_text(SCHEMA.format(policy=said))
    return str(folder / "schemas")


def policy_of(case: dict[str, Any]) -> dict[str, Any]:
    return {name: case[name] for name in ("where", "limit", "order_by") if name in case}


def expected(plain: apsw.Connection, case: dict[str, Any]) -> list[Any]:
    """The rows that a mirror is to keep, as SQLite says itself."""
    limit, order = case.get("limit", -1), case.get("order_by", "id")
    kept = f"SELECT id FROM stock WHERE {case.get('where', '1')} ORDER BY {order} LIMIT {limit}"
    return plain.execute(f"SELECT {SHOWN} FROM stock WHERE id IN ({kept}) ORDER BY id").fetchall()


def from_file(path: Path) -> list[Any]:
    with closing(apsw.Connection(str(path))) as connection:
        return connection.execute(f"SELECT {SHOWN} FROM stock ORDER BY id").fetchall()


@pytest.mark.parametrize("case", KEPT.values(), ids=list(KEPT))
def test_a_part(
    stock: DemoProcess, mirror_for: MirrorFor, plain: apsw.Connection, tmp_path: Path, case: dict[str, Any]
) -> None:
    """The file holds the rows of the part; reads of them are answered from it, all others by the portal."""
    folder = schemas(tmp_path, **policy_of(case))
    mirror = mirror_for(stock, schemas=folder, page_rows=4)
    done = mirror.sync("stock", 0)
    assert (done.outcome, from_file(mirror.path)) == ("published", expected(plain, case)), done
    assert done.rows == len(from_file(mirror.path))
    options_ = options(stock, tmp_path, schemas=folder)
    with closing(iptvvtab.connect(source="mirror", **options_)) as only:
        for condition in case["answers"]:
            sql = f"SELECT {SHOWN} FROM {{}}stock WHERE {condition} ORDER BY id"
            assert only.execute(sql.format("portal.")).fetchall() == plain.execute(sql.format("")).fetchall(), condition
        for condition in case["leaves"]:
            with pytest.raises(NoMirror):
                only.execute(f"SELECT {SHOWN} FROM portal.stock WHERE {condition}").fetchall()
    with closing(iptvvtab.connect(source="auto", **options_)) as both:
        for condition in (*case["answers"], *case["leaves"]):
            for shown in (SHOWN, "count(*)", "DISTINCT name"):
                sql = f"SELECT {shown} FROM {{}}stock WHERE {condition} ORDER BY 1"
                got, wanted = (one.execute(sql.format(at)).fetchall() for one, at in ((both, "portal."), (plain, "")))
                assert got == wanted, sql


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_a_part_that_is_refused(
    stock: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, case: dict[str, Any]
) -> None:
    """A sync says which part of the policy cannot be kept; queries go to the portal."""
    folder = schemas(tmp_path, **policy_of(case))
    done = mirror_for(stock, schemas=folder).sync("stock", 0)
    assert isinstance(done.error, NotMirrored)
    assert case["refused"] in str(done.error)
    with closing(iptvvtab.connect(**options(stock, tmp_path, schemas=folder))) as connection:
        assert connection.execute("SELECT count(*) FROM portal.stock").get == ROWS


def test_a_part_is_proven_by_its_own_count(stock: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """What is fetched of a part is compared with how many rows that part has; a limit with no more than it lets in."""
    mirror = mirror_for(stock, schemas=schemas(tmp_path, where="number > 10"), page_rows=4)
    assert mirror.sync("stock", 0).rows == ROWS - 10
    stock.faults(Fault(Kind.NO_ROWS, skip=2))
    assert isinstance(mirror.sync("stock", 0).error, NotProven)
    assert len(from_file(mirror.path)) == ROWS - 10
    stock.reset()
    mirror = mirror_for(stock, schemas=schemas(tmp_path, limit=20), page_rows=4)
    stock.faults(Fault(Kind.NO_ROWS, skip=2))
    assert isinstance(mirror.sync("stock", 0).error, NotProven)
    stock.reset()
    assert mirror.sync("stock", 0).rows == 20


def test_a_limit_asks_for_no_more(stock: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """The first rows come in one request of as many; then there is the count."""
    mirror = mirror_for(stock, schemas=schemas(tmp_path, limit=5, order_by="number desc"), page_rows=1000)
    mirror.sync("package", 0)
    stock.reset()
    assert mirror.sync("stock", 0).rows == 5
    asked = [one["params"] for one in stock.log().documents]
    assert [one.get("limit") for one in asked] == [5, None]


def test_a_part_is_never_read_incrementally(stock: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """A row that left the part changed, and would not be asked for: all of the part is read."""
    folder = schemas(tmp_path, where="number > 10", cache_strategy="incremental", incremental_field="seen")
    mirror = mirror_for(stock, schemas=folder)
    mirror.sync("stock", 0)
    moved = [[*row[:1], 1, *row[2:]] if row[0] == 20 else row for row in ALL]
    columns = tuple(DemoColumn(name, kind, is_required=name == "id") for name, kind in KINDS.items())
    stock.put_tables([(DemoTable("stock", columns, ("id",)), moved)])
    done = mirror.sync("stock", 0, strategy="incremental")
    assert (done.strategy, 20 in {row[0] for row in from_file(mirror.path)}) == ("full", False)


def test_what_a_part_teaches(stock: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """The size of a part is not that of its table; the status says which part it is."""
    folder = schemas(tmp_path, where="number > 30", limit=5, order_by="name")
    mirror = mirror_for(stock, schemas=folder)
    mirror.sync("stock", 0)
    status = next(one for one in mirror.status() if one.table == "stock")
    assert status.part == "where number > 30, the first 5 by name"
    with closing(iptvvtab.connect(**options(stock, tmp_path, schemas=folder))) as connection:
        sql = "SELECT row_count FROM portal.portal_tables WHERE name = 'stock'"
        assert connection.execute(sql).get is None
