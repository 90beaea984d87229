"""A Read as SQL over the shadow file: nothing that it asks for is lost, and a count is right."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from iptvvtab.mirror.ddl import creation
from iptvvtab.mirror.select import select
from iptvvtab.portal import Capabilities
from iptvvtab.remote import Op, Order, Read, Term, convert
from iptvvtab.schema import Column, Policy, Table
from iptvvtab.types import ColumnType, Value
from iptvvtab.vtab.contract import Comparison, Contract, Verdict
from tests.vtab.test_contract_holds import ARGUMENTS, COMPARISONS, GLOBS, TEXT, VALUES, kept_by_sqlite, said

CASES = Path(__file__).parent / "cases"
LONG = 50_000
"""Members of a list: more than SQLite takes parameters."""


def _cases(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def _column(name: str, kind: str, position: int = 0, **facts: Any) -> Column:
    return Column(position=position, name=name, remote_name=name, type=ColumnType(kind), **facts)


def _table(name: str, key: str, columns: str, **facts: Any) -> Table:
    pairs = [one.split(":") for one in columns.split()]
    made = [_column(*pair, position, sensitive=pair[0] == "secret") for position, pair in enumerate(pairs)]
    return Table(name=name, remote_name=name, columns=tuple(made), key=tuple(key.split()), **facts)


LEFT_OUT = Policy(exclude_fields=("left_out",))
T = "id:integer s:string n:integer at:datetime secret:string left_out:string"
TABLES = {
    "t": _table("t", "id", T, policy=LEFT_OUT),
    "pair": _table("pair", "a b", "a:integer b:integer"),
    "bag": _table("bag", "", "s:string"),
    'a "b"': _table('a "b"', "order", "order:integer"),
}


def _of_kinds() -> Iterator[tuple[str, str, list[Any]]]:
    for kinds, ops in _cases("conditions").items():
        yield from ((kind, op, case) for kind in kinds.split() for op, case in ops.items())


def _where(kind: str, op: str, values: list[Any]) -> tuple[str, tuple[Value, ...]]:
    """The condition that a term becomes, and what is bound."""
    table = _table("t", "", f"c:{kind}")
    found = select(Read("t", ("c",), (Term("c", Op(op), tuple(values)),)), table)
    assert found is not None
    return found.sql.partition(" WHERE ")[2] or "none", found.bindings


def test_every_pair_of_type_and_op_has_its_case() -> None:
    """No type and no op is forgotten."""
    assert sorted((kind, op) for kind, op, _ in _of_kinds()) == sorted((kind, op) for kind in ColumnType for op in Op)


@pytest.mark.parametrize(("kind", "op", "case"), [*_of_kinds()])
def test_condition(kind: str, op: str, case: list[Any]) -> None:
    """A term becomes this condition, with values as the file holds them."""
    values, where, *bound = case
    assert _where(kind, op, values) == (where, tuple(*bound))


@pytest.mark.parametrize(
    ("kind", "op", "value"), [case for cases in _cases("not_canonical").values() for case in cases]
)
def test_not_canonical(kind: str, op: str, value: Value) -> None:
    """A value that SQLite would compare by other rules than the portal cuts no rows."""
    assert _where(kind, op, [value]) == ("none", ())


@pytest.mark.parametrize("case", [case for cases in _cases("reads").values() for case in cases], ids=str)
def test_read(case: dict[str, Any]) -> None:
    """A Read becomes this statement, which SQLite takes for the table as it is made."""
    table = TABLES[case["from"]]
    terms = tuple(Term(column, Op(op), tuple(values)) for column, op, *values in case.get("where", ()))
    order = tuple(Order(one.removeprefix("-"), one.startswith("-")) for one in case.get("order", ()))
    how = {name: case[name] for name in ("is_count", "is_distinct") if name in case}
    found = select(Read(table.name, tuple(case.get("columns", ())), terms, order=order, **how), table)
    if found is None:
        assert case["sql"] == "none"
        return
    assert (found.sql, found.bindings) == (case["sql"], tuple(case.get("bound", ())))
    connection = apsw.Connection(":memory:")
    connection.execute(creation(table, table.name))
    connection.execute(found.sql, found.bindings)
    connection.close()


@pytest.mark.parametrize("members", [range(0, LONG * 2, 2), [f"{one}" for one in range(0, LONG * 2, 2)]])
def test_a_list_may_be_of_any_length(members: range | list[str]) -> None:
    """A list is one parameter, and finds what an index has."""
    kind = "string" if isinstance(members, list) else "integer"
    table = _table("t", "", f"c:{kind}")
    connection = apsw.Connection(":memory:")
    connection.execute(f"{creation(table, 't')}; CREATE INDEX i ON t (c)")
    connection.executemany("INSERT INTO t VALUES (?)", ((one,) for one in (*members[:3], 1, "x", None)))
    found = select(Read("t", ("c",), (Term("c", Op.IN, tuple(members)),)), table)
    assert found is not None
    assert sorted(connection.execute(found.sql, found.bindings).fetchall()) == [(one,) for one in sorted(members[:3])]
    connection.close()


AWKWARD = ["", " ", "a\0b", "'", '"', "\\", "\n\t\x01\x7f", "Яё", "😀", "\ufeff", "1", "1.0", "null", "\u2028"]


@pytest.mark.parametrize("value", AWKWARD)
@pytest.mark.parametrize("op", [Op.EQ, Op.IN])
def test_an_awkward_text_is_found(op: Op, value: str) -> None:
    """A text comes through a list as it went in."""
    assert _kept([value, "other"], ColumnType.STRING, (Term("c", op, (value,)),)) == {0}


@functools.cache
def _database() -> apsw.Connection:
    return apsw.Connection(":memory:")


def _kept(values: list[Value], kind: ColumnType, terms: tuple[Term, ...]) -> set[int]:
    """The places of the values that the shadow file gives for terms."""
    table = _table("m", "id", f"id:integer c:{kind}")
    connection = _database()
    connection.execute(f"DROP TABLE IF EXISTS m; {creation(table, 'm')}")
    connection.executemany("INSERT INTO m VALUES (?, ?)", enumerate(values))
    statement = select(Read("m", ("id",), terms), table)
    assert statement is not None
    kept = [place for (place,) in connection.execute(statement.sql, statement.bindings).fetchall()]
    counting = select(Read("m", (), terms, is_count=True), table)
    assert counting is None or connection.execute(counting.sql, counting.bindings).get == len(kept)
    assert kept == sorted(set(kept))
    return set(kept)


MEANT = st.sampled_from(["10.0.0.1", "10.0.0.1/32", "9.1.1.1", "::1", "1 day", "24:00:00", "AA:bb", "", "7", "a "])
MIRRORED = {
    **VALUES,
    **dict.fromkeys((ColumnType.INET, ColumnType.MACADDR, ColumnType.INTERVAL), MEANT),
    ColumnType.JSON: st.sampled_from(['{"a":1}', "[]", "1", "null", '"x"']),
}
GIVEN = {
    **ARGUMENTS,
    **dict.fromkeys((ColumnType.INET, ColumnType.MACADDR, ColumnType.INTERVAL), st.one_of(MEANT, TEXT)),
    ColumnType.JSON: st.one_of(TEXT, st.integers(0, 2)),
}
ODD = {
    ColumnType.DATETIME: st.sampled_from(["infinity", "-infinity", "0044-03-15 00:00:00 BC", "10000-01-01 00:00:00"]),
    ColumnType.DATE: st.sampled_from(["infinity", "-infinity", "0044-03-15 BC", "10000-01-01"]),
    ColumnType.FLOAT: st.sampled_from([float("inf"), float("-inf"), "NaN"]),
}
"""What a portal may hold besides, as the file has it."""


def _as_text(one: object) -> Any:
    return said(one) if isinstance(one, datetime) else str(one) if isinstance(one, date) else one


def _held(kind: ColumnType) -> st.SearchStrategy[Value]:
    """Values as the file holds them."""
    return MIRRORED[kind].map(lambda value: convert(kind, _as_text(value)))


def _check(
    kind: ColumnType, values: list[Value], comparison: Comparison, argument: Any, collation: str = "BINARY"
) -> None:
    """Compare what the shadow file gives for a comparison's terms with what SQLite keeps."""
    able = Capabilities(ilike=True, bytewise_text=True)
    judgement = Contract().judge(_column("c", kind), comparison, argument, lambda: able, collation)
    kept = set() if judgement.is_empty else _kept(values, kind, judgement.terms)
    expected = kept_by_sqlite(kind, list(values), comparison, argument, collation)
    assert kept >= expected, f"lost rows: {[values[one] for one in expected - kept]}, terms {judgement.terms}"
    if judgement.verdict is Verdict.EXACT and comparison in (Comparison.EQ, Comparison.IS_NULL, Comparison.IN):
        assert kept == expected, f"not exact: {[values[one] for one in kept - expected]}, terms {judgement.terms}"


@pytest.mark.parametrize("kind", MIRRORED, ids=str)
@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_row_is_lost(kind: ColumnType, data: st.DataObject) -> None:
    """Whatever is compared with a column, the file gives every row that SQLite keeps of it, and counts them right."""
    one = st.one_of(
        st.none(), MIRRORED[kind].map(lambda value: convert(kind, _as_text(value))), ODD.get(kind, st.none())
    )
    values = data.draw(st.lists(one, max_size=6))
    comparison = data.draw(st.sampled_from(COMPARISONS))
    near = st.one_of(GIVEN[kind], st.sampled_from(values or [None]))
    argument = data.draw(st.frozensets(near, max_size=4) if comparison is Comparison.IN else near)
    collation = data.draw(st.sampled_from(["BINARY", "BINARY", "NOCASE"])) if kind is ColumnType.STRING else "BINARY"
    if comparison in (Comparison.NE, Comparison.IS_NOT):
        collation = "BINARY"
    _check(kind, values, comparison, argument, collation)


PATTERNS = st.one_of(TEXT, GLOBS, st.sampled_from(["2024%", "2024-0%", "2024-01-02 1%", "2024*", "2024-02-1*"]))


@pytest.mark.parametrize("kind", [ColumnType.STRING, ColumnType.DATETIME, ColumnType.DATE], ids=str)
@settings(max_examples=100, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_row_is_lost_to_a_pattern(kind: ColumnType, data: st.DataObject) -> None:
    """LIKE and GLOB are checked by SQLite: the file gives at least what they keep."""
    values = data.draw(st.lists(_held(kind), max_size=6))
    comparison = data.draw(st.sampled_from([Comparison.LIKE, Comparison.GLOB]))
    _check(kind, values, comparison, data.draw(PATTERNS))
