"""How many rows and requests are expected of a scan, and what SQLite makes of it: cases/estimates.yaml, joins.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

from iptvvtab.demo import DemoProcess
from iptvvtab.portal import Capabilities
from iptvvtab.remote import Sizes
from iptvvtab.schema import Column, Statistics, Table
from iptvvtab.source import Learned
from iptvvtab.types import ColumnType, Value
from iptvvtab.vtab.contract import Comparison, Contract
from iptvvtab.vtab.estimate import MEMBERS, estimates
from iptvvtab.vtab.offer import ROWID, Bound, Constraint, Offer, Outlook
from iptvvtab.vtab.plan import Plan, plan
from tests.differential.sides import connect

CASES = Path(__file__).parent / "cases"
EXPECTED = yaml.safe_load((CASES / "estimates.yaml").read_text(encoding="utf-8"))
JOINS = yaml.safe_load((CASES / "joins.yaml").read_text(encoding="utf-8"))

COLUMNS = {
    "id": ColumnType.INTEGER,
    "code": ColumnType.INTEGER,
    "kind": ColumnType.INTEGER,
    "flag": ColumnType.BOOLEAN,
    "start": ColumnType.DATETIME,
    "name": ColumnType.STRING,
}
SIZES = Sizes(first=200, largest=20_000)


def table(metadata: dict[str, int], key: tuple[str, ...] = ("id",)) -> Table:
    columns = tuple(
        Column(position=number, name=name, remote_name=name, type=kind, unique=name == "code")
        for number, (name, kind) in enumerate(COLUMNS.items())
    )
    return Table(name="t", remote_name="t", columns=columns, key=key, statistics=Statistics(**metadata))


def taught(
    rows: int | None = None,
    smallest: int | None = None,
    largest: int | None = None,
    per_value: dict[str, int] | None = None,
) -> Learned:
    learned = Learned()
    if rows is not None:
        learned.table_read("t", rows, None if smallest is None or largest is None else (smallest, largest))
    for column, number in (per_value or {}).items():
        learned.looked_up("t", column, number)
    return learned


def outlook_of(case: dict[str, Any]) -> Outlook:
    able = Capabilities(ilike=True, **case.get("able", {}))
    contract = Contract().without(case.get("without", ()))
    return Outlook(contract, lambda: able, taught(**case.get("learned", {})), SIZES)


def constraint(number: int, column: str, comparison: str, value: Value = None) -> Constraint:
    place = ROWID if column == "rowid" else list(COLUMNS).index(column)
    return Constraint(number, place, Comparison(comparison), value=value)


def planned(case: dict[str, Any]) -> Plan:
    what = table(case.get("metadata", {}))
    constraints = tuple(constraint(number, *one) for number, one in enumerate(case.get("where", [])))
    first = len(constraints)
    bounds = tuple(Bound(first + number, number > 0, value) for number, value in enumerate(case.get("limit", [])))
    used = {what.index("id"), what.index("name")}
    return plan(what, Offer(constraints, used, bounds=bounds), outlook_of(case))


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=f"{rule}: {one}") for rule, cases in EXPECTED.items() for one in cases]
)
def test_expected(case: dict[str, Any]) -> None:
    """A scan is expected to bring so many rows, in so many requests."""
    made = planned(case)
    assert made.rows == pytest.approx(case["rows"])
    assert made.requests == case.get("requests", made.requests)


def test_cost_is_time() -> None:
    """Requests and rows at the pace that the portal was seen to have."""
    case = {"learned": {"rows": 4000}}
    made, outlook = planned(case), outlook_of(case)
    assert made.cost == pytest.approx(made.requests * outlook.learned.pace.request + 4000 * outlook.learned.pace.row)


@pytest.mark.parametrize(("rows", "requests"), [(999, 1), (1000, 2)])
def test_a_table_without_a_key_is_one_request(rows: int, requests: int) -> None:
    """Where the portal may have cut the answer, one more looks beyond it."""
    assert estimates(table({"row_count": rows}, ()), Outlook()).requests(rows) == requests


def test_members_of_a_list_are_a_guess() -> None:
    """SQLite does not say how many there are."""
    assert planned({"where": [["id", "IN"]]}).rows == MEMBERS


# What scans of the demo portal really take


@pytest.mark.parametrize("pages", [(7, 40), (200, 20_000), (10, 90)])
@pytest.mark.parametrize("name", ["subscriber", "terminal", "tv_program", "tv_channel", "terminal_playlog"])
def test_a_scan_takes_what_is_expected(name: str, pages: tuple[int, int], demo: DemoProcess, tmp_path: Path) -> None:
    """Once a table was read, the estimate of another scan is what that takes."""
    connection = connect(demo, tmp_path, source="live", first_page_rows=pages[0], page_rows=pages[1])
    sql = f"SELECT * FROM portal.{name}"
    rows = connection.execute(sql).fetchall()
    demo.reset()
    connection.execute(sql).fetchall()
    ((known, known_from, width, key),) = connection.execute(
        "SELECT row_count, row_count_from, columns, key FROM portal.portal_tables WHERE name = ?", (name,)
    )
    connection.close()
    assert (known, known_from) == (len(rows), "learned")
    if key is None:
        assert len(demo.log().documents) == 1
    else:
        assert len(demo.log().documents) == Sizes(*pages).requests(known, width)


# What SQLite makes of it


@pytest.fixture(scope="module")
def portal(served_sqlite: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    """A connection that has counted the tables."""
    served_sqlite.reset()
    served_sqlite.set_switches("default")
    connection = connect(served_sqlite, tmp_path_factory.mktemp("counted"), source="live")
    for name in JOINS["counted"]:
        connection.execute(f"SELECT count(*) FROM portal.{name}").fetchall()
    connection.execute("CREATE TABLE many (id INTEGER)")
    connection.execute(JOINS["many"])
    connection.execute("CREATE TABLE few (id INTEGER)")
    connection.execute("INSERT INTO few VALUES (1), (2), (3)")
    connection.execute("ANALYZE main")
    yield connection
    connection.close()


def loops(connection: apsw.Connection, sql: str) -> str:
    """The names of the tables in the order of the loops, outermost first."""
    lines = [words for (_, _, _, words) in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
    return " ".join(found[2] for words in lines if (found := re.match(r"(SCAN|SEARCH) (\w+)", words)))


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=f"{rule}: {one['sql']}") for rule, cases in JOINS["joins"].items() for one in cases]
)
def test_join(case: dict[str, Any], portal: apsw.Connection, demo: DemoProcess) -> None:
    """The loops of a join are in this order, however FROM is written, and take no more requests."""
    for tables in (case["from"], case["from"][::-1]):
        sql = case["sql"].format(tables=", ".join(tables))
        assert "loops" not in case or loops(portal, sql) == case["loops"]
        demo.reset()
        portal.execute(sql).fetchall()
        assert len(demo.log().documents) <= case["at_most"]


@pytest.mark.parametrize(("many", "asked"), [("many", 3), ("portal.subscriber", 2)])
def test_keys_of_a_small_table_are_not_looked_up_one_by_one(
    many: str, asked: int, portal: apsw.Connection, demo: DemoProcess
) -> None:
    """An outer join has one order. Keys of a virtual table travel together; of others the inner table is read soon."""
    demo.reset()
    portal.execute(f"SELECT m.id, p.name FROM {many} m LEFT JOIN portal.package p ON p.id = m.id").fetchall()
    of_the_inner = [one for one in demo.log().documents if one["params"]["from"][0]["table"] == "package"]
    assert len(of_the_inner) == asked


def test_a_size_that_was_seen_changes_the_order(demo: DemoProcess, tmp_path: Path) -> None:
    """Two tables that nobody counted are taken to be equal; the smaller one goes outside once that is known."""
    sql = "SELECT p.id FROM portal.tv_program p JOIN portal.tv_channel c ON c.id = p.epg_provider_id"
    connection, off = (connect(demo, tmp_path, rules_off=rules) for rules in ([], ["learned"]))
    before = loops(connection, sql)
    for name in ("tv_program", "tv_channel"):
        connection.execute(f"SELECT count(*) FROM portal.{name}").fetchall()
    assert (before, loops(connection, sql + " -- anew"), loops(off, sql)) == ("p c", "c p", "p c")
    connection.close()
    off.close()
