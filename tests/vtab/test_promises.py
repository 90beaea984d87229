"""A portal that no longer does what it was seen to do costs more requests, and never an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from iptvvtab.demo import DemoProcess
from tests.differential.sides import connect

NEWEST = "SELECT id FROM portal.tv_channel ORDER BY id DESC LIMIT 3"
COUNT = "SELECT count(*) FROM portal.tv_program"


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
