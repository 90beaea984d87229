"""A demo portal serves tables of its caller's, in place of its own."""

from __future__ import annotations

import pytest

from iptvvtab import errors
from iptvvtab.demo import DemoColumn, DemoTable, start_demo
from iptvvtab.demo.engine import Engine, Refusal
from iptvvtab.jsonsql import PgType

PAIRS = DemoTable(
    "pairs",
    (DemoColumn("a", PgType.BIGINT, True), DemoColumn("B", PgType.TEXT), DemoColumn("c", PgType.JSONB)),
    key=("a",),
    indexes=("B",),
)
ROWS: list[list[object]] = [[1, "x", '{"n":[1,2.5]}'], [2, None, None], [2**53 + 1, "y", '"text"']]
ANSWERED = [[1, "x", {"n": [1, 2.5]}], [2, None, None], [2**53 + 1, "y", "text"]]
SELECT = {"data": ["a", "B", "c"], "from": "pairs", "order_by": ["a"]}


def listed(engine: Engine) -> list[list[object]]:
    return [list(row) for row in engine.execute("select", SELECT)]


def test_a_table_of_the_caller_is_a_table_like_the_others(engine: Engine) -> None:
    """It is read, changed and refused by the rules of the store."""
    engine.put(PAIRS, ROWS)
    assert listed(engine) == ANSWERED
    insert = {"into": "pairs", "columns": ["a"], "values": [1]}
    with pytest.raises(Refusal, match="pairs_pkey"):
        engine.execute("insert", insert)


def test_a_table_takes_the_place_of_one_of_its_name(engine: Engine) -> None:
    """Columns and rows are the new ones, also where the portal had a table of its own."""
    engine.put(PAIRS, ROWS)
    engine.put(DemoTable("pairs", (DemoColumn("z", PgType.DOUBLE),)), [[0.5], [None]])
    found = engine.execute("select", {"data": ["*"], "from": "pairs"})
    assert sorted(map(list, found), key=str) == [[0.5], [None]]
    with pytest.raises(Refusal):
        engine.execute("insert", {"into": "pairs", "columns": ["a"], "values": [1]})


def test_an_id_counts_on_from_the_rows_that_came(engine: Engine) -> None:
    """As in the portal's own tables."""
    engine.put(
        DemoTable("counted", (DemoColumn("id", PgType.BIGINT, True), DemoColumn("n", PgType.TEXT)), ("id",)), [[7, "a"]]
    )
    insert = {"into": "counted", "columns": ["n"], "values": ["b"], "returning": "id"}
    assert engine.execute("insert", insert) == [8]


def test_rows_that_do_not_fit_leave_everything_as_it_was(engine: Engine) -> None:
    """The refusal has the store's words."""
    engine.put(PAIRS, ROWS)
    with pytest.raises(Refusal):
        engine.put(PAIRS, [[1, "x", None], [1, "y", None]])
    assert listed(engine) == ANSWERED


def test_rows_that_change_are_counted(engine: Engine) -> None:
    """So that whoever shares a portal can tell that somebody wrote; what was refused or met no row does not count."""
    before = engine.changes
    engine.put(PAIRS, ROWS)
    assert engine.changes == before + 1
    row = {"into": "service", "columns": ["id", "name"], "values": [9001, "x"]}
    engine.execute("insert", row)
    with pytest.raises(Refusal):
        engine.execute("insert", row)
    engine.execute("select", {"data": ["id"], "from": "service"})
    engine.execute("update", {"table": "service", "set": {"name": "y"}, "where": {"eq": ["id", -1]}})
    engine.execute("delete", {"from": "service", "where": {"eq": ["id", 9001]}})
    assert engine.changes == before + 3


def test_a_process_takes_tables_over_its_control_path() -> None:
    """And says what is wrong with those that it cannot take."""
    with start_demo(rows=1) as demo:
        before = demo.reset()
        demo.put_tables([(PAIRS, ROWS)])
        assert demo.reset() == before + 1
        with pytest.raises(errors.UsageError, match="UNIQUE"):
            demo.put_tables([(PAIRS, [ROWS[0], ROWS[0]])])
