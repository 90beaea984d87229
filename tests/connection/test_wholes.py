"""Whole statements as one request: which, what they ask, and what happens where the portal does not answer them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import apsw
import apsw.ext
import pytest
import yaml

import iptvvtab
from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.errors import Unreachable
from tests.differential.sides import connect as virtual
from tests.mirror.moving import options

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "wholes.yaml").read_text(encoding="utf-8"))
GROUPS = "SELECT disabled, count(*) AS n FROM portal.subscriber GROUP BY disabled ORDER BY 1"
JOIN = (
    "SELECT t.id, s.username FROM portal.terminal t JOIN portal.subscriber s ON s.id = t.subscriber_id WHERE t.id < 60"
)

LONG = "SELECT a.id, b.id FROM portal.tv_program a JOIN portal.tv_program b ON b.channel_id = a.channel_id"

Connect = Callable[..., apsw.Connection]


@pytest.fixture
def connect(demo: DemoProcess, tmp_path: Path) -> Iterator[Connect]:
    """Connections to the demo portal, which has been looked at, closed at the end."""
    with ExitStack() as opened:

        def made(**settings: Any) -> apsw.Connection:
            given = {"source": "live", "whole_statements": True, **settings}
            connection = virtual(demo, tmp_path, **given)
            opened.callback(connection.close)
            connection.execute("SELECT id FROM portal.package LIMIT 1").fetchall()
            return connection

        yield made


def asked(connection: apsw.Connection, sql: str, bindings: Any = None) -> tuple[Any, list[Any]]:
    """The rows of a statement, and the documents that it cost."""
    with iptvvtab.meter(connection) as meter:
        rows = connection.execute(sql, bindings).fetchall()
        receipt = meter.receipt()
    assert len(receipt.documents) == receipt.requests
    return rows, [json.loads(one) for one in receipt.documents]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name) for name, case in CASES.items() if case.get("reason") != ""]
)
def test_statement(case: dict[str, Any], connect: Connect) -> None:
    """What is announced is asked, once; what is not asked says why, and has its rows all the same."""
    connection, other = connect(), connect(whole_statements=False)
    for one in (connection, other):
        one.execute(case.get("first", ""))
    whole = iptvvtab.explain(connection, case["sql"], case.get("bindings")).whole
    if "reason" in case:
        assert (whole is None) == (case["reason"] is None)
        assert whole is None or whole.reason.startswith(case["reason"])
        assert outcome(connection, case) == outcome(other, case)
        return
    assert whole is not None
    if "shares" in case:
        with iptvvtab.meter(connection) as meter:
            assert outcome(connection, case) == outcome(other, case)
            receipt = meter.receipt()
        assert (len(whole.documents), receipt.requests) == (case["shares"], 1)
        return
    rows, documents = asked(connection, case["sql"], case.get("bindings"))
    assert documents == list(whole.documents)
    assert {name: one for name, one in documents[0].items() if name in case["asked"]} == case["asked"]
    assert set(documents[0]) - set(case["asked"]) <= {"limit"} or len(case["asked"]) == 1
    assert rows == other.execute(case["sql"], case.get("bindings")).fetchall()


def outcome(connection: apsw.Connection, case: dict[str, Any]) -> object:
    """The rows of a case, or its error."""
    try:
        return connection.execute(case["sql"], case.get("bindings")).fetchall()
    except (apsw.Error, apsw.BindingsError) as error:
        return type(error), str(error)


def test_values_that_do_not_fit(connect: Connect) -> None:
    """Values that cannot be bound are an error as with any statement; what is no sequence is SQLite's to look at."""
    for bindings in ((), (1, 2)):
        with pytest.raises(apsw.BindingsError):
            connect().execute("SELECT count(*) FROM portal.subscriber WHERE id < ?", bindings)
    with pytest.raises(UnicodeEncodeError):
        connect().execute("SELECT count(*) FROM portal.subscriber WHERE username = ?", ("\ud800",))
    assert connect().execute("SELECT count(*) FROM portal.subscriber WHERE id < ?", iter([3])).get == 2


def test_names_and_types_are_sqlites(connect: Connect) -> None:
    """A cursor describes the statement that it was given, whichever way that takes, in a row and after the last one."""
    for sql in (GROUPS, JOIN, "SELECT id AS a, id AS a, count(*) FROM portal.package GROUP BY id"):
        found = []
        for connection in (connect(), connect(whole_statements=False)):
            cursor = connection.cursor()
            cursor.execute(sql)
            found.append((cursor.getdescription(), cursor.description, cursor.fetchall() and None))
            with pytest.raises(apsw.ExecutionCompleteError):
                cursor.getdescription()
            cursor.execute("SELECT 1 AS one")
            assert cursor.getdescription() == (("one", None),)
        assert found[0] == found[1]


def test_memory_answers_again(connect: Connect, demo: DemoProcess) -> None:
    """The same statement is answered from memory while that is young enough, in any connection of the process."""
    connection, other = connect(source="auto"), connect(source="auto")
    rows, documents = asked(connection, GROUPS)
    assert len(documents) == 1
    assert asked(connection, GROUPS) == (rows, [])
    assert asked(other, GROUPS) == (rows, [])
    assert asked(other, GROUPS.replace("ORDER BY 1", "ORDER BY 1 DESC")) == (rows[::-1], documents)
    assert asked(connect(source="auto", max_age=0), GROUPS) == (rows, documents)


def test_what_is_at_hand_is_not_asked(connect: Connect) -> None:
    """Where memory has all that a statement reads, SQLite works on that."""
    connection = connect(source="auto")
    connection.execute("SELECT id, disabled FROM portal.subscriber").fetchall()
    assert asked(connection, GROUPS)[1] == []
    assert "at hand" in iptvvtab.explain(connection, GROUPS).whole.reason


def test_a_count_teaches_the_size(connect: Connect) -> None:
    """What a table was counted to have is known from then on; what holds for some of its rows is not its size."""
    connection = connect()
    connection.execute("SELECT count(*) FROM portal.terminal WHERE active").fetchall()
    connection.execute("SELECT count(*) FROM portal.media a JOIN portal.media b ON b.id = a.id").fetchall()
    number = connection.execute("SELECT count(*) FROM portal.subscriber").get
    known = "SELECT name, row_count FROM portal.portal_tables WHERE name IN ('subscriber', 'terminal', 'media')"
    assert dict(connection.execute(known)) == {"media": None, "subscriber": number, "terminal": None}


def test_equal_statements_at_once_are_asked_once(connect: Connect, demo: DemoProcess) -> None:
    """Two threads that ask the same while its answer is under way get that answer."""
    connections = [connect(source="auto") for _ in range(4)]
    demo.faults(Fault(Kind.HANG, seconds=0.6))
    before = demo.log().requests
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda one=one: found.append(one.execute(GROUPS).fetchall())) for one in connections
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert demo.log().requests == before + 1
    assert found == [found[0]] * 4


def test_a_portal_that_refuses(connect: Connect, demo: DemoProcess) -> None:
    """What the portal refuses is read by virtual tables, and not asked again."""
    connection, other = connect(), connect(whole_statements=False)
    demo.faults(Fault(Kind.ERROR_OBJECT, message="ERROR: integer out of range"))
    rows, documents = asked(connection, GROUPS)
    assert rows == other.execute(GROUPS).fetchall()
    assert len(documents) > 1
    assert asked(connection, GROUPS)[1] == documents[1:]
    assert "out of range" in iptvvtab.explain(connection, GROUPS).whole.reason


def test_a_portal_that_answers_nonsense(connect: Connect, demo: DemoProcess) -> None:
    """An answer that cannot be one is asked for otherwise."""
    connection = connect()
    expected = connect(whole_statements=False).execute(GROUPS).fetchall()
    demo.faults(Fault(Kind.WRONG_WIDTH))
    assert connection.execute(GROUPS).fetchall() == expected


def test_a_sum_that_may_overflow(connect: Connect) -> None:
    """Where the answer does not prove that SQLite would not overflow on the way, SQLite adds up."""
    proven = "SELECT sum(id) FROM portal.tv_program"
    unproven = "SELECT sum(p.id * 200) FROM portal.tv_program p"
    connection, other = connect(), connect(whole_statements=False)
    for sql, is_proven in ((proven, True), (unproven, False)):
        rows, documents = asked(connection, sql)
        assert rows == other.execute(sql).fetchall()
        assert (len(documents) == 1) == is_proven
    assert "may overflow" in iptvvtab.explain(connection, unproven).whole.reason


def test_an_answer_that_is_too_long(connect: Connect) -> None:
    """A statement with more rows than one page has is read in pages, from the second time on without asking."""
    connection = connect(page_rows=20, first_page_rows=20)
    rows, documents = asked(connection, JOIN)
    assert sorted(rows) == sorted(connect(whole_statements=False).execute(JOIN).fetchall())
    assert documents[0]["limit"] == 21
    assert len(documents) > 1
    assert len(asked(connection, JOIN)[1]) < len(documents)


def test_a_portal_that_cuts(demo: DemoProcess, tmp_path: Path) -> None:
    """A cap on the rows of an answer cuts no statement: beyond it is looked, or pages are read."""
    demo.set_switches(row_cap=30)
    with closing(virtual(demo, tmp_path, source="live", whole_statements=True)) as connection:
        connection.execute("SELECT id FROM portal.package LIMIT 1").fetchall()
        rows, documents = asked(connection, JOIN)
        few, single = asked(connection, JOIN.replace("60", "9"))
    with closing(virtual(demo, tmp_path, source="live")) as other:
        assert sorted(rows) == sorted(other.execute(JOIN).fetchall())
        assert sorted(few) == sorted(other.execute(JOIN.replace("60", "9")).fetchall())
    assert (documents[0]["limit"], documents[1]["offset"], documents[1]["limit"]) == (31, 30, 1)
    assert len(single) == 1


def test_a_portal_that_begins_to_cut(demo: DemoProcess, tmp_path: Path) -> None:
    """A cap that is set after the portal was seen to have none cuts no statement either."""
    with closing(virtual(demo, tmp_path, source="live", whole_statements=True)) as connection:
        connection.execute("SELECT id FROM portal.package LIMIT 1").fetchall()
        rows, documents = asked(connection, LONG)
        assert len(documents) == 1
        demo.set_switches(row_cap=1000)
        again, documents = asked(connection, LONG)
    assert sorted(again) == sorted(rows)
    assert [one.get("offset") for one in documents[:2]] == [None, 1000]


def test_a_long_answer_is_looked_beyond_once(demo: DemoProcess, tmp_path: Path) -> None:
    """What was lately seen to come at once is not looked beyond again; what was seen long ago is."""
    with closing(virtual(demo, tmp_path, source="live", whole_statements=True)) as connection:
        connection.execute("SELECT id FROM portal.package LIMIT 1").fetchall()
        rows, documents = asked(connection, LONG)
        assert (len(rows) >= 1000, len(documents)) == (True, 1)
    [stored] = tmp_path.glob("capabilities/*.json")
    seen = json.loads(stored.read_bytes())
    seen["capabilities"]["seen_at"] -= 3600
    stored.write_bytes(json.dumps(seen).encode())
    with closing(virtual(demo, tmp_path, source="live", whole_statements=True)) as connection:
        again, documents = asked(connection, LONG)
        assert sorted(again) == sorted(rows)
        assert [one.get("offset") for one in documents] == [None, len(rows)]
        assert len(asked(connection, LONG)[1]) == 1


def test_interrupt(connect: Connect, demo: DemoProcess) -> None:
    """`connection.interrupt()` ends the wait for an answer, and the connection stays usable."""
    connection = connect()
    expected = connection.execute(GROUPS).fetchall()
    demo.faults(Fault(Kind.HANG, seconds=8))
    timer = threading.Timer(0.3, connection.interrupt)
    timer.start()
    started = time.monotonic()
    with pytest.raises(apsw.InterruptError):
        connection.execute(GROUPS)
    assert time.monotonic() - started < 4
    timer.join()
    demo.reset()
    assert asked(connection, GROUPS)[0] == expected


def test_functions_of_its_own(connect: Connect) -> None:
    """A connection that means something else by a function of SQLite has that meaning."""
    sql = "SELECT count(*), max(id) FROM portal.package WHERE name LIKE '%O%'"
    connection, other = connect(), connect(whole_statements=False)
    assert len(asked(connection, sql)[1]) == 1
    for one in (connection, other):
        one.execute("PRAGMA case_sensitive_like = 1").fetchall()
    assert asked(connection, sql)[0] == other.execute(sql).fetchall() != connect().execute(sql).fetchall()
    assert "functions of its own" in iptvvtab.explain(connection, sql).whole.reason
    changed = connect()
    changed.create_aggregate_function("max", lambda: (None, lambda *_: None, lambda _: "mine"))
    assert changed.execute("SELECT max(id) FROM portal.package").get == "mine"


def test_who_looks_on_sees_the_statement(connect: Connect) -> None:
    """An authorizer and tracers see the statement as it is, and nothing else."""
    connection, heard = connect(), []
    connection.exec_trace = lambda cursor, sql, bindings: heard.append(sql) or True
    connection.execute(GROUPS).fetchall()
    connection.exec_trace = None
    assert heard == [GROUPS]
    connection.authorizer = lambda *_: apsw.SQLITE_OK
    assert len(asked(connection, JOIN)[1]) > 1


def test_the_answers_are_nobody_elses(connect: Connect) -> None:
    """The table that they come through has no rows for others."""
    with pytest.raises((apsw.SQLError, iptvvtab.Error)):
        connect().execute("SELECT * FROM iptvvtab_answer").fetchall()
    with pytest.raises(iptvvtab.Error, match="iptvvtab itself"):
        connect().execute("SELECT c0 FROM iptvvtab_answer(7)").fetchall()


def test_in_a_transaction(connect: Connect) -> None:
    """A transaction of the connection's own tables does not matter."""
    connection = connect()
    connection.execute("BEGIN; CREATE TABLE mine(x)")
    assert len(asked(connection, GROUPS)[1]) == 1
    connection.execute("ROLLBACK")


def test_rows_are_written_into_a_table(connect: Connect) -> None:
    """CREATE TABLE AS and INSERT read virtual tables, as before: they are no queries."""
    connection = connect()
    connection.execute(f"CREATE TABLE kept AS {GROUPS}")
    assert connection.execute("SELECT * FROM kept").fetchall() == asked(connection, GROUPS)[0]


def test_requests_are_listed(connect: Connect) -> None:
    """`portal_requests` names every table of a statement."""
    connection = connect()
    connection.execute(JOIN).fetchall()
    last = "SELECT table_name FROM portal.portal_requests ORDER BY 1"
    assert ("terminal, subscriber",) in connection.execute(last).fetchall()


def test_rows_of_the_mirror_come_first(demo: DemoProcess, tmp_path: Path) -> None:
    """Fresh tables are read natively; where only the mirror may answer, the portal is not asked."""
    given = options(demo, tmp_path)
    with mirror_of(load(None, given, environment={}, folder=tmp_path)) as mirror:
        assert {mirror.sync(name, 0).outcome for name in ("subscriber", "terminal")} == {"published"}
    with closing(iptvvtab.connect(**given)) as fresh:
        rows, documents = asked(fresh, GROUPS)
        assert documents == []
        fresh.execute("BEGIN")
        assert asked(fresh, GROUPS) == (rows, [])
        fresh.execute("COMMIT")
        assert len(asked(fresh, "SELECT count(*) FROM portal.tv_program")[1]) == 1
    with closing(iptvvtab.connect(**{**given, "source": "mirror", "redirect": False})) as only:
        assert asked(only, GROUPS) == (rows, [])
    with closing(iptvvtab.connect(**{**given, "ttl": 0, "max_age": 0})) as stale:
        assert len(asked(stale, GROUPS)[1]) == 1


def test_a_portal_that_is_gone(tmp_path: Path) -> None:
    """Where rows of the mirror may stand in, they do; else the error is that of any read."""
    from iptvvtab.demo import start_demo

    with start_demo(rows=20) as demo:
        given = {
            **options(demo, tmp_path),
            "ttl": 0,
            "max_age": None,
            "deadline": 1,
            "max_retries": 0,
            "source": "auto",
        }
        with mirror_of(load(None, given, environment={}, folder=tmp_path)) as mirror:
            assert mirror.sync("subscriber", 0).outcome == "published"
        connections = [iptvvtab.connect(**given, sie=0), iptvvtab.connect(**given, sie=3600)]
        for one in connections:
            one.execute("SELECT id FROM portal.package LIMIT 1").fetchall()
    with pytest.raises(Unreachable):
        connections[0].execute(GROUPS).fetchall()
    assert connections[1].execute(GROUPS).fetchall()
    for one in connections:
        one.close()
