"""What a connection reads from the shadow file: which tables are served, and that a statement sees one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

import iptvvtab
from iptvvtab.config import load
from iptvvtab.connection import portals
from iptvvtab.demo import DemoProcess
from iptvvtab.errors import NoMirror
from iptvvtab.mirror import Mirror, mirror_path, portal_of
from iptvvtab.remote import Read
from iptvvtab.schema import Catalog, Table
from iptvvtab.types import ColumnType
from tests.mirror.conftest import MirrorFor
from tests.mirror.moving import options, put
from tests.mirror.stock import stock

FRESHNESS = yaml.safe_load((Path(__file__).parent / "cases" / "freshness.yaml").read_text(encoding="utf-8"))
NAME, ROWS = "terminal", 20
PAIR = "subscriber_package"
READ = Read(NAME, ("id", "mac_addr"))


class Clock:
    """Seconds since 1970, as a test says."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def _mirror_by(clock: Clock, demo: DemoProcess, folder: Path, table: Table | None = None) -> Iterator[Mirror]:
    """A mirror that reads this clock, and perhaps another schema of one table."""
    settings = load(None, options(demo, folder), environment={}, folder=folder)
    portal = portals.take(settings)
    tables = [table if table is not None and one.name == table.name else one for one in portal.catalog.values()]
    try:
        path, whose = mirror_path(settings), portal_of(settings)
        yield Mirror(path, whose, Catalog(tables), portal.source.remote, clock)
    finally:
        portals.release(portal)


def _versions(mirror: Mirror, limit: float | None = None, table: Table | None = None) -> set[str] | None:
    """The versions that a view reads now; None where it does not serve the table."""
    view = mirror.view()
    reading = view.open(READ, table or mirror.table(NAME), limit)
    found = None if reading is None else {str(row[1]) for page in reading for row in page}
    view.close()
    return found


@pytest.fixture(scope="module")
def timed(served_moving: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clock, Mirror]]:
    """A clock, and a mirror that reads it."""
    clock = Clock()
    with _mirror_by(clock, served_moving, tmp_path_factory.mktemp("timed")) as mirror:
        yield clock, mirror


@pytest.mark.parametrize(
    ("passed", "limit", "is_served", "is_fresh"), [case for cases in FRESHNESS.values() for case in cases]
)
def test_freshness(
    passed: float,
    limit: float | None,
    is_served: bool,
    is_fresh: bool,
    moving: DemoProcess,
    timed: tuple[Clock, Mirror],
) -> None:
    """A table is served while it is young enough by its own clock, and a sync does nothing exactly then."""
    clock, mirror = timed
    put(moving, 1, rows=ROWS)
    assert mirror.sync(NAME, 0).outcome == "published"
    clock.now += passed
    assert _versions(mirror, limit) == ({"v1"} if is_served else None)
    assert mirror.sync(NAME, limit or 0).outcome == ("fresh" if is_fresh else "published")
    assert mirror.sync(NAME, 0).outcome == "published"
    assert _versions(mirror, 60) == {"v1"}


def test_the_age_counts_from_the_beginning_of_the_read(moving: DemoProcess, tmp_path: Path) -> None:
    """Rows are as old as the first of them may be, however long the rest took."""

    class Slow(Clock):
        def __call__(self) -> float:
            self.now += 1.0
            return self.now

    clock = Slow()
    put(moving, 1, rows=ROWS)
    with _mirror_by(clock, moving, tmp_path) as mirror:
        before = clock.now
        assert mirror.sync(NAME, 60).outcome == "published"
        state = next(one.published for one in mirror.status() if one.table == NAME)
    assert state is not None
    assert before < state.began < before + 4 < state.ended


def test_a_table_whose_schema_changed_is_not_served(moving: DemoProcess, tmp_path: Path) -> None:
    """Neither by the new schema nor, once it was synced by the new one, by the old; a sync is due at once."""
    clock = Clock()
    put(moving, 1, rows=ROWS)
    with _mirror_by(clock, moving, tmp_path) as mirror:
        old = mirror.table(NAME)
        assert mirror.sync(NAME, 60).outcome == "published"
    place, other = old.index("inet_addr"), {"type": ColumnType.STRING}
    columns = (*old.columns[:place], old.columns[place].model_copy(update=other), *old.columns[place + 1 :])
    new = Table(name=old.name, remote_name=old.remote_name, columns=columns, key=old.key, policy=old.policy)
    assert new.schema_hash != old.schema_hash
    with _mirror_by(clock, moving, tmp_path, new) as mirror:
        assert _versions(mirror, 60, new) is None
        assert _versions(mirror, None, new) is None
        assert mirror.sync(NAME, 60).outcome == "published"
        assert _versions(mirror, 60, new) == {"v1"}
        assert _versions(mirror, None, old) is None


def _connect(demo: DemoProcess, folder: Path, source: str = "mirror") -> apsw.Connection:
    return iptvvtab.connect(**options(demo, folder, source=source, ttl="1h", memory_limit=0))


@pytest.mark.usefixtures("each_way")
def test_a_closed_table_is_not_served(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """What an account may not read any more it does not read here either: the portal is asked, and it decides."""
    put(moving, 1, rows=ROWS)
    mirror = mirror_for(moving)
    assert mirror.sync(NAME, 60).outcome == "published"
    sql = "SELECT DISTINCT mac_addr FROM portal.terminal"
    with closing(_connect(moving, tmp_path, "auto")) as auto, closing(_connect(moving, tmp_path)) as only:
        assert auto.execute(sql).fetchall() == [("v1",)]
        put(moving, 2, rows=ROWS)
        assert auto.execute(sql).fetchall() == [("v1",)]
        stock(mirror.path, "UPDATE _mirror_table SET is_closed = 1")
        assert auto.execute(sql).fetchall() == [("v2",)]
        with pytest.raises(NoMirror, match=NAME):
            only.execute(sql).fetchall()
        assert mirror.sync(NAME, 3600).outcome == "published"
        assert only.execute(sql).fetchall() == [("v2",)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT t.mac_addr FROM portal.terminal t",
        "SELECT t.mac_addr || u.mac_addr FROM portal.terminal t CROSS JOIN portal.terminal u WHERE u.id < 4",
        "SELECT t.mac_addr, p.package_id FROM portal.terminal t CROSS JOIN portal.subscriber_package p",
        "SELECT t.mac_addr, (SELECT max(mac_addr) FROM portal.terminal u WHERE u.id >= t.id) FROM portal.terminal t",
        "SELECT mac_addr FROM portal.terminal UNION ALL SELECT mac_addr FROM portal.terminal",
        "SELECT mac_addr FROM portal.terminal UNION ALL SELECT package_id FROM portal.subscriber_package",
        "SELECT mac_addr FROM portal.terminal WHERE id = 1 OR mac_addr IN ('v1', 'v2')",
        "SELECT mac_addr FROM portal.terminal WHERE id < 3 UNION ALL SELECT max(mac_addr) FROM portal.terminal",
        "SELECT * FROM (SELECT mac_addr FROM portal.terminal LIMIT 2) UNION ALL SELECT mac_addr FROM portal.terminal",
    ],
)
@pytest.mark.usefixtures("each_way")
def test_a_statement_sees_one_moment(sql: str, moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Two tables are swapped while a statement is under way: every row of it is of before, the next one of after."""
    mirror = mirror_for(moving)

    def publish(version: int) -> None:
        for table in (NAME, PAIR):
            put(moving, version, table, rows=ROWS)
            assert mirror.sync(table, 0).outcome == "published"

    def seen(rows: list[tuple[Any, ...]]) -> set[str]:
        return {digit for row in rows for value in row for digit in str(value or "").replace("v", "")}

    publish(1)
    with closing(_connect(moving, tmp_path)) as connection:
        cursor = connection.execute(sql)
        rows: list[tuple[Any, ...]] = [next(cursor)]
        publish(2)
        assert seen(rows + cursor.fetchall()) == {"1"}
        assert seen(connection.execute(sql).fetchall()) == {"2"}


@pytest.mark.usefixtures("each_way")
def test_a_statement_that_ended_holds_nothing(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Whether it ran to its end, failed or was given up, a statement leaves no snapshot that would let the WAL grow."""
    put(moving, 1, rows=ROWS)
    mirror = mirror_for(moving)
    mirror.sync(NAME, 0)
    with closing(_connect(moving, tmp_path)) as connection:
        connection.execute("SELECT * FROM portal.terminal").fetchall()
        given_up = connection.execute("SELECT * FROM portal.terminal UNION ALL SELECT * FROM portal.terminal")
        next(given_up)
        given_up.close(True)
        with pytest.raises(apsw.SQLError):
            connection.execute("SELECT json(mac_addr) FROM portal.terminal").fetchall()
        with pytest.raises(NoMirror):
            connection.execute("SELECT 1 FROM portal.terminal, portal.media").fetchall()
        mirror.sync(NAME, 0)
        busy, pages, moved = stock(mirror.path, "PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        assert (busy, pages, moved) == (0, 0, 0)


@pytest.mark.usefixtures("each_way")
def test_a_file_that_appears_or_goes_is_noticed(moving: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """A connection that was there before the first sync reads it, and asks the portal again once a table is cleared."""
    put(moving, 1, rows=ROWS)
    mirror = mirror_for(moving)
    sql = "SELECT DISTINCT mac_addr FROM portal.terminal"
    with closing(_connect(moving, tmp_path, "auto")) as connection:
        assert connection.execute(sql).fetchall() == [("v1",)]
        mirror.sync(NAME, 0)
        put(moving, 2, rows=ROWS)
        assert connection.execute(sql).fetchall() == [("v1",)]
        mirror.clear([NAME])
        assert connection.execute(sql).fetchall() == [("v2",)]


def test_a_secret_is_asked_of_the_portal(demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """A column that is not kept comes from the portal, or not at all where only the mirror may answer."""
    assert mirror_for(demo).sync("subscriber", 0).outcome == "published"
    with closing(_connect(demo, tmp_path, "auto")) as auto, closing(_connect(demo, tmp_path)) as only:
        demo.reset()
        assert auto.execute("SELECT count(id) FROM portal.subscriber WHERE username IS NOT NULL").get > 0
        assert demo.log().requests == 0
        assert auto.execute("SELECT count(password) FROM portal.subscriber").get > 0
        assert demo.log().requests > 0
        with pytest.raises(NoMirror, match="subscriber"):
            only.execute("SELECT password FROM portal.subscriber").fetchall()
