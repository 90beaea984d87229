"""Whether rows of one question are among those of another: case by case, and against every row of a small world."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.remote import Op, Term, excludes, implies
from iptvvtab.schema import Column, Table
from iptvvtab.types import ColumnType

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "implied.yaml").read_text(encoding="utf-8"))
WORLD = (None, *range(-1, 4))
MARGINS = (-2, -1.5, -1, 0, 0.5, 1, 2, 3, 4)


def table(kind: str) -> Table:
    names = ((0, "c"), (1, "d"))
    columns = tuple(Column(position=n, name=name, remote_name=name, type=ColumnType(kind)) for n, name in names)
    return Table(name="t", remote_name="t", columns=columns, key=())


def term(said: list[Any]) -> Term:
    column, _, op = said[0].rpartition(".")
    return Term(column or "c", Op(op), tuple(said[1:]))


@pytest.mark.parametrize(
    ("kind", "terms", "known", "is_implied"),
    [pytest.param(*case, id=f"{name} {n}") for name, group in CASES.items() for n, case in enumerate(group)],
)
def test_a_case(kind: str, terms: list[list[Any]], known: list[list[Any]], *, is_implied: bool) -> None:
    """What is said of a type holds whatever the portal's rules for it are."""
    assert implies(table(kind), [term(one) for one in terms], [term(one) for one in known]) is is_implied


def holds(one: Term, row: dict[str, int | None]) -> bool:
    """Judge a condition as SQL does; NULL is not kept."""
    value = row[one.column]
    if one.op is Op.IS_NULL:
        return value is None
    if one.op is Op.NOT_NULL:
        return value is not None
    if one.op is Op.NE_OR_NULL:
        return value is None or value != one.values[0]
    if value is None:
        return False
    limit: Any = one.values[0]
    return {
        Op.EQ: value == limit,
        Op.NE: value != limit,
        Op.LT: value < limit,
        Op.LE: value <= limit,
        Op.GT: value > limit,
        Op.GE: value >= limit,
        Op.IN: value in one.values,
    }[one.op]


ROWS = [dict(zip("cd", values, strict=True)) for values in itertools.product(WORLD, WORLD)]


def terms_of(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Term]:
    columns = st.sampled_from("cd")
    single = (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.NE_OR_NULL)
    return st.one_of(
        st.builds(Term, columns, st.sampled_from(single), st.tuples(numbers)),
        st.builds(Term, columns, st.just(Op.IN), st.sets(numbers, min_size=1, max_size=3).map(lambda one: (*one,))),
        st.builds(Term, columns, st.sampled_from((Op.IS_NULL, Op.NOT_NULL)), st.just(())),
    )


def some_terms() -> st.SearchStrategy[list[Term]]:
    return st.lists(terms_of(st.sampled_from(MARGINS)), max_size=3)


@given(kind=st.sampled_from(["integer", "float"]), terms=some_terms(), known=some_terms())
@settings(max_examples=1500, deadline=None)
def test_a_proof_holds_for_every_row(kind: str, terms: list[Term], known: list[Term]) -> None:
    """What is said to be implied is so for every row of a world, NULL among its values."""
    if implies(table(kind), terms, known):
        assert [
            row for row in ROWS if all(holds(one, row) for one in terms) and not all(holds(one, row) for one in known)
        ] == []


@given(terms=some_terms())
def test_a_question_implies_itself(terms: list[Term]) -> None:
    """And it implies itself with more conditions."""
    assert implies(table("integer"), terms, terms)
    assert implies(table("integer"), [*terms, Term("c", Op.NOT_NULL)], terms)


ROUNDINGS = (lambda x: x, round, lambda x: x // 2)


@given(terms=some_terms(), known=some_terms())
@settings(max_examples=800, deadline=None)
def test_a_proof_of_rounded_numbers_holds_however_they_are_rounded(terms: list[Term], known: list[Term]) -> None:
    """A portal that rounds before it compares keeps the order of numbers, and no difference of two."""
    if not implies(table("float"), terms, known):
        return
    for rounded in ROUNDINGS:
        said, wanted = (
            [Term(one.column, one.op, tuple(rounded(v) for v in one.values)) for one in group]  # type: ignore[operator]
            for group in (terms, known)
        )
        assert [
            row for row in ROWS if all(holds(one, row) for one in said) and not all(holds(one, row) for one in wanted)
        ] == []


@given(kind=st.sampled_from(["integer", "float"]), terms=some_terms(), others=some_terms())
@settings(max_examples=1000, deadline=None)
def test_what_is_excluded_has_no_row_in_common(kind: str, terms: list[Term], others: list[Term]) -> None:
    """Where two questions are said to have no row in common, no row of a world answers both."""
    if excludes(table(kind), terms, others):
        assert not [row for row in ROWS if all(holds(one, row) for one in (*terms, *others))]


@pytest.mark.parametrize(
    ("kind", "terms", "others", "is_excluded"),
    [
        ("integer", [["eq", 5]], [["eq", 6]], True),
        ("integer", [["in", 5, 6]], [["gt", 6]], True),
        ("integer", [["in", 5, 7]], [["gt", 6]], False),
        ("integer", [["eq", 5]], [["d.eq", 6]], False),
        ("string", [["eq", "a"]], [["eq", "A"]], False),
        ("float", [["eq", 1.0]], [["eq", 2.0]], False),
        ("integer", [["is_null"]], [["eq", 1]], False),
    ],
)
def test_an_exclusion(kind: str, terms: list[list[Any]], others: list[list[Any]], *, is_excluded: bool) -> None:
    """Lists of numbers and moments exclude each other; texts may be equal to the portal."""
    assert excludes(table(kind), [term(one) for one in terms], [term(one) for one in others]) is is_excluded
