"""Plans: what is looked at, which columns are read, what it costs; pure, without SQLite."""

from __future__ import annotations

import pytest

from iptvvtab.portal import Capabilities
from iptvvtab.schema import Column, Statistics, Table
from iptvvtab.types import ColumnType
from iptvvtab.vtab.contract import Comparison, Contract, Verdict
from iptvvtab.vtab.declare import declaration
from iptvvtab.vtab.offer import LAST_NAMED, ROWID, Constraint, Offer, Outlook
from iptvvtab.vtab.plan import Plan, columns_read, from_text, plan
from iptvvtab.vtab.rows import ContentIds
from iptvvtab.vtab.scan import scan_for


def table(width: int = 4, key: tuple[str, ...] = ("c0",), rows: int | None = None, kind: str = "integer") -> Table:
    columns = tuple(Column(position=n, name=f"c{n}", remote_name=f"r{n}", type=ColumnType(kind)) for n in range(width))
    return Table(name="t", remote_name="t", columns=columns, key=key, statistics=Statistics(row_count=rows))


def equal(column: int, comparison: Comparison = Comparison.EQ) -> Constraint:
    return Constraint(0, column, comparison)


def planned(what: Table, constraints: list[Constraint], used: set[int]) -> Plan:
    return plan(what, Offer(tuple(constraints), used), Outlook())


def test_plan_travels_as_text() -> None:
    """What Filter needs comes back from idxStr as it was, arguments in the order of the offer."""
    offered = [Constraint(0, 2, Comparison.GT), Constraint(3, 1, Comparison.IN), Constraint(5, ROWID, Comparison.LE)]
    made = planned(table(), offered, {1, 2}).recipe
    assert from_text(made.to_text()) == made
    assert [(use.number, use.column) for use in made.uses] == [(0, "c2"), (3, "c1"), (5, "c0")]


def test_rowid_is_the_key() -> None:
    """A constraint on the rowid is one on the key; without an integer key it stays here."""
    assert planned(table(), [equal(ROWID)], set()).recipe.uses[0].column == "c0"
    assert planned(table(key=()), [equal(ROWID)], set()).recipe.uses == ()
    assert planned(table(kind="string"), [equal(ROWID)], set()).recipe.uses == ()


def test_local_constraints_are_considered_and_not_used() -> None:
    """What stays here is still told, with its reason."""
    made = planned(table(kind="string"), [equal(1, Comparison.LT)], {1})
    assert made.recipe.uses == ()
    assert [(one.column, one.rule.verdict) for one in made.considered] == [("c1", Verdict.LOCAL)]
    assert made.considered[0].rule.reason


@pytest.mark.parametrize(
    ("width", "key", "used", "expected"),
    [
        (4, ("c0",), {2}, (0, 2)),
        (4, ("c0",), set(), (0,)),
        (4, ("c1", "c3"), {0}, (0, 1, 3)),
        (4, (), {2}, (0, 1, 2, 3)),
        (66, ("c0",), {5, LAST_NAMED}, (0, 5, 63, 64, 65)),
        (66, ("c65",), {5}, (5, 65)),
        (64, ("c0",), {LAST_NAMED}, (0, 63)),
    ],
)
def test_columns_read(width: int, key: tuple[str, ...], used: set[int], expected: tuple[int, ...]) -> None:
    """The key is always read; bit 63 means all beyond; a table without a key is read whole."""
    assert columns_read(table(width, key), used) == expected


def test_cheaper_plans_come_first() -> None:
    """A look-up by key costs less than a list, a list less than a range, a range less than a scan."""
    what = table(rows=1_000_000)
    comparisons = [Comparison.EQ, Comparison.IN, Comparison.GT, None]
    costs = [planned(what, [equal(0, one)] if one else [], {0}).cost for one in comparisons]
    assert costs == sorted(costs)
    assert len(set(costs)) == len(costs)


def test_look_up_by_half_a_key_is_no_look_up() -> None:
    """One column of a composite key finds many rows, both find one."""
    what = table(key=("c0", "c1"), rows=1_000_000)
    assert planned(what, [equal(0)], {0}).rows > 1
    assert planned(what, [equal(0), Constraint(1, 1, Comparison.EQ)], {0}).rows == 1


@pytest.mark.parametrize(
    ("key", "kind", "expected"),
    [
        (("c0",), "integer", 'CREATE TABLE x ("c0" INTEGER PRIMARY KEY, "c1" INTEGER)'),
        (("c0",), "string", 'CREATE TABLE x ("c0" TEXT, "c1" TEXT, PRIMARY KEY ("c0")) WITHOUT ROWID'),
        (
            ("c0", "c1"),
            "integer",
            'CREATE TABLE x ("c0" INTEGER, "c1" INTEGER, PRIMARY KEY ("c0", "c1")) WITHOUT ROWID',
        ),
        ((), "unknown", 'CREATE TABLE x ("c0", "c1")'),
        ((), "datetime", 'CREATE TABLE x ("c0" DATETIME, "c1" DATETIME)'),
    ],
)
def test_declaration(key: tuple[str, ...], kind: str, expected: str) -> None:
    """SQLite knows a row by its integer key, its other key, or an id made from its values; NOT NULL is never said."""
    assert declaration(table(2, key, kind=kind)) == expected


def read(constraints: list[Constraint], arguments: list[object]) -> object:
    made = planned(table(), constraints, {0, 1}).recipe
    scan = scan_for(table(), made, arguments, Contract(), Capabilities)  # type: ignore[arg-type]
    return scan and scan.read


def test_terms_of_a_read_are_said_once() -> None:
    """Equal terms from several constraints are one."""
    found = read([equal(1), Constraint(1, 1, Comparison.EQ)], [5, "5"])
    assert found is not None
    assert len(found.terms) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("empty", [None, set(), frozenset()])
def test_empty_set_is_no_read(empty: object) -> None:
    """An IN of nothing matches nothing, in whichever form APSW hands it over."""
    assert read([equal(1, Comparison.IN)], [empty]) is None


def test_content_ids_do_not_depend_on_order() -> None:
    """Without a key, the same rows have the same ids in every scan, and equal rows have different ones."""
    rows = [[1, "a"], [1, "a"], [1.0, "a"], [None, None], ["1", "a"]]
    forth, back = ContentIds(), ContentIds()
    ids = [forth.of(row) for row in rows]
    assert len(set(ids)) == len(rows)
    assert sorted(ids) == sorted(back.of(row) for row in reversed(rows))
    assert all(0 <= one < 2**63 for one in ids)
