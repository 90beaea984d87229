"""The corpus over tables in the shadow file: the same rows as plain tables give, and nothing is asked of the portal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import pytest

import iptvvtab
from iptvvtab.config import load
from iptvvtab.connection import Way, mirror_of
from iptvvtab.demo import DemoProcess, start_demo
from iptvvtab.demo.engine import StoreName
from iptvvtab.mirror.ddl import mirrored
from iptvvtab.schema import Catalog, load_catalog
from tests.differential.corpus import CORPUS, Statement
from tests.differential.oracle import ask, difference, is_ordered, plain_tables, run
from tests.differential.sides import SCHEMAS, SMALL_PAGES, connect
from tests.differential.test_equal_rows import STATEMENTS as OF_EQUAL_ROWS

TTL = 3600
EVERY = 13
"""Of `make test`: each thirteenth statement, on the SQLite store."""
MOSTLY = 0.9
LIVE = ("subscriber_package", "package", "tv_program", "user")
"""Tables that are not in the file where fresh tables and others stand side by side."""
REPEATED = [[3, 4], [3, 4], [3, 4], [3, 5], [None, 4], [None, 4], [9999, None]]
"""Rows of a table without a key that are not all different."""

SOME = [pytest.param(one, "sqlite", id=f"{one}-sqlite") for one in CORPUS[::EVERY]]
OTHERS = [
    pytest.param(one, store, id=f"{one}-{store}", marks=pytest.mark.long)
    for store in ("sqlite", "postgresql")
    for number, one in enumerate(CORPUS)
    if store == "postgresql" or number % EVERY
]


@dataclass
class Mirrored:
    """A portal of these tests alone, its rows in plain tables, and virtual tables that have a shadow file.

    Of `tables` statements are redirected to the file, of `virtual` they are not, of `mixed` for the tables that its own
    file has; it has a portal of its own with the same rows, because a page that is dropped may reach one later.
    """

    demo: DemoProcess
    other: DemoProcess
    oracle: apsw.Connection
    tables: apsw.Connection
    virtual: apsw.Connection
    mixed: apsw.Connection
    held: set[tuple[str, str]]

    def is_held(self, sql: str, bindings: Any) -> bool:
        """Whether a statement reads mirrored columns only, in the words of SQLite's compiler."""
        read: set[tuple[str, str]] = set()

        def heard(action: int, table: str | None, column: str | None, schema: str | None, _: str | None) -> int:
            if action == apsw.SQLITE_READ and schema == "portal" and column:
                read.add((str(table), column))
            return apsw.SQLITE_OK

        self.oracle.authorizer = heard
        try:
            self.oracle.execute(f"EXPLAIN {sql}", bindings, can_cache=False).close(True)
        except apsw.Error:
            return True
        finally:
            self.oracle.authorizer = None
        return {(table, column) for table, column in read if column != "ROWID"} <= self.held


def _held(catalog: Catalog) -> set[tuple[str, str]]:
    return {(table.name, column.name) for table in catalog.values() for column in mirrored(table)}


def _settings(demo: DemoProcess, state: Path) -> dict[str, Any]:
    names = {"api_url": "API_URL", "auth_url": "AUTH_URL", "username": "USERNAME", "password": "PASSWORD"}
    given = {name: demo.environment[f"IPTVPORTAL_{variable}"] for name, variable in names.items()}
    reading = {"source": "auto", "ttl": f"{TTL}s", "memory_limit": 0, **SMALL_PAGES}
    return {**given, "schemas": SCHEMAS, "state_folder": state, "rate": 0, **reading}


def _sync(given: dict[str, Any], folder: Path, names: list[str]) -> None:
    with mirror_of(load(None, given, environment={}, folder=folder)) as mirror:
        outcomes = {name: mirror.sync(name, TTL).outcome for name in names}
    assert set(outcomes.values()) == {"published"}, outcomes


def _repeat(demo: DemoProcess) -> None:
    environment = demo.environment
    who = {"username": environment["IPTVPORTAL_USERNAME"], "password": environment["IPTVPORTAL_PASSWORD"]}
    session = ask(environment["IPTVPORTAL_AUTH_URL"], "authorize_user", who)["session_id"]
    insert = {"into": "tv_program_category", "columns": ["program_id", "category_id"], "values": REPEATED}
    ask(environment["IPTVPORTAL_API_URL"], "insert", insert, session)


class Sides:
    """What is compared, by store, made when first asked for: all tables are synced then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[StoreName, Mirrored] = {}

    def of(self, store: StoreName) -> Mirrored:
        """Return what is compared on a store."""
        if store not in self._made:
            self._made[store] = self._make(store, self._folder / store)
        return self._made[store]

    def close(self) -> None:
        """Close connections, end portals."""
        for one in self._made.values():
            one.oracle.close()
            one.tables.close()
            one.virtual.close()
            one.mixed.close()
            one.demo.stop()
            one.other.stop()

    def _make(self, store: StoreName, state: Path) -> Mirrored:
        demo, other = start_demo(rows=50, store=store), start_demo(rows=50, store=store)
        catalog, given = load_catalog(SCHEMAS), _settings(demo, state)
        some = _settings(other, state / "other")
        _repeat(demo)
        _repeat(other)
        _sync(given, state, list(catalog))
        _sync(some, state, [name for name in catalog if name not in LIVE])
        tables, virtual = connect(demo, state, **given), connect(demo, state, **given, redirect=False)
        mixed = connect(other, state, **some)
        for one in (tables, virtual, mixed):
            one.execute("SELECT id FROM portal.subscriber WHERE username LIKE 'x' AND password LIKE 'y'").fetchall()
        return Mirrored(demo, other, plain_tables(demo, catalog), tables, virtual, mixed, _held(catalog))


@pytest.fixture(scope="module")
def mirrored_sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """The sides of each store."""
    made = Sides(tmp_path_factory.mktemp("mirrored"))
    yield made
    made.close()


@pytest.mark.parametrize(("statement", "store"), [*SOME, *OTHERS])
def test_mirrored(statement: Statement, store: StoreName, mirrored_sides: Sides) -> None:
    """A statement gives what plain tables give; the portal is asked only if it reads a column that is not mirrored."""
    sides = mirrored_sides.of(store)
    sides.demo.reset()
    expected = run(sides.oracle, statement.sql, statement.bindings)
    for one in (sides.tables, sides.virtual):
        got = run(one, statement.sql, statement.bindings)
        assert difference(expected, got, ordered=is_ordered(statement.sql)) is None
    if sides.is_held(statement.sql, statement.bindings):
        assert sides.demo.log().requests == 0
    got = run(sides.mixed, statement.sql, statement.bindings)
    assert difference(expected, got, ordered=is_ordered(statement.sql)) is None


@pytest.mark.parametrize("sql", OF_EQUAL_ROWS)
def test_equal_rows(sql: str, mirrored_sides: Sides) -> None:
    """Each of several equal rows counts, once, in the shadow file too."""
    sides = mirrored_sides.of("sqlite")
    for one in (sides.tables, sides.virtual):
        assert difference(run(sides.oracle, sql), run(one, sql), ordered=False) is None


def test_hardly_any_statement_is_left_out(mirrored_sides: Sides) -> None:
    """Nearly all statements of the corpus read mirrored columns only, so that most are held to ask nothing."""
    sides = mirrored_sides.of("sqlite")
    assert sum(not sides.is_held(one.sql, one.bindings) for one in CORPUS) < len(CORPUS) / 20


def test_most_statements_are_read_natively(mirrored_sides: Sides) -> None:
    """Of the statements of the corpus that read mirrored columns only, SQLite reads most in the file itself."""
    sides = mirrored_sides.of("sqlite")
    ways = [_ways(sides.tables, one) for one in CORPUS if sides.is_held(one.sql, one.bindings)]
    native = [one for one in ways if one and all(way.age is not None for way in one)]
    assert len(native) > len(ways) * MOSTLY


def _ways(connection: apsw.Connection, statement: Statement) -> tuple[Way, ...]:
    try:
        return iptvvtab.explain(connection, statement.sql, statement.bindings).ways
    except apsw.Error:
        return ()
