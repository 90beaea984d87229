"""The corpus: the same statements over virtual tables and over plain tables of the same rows give the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from _pytest.mark import ParameterSet

from tests.differential.corpus import CORPUS, Statement
from tests.differential.oracle import difference, is_ordered, run
from tests.differential.sides import Sides

SMALLEST = 2_500
STORES = ("postgresql", "sqlite")


def on_both() -> Iterator[ParameterSet]:
    """Each statement on each store: on one of them in `make test`, on both in `make test-long`."""
    for statement in CORPUS:
        for number, store in enumerate(STORES):
            marks = () if statement.lot % len(STORES) == number else pytest.mark.long
            yield pytest.param(statement, store, id=f"{statement}-{store}", marks=marks)


def test_corpus_is_large_enough() -> None:
    """The corpus has at least as many statements as was promised, each once."""
    assert len(CORPUS) >= SMALLEST
    assert len({(one.sql, str(one.bindings)) for one in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("statement", "store"), [*on_both()])
def test_statement(statement: Statement, store: str, sides: Sides) -> None:
    """A statement gives the same rows of the same types, or the same error, on both sides."""
    oracle, portal = sides.of(store)
    expected = run(oracle, statement.sql, statement.bindings)
    got = run(portal, statement.sql, statement.bindings)
    assert difference(expected, got, ordered=is_ordered(statement.sql)) is None
