"""Rows that are older than their ttl: while a sync brings new ones, and in place of a portal that fails."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.errors import BadAnswer, Error, Forbidden, NoMirror, SessionRefused, UsageError
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import options, put
from tests.mirror.stock import stock

TTL, GRACE = 1000.0, 500.0
SQL = "SELECT DISTINCT mac_addr FROM portal.terminal"
SECONDS = 60.0
"""How long a sync in the background may take, a new process included."""

Connect = Callable[..., apsw.Connection]


def age(mirror: Mirror, seconds: float) -> None:
    """Let the table be that old."""
    stock(mirror.path, f"UPDATE _mirror_table SET began = {time.time() - seconds}")


@pytest.fixture
def old(moving: DemoProcess, mirror_for: MirrorFor) -> Mirror:
    """A mirror with version 1 of the rows; the portal has version 2."""
    put(moving, 1, rows=20)
    mirror = mirror_for(moving)
    assert mirror.sync("terminal", 0).outcome == "published"
    put(moving, 2, rows=20)
    moving.reset()
    return mirror


@pytest.fixture
def connect(moving: DemoProcess, tmp_path: Path) -> Iterator[Connect]:
    """`connect(**settings)`: a connection with a ttl of TTL."""
    with ExitStack() as stack:

        def connected(**settings: Any) -> apsw.Connection:
            given = {"ttl": TTL, "memory_limit": 0, **settings}
            connection = iptvvtab.connect(**options(moving, tmp_path, **given))
            stack.callback(connection.close)
            return connection

        yield connected


def shown(connection: apsw.Connection) -> tuple[str, Any]:
    """The version of the rows that a query gets, and what its receipt says of their table."""
    with iptvvtab.meter(connection) as meter:
        [(version,)] = connection.execute(SQL).fetchall()
        [line] = meter.receipt().tables
    return version, line


def until(check: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    ends = time.monotonic() + SECONDS
    while not check() and time.monotonic() < ends:
        time.sleep(0.05)
    return check()


@pytest.mark.usefixtures("each_way")
def test_old_rows_are_given_while_a_sync_brings_new_ones(old: Mirror, connect: Connect) -> None:
    """Within `swr` a query gets old rows at once and has the table synced, once, in a process of its own."""
    age(old, TTL + 1)
    connection = connect(swr=GRACE)
    for _ in range(3):
        version, line = shown(connection)
        assert (version, line.source, line.requests, line.excuse) == ("v1", "mirror", 0, "")
    assert until(lambda: shown(connection)[0] == "v2")
    assert stock(old.path, "SELECT generation FROM _mirror_table WHERE name = 'terminal'") == [[[2]]]
    assert stock(old.path, "SELECT count(*) FROM _mirror_run WHERE name = 'terminal'") == [[[2]]]


@pytest.mark.parametrize("settings", [{"swr": GRACE}, {"swr": 0, "sie": GRACE}, {}], ids=["swr", "sie", "neither"])
def test_beyond_its_time_the_portal_is_asked(settings: dict[str, Any], old: Mirror, connect: Connect) -> None:
    """Rows that are too old for any policy are not given where the portal answers."""
    age(old, TTL + (GRACE if settings.get("swr") else 0) + 1)
    version, line = shown(connect(**settings))
    assert (version, line.source, line.excuse) == ("v2", "live", "")


def test_old_rows_stand_in_for_a_portal_that_fails(
    old: Mirror, connect: Connect, moving: DemoProcess, caplog: pytest.LogCaptureFixture
) -> None:
    """Within `sie` they do, with a warning, and the receipt says why; when the portal answers again, it is asked."""
    age(old, TTL + 1)
    connection = connect(sie=GRACE)
    assert shown(connection)[0] == "v2"  # the first contact is made
    moving.faults(Fault(Kind.STATUS, status=503, times=None))
    with caplog.at_level(logging.WARNING, "iptvvtab"):
        version, line = shown(connection)
        again, _ = shown(connection)
    assert (version, again, line.source) == ("v1", "v1", "live+mirror")
    assert "503" in line.excuse
    assert TTL < line.age < TTL + GRACE
    [warning] = [one.getMessage() for one in caplog.records if one.name.startswith("iptvvtab")]
    assert "terminal" in warning
    assert "503" in warning
    moving.faults()
    assert shown(connection)[0] == "v2"


def test_a_failure_after_the_first_page_is_no_mixture(old: Mirror, connect: Connect, moving: DemoProcess) -> None:
    """Rows of the portal and rows of the mirror never come in one read: then the failure is told."""
    age(old, TTL + 1)
    connection = connect(sie=GRACE, first_page_rows=5, page_rows=5)
    shown(connection)
    moving.faults(Fault(Kind.HTML, table="terminal", skip=1))
    with pytest.raises(BadAnswer):
        connection.execute("SELECT mac_addr FROM portal.terminal").fetchall()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Kind.STATUS, status=403), Forbidden),
        (Fault(Kind.UNAUTHORIZED, times=None), SessionRefused),
        (Fault(Kind.WRONG_WIDTH), BadAnswer),
    ],
    ids=["forbidden", "unauthorized", "wrong_width"],
)
def test_what_does_not_pass_is_never_excused(
    fault: Fault, error: type[Error], old: Mirror, connect: Connect, moving: DemoProcess
) -> None:
    """A right that was taken away, a session that is refused, a table that changed: old rows would hide it."""
    age(old, TTL + 1)
    connection = connect(sie=GRACE)
    shown(connection)
    moving.faults(fault)
    with pytest.raises(error):
        connection.execute(SQL).fetchall()


def test_the_error_says_what_is_there(old: Mirror, connect: Connect, moving: DemoProcess) -> None:
    """Where nothing may stand in, the error names the portal's failure, and its note the table, the age and the way."""
    age(old, TTL + GRACE + 1)
    connection = connect(sie=GRACE)
    shown(connection)
    moving.faults(Fault(Kind.STATUS, status=503, times=None))
    with pytest.raises(Error, match="503") as caught:
        connection.execute(SQL).fetchall()
    [note] = caught.value.__notes__
    assert "terminal" in note
    assert re.search(r"15\d\d s old", note)
    assert "source = mirror" in note


def test_a_broken_file_is_no_reason_to_fail(
    connect: Connect, moving: DemoProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the portal may answer, a file that is no shadow file is warned of, and the portal asked."""
    put(moving, 3, rows=5)
    (tmp_path / "mirror.db").write_bytes(b"no database at all, but long enough to look at " * 40)
    with caplog.at_level(logging.WARNING, "iptvvtab"):
        assert shown(connect())[0] == "v3"
    assert "mirror.db" in caplog.text


def test_a_table_that_syncs_itself(
    moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, connect: Connect
) -> None:
    """With `auto_sync` the first query is answered by the portal, and later ones by the file that it had made."""
    put(moving, 4, rows=10)
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "terminal.yaml").write_text("schemas: {terminal: {sync_config: {auto_sync: true}}}\n")
    connection = connect(schemas=str(folder))
    assert shown(connection)[1].source == "live"
    assert until((tmp_path / "mirror.db").exists)
    assert until(lambda: shown(connection)[1].source == "mirror")
    assert connect().execute("SELECT mirror FROM portal.portal_tables WHERE name = 'subscriber'").get == "absent"


def test_a_background_sync_that_fails_is_not_tried_at_once(old: Mirror, connect: Connect, moving: DemoProcess) -> None:
    """The portal is left alone for a while; the file says what happened, and queries go on."""
    age(old, TTL + 1)
    moving.faults(Fault(Kind.NO_ROWS, table="terminal", times=None))
    connection = connect(swr=GRACE)
    assert shown(connection)[0] == "v1"
    outcome = "SELECT outcome FROM _mirror_run WHERE name = 'terminal' ORDER BY id DESC LIMIT 1"
    assert until(lambda: stock(old.path, outcome) == [[["refused"]]])
    time.sleep(0.3)  # its process ends
    for _ in range(5):
        assert shown(connection)[0] == "v1"
    time.sleep(0.5)
    assert stock(old.path, "SELECT count(*) FROM _mirror_run WHERE name = 'terminal'") == [[[2]]]


def test_sql_chooses_the_source(old: Mirror, connect: Connect) -> None:
    """`portal_source` sets where a connection's rows come from, says what held before, and undoes it."""
    connection = connect()
    choose = "SELECT portal_source(?)"
    assert connection.execute("SELECT portal_source()").get == "auto"
    assert shown(connection)[0] == "v1"
    assert connection.execute(choose, ("live",)).get == "auto"
    assert shown(connection)[0] == "v2"
    assert connection.execute("SELECT source FROM portal.portal_tables WHERE name = 'terminal'").get == "live"
    assert connection.execute(choose, ("mirror",)).get == "live"
    assert shown(connection)[0] == "v1"
    assert connect().execute("SELECT portal_source()").get == "auto"
    assert connection.execute(choose, (None,)).get == "mirror"
    assert connection.execute("SELECT portal_source()").get == "auto"
    with pytest.raises(UsageError, match="did you mean 'live'"):
        connection.execute(choose, ("lives",)).fetchall()
    with pytest.raises(UsageError, match="'nowhere'"):
        connection.execute("SELECT portal_source('live', 'nowhere')").fetchall()


def test_one_schema_of_several(old: Mirror, connect: Connect, moving: DemoProcess, tmp_path: Path) -> None:
    """A second word names the schema that is meant."""
    connection = connect()
    iptvvtab.register(connection, schema="other", **options(moving, tmp_path, ttl=TTL, memory_limit=0))
    assert connection.execute("SELECT portal_source('live', 'other')").get == "auto"
    versions = connection.execute(f"SELECT ({SQL}), ({SQL.replace('portal.', 'other.')})").fetchall()
    assert versions == [("v1", "v2")]
    assert connection.execute("SELECT portal_source('live')").get == "auto"
    assert connection.execute("SELECT portal_source(NULL, 'other')").get == "live"


def test_max_age_is_a_promise(old: Mirror, connect: Connect) -> None:
    """Nothing older than `max_age` is given, whatever the grace; a longer one takes what ttl would not."""
    age(old, 100)
    assert shown(connect(max_age=50, swr=GRACE, sie=GRACE))[0] == "v2"
    age(old, TTL + 1)
    assert shown(connect(max_age=TTL + 50))[0] == "v1"
    with pytest.raises(NoMirror, match=r"10\d\d s old"):
        connect(source="mirror", max_age=50).execute(SQL).fetchall()
