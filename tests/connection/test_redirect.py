"""Fresh tables are read in the shadow file by SQLite itself: when, and that nothing but the cost tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

import iptvvtab
from iptvvtab.config import load
from iptvvtab.connection import mirror_of
from iptvvtab.demo import DemoProcess
from iptvvtab.errors import UsageError
from iptvvtab.mirror import Mirror
from tests.mirror.moving import options, put
from tests.mirror.stock import stock

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "redirect.yaml").read_text(encoding="utf-8"))
SYNCED = ("package", "subscriber", "subscriber_package", "terminal")
SQL = "SELECT DISTINCT mac_addr FROM portal.terminal"
URI = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI

Connect = Callable[..., apsw.Connection]


def native(connection: apsw.Connection, sql: str) -> list[str]:
    """The tables of a statement that SQLite reads in the shadow file itself."""
    return [way.table for way in iptvvtab.explain(connection, sql).ways if way.age is not None]


def outcome(connection: apsw.Connection, sql: str, bindings: Any = None) -> object:
    """Names and types of columns and the rows of a statement, in no order, or its error."""
    try:
        cursor = connection.execute(sql, bindings)
        described = cursor.description if cursor.bindings_count >= 0 else ()
        return described, sorted(map(repr, cursor))
    except apsw.ExecutionCompleteError:
        return ()
    except apsw.Error as error:
        return type(error), str(error)


@pytest.fixture(scope="module")
def synced(served_sqlite: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings of a portal of which some tables are in the shadow file."""
    served_sqlite.reset()
    served_sqlite.set_switches("default")
    folder = tmp_path_factory.mktemp("synced")
    given = options(served_sqlite, folder)
    with mirror_of(load(None, given, environment={}, folder=folder)) as mirror:
        assert {mirror.sync(name, 0).outcome for name in SYNCED} == {"published"}
    return given


@pytest.fixture
def sides(synced: dict[str, Any]) -> Iterator[tuple[apsw.Connection, apsw.Connection]]:
    """A connection that redirects statements, and one that does not."""
    with closing(iptvvtab.connect(**synced)) as one, closing(iptvvtab.connect(**synced, redirect=False)) as other:
        yield one, other


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_statement(case: dict[str, Any], sides: tuple[apsw.Connection, apsw.Connection]) -> None:
    """The tables that may be are read natively; rows, names, types and errors are those of virtual tables."""
    redirected, virtual = sides
    for connection in sides:
        connection.execute(case.get("first", ""))
    bindings = case.get("bindings")
    assert native(redirected, case["sql"]) == case["native"]
    assert native(virtual, case["sql"]) == []
    for _ in range(2):
        assert outcome(redirected, case["sql"], bindings) == outcome(virtual, case["sql"], bindings)


@pytest.fixture
def moving_mirror(moving: DemoProcess, mirror_for: Callable[..., Mirror]) -> Mirror:
    """A mirror with version 1 of a table."""
    put(moving, 1)
    mirror = mirror_for(moving)
    assert mirror.sync("terminal", 0).outcome == "published"
    moving.reset()
    return mirror


@pytest.fixture
def connect(moving: DemoProcess, tmp_path: Path) -> Iterator[Connect]:
    """`connect(**settings)`: a connection to that portal and its file."""
    with ExitStack() as stack:

        def connected(**settings: Any) -> apsw.Connection:
            connection = iptvvtab.connect(**options(moving, tmp_path, **{"memory_limit": 0, **settings}))
            stack.callback(connection.close)
            return connection

        yield connected


def versions(connection: apsw.Connection) -> set[str]:
    """The versions of the rows that a statement gets."""
    return {version for (version,) in connection.execute(SQL)}


def test_a_sync_in_the_middle_is_not_seen(moving: DemoProcess, moving_mirror: Mirror, connect: Connect) -> None:
    """A statement reads one moment to its end; the next one reads what was published meanwhile."""
    connection = connect()
    rows = connection.execute("SELECT mac_addr, id FROM portal.terminal")
    first = next(rows)
    put(moving, 2)
    assert moving_mirror.sync("terminal", 0).outcome == "published"
    assert {first[0], *(version for version, _ in rows)} == {"v1"}
    assert native(connection, SQL) == ["terminal"]
    assert versions(connection) == {"v2"}


def test_a_statement_that_was_left_pins_nothing(moving: DemoProcess, moving_mirror: Mirror, connect: Connect) -> None:
    """A cursor that starts another statement lets go of the moment that the one before has read."""
    cursor = connect().cursor()
    assert cursor.execute("SELECT mac_addr, id FROM portal.terminal").fetchone() == ("v1", 1)
    put(moving, 2)
    assert moving_mirror.sync("terminal", 0).outcome == "published"
    assert cursor.execute("SELECT mac_addr, id FROM portal.terminal").fetchone() == ("v2", 1)


def test_nothing_is_asked_and_the_receipt_says_so(moving: DemoProcess, moving_mirror: Mirror, connect: Connect) -> None:
    """The receipt names the mirror as the source and the age of the rows."""
    connection = connect()
    with iptvvtab.meter(connection) as meter:
        assert versions(connection) == versions(connection) == {"v1"}
    (line,) = meter.receipt().tables
    assert (line.table, line.source, line.reads, line.requests) == ("terminal", "mirror", 2, 0)
    assert 0 < line.age < 60
    assert moving.log().requests == 0


def test_old_rows_are_not_read(moving: DemoProcess, moving_mirror: Mirror, connect: Connect) -> None:
    """Once rows are older than their ttl, virtual tables ask the portal; and where the choice of the source says so."""
    connection = connect(ttl=100.0)
    assert versions(connection) == {"v1"}
    put(moving, 2)
    connection.execute("SELECT portal_source('live')").fetchall()
    assert versions(connection) == {"v2"}
    connection.execute("SELECT portal_source('auto')").fetchall()
    assert versions(connection) == {"v1"}
    stock(moving_mirror.path, f"UPDATE _mirror_table SET began = {time.time() - 101}")
    assert native(connection, SQL) == []
    assert versions(connection) == {"v2"}
    connection.execute("SELECT portal_source('mirror')").fetchall()
    assert native(connection, SQL) == ["terminal"]
    assert versions(connection) == {"v1"}


def test_the_file_may_appear_later(moving: DemoProcess, mirror_for: Callable[..., Mirror], connect: Connect) -> None:
    """A table is read natively from the statement on that finds it in the file."""
    put(moving, 1)
    connection = connect()
    assert versions(connection) == {"v1"}
    assert native(connection, SQL) == []
    assert mirror_for(moving).sync("terminal", 0).outcome == "published"
    assert native(connection, SQL) == ["terminal"]
    assert versions(connection) == {"v1"}


def test_a_transaction_of_the_user(moving_mirror: Mirror, connect: Connect) -> None:
    """Within a transaction, or a savepoint, virtual tables answer."""
    connection = connect()
    with connection:
        assert native(connection, SQL) == []
        assert versions(connection) == {"v1"}
    connection.execute("BEGIN IMMEDIATE")
    assert native(connection, SQL) == []
    connection.execute("COMMIT")
    assert native(connection, SQL) == ["terminal"]


def test_an_authorizer_sees_the_statement_as_it_is(moving_mirror: Mirror, connect: Connect) -> None:
    """It hears of the portal's schema only, may forbid columns, and is the user's before and after."""
    connection = connect()
    assert versions(connection) == {"v1"}
    assert connection.authorizer is None
    assert connection.exec_trace is None

    def forbid(action: int, table: str | None, column: str | None, schema: str | None, _: str | None) -> int:
        return apsw.SQLITE_DENY if (schema, column) == ("portal", "mac_addr") else apsw.SQLITE_OK

    connection.authorizer = forbid
    with pytest.raises(apsw.AuthError):
        versions(connection)
    assert connection.authorizer is forbid


def test_a_tracer_sees_the_statement_as_it_is(moving_mirror: Mirror, connect: Connect) -> None:
    """Neither the connection's tracer nor that of a cursor is shown another text."""
    connection, heard = connect(), []

    def tracer(cursor: apsw.Cursor, sql: str, bindings: object) -> bool:
        heard.append(sql)
        return True

    cursor = connection.cursor()
    cursor.exec_trace = tracer
    cursor.execute(SQL).fetchall()
    connection.exec_trace = tracer
    connection.execute(SQL).fetchall()
    assert heard == [SQL, SQL]


@pytest.mark.parametrize(
    "sql",
    [
        "ANALYZE",
        "REINDEX",
        "VACUUM",
        "PRAGMA optimize",
        "PRAGMA wal_checkpoint",
        "PRAGMA journal_mode = delete",
        "PRAGMA locking_mode = exclusive",
        "SELECT 1; ANALYZE",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "ATTACH ':memory:' AS another; CREATE TABLE another.t(x); DETACH another",
    ],
)
def test_what_is_about_all_databases(sql: str, moving_mirror: Mirror, connect: Connect) -> None:
    """Statements about all databases of a connection do not meet the file; what follows reads it again."""
    connection, plain = connect(), connect(redirect=False)
    for one in (connection, plain):
        one.execute("CREATE TABLE local AS SELECT 1 AS x; CREATE INDEX of_local ON local(x)")
        assert versions(one) == {"v1"}
    assert outcome(connection, sql) == outcome(plain, sql)
    if connection.in_transaction:
        assert outcome(connection, SQL) == outcome(plain, SQL)
        assert outcome(connection, "ANALYZE") == outcome(plain, "ANALYZE") == ()
        connection.execute("COMMIT")
    assert [name for _, name, _ in connection.execute("PRAGMA database_list")] == ["main", "portal"]
    assert native(connection, SQL) == ([] if "exclusive" in sql else ["terminal"])
    assert versions(connection) == {"v1"}
    assert moving_mirror.sync("terminal", 0).outcome == "published"


def test_a_statement_goes_on_while_the_file_is_detached(moving_mirror: Mirror, connect: Connect) -> None:
    """Other statements that run meanwhile, natively or not, go on to their end."""
    connection = connect()
    natively = connection.execute("SELECT id FROM portal.terminal ORDER BY id")
    elsewhere = connection.execute("SELECT value FROM json_each('[1, 2, 3]')")
    assert (next(natively), next(elsewhere)) == ((1,), (1,))
    connection.execute("PRAGMA user_version = 1")
    assert len(list(natively)) == 399
    connection.execute("PRAGMA user_version = 2")
    assert len(list(elsewhere)) == 2


def test_a_table_that_somebody_changed(moving_mirror: Mirror, connect: Connect) -> None:
    """A table with another column than a sync gives it is left to the virtual table."""
    connection = connect()
    assert versions(connection) == {"v1"}
    stock(moving_mirror.path, "ALTER TABLE terminal ADD COLUMN note TEXT")
    assert native(connection, SQL) == []
    assert versions(connection) == {"v1"}


def test_a_file_of_something_else(moving: DemoProcess, connect: Connect, tmp_path: Path) -> None:
    """What is no shadow file of this portal is not attached; the portal answers."""
    put(moving, 1)
    other = tmp_path / "other.db"
    stock(other, "CREATE TABLE terminal(id)")
    connection = connect(mirror=other)
    assert native(connection, SQL) == []
    assert versions(connection) == {"v1"}
    assert [name for _, name, _ in connection.execute("SELECT * FROM pragma_database_list")] == ["main", "portal"]


def test_one_statement_for_several_sets_of_values(moving_mirror: Mirror, connect: Connect) -> None:
    """executemany begins each time anew, and is left to the virtual tables."""
    connection = connect()
    rows = connection.executemany("SELECT mac_addr FROM portal.terminal WHERE id = ?", [(1,), (2,)])
    assert rows.fetchall() == [("v1",), ("v1",)]


def test_register_redirects_when_it_is_told_to(moving: DemoProcess, moving_mirror: Mirror, tmp_path: Path) -> None:
    """A connection of the user's must allow URIs, and must not have a factory of cursors."""
    given = options(moving, tmp_path)
    with closing(apsw.Connection(":memory:", flags=URI)) as connection:
        iptvvtab.register(connection, redirect=True, **given)
        iptvvtab.register(connection, schema="again", redirect=True, **given)
        assert native(connection, SQL) == ["terminal"]
        assert native(connection, "SELECT a.id FROM portal.terminal a, again.terminal b") == ["terminal", "terminal"]
    with closing(apsw.Connection(":memory:", flags=URI)) as connection:
        iptvvtab.register(connection, **given)
        assert native(connection, SQL) == []
    with closing(apsw.Connection(":memory:")) as connection, pytest.raises(UsageError, match="SQLITE_OPEN_URI"):
        iptvvtab.register(connection, redirect=True, **given)
    with closing(apsw.Connection(":memory:", flags=URI)) as connection:
        connection.cursor_factory = partial(apsw.Cursor)
        with pytest.raises(UsageError, match="cursor_factory"):
            iptvvtab.register(connection, redirect=True, **given)
