"""The traps that neighbours fell into, each by name: traps.yaml, over both stores of the demo portal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from shutil import copytree
from typing import Any

import apsw
import pytest
import yaml

import iptvvtab
from iptvvtab import errors
from iptvvtab.demo import DemoProcess, Fault, start_demo
from iptvvtab.schema import Catalog, load_catalog
from tests.differential.oracle import Outcome, ask, difference, exact, is_ordered, plain_tables, run
from tests.differential.sides import SCHEMAS, connect
from tests.vtab.documents import written_out

Case = dict[str, Any]

TRAPS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "traps.yaml").read_text(encoding="utf-8"))
STORES = ("sqlite", "postgresql")
SUBSCRIBERS = 220
"""So that two tables have more than the 1000 rows that every portal is trusted to answer at once."""
SETTINGS = {"source": "live", "first_page_rows": 10, "page_rows": 500, "max_retries": 1, "rules_off": ["learned"]}
OWN = {"first", "faults", "later"}
"""What makes a case want a connection of its own."""
FIRST_CONTACT = "SELECT id FROM portal.package WHERE name LIKE 'x'"


class Portal:
    """A demo portal, plain tables of its rows, and what earlier contacts left, by what it could do then."""

    def __init__(self, demo: DemoProcess, folder: Path) -> None:
        self.demo, self._folder = demo, folder
        self._states: dict[str, Path] = {}
        self._schemas: dict[str, Path] = {repr(None): SCHEMAS}
        self._oracles: dict[Path, apsw.Connection] = {}
        self._connections: dict[str, apsw.Connection] = {}
        self._switches: dict[str, Any] | None = None

    def schemas(self, case: Case) -> Path:
        """A folder of schemas: that of all differential tests, or one with what the case says instead."""
        known = repr(case.get("schemas"))
        if known not in self._schemas:
            file = self._folder / f"schemas{len(self._schemas)}" / "case.yaml"
            file.parent.mkdir()
            file.write_text(yaml.safe_dump({"schemas": case["schemas"]}), encoding="utf-8")
            self._schemas[known] = file.parent
        return self._schemas[known]

    def oracle(self, schemas: Path = SCHEMAS) -> apsw.Connection:
        """Plain tables of the portal's rows, as these schemas describe them."""
        if schemas not in self._oracles:
            self.switch({})
            self._oracles[schemas] = plain_tables(self.demo, load_catalog(schemas))
        return self._oracles[schemas]

    def rows_now(self, sql: str, bindings: Any) -> Outcome:
        """What a statement gives over plain tables of the rows as they are at this moment."""
        named = (table for name, table in load_catalog(SCHEMAS).items() if f"portal.{name}" in sql)
        connection = plain_tables(self.demo, Catalog(named))
        try:
            return run(connection, sql, bindings)
        finally:
            connection.close()

    def switch(self, switches: dict[str, Any]) -> None:
        if switches != self._switches:
            self.demo.set_switches(**switches)
            self._switches = switches

    def met(self, switches: dict[str, Any]) -> Path:
        """Return a state folder that knows the portal with these switches, and has a session."""
        known = repr(switches)
        if known not in self._states:
            self.switch(switches)
            state = self._states[known] = self._folder / str(len(self._states))
            connection = connect(self.demo, state)
            connection.execute(FIRST_CONTACT).fetchall()
            connection.close()
        return self._states[known]

    def connection(self, state: Path, settings: dict[str, Any]) -> apsw.Connection:
        """A connection that other cases use too."""
        key = repr((state, settings))
        if key not in self._connections:
            self._connections[key] = connect(self.demo, state, **settings)
        return self._connections[key]

    def close(self) -> None:
        for connection in (*self._connections.values(), *self._oracles.values()):
            connection.close()

    def write(self, method: str, params: dict[str, Any]) -> None:
        """Change rows as somebody else does, without us."""
        environment = self.demo.environment
        who = {"username": environment["IPTVPORTAL_USERNAME"], "password": environment["IPTVPORTAL_PASSWORD"]}
        session = ask(environment["IPTVPORTAL_AUTH_URL"], "authorize_user", who)["session_id"]
        ask(environment["IPTVPORTAL_API_URL"], method, params, session)


PortalOf = Callable[[Case, str], Portal]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalOf]:
    """`shared(case, store)`: the portal that the cases of a store share; those that write have another one."""
    portals: dict[tuple[str, bool], Portal] = {}
    with ExitStack() as running:

        def portal(case: Case, store: Any) -> Portal:
            which = store, "meanwhile" in case
            if which not in portals:
                demo = running.enter_context(start_demo(rows=SUBSCRIBERS, store=store))
                portals[which] = Portal(demo, tmp_path_factory.mktemp(store))
                running.callback(portals[which].close)
            return portals[which]

        yield portal


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """What is closed when the case is over."""
    with ExitStack() as stack:
        yield stack


def cases() -> Iterator[Any]:
    for trap in TRAPS:
        for case in trap["cases"]:
            for store in case.get("stores", STORES):
                yield pytest.param(case, store, id=f"{trap['number']:02} {trap['name']}: {case['rule']}, {store}")


def test_every_trap_is_named() -> None:
    """The traps stand in their order, each with what goes wrong elsewhere and at least two cases."""
    assert [trap["number"] for trap in TRAPS] == list(range(1, len(TRAPS) + 1))
    assert all(trap["name"] and trap["elsewhere"] and len(trap["cases"]) >= 2 for trap in TRAPS)
    assert all(len({case["rule"] for case in trap["cases"]}) == len(trap["cases"]) for trap in TRAPS)


@pytest.mark.parametrize(("case", "store"), [*cases()])
def test_trap(case: Case, store: Any, shared: PortalOf, tmp_path: Path, opened: ExitStack) -> None:
    """Nobody falls in: the rows of plain tables, or the error that is due, and no dearer than the case allows."""
    portal, switches = shared(case, store), case.get("switches", {})
    schemas = portal.schemas(case)
    settings = {**SETTINGS, "schemas": schemas, **case.get("settings", {})}
    oracle = None if "error" in case or "meanwhile" in case else portal.oracle(schemas)
    state = portal.met(switches)
    if OWN & case.keys():
        # A folder of its own too: a portal that disappoints is probed again, and connections share what they remember.
        state = copytree(state, tmp_path / "state")

    def connected(settings: dict[str, Any]) -> apsw.Connection:
        connection = connect(portal.demo, state, **settings)
        opened.callback(connection.close)
        return connection

    connection = connected(settings) if OWN & case.keys() else portal.connection(state, settings)
    portal.switch(switches)
    for before in case.get("first", ()):
        other = connected({**SETTINGS, **before["settings"]}) if "settings" in before else connection
        read_before(before, portal.demo, other)
    portal.switch({**switches, **case.get("later", {})})
    portal.demo.reset()
    if "faults" in case:
        portal.demo.faults(*map(Fault.from_json, case["faults"]))
    with iptvvtab.meter(connection) as meter:
        if "meanwhile" in case:
            check_under_writes(case, portal, connection)
        else:
            check_statements(case, connection, oracle)
            check_cost(case, portal, meter.receipt().rows)


def statements(case: Case) -> Iterator[tuple[str, Any]]:
    """Each statement with each of its bindings, in turn on one connection."""
    for sql in [case["sql"]] if isinstance(case["sql"], str) else case["sql"]:
        for bindings in case.get("binds", [case.get("bind")]):
            yield sql, bindings


def read_before(before: Case, demo: DemoProcess, connection: apsw.Connection) -> None:
    """What was asked before: read to the end, as far as `take` rows, or until it failed."""
    demo.faults(*map(Fault.from_json, before.get("faults", ())))
    for sql, bindings in statements(before):
        if "error" in before:
            with pytest.raises(getattr(errors, before["error"])):
                connection.execute(sql, bindings).fetchall()
        else:
            cursor = connection.execute(sql, bindings)
            assert [*islice(cursor, before.get("take"))]
            cursor.close(True)


def check_statements(case: Case, connection: apsw.Connection, oracle: apsw.Connection | None) -> None:
    """Every statement gives the rows of plain tables, or the error of the case."""
    for sql, bindings in statements(case):
        if "error" in case:
            expected = getattr(errors, case["error"], None) or getattr(apsw, case["error"])
            with pytest.raises(expected) as caught:
                connection.execute(sql, bindings).fetchall()
            assert case.get("says", "") in str(caught.value)
        else:
            assert oracle is not None
            found = difference(run(oracle, sql, bindings), run(connection, sql, bindings), ordered=is_ordered(sql))
            assert found is None, f"{found}\n{sql} {bindings}"


def check_cost(case: Case, portal: Portal, rows: int) -> None:
    """Only selects travelled: these documents, or no more of them and of rows than that."""
    asked = portal.demo.log().documents
    assert {one["method"] for one in asked} <= {"select"}
    documents = [one["params"] for one in asked]
    if "requests" in case:
        assert documents == [written_out(one) for one in case["requests"]]
    for bound, got in (("requests", len(documents)), ("rows", rows)):
        if bound in case.get("at_most", {}):
            assert got <= amount(case["at_most"][bound], portal.oracle()), bound
    for never in case.get("never", ()):
        assert never not in str(documents)


def amount(bound: int | list[int | str], oracle: apsw.Connection) -> int:
    """A number, or the sum of numbers and of the rows of tables."""
    parts = bound if isinstance(bound, list) else [bound]
    return sum(
        int(oracle.execute(f"SELECT count(*) FROM portal.{one}").get) if isinstance(one, str) else one for one in parts
    )


def check_under_writes(case: Case, portal: Portal, connection: apsw.Connection) -> None:
    """While others write between its pages, a scan brings all rows that stay, and none twice; the next one is whole."""
    ((sql, bindings),) = statements(case)
    before = portal.rows_now(sql, bindings)
    cursor = connection.execute(sql, bindings)
    got = [*islice(cursor, case["after_rows"])]
    for write in case["meanwhile"]:
        for method, params in write.items():
            portal.write(method, params)
    got += cursor
    after = portal.rows_now(sql, bindings)
    old, new, seen = (Counter(map(exact, rows)) for rows in (before.rows, after.rows, got))
    assert old != new
    assert not (old & new) - seen, "lost rows"
    assert not seen - (old | new), "rows twice, or rows that never were"
    assert difference(after, run(connection, sql, bindings), ordered=is_ordered(sql)) is None
