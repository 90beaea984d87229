"""The corpus: the same statements over virtual tables and over plain tables of the same rows give the same."""

from __future__ import annotations

import pytest

from tests.differential.corpus import CORPUS, Statement
from tests.differential.oracle import difference, is_ordered, run
from tests.differential.sides import Sides

SMALLEST = 2_500


def test_corpus_is_large_enough() -> None:
    """The corpus has at least as many statements as was promised, each once."""
    assert len(CORPUS) >= SMALLEST
    assert len({(one.sql, str(one.bindings)) for one in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("store", ["postgresql", "sqlite"])
@pytest.mark.parametrize("statement", CORPUS, ids=str)
def test_statement(statement: Statement, store: str, sides: Sides) -> None:
    """A statement gives the same rows of the same types, or the same error, on both sides."""
    oracle, portal = sides.of(store)
    expected = run(oracle, statement.sql, statement.bindings)
    got = run(portal, statement.sql, statement.bindings)
    assert difference(expected, got, ordered=is_ordered(statement.sql)) is None
