"""Statements of which several parts travel together: what happens where the portal does not answer them as asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess, Fault, Kind
from tests.differential.sides import connect as virtual

COUNTS = (
    "SELECT 'boxes' AS what, count(*) AS n FROM portal.terminal UNION ALL SELECT 'all', max(id) FROM portal.package"
)
LISTS = (
    "SELECT id, username FROM portal.subscriber WHERE id < 1000 UNION ALL "
    "SELECT a.id, b.id FROM portal.tv_program a JOIN portal.tv_program b ON b.channel_id = a.channel_id"
)
NAMED = (
    "WITH most AS MATERIALIZED (SELECT channel_id, count(*) AS n FROM portal.tv_program GROUP BY 1"
    " ORDER BY 2 DESC, 1 LIMIT 3) SELECT c.id, upper(c.name), n FROM most"
    " CROSS JOIN portal.tv_channel c ON c.id = most.channel_id"
)
PARAMETERS = (
    "SELECT count(*), :word FROM portal.terminal WHERE id < :top"
    " UNION ALL SELECT id, name FROM portal.package WHERE id < :top"
)
BINDINGS = [{"top": 5, "word": "it's"}, {"top": 9, "word": None}, {"top": "7", "word": 2.5}, {"top": b"7", "word": 1}]

Connect = Callable[..., apsw.Connection]


@pytest.fixture
def connect(demo: DemoProcess, tmp_path: Path) -> Iterator[Connect]:
    """Connections to the demo portal, which has been looked at, closed at the end."""
    with ExitStack() as opened:

        def made(**settings: Any) -> apsw.Connection:
            connection = virtual(demo, tmp_path, **{"source": "live", "whole_statements": True, **settings})
            opened.callback(connection.close)
            connection.execute("SELECT id FROM portal.package LIMIT 1").fetchall()
            return connection

        yield made


def asked(connection: apsw.Connection, sql: str) -> tuple[list[Any], list[Any]]:
    """The rows of a statement, and what each request that it cost said."""
    with iptvvtab.meter(connection) as meter:
        rows = connection.execute(sql).fetchall()
        receipt = meter.receipt()
    return rows, [json.loads(one) for one in receipt.documents]


def rewrite(state: Path, **seen: Any) -> None:
    """Change what the first contact left."""
    [stored] = state.glob("capabilities/*.json")
    document = json.loads(stored.read_bytes())
    document["capabilities"] |= seen
    stored.write_bytes(json.dumps(document).encode())


def test_together(connect: Connect) -> None:
    """Two documents are one request, on the portal and in receipts, of which every table is named."""
    connection = connect()
    with iptvvtab.meter(connection) as meter:
        rows = connection.execute(COUNTS).fetchall()
        receipt = meter.receipt()
    assert rows == connect(whole_statements=False).execute(COUNTS).fetchall()
    [one] = receipt.tables
    assert (one.table, one.requests, one.rows, one.reads) == ("package, terminal", 1, 2, 1)
    [documents] = [json.loads(one) for one in receipt.documents]
    assert documents == list(iptvvtab.explain(connection, COUNTS).whole.documents)


def test_without_batches(connect: Connect, demo: DemoProcess) -> None:
    """A portal that takes no batches is asked each document by itself."""
    demo.set_switches(batch=False)
    connection = connect()
    rows, documents = asked(connection, COUNTS)
    assert rows == connect(whole_statements=False).execute(COUNTS).fetchall()
    assert documents == list(iptvvtab.explain(connection, COUNTS).whole.documents)
    connection = connect()
    demo.faults(Fault(Kind.ERROR_OBJECT, message="ERROR: integer out of range"))
    assert asked(connection, COUNTS)[0] == rows


def test_memory_answers_again(connect: Connect) -> None:
    """The answers are remembered together."""
    connection = connect(source="auto")
    rows, documents = asked(connection, COUNTS)
    assert len(documents) == 1
    assert asked(connection, COUNTS) == (rows, [])
    assert asked(connect(source="auto"), COUNTS) == (rows, [])


@pytest.mark.parametrize("kind", [Kind.BATCH_REVERSED, Kind.BATCH_DUPLICATED, Kind.BATCH_MISSING, Kind.WRONG_WIDTH])
def test_a_batch_that_is_not_as_asked(kind: Kind, connect: Connect, demo: DemoProcess) -> None:
    """Answers in another order are told apart; where one lacks, or is none, virtual tables are read."""
    connection = connect()
    demo.faults(Fault(kind))
    assert connection.execute(COUNTS).fetchall() == connect(whole_statements=False).execute(COUNTS).fetchall()


def test_a_portal_that_refuses(connect: Connect, demo: DemoProcess) -> None:
    """If one document is refused, none is asked again."""
    connection = connect()
    demo.faults(Fault(Kind.ERROR_OBJECT, message="ERROR: integer out of range"))
    rows, documents = asked(connection, COUNTS)
    assert rows == connect(whole_statements=False).execute(COUNTS).fetchall()
    assert asked(connection, COUNTS) == (rows, documents[1:])
    assert "out of range" in iptvvtab.explain(connection, COUNTS).whole.reason


def test_answers_that_are_too_long(connect: Connect, tmp_path: Path) -> None:
    """Of which one has more rows than a page, the statement is read in pages."""
    connect().close()
    rewrite(tmp_path, counted=[])
    connection = connect(page_rows=40, first_page_rows=40)
    rows, documents = asked(connection, LISTS)
    assert sorted(rows, key=repr) == sorted(connect(whole_statements=False).execute(LISTS).fetchall(), key=repr)
    assert [one.get("limit") for one in documents[0]] == [41, 41, None]
    assert len(documents) > 1


def test_answers_are_looked_beyond_together(connect: Connect, demo: DemoProcess, tmp_path: Path) -> None:
    """Long answers may have been cut: one request looks beyond all of them, and finds what was."""
    connect().close()
    rewrite(tmp_path, seen_at=time.time() - 3600)
    connection = connect()
    rows, documents = asked(connection, LISTS)
    assert [len(one) if isinstance(one, list) else one["limit"] for one in documents] == [2, 1]
    assert len(asked(connection, LISTS)[1]) == 1
    demo.set_switches(row_cap=1000)
    again, documents = asked(connection, LISTS)
    assert sorted(again, key=repr) == sorted(rows, key=repr)
    assert len(documents) > 2


def test_a_long_scan_is_counted_beside(connect: Connect, demo: DemoProcess, tmp_path: Path) -> None:
    """A scan of which many rows are expected is counted in the same request, so that nothing is to be looked beyond."""
    sql = "SELECT strftime('%H', start) AS hour, count(*) FROM portal.tv_program GROUP BY 1"
    connect().close()
    rewrite(tmp_path, counted=[["tv_program", 15_000]])
    connection = connect()
    told = iptvvtab.explain(connection, sql).whole.documents
    expected, [documents] = asked(connection, sql)
    assert documents == list(told)
    assert documents[1] == {"data": [{"function": "count", "args": ["*"]}], "from": documents[0]["from"]}
    demo.set_switches(row_cap=100)
    rows, documents = asked(connection, sql)
    assert rows == expected == connect(whole_statements=False).execute(sql).fetchall()
    assert len(documents) > 2


def test_different_rows_are_not_counted(connect: Connect, tmp_path: Path) -> None:
    """A count of all rows says nothing of how many differ."""
    sql = (
        "SELECT DISTINCT channel_id FROM portal.tv_program WHERE id < 900 UNION ALL SELECT count(*) FROM portal.package"
    )
    connect().close()
    rewrite(tmp_path, counted=[["tv_program", 900]], rows_at_once=100)
    connection = connect()
    rows, [documents] = asked(connection, sql)
    assert len(documents) == 2
    assert sorted(rows, key=repr) == sorted(connect(whole_statements=False).execute(sql).fetchall(), key=repr)


def test_a_table_is_read_by_itself_once_its_size_is_known(connect: Connect, tmp_path: Path) -> None:
    """A join may do with a few rows of a table that nobody has counted. The first contact counts some, and reads do."""
    first = connect()
    expected, documents = asked(first, NAMED)
    assert [len(one) for one in documents] == [2]
    first.close()
    rewrite(tmp_path, counted=[])
    rows, documents = asked(connect(), NAMED)
    assert (rows, len(documents)) == (expected, 2)
    connection = connect()
    connection.execute("SELECT count(*) FROM portal.tv_channel").fetchall()
    rows, documents = asked(connection, NAMED)
    assert (rows, [len(one) for one in documents]) == (expected, [2])


def test_parameters(connect: Connect) -> None:
    """Values that are bound stand in documents and in the text around them; each set has its own rows."""
    connection, other = connect(), connect(whole_statements=False)
    for bindings in BINDINGS:
        rows = connection.execute(PARAMETERS, bindings).fetchall()
        assert rows == other.execute(PARAMETERS, bindings).fetchall()


def test_a_view_beside(connect: Connect) -> None:
    """What a view reads of the portal is not seen in the text: virtual tables read all of it."""
    connection = connect()
    connection.execute("CREATE TEMP VIEW off AS SELECT id FROM portal.subscriber WHERE disabled")
    sql = "SELECT count(*) FROM portal.package UNION ALL SELECT group_concat(id) FROM off"
    rows, documents = asked(connection, sql)
    assert rows[1][0].count(",") + 1 == len(connection.execute("SELECT id FROM off").fetchall())
    assert len(documents) == 2
    assert iptvvtab.explain(connection, sql).whole.in_parts == "a view reads some of its tables"


def test_interrupt(connect: Connect, demo: DemoProcess) -> None:
    """`connection.interrupt()` ends the wait for several answers, and the connection stays usable."""
    connection = connect()
    expected = connection.execute(COUNTS).fetchall()
    demo.faults(Fault(Kind.HANG, seconds=8))
    timer = threading.Timer(0.3, connection.interrupt)
    timer.start()
    started = time.monotonic()
    with pytest.raises(apsw.InterruptError):
        connection.execute(COUNTS)
    assert time.monotonic() - started < 4
    timer.join()
    demo.reset()
    assert connection.execute(COUNTS).fetchall() == expected
