"""The corpus, answered from memory: wide reads are remembered, and narrower ones are cut out of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import apsw
import pytest
from _pytest.mark import ParameterSet

import iptvvtab
from iptvvtab.schema import load_catalog
from tests.differential.corpus import CORPUS, Statement
from tests.differential.oracle import difference, is_ordered, run
from tests.differential.sides import MAX_AGE, SCHEMAS, Sides, connect

STORE = "sqlite"
EVERY = 4
TABLES = [table for table in load_catalog(SCHEMAS).values() if not table.policy.disabled]


@pytest.fixture(scope="module")
def remembered(sides: Sides, tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    """A connection that has read every table whole, and remembers it."""
    state = tmp_path_factory.mktemp("remembered")
    with closing(connect(sides.served(STORE), state, source="auto", max_age=MAX_AGE)) as connection:
        for table in TABLES:
            columns = ", ".join(f'"{one.name}"' for one in table.columns if table.is_placed(one))
            connection.execute(f'SELECT {columns} FROM portal."{table.name}"').fetchall()
        yield connection


def test_narrow_questions_travel_no_more(remembered: apsw.Connection) -> None:
    """Most of what is asked of one table is answered without a request."""
    with iptvvtab.meter(remembered) as meter:
        remembered.execute("SELECT username FROM portal.subscriber WHERE id = 7").fetchall()
        remembered.execute("SELECT id FROM portal.subscriber WHERE username = 'x' OR id < 4").fetchall()
    assert [(one.source, one.requests) for one in meter.receipt().tables] == [("memory", 0)]


def sampled(statement: Statement) -> ParameterSet:
    """One of so many statements belongs to `make test`, all to `make test-long`."""
    return pytest.param(statement, id=str(statement), marks=pytest.mark.long if statement.lot % EVERY else ())


@pytest.mark.parametrize("statement", [sampled(one) for one in CORPUS])
def test_statement(statement: Statement, sides: Sides, remembered: apsw.Connection) -> None:
    """A statement gives what plain tables give, or the same error."""
    oracle, _ = sides.of(STORE)
    expected = run(oracle, statement.sql, statement.bindings)
    got = run(remembered, statement.sql, statement.bindings)
    assert difference(expected, got, ordered=is_ordered(statement.sql)) is None
