"""A statement that is exact gives, as one request, what plain tables give: rows, order, types, names of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from iptvvtab.jsonsql import exact
from tests.differential.whole import EVERY, FEATURES, HAZARDS, NAMES, WHOLE, Hazard, Outcomes, Statement, Whole

STORES = ["sqlite", "postgresql"]
SMALLEST = 500
LEAST_SHARE = 0.97
"""Of our aggregates and joins."""
LEAST_OF_ALL = 0.4
"""Of all statements, most of which were written to be hard."""
SAMPLE = 7
"""Of `make test`: each seventh statement."""


@pytest.fixture(scope="module", params=STORES)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """A portal on each store."""
    made = Whole(request.getfixturevalue(f"served_{request.param}"), tmp_path_factory.mktemp("whole"))
    yield made
    made.close()


def _outcomes(whole: Whole, statements: tuple[Statement, ...]) -> tuple[Counter[Outcomes], list[str]]:
    found: Counter[Outcomes] = Counter()
    wrong = []
    for one in statements:
        asked = whole.ask(one.sql, one.bindings)
        found[asked.outcome] += 1
        if asked.differs:
            wrong.append(f"{one}: {asked.differs}\n    {one.sql}")
    return found, wrong


def test_statements_are_many_enough() -> None:
    """There are as many aggregates and joins as was promised, each once."""
    assert len({one.sql for one in WHOLE}) == len(WHOLE) >= SMALLEST


def test_sample(whole: Whole) -> None:
    """Those that are exact give what plain tables give."""
    found, wrong = _outcomes(whole, EVERY[::SAMPLE])
    assert not wrong
    assert found[Outcomes.EXACT] >= LEAST_OF_ALL * found.total()


@pytest.mark.long
def test_every_statement(whole: Whole) -> None:
    """Those that are exact give what plain tables give."""
    found, wrong = _outcomes(whole, EVERY)
    assert not wrong
    assert found[Outcomes.EXACT] >= LEAST_OF_ALL * found.total()


@pytest.mark.long
def test_numbers_as_untyped_literals(whole: Whole) -> None:
    """A portal seems to write numbers as PostgreSQL's untyped literals: what is exact does not depend on it."""
    wrong = [one.sql for one in EVERY if whole.ask(one.sql, one.bindings, as_texts=True).differs]
    assert not wrong


@pytest.mark.long
def test_most_are_exact(whole: Whole) -> None:
    """Of our aggregates and joins nearly all are exact."""
    found, wrong = _outcomes(whole, WHOLE)
    assert not wrong
    assert found[Outcomes.EXACT] >= LEAST_SHARE * len(WHOLE)


@pytest.mark.parametrize("hazard", HAZARDS, ids=str)
def test_hazard(hazard: Hazard, whole: Whole) -> None:
    """What the two sides might do otherwise is refused; what is near it and exact is the same."""
    asked = whole.ask(hazard.sql, hazard.bindings)
    assert asked.differs is None
    assert asked.outcome is hazard.outcome


BYTEWISE = (
    "SELECT surname, count(*) FROM portal.subscriber GROUP BY surname ORDER BY 1",
    "SELECT DISTINCT surname, disabled FROM portal.subscriber ORDER BY 2, 1",
    "SELECT count(DISTINCT username) FROM portal.subscriber",
)


@pytest.mark.parametrize("sql", BYTEWISE)
def test_texts_are_told_apart(sql: str, whole: Whole) -> None:
    """Where the portal was seen to order texts by their bytes, equal texts are one group on both sides."""
    asked = whole.ask(sql, features=replace(FEATURES, bytewise_text=True))
    assert asked.differs is None
    assert asked.outcome is Outcomes.EXACT


@pytest.mark.parametrize(
    ("sql", "lacks"),
    [
        ("SELECT count(*) FROM portal.subscriber", {"functions": FEATURES.functions - {"count"}}),
        ("SELECT max(id) FROM portal.subscriber", {"functions": FEATURES.functions - {"max"}}),
        ("SELECT avg(id) FROM portal.subscriber", {"functions": FEATURES.functions - {"min"}}),
        ("SELECT id FROM portal.subscriber ORDER BY id DESC LIMIT 3", {"order_direction": None}),
        ("SELECT count(*) FROM (SELECT DISTINCT disabled FROM portal.subscriber)", {"derived_tables": False}),
        ("SELECT id FROM portal.subscriber WHERE id IN (1, 2, 3)", {"longest_in": 2}),
    ],
)
def test_what_was_not_seen_is_absent(sql: str, lacks: dict[str, object], whole: Whole) -> None:
    """A portal that was not seen to do something is not asked for it."""
    assert whole.ask(sql).outcome is Outcomes.EXACT
    assert whole.ask(sql, features=replace(FEATURES, **lacks)).outcome is Outcomes.REFUSED


def test_most_rows() -> None:
    """How many rows come at most is told where it is known: one for an aggregate, those of a LIMIT that travels."""
    known = {
        "SELECT count(*), max(id) FROM portal.subscriber": 1,
        "SELECT id FROM portal.subscriber ORDER BY id LIMIT 5": 5,
        "SELECT id FROM portal.subscriber": None,
        "SELECT disabled, count(*) FROM portal.subscriber GROUP BY 1 ORDER BY 1 LIMIT 1": None,
    }
    for sql, most in known.items():
        answering = exact(sql, NAMES, FEATURES).answering
        assert answering is not None
        assert answering.most_rows == most
