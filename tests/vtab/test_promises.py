"""A portal that no longer does what it was seen to do, or changes meanwhile, costs requests, and never an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from iptvvtab.demo import DemoColumn, DemoProcess, DemoTable, Fault, Kind, start_demo
from iptvvtab.errors import Refused, RowsChanged
from iptvvtab.jsonsql import PgType
from tests.differential.sides import connect

NEWEST = "SELECT id FROM portal.tv_channel ORDER BY id DESC LIMIT 3"
COUNT = "SELECT count(*) FROM portal.tv_program"
DIFFERENT = "SELECT DISTINCT channel_id FROM portal.tv_program"

SERVICE = DemoTable("service", (DemoColumn("id", PgType.INTEGER, True), DemoColumn("name", PgType.TEXT)), ("id",))
PAIRS = DemoTable(
    "tv_program_category", (DemoColumn("program_id", PgType.BIGINT), DemoColumn("category_id", PgType.INTEGER))
)
BEFORE: list[list[object]] = [[1, "a"], [2, "a"], [3, "b"], [4, "b"]]
GONE = RowsChanged


@pytest.fixture
def connection(demo: DemoProcess, tmp_path: Path) -> Iterator[apsw.Connection]:
    """A connection after the first contact, with an empty log."""
    connection = connect(demo, tmp_path, source="live", first_page_rows=200)
    connection.execute("SELECT name FROM portal.package").fetchall()
    demo.reset()
    yield connection
    connection.close()


def asked(demo: DemoProcess) -> list[dict[str, Any]]:
    return [one["params"] for one in demo.log().documents]


def test_a_portal_that_sorts_is_asked_to(connection: apsw.Connection, demo: DemoProcess) -> None:
    """What is wanted travels, and nothing else."""
    assert len(connection.execute(NEWEST).fetchall()) == 3
    assert [one["limit"] for one in asked(demo)] == [3]


def test_a_portal_that_refuses_to_sort_is_sorted_here(connection: apsw.Connection, demo: DemoProcess) -> None:
    """The order was promised to SQLite, so all rows are read and sorted; the next plan promises nothing."""
    expected = connection.execute(NEWEST).fetchall()
    demo.set_switches(order_direction=None)
    assert connection.execute(NEWEST).fetchall() == expected
    demo.reset()
    assert connection.execute(NEWEST + " -- planned anew").fetchall() == expected
    assert [one["order_by"] for one in asked(demo)] == [[{"t": "id"}]]


def test_the_other_way_to_say_downward(demo: DemoProcess, tmp_path: Path) -> None:
    """A portal is asked in the form that it was seen to understand."""
    demo.set_switches(order_direction="object")
    connection = connect(demo, tmp_path, source="live")
    connection.execute("SELECT name FROM portal.package").fetchall()
    demo.reset()
    assert len(connection.execute(NEWEST).fetchall()) == 3
    assert [one["order_by"] for one in asked(demo)] == [[{"desc": {"t": "id"}}]]
    connection.close()


def test_a_portal_that_refuses_to_count_is_counted_here(connection: apsw.Connection, demo: DemoProcess) -> None:
    """The keys are read and counted."""
    expected = connection.execute(COUNT).get
    demo.set_switches(count=False)
    assert connection.execute(COUNT).get == expected
    assert len(asked(demo)) > 1


def test_a_portal_without_a_count_is_not_asked_for_one(demo: DemoProcess, tmp_path: Path) -> None:
    """What was not seen at the first contact is never used."""
    demo.set_switches("bare")
    connection = connect(demo, tmp_path, source="live")
    connection.execute("SELECT name FROM portal.package").fetchall()
    demo.reset()
    assert connection.execute(COUNT).get == 250
    assert all("function" not in str(one["data"]) for one in asked(demo))
    connection.close()


@pytest.mark.parametrize("distinct", ["refused", "ignored"])
@pytest.mark.parametrize("sizes", [{"first_page_rows": 200}, {"first_page_rows": 4, "page_rows": 30}])
def test_a_portal_that_does_not_tell_rows_apart_is_not_needed_for_it(
    demo: DemoProcess, tmp_path: Path, distinct: str, sizes: dict[str, int]
) -> None:
    """All rows are read where the portal refuses DISTINCT, or does as if it had not been said; SQLite drops equals."""
    connection = connect(demo, tmp_path, source="live", **sizes)
    expected = set(connection.execute(DIFFERENT))
    demo.set_switches(distinct=distinct)
    demo.reset()
    assert set(connection.execute(DIFFERENT)) == expected
    assert asked(demo)[0]["distinct"] is True
    assert len(asked(demo)) > 1
    connection.close()


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM portal.subscriber ORDER BY created_at, id LIMIT 20",
        "SELECT id FROM portal.subscriber ORDER BY created_at DESC, id",
    ],
)
def test_a_part_that_the_portal_refuses_to_sort_is_sorted_here(
    connection: apsw.Connection, demo: DemoProcess, sql: str, part: int
) -> None:
    """A column with NULL is read in two parts, and either may be refused before it has begun."""
    expected = connection.execute(sql).fetchall()
    demo.faults(Fault(Kind.ERROR_OBJECT, table="subscriber", skip=part, message="no such sort"))
    assert connection.execute(sql).fetchall() == expected


def test_a_sort_that_is_refused_in_its_middle_is_an_error(demo: DemoProcess, tmp_path: Path) -> None:
    """What was handed out cannot be taken back, and the rest cannot be told from it: nobody gets half of an answer."""
    connection = connect(demo, tmp_path, source="live", first_page_rows=5, page_rows=5)
    sql = "SELECT id FROM portal.subscriber ORDER BY created_at DESC"
    connection.execute(sql).fetchall()
    demo.faults(Fault(Kind.ERROR_OBJECT, table="subscriber", skip=2, message="no such sort"))
    with pytest.raises(Refused, match="no such sort"):
        connection.execute(sql).fetchall()
    connection.close()


@pytest.fixture(scope="module")
def changing() -> Iterator[DemoProcess]:
    """A portal of our own, for its rows change."""
    with start_demo(rows=1) as demo:
        yield demo


FIRST = "SELECT change(), seen(rowid) FROM portal.service"
THIRD = "SELECT change(), CASE WHEN turn() > 2 THEN seen(rowid) END FROM portal.service"
CHANGES: dict[str, tuple[str, list[list[object]], list[object] | type[RowsChanged]]] = {
    "counted, none change": (FIRST, BEFORE, [1, 2, 3, 4]),
    "counted, one goes": (FIRST, BEFORE[1:], [2, 3, 4]),
    "counted, one comes": (FIRST, [*BEFORE, [5, "c"]], [1, 2, 3, 4, 5]),
    "counted, all are others": (FIRST, [[7, "x"], [8, "y"]], [7, 8]),
    "counted, all go": (FIRST, [], GONE),
    "counted, asked at the third, one comes": (THIRD, [*BEFORE, [5, "c"]], [3, 4, 5]),
    "counted, asked at the third, one goes": (THIRD, BEFORE[1:], [4]),
    "counted, asked at the third, fewer are left than were seen": (THIRD, BEFORE[2:], GONE),
}


@pytest.mark.parametrize(("sql", "after", "expected"), CHANGES.values(), ids=CHANGES)
def test_rows_that_change_while_others_stand_for_them(
    changing: DemoProcess,
    tmp_path: Path,
    sql: str,
    after: list[list[object]],
    expected: list[object] | type[RowsChanged],
) -> None:
    """Rows were counted; the portal changes, and then SQLite asks which rows they are.

    It gets rows that are there, or an error: never one that is gone, none twice, and none is missing that stays.
    """
    changing.put_tables([(SERVICE, BEFORE)])
    connection = connect(changing, tmp_path, source="live", first_page_rows=200)
    turns: list[int] = []
    seen: list[object] = []
    connection.execute("SELECT id FROM portal.domain").fetchall()
    changing.reset()
    connection.create_scalar_function("change", lambda: _once(turns, changing, after), 0)
    connection.create_scalar_function("turn", lambda: len(turns), 0)
    connection.create_scalar_function("seen", lambda rowid: seen.append(rowid) or True, 1)  # type: ignore[func-returns-value]
    if expected is GONE:
        with pytest.raises(RowsChanged):
            connection.execute(sql).fetchall()
    else:
        connection.execute(sql).fetchall()
        assert seen == expected
    assert [set(one) & {"order_by"} for one in asked(changing)] == [set(), {"order_by"}], "a summary, then all rows"
    connection.close()


def _once(turns: list[int], demo: DemoProcess, after: list[list[object]]) -> bool:
    """Change the portal's rows while the first row is looked at; count the rows."""
    if not turns:
        demo.put_tables([(SERVICE, after)])
    turns.append(len(turns))
    return True


def test_counted_rows_without_a_key_that_change_are_those_that_are_there(changing: DemoProcess, tmp_path: Path) -> None:
    """Each gets an id of its own, made from its values, equal ones too."""
    changing.put_tables([(PAIRS, [[1, 1], [1, 1], [2, 2]])])
    connection = connect(changing, tmp_path, source="live")
    connection.execute("SELECT id FROM portal.domain").fetchall()

    def change() -> None:
        changing.put_tables([(PAIRS, [[1, 1], [2, 2], [3, 3], [3, 3]])])

    connection.create_scalar_function("change", change, 0)
    rows = connection.execute("SELECT change(), rowid FROM portal.tv_program_category").fetchall()
    plain = connection.execute("SELECT rowid, program_id FROM portal.tv_program_category").fetchall()
    assert sorted(row[1] for row in rows) == sorted(row[0] for row in plain)
    assert len({row[1] for row in rows}) == 4
    connection.close()
