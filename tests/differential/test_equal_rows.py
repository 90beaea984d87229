"""Equal rows in a table without a key: each is a row of its own, in every plan that SQLite may choose."""

from __future__ import annotations

from collections.abc import Iterator

import apsw
import pytest

from iptvvtab.demo import start_demo
from iptvvtab.schema import load_catalog
from tests.differential.oracle import ask, difference, plain_tables, run
from tests.differential.sides import SCHEMAS, connect

STATEMENTS = [
    "SELECT * FROM portal.tv_program_category",
    "SELECT * FROM portal.tv_program_category WHERE program_id = 3 OR category_id = 4",
    "SELECT count(*) FROM portal.tv_program_category WHERE program_id < 4 OR category_id > 3",
    "SELECT DISTINCT program_id FROM portal.tv_program_category WHERE program_id = 3 OR category_id = 4",
    "SELECT c.program_id, p.id FROM portal.tv_program_category c FULL JOIN portal.tv_program p ON p.id = c.program_id",
    "SELECT c.category_id FROM portal.tv_category k RIGHT JOIN portal.tv_program_category c ON c.category_id = k.id",
    "SELECT count(*) FROM portal.tv_program_category a JOIN portal.tv_program_category b USING (program_id)",
    "SELECT count(*), count(DISTINCT rowid) FROM portal.tv_program_category",
    "SELECT count(*) FROM portal.tv_program_category WHERE rowid IN (SELECT rowid FROM portal.tv_program_category)",
]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[apsw.Connection, apsw.Connection]]:
    """Plain tables and virtual tables of a portal that has rows three times."""
    with start_demo(rows=5) as demo:
        environment = demo.environment
        who = {"username": environment["IPTVPORTAL_USERNAME"], "password": environment["IPTVPORTAL_PASSWORD"]}
        session = ask(environment["IPTVPORTAL_AUTH_URL"], "authorize_user", who)["session_id"]
        rows = [[3, 4], [3, 4], [3, 4], [3, 5], [None, 4], [None, 4], [9999, None]]
        insert = {"into": "tv_program_category", "columns": ["program_id", "category_id"], "values": rows}
        ask(environment["IPTVPORTAL_API_URL"], "insert", insert, session)
        oracle = plain_tables(demo, load_catalog(SCHEMAS))
        portal = connect(demo, tmp_path_factory.mktemp("state"), source="live")
        yield oracle, portal
        oracle.close()
        portal.close()


@pytest.mark.parametrize("sql", STATEMENTS)
def test_equal_rows(sql: str, sides: tuple[apsw.Connection, apsw.Connection]) -> None:
    """Each of several equal rows counts, once."""
    oracle, portal = sides
    assert difference(run(oracle, sql), run(portal, sql), ordered=False) is None
