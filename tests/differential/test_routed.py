"""Statements that may travel whole give, over a connection, what plain tables give: rows, order, names, errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import apsw
import apsw.ext
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from iptvvtab.schema import load_catalog
from tests.differential.corpus import Statement
from tests.differential.joined import with_local
from tests.differential.oracle import Outcome, difference, is_ordered, plain_tables, run
from tests.differential.sides import SCHEMAS, connect
from tests.differential.whole import EVERY, WHOLE

STORES = ["sqlite", "postgresql"]
LEAST_SHARE = 0.9
"""Of our aggregates and joins: asked in one request."""
SAMPLE = 17
"""Of `make test`: each seventeenth statement."""


class Routed:
    """One store: a connection that asks whole statements, one that does not, and plain tables."""

    def __init__(self, demo: DemoProcess, state: Path) -> None:
        catalog = load_catalog(SCHEMAS)
        self.plain = with_local(plain_tables(demo, catalog))
        self.routed = with_local(connect(demo, state, source="live", whole_statements=True))

    def close(self) -> None:
        """Close both."""
        self.plain.close()
        self.routed.close()

    def differs(self, statement: Statement) -> str | None:
        """Say what the two answer differently."""
        expected, got = run(self.plain, statement.sql, statement.bindings), Outcome()
        described: object = None
        try:
            cursor = self.routed.execute(statement.sql, statement.bindings)
            with suppress(apsw.ExecutionCompleteError):  # without a row APSW says no names
                described = cursor.getdescription()
            got = Outcome(rows=tuple(cursor))
        except apsw.Error as error:
            got = Outcome(error=f"{type(error).__name__}: {error}")
        return difference(expected, got, ordered=is_ordered(statement.sql)) or self._misnamed(statement, described)

    def _misnamed(self, statement: Statement, described: object) -> str | None:
        """Say how names and declared types are not those that SQLite finds when it compiles a statement."""
        details = None if described is None else apsw.ext.query_info(self.routed, statement.sql)
        if details is None or details.query_remaining or details.description == described:
            return None
        return f"columns {details.description} expected, {described} got"


@pytest.fixture(scope="module", params=STORES)
def routed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routed]:
    """A portal on each store."""
    with closing(Routed(request.getfixturevalue(f"served_{request.param}"), tmp_path_factory.mktemp("routed"))) as made:
        yield made


def _wrong(routed: Routed, statements: tuple[Statement, ...]) -> list[str]:
    return [f"{one}: {said}\n    {one.sql}" for one in statements if (said := routed.differs(one)) is not None]


def test_sample(routed: Routed) -> None:
    """Whichever way a statement takes, it gives what plain tables give."""
    assert not _wrong(routed, EVERY[::SAMPLE])


@pytest.mark.long
def test_every_statement(routed: Routed) -> None:
    """Whichever way a statement takes, it gives what plain tables give."""
    assert not _wrong(routed, EVERY)


def test_most_cost_one_request(routed: Routed) -> None:
    """Of our aggregates and joins nearly all cost exactly one request."""
    single = 0
    for one in WHOLE[::3]:
        with iptvvtab.meter(routed.routed) as meter:
            run(routed.routed, one.sql, one.bindings)
        single += meter.receipt().requests == 1
    assert single >= LEAST_SHARE * len(WHOLE[::3])
