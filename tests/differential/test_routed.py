"""Statements that may travel whole give, over a connection, what plain tables give: rows, order, names, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import apsw
import apsw.ext
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess
from iptvvtab.schema import load_catalog
from tests.differential.corpus import Statement
from tests.differential.divisions import of_parts
from tests.differential.expressions import worked_out
from tests.differential.joined import with_local
from tests.differential.oracle import Outcome, difference, is_ordered, plain_tables, run
from tests.differential.sides import SCHEMAS, connect
from tests.differential.whole import DIVIDED, EVERY, FINISHED, WHOLE

Make = Callable[[int], str]
"""Makes a statement of a number."""

STORES = ["sqlite", "postgresql"]
LEAST_SHARE = 0.9
"""Of our aggregates and joins: asked in one request."""
WORKED_OUT, MUCH = 60, 3000
"""Generated statements of `make test`, and of the long suite."""
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

    def is_whole(self, sql: str) -> bool:
        """Return whether a statement is asked in one request."""
        with suppress(apsw.SQLError):
            whole = iptvvtab.explain(self.routed, sql).whole
            return whole is not None and bool(whole.documents)
        return False

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


@pytest.mark.parametrize("given", [FINISHED, DIVIDED], ids=["finished", "divided"])
def test_worked_out_over_answers(given: tuple[Statement, ...], routed: Routed) -> None:
    """What SQLite works out over answers is what it works out over plain tables, and costs one request."""
    assert not _wrong(routed, given)
    several = []
    for one in given:
        with iptvvtab.meter(routed.routed) as meter:
            run(routed.routed, one.sql, one.bindings)
        several += [one.sql] if meter.receipt().requests != 1 else []
    assert not several


def _check_worked_out(make: Make, routed: Routed, seeds: range) -> None:
    given = tuple(Statement("worked out", make.__name__, seed, make(seed), None) for seed in seeds)
    assert not _wrong(routed, given)


@pytest.mark.parametrize("make", [worked_out, of_parts])
def test_worked_out(make: Make, routed: Routed) -> None:
    """What nobody thought of is worked out over answers as over plain tables."""
    _check_worked_out(make, routed, range(WORKED_OUT))


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("make", [worked_out, of_parts])
def test_much_is_worked_out(make: Make, routed: Routed) -> None:
    """The same with many more, nearly all of which cost one request."""
    _check_worked_out(make, routed, range(WORKED_OUT, MUCH))
    found = [routed.is_whole(make(seed)) for seed in range(WORKED_OUT)]
    assert sum(found) >= LEAST_SHARE * len(found)


def test_most_cost_one_request(routed: Routed) -> None:
    """Of our aggregates and joins nearly all cost exactly one request."""
    single = 0
    for one in WHOLE[::3]:
        with iptvvtab.meter(routed.routed) as meter:
            run(routed.routed, one.sql, one.bindings)
        single += meter.receipt().requests == 1
    assert single >= LEAST_SHARE * len(WHOLE[::3])
