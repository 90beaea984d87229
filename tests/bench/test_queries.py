"""The queries of sql/demo: right, with something to show, and no dearer than their case says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

import iptvvtab
from iptvvtab.demo import DemoProcess, start_demo
from iptvvtab.schema import load_catalog
from tests.bench.behind import CASES, STATEMENTS, Case, keep_answer, keep_rows_behind, rows_behind
from tests.differential.oracle import difference, is_ordered, plain_tables, run
from tests.differential.sides import SCHEMAS, connect

SUBSCRIBERS = 200


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def small(request: pytest.FixtureRequest) -> Iterator[DemoProcess]:
    """A portal large enough for each query to find something."""
    with start_demo(rows=SUBSCRIBERS, store=request.param) as demo:
        yield demo


@pytest.fixture(scope="module")
def portal(small: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    """The portal's virtual tables, live, after the first contact. Nothing that was learned counts."""
    connection = connect(small, tmp_path_factory.mktemp("state"), source="live", rules_off=["learned"])
    connection.execute("SELECT id FROM portal.subscriber WHERE username LIKE 'x'").fetchall()
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def plain(small: DemoProcess) -> Iterator[apsw.Connection]:
    """Plain tables of the same rows."""
    connection = plain_tables(small, load_catalog(SCHEMAS))
    yield connection
    connection.close()


def test_every_query_has_a_case() -> None:
    """Each file of sql/demo has one case, and no case is without a file."""
    assert [case.query for case in CASES] == sorted(path.stem for path in STATEMENTS.glob("*.sql"))


def test_headings() -> None:
    """A file begins with its question, a note follows; no line is longer than the rule."""
    for path in sorted(STATEMENTS.glob("*.sql")):
        first, second, *others = path.read_text(encoding="utf-8").splitlines()
        assert first.startswith("-- "), path
        assert first.endswith("?"), path
        assert second.startswith("-- "), path
        assert max(map(len, [first, second, *others])) <= 120, path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_answer(case: Case, portal: apsw.Connection, plain: apsw.Connection) -> None:
    """A query has an answer, which equals that over plain tables, and costs no more than its case says.

    It never moves more rows than the tables have that it reads.
    """
    with iptvvtab.meter(portal) as meter:
        got = run(portal, case.sql)
    assert got.rows
    assert difference(run(plain, case.sql), got, ordered=is_ordered(case.sql)) is None
    receipt = meter.receipt()
    assert {one.table for one in receipt.tables} == set(case.behind)
    assert (receipt.requests <= case.requests, receipt.rows <= case.rows) == (True, True), receipt
    sizes = (plain.execute(f"SELECT count(*) FROM portal.{one.table}").get for one in receipt.tables)
    assert receipt.rows <= sum(sizes)


@pytest.fixture(scope="module")
def whole(small: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    """The same tables, where statements that are exact travel whole."""
    connection = connect(small, tmp_path_factory.mktemp("whole"), source="live", whole_statements=True)
    connection.execute("SELECT id FROM portal.subscriber WHERE username LIKE 'x'").fetchall()
    yield connection
    connection.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_whole(case: Case, whole: apsw.Connection, plain: apsw.Connection) -> None:
    """With whole statements a query gives the same, and those of joins, groups and counts are one request."""
    with iptvvtab.meter(whole) as meter:
        got = run(whole, case.sql)
    assert difference(run(plain, case.sql), got, ordered=is_ordered(case.sql)) is None
    assert meter.receipt().requests <= (1 if case.is_whole else case.requests)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_rows_behind(case: Case, plain: apsw.Connection, tmp_path: Path) -> None:
    """The rows behind an answer are enough: the query gives the same over tables that hold nothing else."""
    keep_answer(plain, case)
    assert rows_behind(plain, case)
    plain.execute("ATTACH ? AS less", (str(tmp_path / "less"),))
    try:
        keep_rows_behind(plain, case, "less")
        expected, got = run(plain, case.sql), run(plain, case.sql.replace("portal.", "less."))
    finally:
        plain.execute("DETACH less")
    assert difference(expected, got, ordered=is_ordered(case.sql)) is None
