"""The public surface: light to import, safe with secrets, frees what it took, ends when told to."""

from __future__ import annotations

import gc
import io
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import psutil
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess, Fault, Kind, start_demo
from iptvvtab.errors import ConfigError, Error, NoMirror, NotWritable, UsageError

HEAVY = ("apsw", "click", "httpx", "orjson", "psycopg", "pydantic", "rich", "sqlglot", "yaml")
LATENCY = 0.15

SCAN = "SELECT count(title) FROM portal.tv_program"
PAGES = {"first_page_rows": 20, "page_rows": 20, "source": "live", "whole_statements": False}
"""2,000 rows in 100 pages: 15 seconds on a slow portal, if nobody stops it."""

Connect = Callable[..., apsw.Connection]


def settings(demo: DemoProcess, state: Path) -> dict[str, Any]:
    environment = demo.environment
    return {
        "api_url": environment["IPTVPORTAL_API_URL"],
        "auth_url": environment["IPTVPORTAL_AUTH_URL"],
        "username": environment["IPTVPORTAL_USERNAME"],
        "password": environment["IPTVPORTAL_PASSWORD"],
        "state_folder": state,
        "rate": 0,
    }


@pytest.fixture
def connect(demo: DemoProcess, tmp_path: Path) -> Iterator[Connect]:
    """`connect(**settings)`: a connection to the demo portal, closed after the test."""
    made: list[apsw.Connection] = []

    def connect(**more: Any) -> apsw.Connection:
        made.append(iptvvtab.connect(**{**settings(demo, tmp_path), **more}))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


def waits_for(condition: Callable[[], bool], seconds: float = 10) -> bool:
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.02)
    return condition()


def portal_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.is_alive() and one is not threading.main_thread()]


def sockets(demo: DemoProcess) -> int:
    port = int(demo.url.rsplit(":", 1)[1])
    found = psutil.Process().net_connections("tcp")
    return sum(1 for one in found if one.raddr and one.raddr.port == port and one.status == "ESTABLISHED")


# What is public


def test_public_names() -> None:
    """The package says what is public, sorted, and each name is there."""
    connections = ["connect", "explain", "meter", "register"]
    clients = ["AsyncClient", "Client", "F", "Q", "delete", "insert", "select", "update"]
    assert iptvvtab.__all__ == sorted(["Error", "__version__", *connections, *clients])
    assert dir(iptvvtab) == sorted(iptvvtab.__all__)
    assert all(getattr(iptvvtab, name) for name in iptvvtab.__all__)


def test_unknown_name() -> None:
    """A name that is not public is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="no attribute 'connekt'"):
        _ = iptvvtab.connekt


@pytest.mark.parametrize("statement", ["import iptvvtab", "import iptvvtab; iptvvtab.__version__; iptvvtab.Error"])
def test_import_is_light(statement: str) -> None:
    """`import iptvvtab` alone loads none of the heavy libraries."""
    code = f"import sys; {statement}; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"


# Schemas


def test_register_on_a_connection_of_ones_own(demo: DemoProcess, tmp_path: Path) -> None:
    """Tables come under the schema's name on any connection, and no file stores them."""
    file = tmp_path / "own.db"
    connection = apsw.Connection(str(file))
    connection.execute("CREATE TABLE bill (login TEXT); INSERT INTO bill VALUES ('test')")
    iptvvtab.register(connection, **settings(demo, tmp_path))
    sql = "SELECT b.login, s.username FROM bill b JOIN portal.subscriber s ON s.username = b.login"
    assert connection.execute(sql).fetchall() == [("test", "test")]
    connection.close()
    stored = apsw.Connection(str(file))
    assert [*stored.execute("SELECT name FROM sqlite_master")] == [("bill",)]
    stored.close()


def test_several_portals_on_one_connection(demo: DemoProcess, tmp_path: Path) -> None:
    """Several profiles live under several schema names, and are joined as any tables are."""
    connection = apsw.Connection(":memory:")
    for schema in ("east", "west"):
        iptvvtab.register(connection, schema=schema, **settings(demo, tmp_path))
    sql = "SELECT count(*) FROM east.subscriber e JOIN west.subscriber w ON w.id = e.id"
    assert connection.execute(sql).get == 50
    with iptvvtab.meter(connection, "west") as west, iptvvtab.meter(connection, "east") as east:
        connection.execute("SELECT * FROM west.package").fetchall()
    assert (west.receipt().tables[0].table, east.receipt().tables) == ("package", ())
    connection.close()


def test_profiles(demo: DemoProcess, slow: DemoProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile of the project's file names a portal; two of them stand side by side on one connection."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPTVPORTAL_PASSWORD", demo.environment["IPTVPORTAL_PASSWORD"])
    one = "  {name}:\n    api_url: {IPTVPORTAL_API_URL}\n    username: {IPTVPORTAL_USERNAME}\n    rate: 0\n"
    profiles = [one.format(name=name, **portal.environment) for name, portal in (("small", demo), ("large", slow))]
    (tmp_path / "iptvvtab.yaml").write_text("profiles:\n" + "".join(profiles))
    connection = iptvvtab.connect(schema="small", profile="small", state_folder=tmp_path)
    iptvvtab.register(connection, schema="large", profile="large", state_folder=tmp_path)
    counts = "SELECT (SELECT count(*) FROM small.subscriber), (SELECT count(*) FROM large.subscriber)"
    assert connection.execute(counts).fetchall() == [(50, 400)]
    connection.close()


@pytest.mark.parametrize("schema", ["", "two words", "1st", "a.b", "a-b", 'a"b', "a;b", "main", "temp", "MAIN"])
def test_wrong_schema_name(schema: str) -> None:
    """A name that SQL cannot use unquoted, or that SQLite has taken, is refused before anything happens."""
    connection = apsw.Connection(":memory:")
    with pytest.raises(UsageError):
        iptvvtab.register(connection, schema=schema, api_url="http://127.0.0.1:9/jsonsql/")
    assert [name for _, name, _ in connection.execute("PRAGMA database_list")] == ["main"]
    connection.close()


def test_schema_name_twice(connect: Connect, demo: DemoProcess, tmp_path: Path) -> None:
    """A schema name is taken by the portal that has it, in any case; after DETACH it is free."""
    connection = connect()
    with pytest.raises(UsageError, match="taken"):
        iptvvtab.register(connection, schema="PORTAL", **settings(demo, tmp_path))
    connection.execute("DETACH portal")
    iptvvtab.register(connection, **settings(demo, tmp_path))
    assert connection.execute("SELECT count(*) FROM portal.package").get > 0


def test_after_a_vacuum(connect: Connect) -> None:
    """SQLite lets go of all tables in a VACUUM, and connects them anew: the portal is still there."""
    connection = connect(max_age=0)
    for _ in range(2):
        connection.execute("VACUUM")
        assert connection.execute("SELECT name FROM portal.package WHERE id = 1").fetchall() == [("movie",)]


def test_another_schema_of_that_name(connect: Connect) -> None:
    """After DETACH the name is free for anything: its tables are read, and no portal is asked."""
    connection = connect()
    assert connection.execute("SELECT count(*) FROM portal.package").get > 1
    connection.execute("DETACH portal")
    connection.execute("ATTACH ':memory:' AS portal")
    connection.execute("CREATE TABLE portal.package AS SELECT 7 AS id")
    assert connection.execute("SELECT count(*) FROM portal.package").get == 1


def test_not_within_a_transaction(connect: Connect, demo: DemoProcess, tmp_path: Path) -> None:
    """A rollback would take the tables away and leave the name taken; it is refused, and works afterwards."""
    connection = connect()
    connection.execute("BEGIN")
    with pytest.raises(UsageError, match="before BEGIN"):
        iptvvtab.register(connection, schema="other", **settings(demo, tmp_path))
    connection.execute("ROLLBACK")
    iptvvtab.register(connection, schema="other", **settings(demo, tmp_path))
    assert connection.execute("SELECT count(*) FROM other.package").get > 0


def test_a_connection_of_another_driver() -> None:
    """What Python's own module opens has no virtual tables in Python: the error says what to open instead."""
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(UsageError, match=r"apsw\.Connection"):
        iptvvtab.register(connection, api_url="http://127.0.0.1:9/jsonsql/")  # type: ignore[arg-type]


def test_name_that_is_a_keyword(demo: DemoProcess, tmp_path: Path) -> None:
    """Any name that is a word will do; a keyword must be quoted by whoever uses it."""
    connection = apsw.Connection(":memory:")
    iptvvtab.register(connection, schema="order", **settings(demo, tmp_path))
    assert connection.execute('SELECT count(*) FROM "order".package').get > 0
    connection.close()


def test_read_only_connection(tmp_path: Path) -> None:
    """SQLite cannot create the tables on a read-only connection: a typed error says what to do."""
    file = tmp_path / "own.db"
    apsw.Connection(str(file)).execute("CREATE TABLE t (c)")
    connection = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    with pytest.raises(NotWritable, match="read-only"):
        iptvvtab.register(connection, api_url="http://127.0.0.1:9/jsonsql/")
    connection.close()


def test_no_portal() -> None:
    """Without a portal to ask, the error says which settings would name one."""
    with pytest.raises(ConfigError, match="IPTVPORTAL_DOMAIN"):
        iptvvtab.connect()


def test_wrong_setting() -> None:
    """A wrong setting is refused by its name, with the nearest one."""
    with pytest.raises(ConfigError, match="timeout"):
        iptvvtab.connect(api_url="http://127.0.0.1:9/jsonsql/", timeuot=5)


def test_meter_of_nothing() -> None:
    """A meter needs a portal that is registered there."""
    connection = apsw.Connection(":memory:")
    with pytest.raises(UsageError, match="'portal'"):
        iptvvtab.meter(connection)
    connection.close()


def test_connecting_asks_nothing(connect: Connect, demo: DemoProcess) -> None:
    """Nothing travels before the first query."""
    connect()
    assert demo.log().requests == 0


def test_only_a_mirror(connect: Connect) -> None:
    """Where only a mirror may answer, and none is kept, the error says so; the connection stays usable."""
    connection = connect(source="mirror")
    with pytest.raises(NoMirror, match="subscriber"):
        connection.execute("SELECT id FROM portal.subscriber").fetchall()
    assert connection.execute("SELECT 1").get == 1


def test_tables_are_read_only(connect: Connect) -> None:
    """Nothing can be written through the tables."""
    connection = connect()
    for sql in (
        "UPDATE portal.subscriber SET disabled = 1",
        "DELETE FROM portal.subscriber",
        "INSERT INTO portal.package (name) VALUES ('x')",
    ):
        with pytest.raises(apsw.SQLError, match="may not be modified"):
            connection.execute(sql)


def test_what_travelled_is_a_table(connect: Connect) -> None:
    """`portal_requests` has a row for each document, `portal_tables` one for each table."""
    connection = connect()
    connection.execute("SELECT name FROM portal.package WHERE id = 3").fetchall()
    ((number, table, rows, error, sent),) = connection.execute(
        "SELECT number, table_name, rows, error, bytes_sent > 0 FROM portal.portal_requests"
    )
    assert (number, table, rows, error, sent) == (1, "package", 1, None, 1)
    names = {name for (name,) in connection.execute("SELECT name FROM portal.portal_tables")}
    assert {"subscriber", "terminal", "terminal_playlog"} <= names


# Threads and sockets


def test_closing_frees_threads_and_sockets(demo: DemoProcess, tmp_path: Path) -> None:
    """A closed connection leaves no thread and no socket behind, whichever way it was left."""
    before = len(portal_threads()), sockets(demo)
    for _ in range(3):
        connection = iptvvtab.connect(**settings(demo, tmp_path))
        connection.execute("SELECT count(*) FROM portal.subscriber").fetchall()
        next(connection.execute("SELECT id FROM portal.tv_program"))
        assert sockets(demo) > before[1]
        connection.close(True)
        assert waits_for(lambda: (len(portal_threads()), sockets(demo)) == before)


def test_forgotten_connection_frees_them_too(demo: DemoProcess, tmp_path: Path) -> None:
    """A connection that nobody closed frees its threads and sockets when it is collected."""
    before = len(portal_threads()), sockets(demo)
    connection = iptvvtab.connect(**settings(demo, tmp_path))
    connection.execute("SELECT count(*) FROM portal.subscriber").fetchall()
    del connection
    gc.collect()
    assert waits_for(lambda: (len(portal_threads()), sockets(demo)) == before)


def test_detach_frees_them_too(demo: DemoProcess, tmp_path: Path) -> None:
    """DETACH lets go of the portal when the next statement is prepared, if no remembered statement holds a table."""
    before = len(portal_threads()), sockets(demo)
    connection = iptvvtab.connect(**settings(demo, tmp_path))
    connection.execute("SELECT count(*) FROM portal.subscriber", can_cache=False).fetchall()
    connection.execute("DETACH portal")
    connection.execute("SELECT 1").fetchall()
    assert waits_for(lambda: (len(portal_threads()), sockets(demo)) == before)
    connection.close()


def test_schema_files_that_changed_are_read_anew(demo: DemoProcess, tmp_path: Path) -> None:
    """They are after DETACH, though a remembered statement still holds a table of the old ones."""
    schemas = tmp_path / "mine"
    schemas.mkdir()
    file = schemas / "mine.yaml"
    file.write_text("schemas:\n  package:\n    fields:\n      0: {name: id, type: integer}\n")
    connection = apsw.Connection(":memory:")
    mine = {**settings(demo, tmp_path), "schemas": schemas}
    iptvvtab.register(connection, **mine)
    connection.execute("SELECT id FROM portal.package").fetchall()
    connection.execute("DETACH portal")
    file.write_text("schemas:\n  bundle:\n    remote_name: package\n    fields:\n      0: {name: id, type: integer}\n")
    iptvvtab.register(connection, **mine)
    assert connection.execute("SELECT count(*) > 0 FROM portal.bundle").get == 1
    connection.close()


def test_one_client_for_many_connections(demo: DemoProcess, tmp_path: Path) -> None:
    """Connections of one process to one portal share a client and a memory; the last one frees it."""
    before = len(portal_threads())
    several = [iptvvtab.connect(**settings(demo, tmp_path)) for _ in range(4)]
    several[0].execute("SELECT count(*) FROM portal.subscriber").fetchall()
    demo.reset()
    threads = len(portal_threads())
    for connection in several[1:]:
        assert connection.execute("SELECT count(*) FROM portal.subscriber").get == 50
    assert (len(portal_threads()), demo.log().requests) == (threads, 0)
    for connection in several[:-1]:
        connection.close()
    assert several[-1].execute("SELECT count(*) FROM portal.terminal").get == 75
    several[-1].close()
    assert waits_for(lambda: len(portal_threads()) == before)


def test_threads_with_connections_of_their_own(demo: DemoProcess, tmp_path: Path) -> None:
    """Eight threads, each with a connection, ask the same and other questions, and each is answered rightly."""

    def asks(number: int) -> list[Any]:
        connection = iptvvtab.connect(**{**settings(demo, tmp_path), **PAGES})
        sql = (
            "SELECT s.id, t.id FROM portal.subscriber s JOIN portal.terminal t ON t.subscriber_id = s.id WHERE s.id > ?"
        )
        rows = [sorted(connection.execute(sql, (number % 3,))) for _ in range(3)]
        connection.close()
        assert rows[0] == rows[1] == rows[2]
        return rows[0]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(asks, range(8)))
    assert all(rows == found[number % 3] for number, rows in enumerate(found))
    assert len(found[0]) > 50


# Interrupts


@pytest.fixture(scope="module")
def slow() -> Iterator[DemoProcess]:
    """A portal that takes its time for every answer."""
    with start_demo(rows=400, latency_ms=LATENCY * 1000) as demo:
        yield demo


def test_interrupt_from_another_thread(slow: DemoProcess, tmp_path: Path) -> None:
    """`connection.interrupt()` ends a scan within a page, and the connection stays usable."""
    connection = iptvvtab.connect(**{**settings(slow, tmp_path), **PAGES})
    connection.execute("SELECT id FROM portal.package").fetchall()
    timer = threading.Timer(1.0, connection.interrupt)
    timer.start()
    started = time.monotonic()
    with pytest.raises(apsw.InterruptError):
        connection.execute(SCAN).fetchall()
    assert time.monotonic() - started < 1.0 + 2 * LATENCY + 1.0
    timer.join()
    assert connection.execute("SELECT count(*) FROM portal.package").get > 0
    connection.close()


def test_interrupt_ends_a_wait(demo: DemoProcess, connect: Connect) -> None:
    """A scan that waits for an answer that does not come ends at once."""
    connection = connect(source="live")
    connection.execute("SELECT id FROM portal.package").fetchall()
    demo.faults(Fault(Kind.HANG, seconds=8))
    timer = threading.Timer(0.3, connection.interrupt)
    timer.start()
    started = time.monotonic()
    with pytest.raises(apsw.InterruptError):
        connection.execute("SELECT * FROM portal.subscriber").fetchall()
    assert time.monotonic() - started < 2
    timer.join()
    assert connection.execute("SELECT count(*) FROM portal.subscriber").get == 50


CHILD = f"""
import sys, time, iptvvtab
connection = iptvvtab.connect(first_page_rows=20, page_rows=20, source="live", rate=0, whole_statements=False)
connection.execute("SELECT id FROM portal.package").fetchall()
print("ready", flush=True)
try:
    connection.execute({SCAN!r}).fetchall()
except KeyboardInterrupt:
    print("interrupted", flush=True)
print(connection.execute("SELECT count(*) > 0 FROM portal.package").get, flush=True)
connection.close()
"""


def test_ctrl_c_ends_a_scan(slow: DemoProcess, tmp_path: Path) -> None:
    """SIGINT ends a scan within a page as KeyboardInterrupt, and the connection stays usable."""
    environment = {**os.environ, **slow.environment, "XDG_STATE_HOME": str(tmp_path)}
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True, env=environment)
    assert child.stdout is not None
    with child:
        try:
            assert child.stdout.readline() == "ready\n"
            time.sleep(0.7)
            started = time.monotonic()
            child.send_signal(signal.SIGINT)
            assert child.stdout.readline() == "interrupted\n"
            assert time.monotonic() - started < 2 * LATENCY + 1
            assert child.stdout.readline() == "1\n"
            assert child.wait(15) == 0
        finally:
            child.kill()


# Secrets


def test_secrets_appear_nowhere(demo: DemoProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A whole session, with trace on and every logger at DEBUG, shows neither password nor session id."""
    caplog.set_level(logging.DEBUG)
    trace, said = tmp_path / "trace.jsonl", io.StringIO()
    password = demo.environment["IPTVPORTAL_PASSWORD"]
    connection = iptvvtab.connect(**{**settings(demo, tmp_path / "state"), "trace": trace})
    with iptvvtab.meter(connection) as meter:
        connection.execute("SELECT * FROM portal.subscriber WHERE password = 'hunter2-typed' AND id > 0").fetchall()
        demo.faults(Fault(Kind.EXPIRED), Fault(Kind.ERROR_OBJECT, skip=1))
        for sql in ("SELECT * FROM portal.terminal", "SELECT * FROM portal.media", "SELECT nothing FROM portal.media"):
            try:
                connection.execute(sql).fetchall()
            except (Error, apsw.Error) as error:
                said.write(f"{error!r} {error} {vars(error)}\n")
    said.write(repr(connection.execute("SELECT * FROM portal.portal_requests").fetchall()))
    said.write(repr(meter.receipt()))
    connection.close()
    said.write(caplog.text)
    said.write(trace.read_text(encoding="utf-8"))
    secrets = [password, "hunter2-typed", *sessions(tmp_path / "state")]
    assert len(secrets) >= 3
    assert [one for one in secrets if one in said.getvalue()] == []
    assert len(said.getvalue()) > 1000


def sessions(state: Path) -> list[str]:
    """Session ids that were stored; the file is the owner's alone."""
    files = [*(state / "sessions").glob("*.json")]
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    return [json.loads(file.read_text(encoding="utf-8"))["session_id"] for file in files]
