"""The workloads through iptvvtab, and over its shadow file as plain SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw

import iptvvtab
from iptvvtab.config import Settings, load
from iptvvtab.connection import mirror_of
from iptvvtab.mirror import Mirror
from tests.bench.neighbours.workloads import REPEAT, SYNC, Given, Task
from tests.bench.scans import TABLE
from tests.bench.wire import PAGE

FILE, SYNCED = "mirror.db", "synced.db"
AGE = 3600.0
CONTACT = "SELECT count(*) FROM portal.domain WHERE id = 1"
"""So that what a portal can do is not asked for, and nothing is imported, while something is measured."""


@contextmanager
def virtual(given: Given) -> Iterator[Task]:
    """Through virtual tables: asking the portal, or for a repetition from memory."""
    if given.workload == SYNC:
        with mirror_of(_loaded(given, given.own / SYNCED)) as mirror:
            _publish(mirror, "domain")
            yield Task(lambda: _publish(mirror, TABLE), lambda _: _stored(given.own / SYNCED))
        return
    is_repeated = given.workload == REPEAT
    lasting: dict[str, Any] = {"source": "auto", "max_age": AGE} if is_repeated else {"source": "live"}
    settings = {**_settings(given, given.own / "none.db"), "state_folder": given.own}
    with closing(iptvvtab.connect(**settings, **lasting)) as connection:
        connection.execute(given.sql if is_repeated else CONTACT).fetchall()
        yield _query(connection, given, is_local=is_repeated)


@contextmanager
def redirected(given: Given) -> Iterator[Task]:
    """Fresh tables of the shadow file, read by SQLite itself."""
    with closing(iptvvtab.connect(**_settings(given, given.folder / FILE), source="mirror")) as connection:
        yield _query(connection, given, is_local=True)


@contextmanager
def native(given: Given) -> Iterator[Task]:
    """The same file under the same name, and nothing of ours."""
    with closing(apsw.Connection(":memory:")) as connection:
        connection.execute("ATTACH ? AS portal", (str(given.folder / FILE),))
        yield _query(connection, given, is_local=True)


def fill(given: Given) -> None:
    """Make the shadow file that `redirected` and `native` read."""
    with mirror_of(_loaded(given, given.folder / FILE)) as mirror:
        for table in ("subscriber", "terminal", "package", "subscriber_package", TABLE):
            _publish(mirror, table)


def _loaded(given: Given, mirror: Path) -> Settings:
    return load(None, _settings(given, mirror), environment={}, folder=given.folder)


def _settings(given: Given, mirror: Path) -> dict[str, Any]:
    names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
    found = {name: given.environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
    return {**found, "state_folder": given.folder, "mirror": mirror, "rate": 0, "page_rows": PAGE}


def _query(connection: apsw.Connection, given: Given, *, is_local: bool) -> Task:
    sql = given.sql
    return Task(lambda: connection.execute(sql).fetchall(), is_local=is_local)


def _stored(path: Path) -> list[Any]:
    with closing(apsw.Connection(str(path))) as connection:
        return connection.execute(f"SELECT * FROM {TABLE}").fetchall()


def _publish(mirror: Mirror, table: str) -> None:
    done = mirror.sync(table, 0)
    assert done.outcome == "published", done.error
